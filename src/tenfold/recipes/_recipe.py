"""A recipe: everything that decides how a network is built and trained, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

import msgspec

from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.plain import PlainStruct
from tenfold.recipes._augmentation import Augmentation
from tenfold.recipes._changes import changed, restored
from tenfold.recipes._layers import Layer
from tenfold.recipes._optimizers import Optimizer
from tenfold.recipes._schedule import OneCycle
from tenfold.recipes._summary import parameter_count, summarize

__all__ = ["Precision", "Recipe", "Scaling"]

Precision: TypeAlias = Literal["fp32", "bf16"]
"""What a network computes in: "bf16" is mixed precision, with weights and sums in fp32."""

Scaling: TypeAlias = Literal["raw", "normalize", "center", "standardize"]
"""What is done to pixels of 0 to 255: nothing; divided by 255; divided by 255, then the mean of
the training pixels subtracted; that, then divided by their standard deviation."""

GENTLE_EPOCHS = 1 / 10
"""How many of a recipe's epochs a training from a model takes, where none are named."""

GENTLE_RATE = 1 / 10
"""What part of a recipe's learning rate it takes, where none is named."""

Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]


class Recipe(PlainStruct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one network is built and trained.

    Args:
        name: what it is called, in lower case with hyphens.
        title: one line for a list.
        source: the text it comes from.
        claim: what that text says it reaches on MNIST.
        cost: what one training of it takes, and on what that was measured; a free text.
        layers: the network, from the (1, 28, 28) input to 10 logits; the softmax is part of the
            loss in training and of reading afterwards.
        scaling: what is done to pixels.
        optimizer: how weights follow gradients.
        schedule: how its learning rate goes over all steps; constant if there is none.
        label_smoothing: the share of each label that is spread evenly over the ten digits
            (Szegedy et al. 2016).
        augmentation: how images are changed each time that they are seen; none if left out.
        shifts: a trained network is asked for all shifts of the image by up to so many pixels, and
            its answers averaged; 0 asks once.
        precision: what it trains in where nothing else is asked for, and the device computes it
            without loss of time; elsewhere "fp32".
        batch_size: images per step.
        epochs: how many times the loop goes round and writes a line of history.
        sampling: "shuffle" goes once through all images in a new order each epoch;
            "replacement" draws each batch anew, ``steps_per_epoch`` times an epoch.
        steps_per_epoch: for "replacement" only.
        validation: images held out from the end of the training images, or "test" where the text
            watches the test set while it trains (nothing is chosen by it).

    Raises:
        InputError: if the network does not fit together or fields contradict each other.
    """

    one_network: ClassVar[bool] = True
    """Against the reader's, which trains two."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: str
    source: str = ""
    claim: str = ""
    cost: str = ""
    layers: tuple[Layer, ...]
    scaling: Scaling = "normalize"
    optimizer: Optimizer
    schedule: OneCycle | None = None
    label_smoothing: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0
    augmentation: Augmentation | None = None
    shifts: Annotated[int, msgspec.Meta(ge=0, le=3)] = 0
    precision: Precision = "fp32"
    batch_size: Count = 32
    epochs: Count = 10
    sampling: Literal["shuffle", "replacement"] = "shuffle"
    steps_per_epoch: Count | None = None
    validation: Annotated[int, msgspec.Meta(ge=0)] | Literal["test"] = 0

    def __post_init__(self) -> None:
        if (self.sampling == "replacement") != (self.steps_per_epoch is not None):
            raise InputError(
                _(
                    "Received sampling {sampling!r} with steps_per_epoch {steps}; "
                    "steps_per_epoch goes with sampling 'replacement', and only with it.",
                    sampling=self.sampling,
                    steps=self.steps_per_epoch,
                )
            )
        summarize(self.layers)

    @property
    def parameters(self) -> int:
        """How many numbers the network has, those that training leaves alone included."""
        return parameter_count(self.layers)

    def announcement(self, images: int) -> str | None:
        """Return what a training on so many images begins with that the name does not tell."""
        if self.steps_per_epoch is None:
            return None
        return _(
            "An epoch of {name} is {steps} steps of {size} images drawn at random: "
            "{seen:,} images, where there are {count:,}.",
            name=self.name,
            steps=self.steps_per_epoch,
            size=self.batch_size,
            seen=self.steps_per_epoch * self.batch_size,
            count=images,
        )

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Recipe:
        """Return the recipe that ``plain`` describes, every field checked.

        Raises:
            InputError: naming the field that is missing, unknown or out of range.
        """
        return restored(cls, plain)

    def changed(self, settings: Mapping[str, object]) -> Recipe:
        """Return a copy with some fields set, each given as a value or as text.

        A key is a field ("epochs"), a field of the optimizer ("learning_rate"), or a dotted path
        ("optimizer.momentum", "layers.0.filters").

        Raises:
            UnknownNameError: for a key that names no field.
            InputError: for a value that the field does not admit.
        """
        return changed(self, settings, short="optimizer")

    def changed_gently(self, settings: Mapping[str, object]) -> Recipe:
        """Return a copy as ``changed`` does, for a training that begins with a model.

        Weights that know digits already would forget much of them at a full learning rate: unless
        ``settings`` say otherwise, a tenth of the epochs are trained at a tenth of the rate.

        Raises:
            UnknownNameError: for a key that names no field.
            InputError: for a value that the field does not admit.
        """
        gentle = {
            "epochs": max(1, round(self.epochs * GENTLE_EPOCHS)),
            "learning_rate": self.optimizer.learning_rate * GENTLE_RATE,
        }
        return self.changed({**gentle, **settings})
