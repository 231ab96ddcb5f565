"""A small network trained once through the images: the shortest way here to 99 %.

Source: Tenfold itself. 109,338 parameters. What was tried, and what each part is worth:
docs/decisions/sprint.md.
"""

from tenfold.recipes import Adam, BatchNorm, Conv, Dense, Flatten, MaxPool, OneCycle, Recipe

RECIPE = Recipe(
    name="sprint",
    title="conv 16 by steps of 2, conv 32, pool, dense 128, once through the images",
    source="Tenfold",
    claim="at least 99 % in one epoch",
    cost="1 s on 2 cores",
    layers=(
        Conv(16, 5, stride=2, weights="fan_in_uniform", bias="none"),
        Conv(32, 3, activation="linear", weights="fan_in_uniform", bias="none"),
        MaxPool(2),
        BatchNorm(momentum=0.9, epsilon=1e-5, activation="relu"),
        Flatten(),
        Dense(128, activation="linear", weights="fan_in_uniform", bias="none"),
        BatchNorm(momentum=0.9, epsilon=1e-5, activation="relu"),
        Dense(10, activation="linear", weights="fan_in_uniform"),
    ),
    scaling="standardize",
    optimizer=Adam(learning_rate=0.03, beta_1=0.7, beta_2=0.9, epsilon=1e-8),
    schedule=OneCycle(warm_up=0.1, fall="line"),
    label_smoothing=0.1,
    precision="bf16",
    batch_size=512,
    epochs=1,
)
