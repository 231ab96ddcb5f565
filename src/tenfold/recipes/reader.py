"""The networks that read whole pictures: for ink, digits in lines, single digits, and signs.

Source: Tenfold itself. 330,088, 988,607, 466,131 and 75,659 parameters. They learn from scenes:
MNIST's training digits redrawn with other pens, slants and spacings on computed paper, forms and
tables, with letters, signs, rules and stains that are no digits. The digits of the last 5,000
training images appear in no scene that is trained on; theirs validate and calibrate.

``tenfold train reader`` makes ``ink.onnx``, ``digits.onnx``, ``lines.onnx`` and ``signs.onnx``. The
models that come with Tenfold are from several courses of this kind, each begun with the networks of
the one before; their cards say of what course the last was (docs/decisions/learned-ink.md). With
``--set NETWORK.start=bundled --set NETWORK.epochs=0`` a network is taken as it is.
"""

from tenfold.recipes import Course, ReaderRecipe, Scenes

RECIPE = ReaderRecipe(
    name="reader",
    title="networks for ink, lines, digits and signs, from scenes of MNIST's training digits",
    source="Tenfold",
    claim="see docs/reading.md",
    scenes=(
        Scenes(48, 45_000),
        Scenes(64, 45_000),
        Scenes(96, 32_000),
        Scenes(128, 32_000),
        Scenes(160, 30_000),
        Scenes(192, 20_000),
        Scenes(256, 10_000),
    ),
    held_out=5_000,
    held_scenes=2_000,
    ink=Course(epochs=25, batch_size=131_072, learning_rate=3e-3, warm_up=0.05),
    ink_steps=500,
    lines=Course(epochs=7, batch_size=10_240, learning_rate=3e-3, warm_up=0.08),
    digits=Course(epochs=5, batch_size=256, learning_rate=4e-3, warm_up=0.1),
    plain_copies=6,
    signs=Course(epochs=6, batch_size=128, learning_rate=3e-3, warm_up=0.1),
    precision="bf16",
)
