"""The baseline of text 001 with batch normalization after each hidden activation.

Source: text 001, batch normalization. Claims 98.643 ± 0.101 over 5 folds. 542,758 parameters, of
which training changes 542,494; the rest are running means and variances.
What it reaches here: docs/recipes.md.
"""

import msgspec

from tenfold.recipes import BatchNorm, Conv, Dense, Flatten, MaxPool
from tenfold.recipes.cnn_baseline import RECIPE as CNN_BASELINE

RECIPE = msgspec.structs.replace(
    CNN_BASELINE,
    name="cnn-batchnorm",
    title="conv 32, pool, dense 100, batch normalization",
    source="text 001, batch norm",
    claim="98.643 ± 0.101 (5 folds)",
    layers=(
        Conv(32, 3, weights="he_uniform"),
        BatchNorm(),
        MaxPool(2),
        Flatten(),
        Dense(100, weights="he_uniform"),
        BatchNorm(),
        Dense(10, activation="linear"),
    ),
)
