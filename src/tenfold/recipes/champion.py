"""Four convolutions under strong augmentation: the best single network here.

Source: Tenfold itself. 331,178 parameters. What was tried, and what each part is worth:
docs/decisions/champion.md.
"""

import msgspec

from tenfold.recipes import Augmentation, Conv, Flatten, MaxPool
from tenfold.recipes.sprint import NORM, OUTPUT, conv, dense
from tenfold.recipes.sprint import RECIPE as SPRINT

RECIPE = msgspec.structs.replace(
    SPRINT,
    name="champion",
    title="conv 32, conv 32, pool, conv 64, conv 64, pool, dense 256, augmented",
    claim="see docs/recipes.md",
    layers=(
        Conv(32, 3, weights="fan_in_uniform", bias="none"),
        conv(32),
        MaxPool(2),
        NORM,
        conv(64),
        NORM,
        conv(64),
        MaxPool(2),
        NORM,
        Flatten(),
        dense(256),
        NORM,
        OUTPUT,
    ),
    optimizer=msgspec.structs.replace(SPRINT.optimizer, learning_rate=0.02),
    augmentation=Augmentation(rotation=8, stretch=0.08, shear=0.09, shift=1.4, plain_epochs=1),
    epochs=40,
)
