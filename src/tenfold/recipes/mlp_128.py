"""One hidden layer of 128, in PyTorch, on batches drawn with replacement.

Source: text 002, part 3. 10,000 steps, with the accuracy on the test set printed every 50: here
200 epochs of 50 steps, each with a line of history. Nothing is chosen by it. Weights and biases
start as PyTorch's do. Claims about 98 %. 101,770 parameters.
What it reaches here: docs/recipes.md.
"""

from tenfold.recipes import SGD, Dense, Flatten, Recipe

RECIPE = Recipe(
    name="mlp-128",
    title="784-128-10, ReLU",
    source="text 002",
    claim="about 98 %",
    layers=(
        Flatten(),
        Dense(128, weights="fan_in_uniform", bias="fan_in_uniform"),
        Dense(10, activation="linear", weights="fan_in_uniform", bias="fan_in_uniform"),
    ),
    scaling="normalize",
    optimizer=SGD(learning_rate=0.1),
    batch_size=32,
    epochs=200,
    sampling="replacement",
    steps_per_epoch=50,
    validation="test",
)
