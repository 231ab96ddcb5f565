"""Hidden layers of 256 and 64 with dropout, on the 50,000 / 10,000 split of mnist.pkl.gz.

Source: text 000, section 16. The split's validation images are the last 10,000 of MNIST's
training images. (The file's pixels are k/256 where this divides by 255, a factor of 1.004.)
Claims over 98 %. 218,058 parameters.
What it reaches here: docs/recipes.md.
"""

import msgspec

from tenfold.recipes import Dense, Dropout, Flatten
from tenfold.recipes.mlp_512 import RECIPE as MLP_512

RECIPE = msgspec.structs.replace(
    MLP_512,
    name="mlp-256",
    title="784-256-64-10, ReLU, dropout",
    source="text 000, section 16",
    layers=(
        Flatten(),
        Dense(256),
        Dropout(0.2),
        Dense(64),
        Dropout(0.2),
        Dense(10, activation="linear"),
    ),
    validation=10_000,
)
