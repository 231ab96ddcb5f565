"""Two hidden layers of 512 with dropout, in Keras.

Source: text 000, sections 3 to 15. It watches the test set after each epoch; nothing is chosen
by it. The text uses the Keras of its time, whose RMSprop divides by sqrt(mean square) + epsilon.
Claims over 98 %. 669,706 parameters.
What it reaches here: docs/recipes.md.
"""

from tenfold.recipes import Dense, Dropout, Flatten, Recipe, RMSprop

RECIPE = Recipe(
    name="mlp-512",
    title="784-512-512-10, ReLU, dropout",
    source="text 000, section 11",
    claim="over 98 %",
    layers=(
        Flatten(),
        Dense(512),
        Dropout(0.2),
        Dense(512),
        Dropout(0.2),
        Dense(10, activation="linear"),
    ),
    scaling="normalize",
    optimizer=RMSprop(learning_rate=1e-3),
    batch_size=128,
    epochs=20,
    validation="test",
)
