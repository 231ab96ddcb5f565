"""Four convolutions under strong augmentation: the best single network here.

Source: Tenfold itself. 331,178 parameters. What was tried, and what each part is worth:
docs/decisions/champion.md.
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
    name="champion",
    title="conv 32, conv 32, pool, conv 64, conv 64, pool, dense 256, augmented",
    source="Tenfold",
    claim="see docs/recipes.md",
    cost="13 min on 1 core",
    layers=(
        Conv(32, 3, weights="fan_in_uniform", bias="none"),
        Conv(32, 3, activation="linear", weights="fan_in_uniform", bias="none"),
        MaxPool(2),
        BatchNorm(momentum=0.9, epsilon=1e-5, activation="relu"),
        Conv(64, 3, activation="linear", weights="fan_in_uniform", bias="none"),
        BatchNorm(momentum=0.9, epsilon=1e-5, activation="relu"),
        Conv(64, 3, activation="linear", weights="fan_in_uniform", bias="none"),
        MaxPool(2),
        BatchNorm(momentum=0.9, epsilon=1e-5, activation="relu"),
        Flatten(),
        Dense(256, activation="linear", weights="fan_in_uniform", bias="none"),
        BatchNorm(momentum=0.9, epsilon=1e-5, activation="relu"),
        Dense(10, activation="linear", weights="fan_in_uniform"),
    ),
    scaling="standardize",
    optimizer=Adam(learning_rate=0.02, beta_1=0.7, beta_2=0.9, epsilon=1e-8),
    schedule=OneCycle(warm_up=0.1, fall="line"),
    augmentation=Augmentation(rotation=8, stretch=0.08, shear=0.09, shift=1.4, plain_epochs=1),
    label_smoothing=0.1,
    precision="bf16",
    batch_size=512,
    epochs=40,
)
