"""One convolution block and a dense layer: the baseline of text 001.

Source: text 001, the baseline model. Claims 98.677 ± 0.107 over 5 folds. 542,230 parameters.
What it reaches here: docs/recipes.md.
"""

from tenfold.recipes import SGD, Conv, Dense, Flatten, MaxPool, Recipe

RECIPE = Recipe(
    name="cnn-baseline",
    title="conv 32, pool, dense 100",
    source="text 001, baseline",
    claim="98.677 ± 0.107 (5 folds)",
    layers=(
        Conv(32, 3, weights="he_uniform"),
        MaxPool(2),
        Flatten(),
        Dense(100, weights="he_uniform"),
        Dense(10, activation="linear"),
    ),
    scaling="normalize",
    optimizer=SGD(learning_rate=0.01, momentum=0.9),
    batch_size=32,
    epochs=10,
)
