"""Two sigmoid layers on pixels of 0 to 255 as they are.

Source: text 004, sections 5 to 9. The text prepares shape and labels only, so pixels are not
scaled; it fits with validation data after each epoch and says so of no other split than the test
images. Batch size and Adam's settings are Keras's defaults. Claims about 93 %. 94,494 parameters.
What it reaches here: docs/recipes.md.
"""

from tenfold.recipes import Adam, Dense, Flatten, Recipe

RECIPE = Recipe(
    name="mlp-sigmoid",
    title="784-100-144-10, sigmoid, raw pixels",
    source="text 004",
    claim="about 93 %",
    layers=(
        Flatten(),
        Dense(100, activation="sigmoid"),
        Dense(144, activation="sigmoid"),
        Dense(10, activation="linear"),
    ),
    scaling="raw",
    optimizer=Adam(learning_rate=1e-3),
    batch_size=32,
    epochs=10,
    validation="test",
)
