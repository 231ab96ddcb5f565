"""The network of sprint, three times through the images: the shortest way here to 99.4 %.

Source: Tenfold itself. 109,338 parameters. docs/decisions/sprint.md.
"""

import msgspec

from tenfold.recipes.sprint import RECIPE as SPRINT

RECIPE = msgspec.structs.replace(
    SPRINT,
    name="sprint-long",
    title="sprint, three times through the images",
    claim="at least 99.4 % in three epochs",
    epochs=3,
)
