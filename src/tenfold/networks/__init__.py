"""PyTorch networks without their training: built from layers, written as model files.

build                     a recipe's layers -> a network with initial weights
scaling, pooling,         its parts, each to the bit what PyTorch computes, at less cost
dropout, batch_norm
reader                    the reader's networks
test_time_augmentation    one image seen from several places, the answers averaged
weights                   the weights that a training left in its folder or in a model file
onnx_export               a network -> a model file, read back and compared
"""
