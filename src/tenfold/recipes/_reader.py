"""The recipe of the reader: networks that learn from scenes, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Never, TypeAlias

import msgspec

from tenfold.errors import InputError
from tenfold.language import text as _
from tenfold.plain import PlainStruct
from tenfold.recipes._changes import changed, restored
from tenfold.recipes._recipe import Precision

__all__ = ["Course", "NetworkSummary", "ReaderRecipe", "Scenes"]

Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]
Natural: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
Positive: TypeAlias = Annotated[float, msgspec.Meta(gt=0)]


class Scenes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many scenes are composed for strips of one width.

    Args:
        width: of the strips, in pixels; a multiple of 4.
        count: how many are trained on.
    """

    width: Annotated[int, msgspec.Meta(ge=40, le=1024, multiple_of=4)]
    count: Count


class Course(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How one network is trained: AdamW, the learning rate up in a line, then down by a cosine.

    Args:
        epochs: how many times it sees everything; with 0 the network that comes with Tenfold is
            taken as it is, which ``start`` "bundled" must say.
        batch_size: digits or signs per step; of strips, columns of pixels: strips of width w come
            ``batch_size // w`` at a time, at least 16.
        learning_rate: the highest.
        weight_decay: AdamW's.
        warm_up: the share of all steps on which the learning rate rises.
        start: "chance", or "bundled" to begin with the weights of the network that comes with
            Tenfold, where they have the same name and shape.

    Raises:
        InputError: if a network that starts by chance is not trained at all.
    """

    epochs: Natural
    batch_size: Count
    learning_rate: Positive
    weight_decay: Annotated[float, msgspec.Meta(ge=0)] = 0.02
    warm_up: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.1
    start: Literal["chance", "bundled"] = "chance"

    def __post_init__(self) -> None:
        if self.epochs == 0 and self.start == "chance":
            raise InputError(
                _(
                    "Received 0 epochs for a network that starts by chance; expected at least 1, "
                    "or start=bundled for the network that comes with Tenfold, as it is."
                )
            )


class ReaderRecipe(
    PlainStruct,
    frozen=True,
    kw_only=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag="reader",
):
    """How the networks of the reader are trained.

    Args:
        name: what it is called, in lower case with hyphens.
        title: one line for a list.
        source: the text it comes from.
        claim: what that text says it reaches.
        cost: what one training of it takes, and on what that was measured; a free text.
        scenes: how many scenes of which width are trained on.
        held_out: training images, from the last, whose scenes only validate and calibrate.
        held_scenes: how many scenes of each width are made of those.
        ink: how the ink network is trained, its batch size in pixels; None to train none.
        ink_steps: steps of an epoch of the ink network, each of sheets that no other step sees.
        lines: how the line network is trained.
        digits: how the digit network is trained.
        plain_copies: how many times an epoch of the digit network has the training images as
            they are, beside the digits cut out of scenes.
        signs: how the network is trained that tells signs beside digits apart; None to train none.
        precision: "bf16" for mixed precision where nothing else is asked for.

    Raises:
        InputError: if a width is there twice.
    """

    one_network: ClassVar[bool] = False
    """It trains several."""

    shifts: ClassVar[int] = 0
    """Its networks are asked once."""

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: str
    source: str = ""
    claim: str = ""
    cost: str = ""
    scenes: Annotated[tuple[Scenes, ...], msgspec.Meta(min_length=1)]
    held_out: Count = 5000
    held_scenes: Count = 2000
    ink: Course | None = None
    ink_steps: Count = 250
    lines: Course
    digits: Course
    plain_copies: Natural = 2
    signs: Course | None = None
    precision: Precision = "fp32"

    def __post_init__(self) -> None:
        widths = [part.width for part in self.scenes]
        if len(set(widths)) < len(widths):
            raise InputError(
                _("Received scenes of widths {widths}; expected each width once.", widths=widths)
            )

    @property
    def courses(self) -> dict[str, Course]:
        """How each network is trained, in the order in which they are: name -> course."""
        ink = {"ink": self.ink} if self.ink else {}
        signs = {"signs": self.signs} if self.signs else {}
        return {**ink, "digits": self.digits, "lines": self.lines, **signs}

    @property
    def epochs(self) -> int:
        """Those of all networks."""
        return sum(course.epochs for course in self.courses.values())

    @property
    def networks(self) -> tuple[NetworkSummary, ...]:
        """The networks in words."""
        ink = NetworkSummary(
            "ink",
            _(
                "gray -> of each pixel, how much ink of digits and of other writing covers it; a "
                "U-Net of 15 convolutions"
            ),
            330_088,
        )
        signs = NetworkSummary(
            "signs",
            _(
                "a mark in its line, 2 x 40 x 40 -> ten signs or another mark; 3 convolutions, 2 "
                "dense layers"
            ),
            75_659,
        )
        return (
            *((ink,) if self.ink else ()),
            NetworkSummary(
                "lines",
                _(
                    "strips 40 pixels high -> for every 2 columns ten digits or nothing, and a "
                    "box; 16 convolutions with residual connections, CTC"
                ),
                988_607,
            ),
            NetworkSummary(
                "digits",
                _("28 x 28 -> ten digits or none of them; 4 convolutions, 2 dense layers"),
                466_131,
            ),
            *((signs,) if self.signs else ()),
        )

    @property
    def parameters(self) -> int:
        """How many numbers all networks have."""
        return sum(network.parameters for network in self.networks)

    def announcement(self, images: int) -> str | None:  # noqa: ARG002 - scenes are made of some
        """Return what a training on so many images begins with that the name does not tell."""
        trained = [name for name, course in self.courses.items() if course.epochs]
        ink = _("First trains the ink network, on sheets that are composed meanwhile.")
        rest = _(
            "Composes {count:,} scenes, then trains from them: {names}.",
            count=sum(part.count + self.held_scenes for part in self.scenes),
            names=", ".join(name for name in trained if name != "ink"),
        )
        return f"{ink}\n{rest}" if "ink" in trained else rest

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> ReaderRecipe:
        """Return the recipe that ``plain`` describes, every field checked.

        Raises:
            InputError: naming the field that is missing, unknown or out of range.
        """
        return restored(cls, plain)

    def changed(self, settings: Mapping[str, object]) -> ReaderRecipe:
        """Return a copy with some fields set, each given as a value or as text.

        A key is a field ("held_out") or a dotted path ("lines.epochs", "scenes.0.count").

        Raises:
            UnknownNameError: for a key that names no field.
            InputError: for a value that the field does not admit.
        """
        return changed(self, settings)

    def changed_gently(self, settings: Mapping[str, object]) -> Never:  # noqa: ARG002 - refused
        """Refuse to begin with a model.

        Raises:
            InputError: always.
        """
        raise InputError(
            _(
                "{name} cannot start from a model; only recipes of one network can.",
                name=self.name,
            )
        )


@dataclass(frozen=True, slots=True)
class NetworkSummary:
    """One network of the reader.

    Attributes:
        name: "ink", "lines", "digits" or "signs".
        words: what goes in, what comes out, and what lies between.
        parameters: how many numbers training changes.
    """

    name: str
    words: str
    parameters: int
