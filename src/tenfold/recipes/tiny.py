"""Four small convolutions and hardly a dense layer: 99 % with fewer than 1,900 parameters.

Source: Tenfold itself. 1,847 parameters, running statistics included. Its answers are averaged
over shifts by a pixel, which costs no parameters. docs/decisions/champion.md.
"""

from tenfold.recipes import (
    Adam,
    Augmentation,
    BatchNorm,
    Conv,
    Dense,
    Flatten,
    MaxPool,
    OneCycle,
    Recipe,
)

RECIPE = Recipe(
    name="tiny",
    title="conv 7, pool, conv 8, conv 8, pool, conv 7, pool, nothing more",
    source="Tenfold",
    claim="at least 99 %",
    cost="3 min on 1 core",
    layers=(
        Conv(7, 3, activation="linear", weights="fan_in_uniform", bias="none"),
        MaxPool(2),
        BatchNorm(momentum=0.9, epsilon=1e-5, activation="relu"),
        Conv(8, 3, activation="linear", weights="fan_in_uniform", bias="none"),
        BatchNorm(momentum=0.9, epsilon=1e-5, activation="relu"),
        Conv(8, 3, activation="linear", weights="fan_in_uniform", bias="none"),
        MaxPool(2),
        BatchNorm(momentum=0.9, epsilon=1e-5, activation="relu"),
        Conv(7, 3, activation="linear", weights="fan_in_uniform", bias="none"),
        MaxPool(2),
        BatchNorm(momentum=0.9, epsilon=1e-5, activation="relu"),
        Flatten(),
        Dense(10, activation="linear", weights="fan_in_uniform"),
    ),
    scaling="standardize",
    optimizer=Adam(learning_rate=0.02, beta_1=0.7, beta_2=0.9, epsilon=1e-8),
    schedule=OneCycle(warm_up=0.1, fall="line"),
    augmentation=Augmentation(rotation=2.5, stretch=0.025, shear=0.026, shift=0.43, plain_epochs=3),
    shifts=1,
    precision="bf16",
    batch_size=128,
    epochs=40,
)
