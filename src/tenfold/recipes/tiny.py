"""Four small convolutions and hardly a dense layer: 99 % with fewer than 1,900 parameters.

Source: Tenfold itself. 1,847 parameters, running statistics included. Its answers are averaged
over shifts by a pixel, which costs no parameters. docs/decisions/champion.md.
"""

import msgspec

from tenfold.recipes import Augmentation, Flatten, MaxPool
from tenfold.recipes.sprint import NORM, OUTPUT, conv
from tenfold.recipes.sprint import RECIPE as SPRINT

RECIPE = msgspec.structs.replace(
    SPRINT,
    name="tiny",
    title="conv 7, pool, conv 8, conv 8, pool, conv 7, pool, nothing more",
    claim="at least 99 %",
    layers=(
        conv(7),
        MaxPool(2),
        NORM,
        conv(8),
        NORM,
        conv(8),
        MaxPool(2),
        NORM,
        conv(7),
        MaxPool(2),
        NORM,
        Flatten(),
        OUTPUT,
    ),
    optimizer=msgspec.structs.replace(SPRINT.optimizer, learning_rate=0.02),
    augmentation=Augmentation(rotation=2.5, stretch=0.025, shear=0.026, shift=0.43, plain_epochs=3),
    label_smoothing=0.0,
    shifts=1,
    batch_size=128,
    epochs=40,
)
