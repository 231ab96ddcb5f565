"""A small network trained once through the images: the shortest way here to 99 %.

Source: Tenfold itself. 109,338 parameters. What was tried, and what each part is worth:
docs/decisions/sprint.md.
"""

from tenfold.recipes import Adam, BatchNorm, Conv, Dense, Flatten, MaxPool, OneCycle, Recipe

NORM = BatchNorm(momentum=0.9, epsilon=1e-5, activation="relu")
OUTPUT = Dense(10, activation="linear", weights="fan_in_uniform")


def conv(filters: int) -> Conv:
    """Return a convolution of 3 x 3 that NORM follows, at once or behind a pooling."""
    return Conv(filters, 3, activation="linear", weights="fan_in_uniform", bias="none")


def dense(units: int) -> Dense:
    """Return a dense layer that NORM follows."""
    return Dense(units, activation="linear", weights="fan_in_uniform", bias="none")


RECIPE = Recipe(
    name="sprint",
    title="conv 16 by steps of 2, conv 32, pool, dense 128, once through the images",
    source="Tenfold",
    claim="at least 99 % in one epoch",
    layers=(
        Conv(16, 5, stride=2, weights="fan_in_uniform", bias="none"),
        conv(32),
        MaxPool(2),
        NORM,
        Flatten(),
        dense(128),
        NORM,
        OUTPUT,
    ),
    scaling="standardize",
    optimizer=Adam(learning_rate=0.03, beta_1=0.7, beta_2=0.9, epsilon=1e-8),
    schedule=OneCycle(warm_up=0.1, fall="line"),
    label_smoothing=0.1,
    precision="bf16",
    batch_size=512,
    epochs=1,
)
