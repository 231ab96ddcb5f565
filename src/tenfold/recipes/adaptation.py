"""The reader taught further: its networks go on with few scenes, beside somebody's own pictures.

Source: Tenfold itself. A few thousand scenes keep it from forgetting what else people write; the
learning rates are about a tenth of those of the recipe ``reader``. ``tenfold adapt`` trains this
recipe.
"""

from tenfold.recipes import Course, ReaderRecipe, Scenes

RECIPE = ReaderRecipe(
    name="adaptation",
    title="the reader's networks for lines and digits, taught further by own pictures",
    source="Tenfold",
    claim="see docs/adapting.md",
    scenes=(
        Scenes(48, 2_000),
        Scenes(64, 2_000),
        Scenes(96, 1_500),
        Scenes(128, 1_500),
        Scenes(192, 1_500),
        Scenes(256, 500),
    ),
    held_out=5_000,
    held_scenes=100,
    lines=Course(epochs=2, batch_size=10_240, learning_rate=3e-4, warm_up=0.1, start="bundled"),
    digits=Course(epochs=2, batch_size=256, learning_rate=3e-4, warm_up=0.1, start="bundled"),
    plain_copies=1,
)
