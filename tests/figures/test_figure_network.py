from __future__ import annotations

import itertools
from typing import Any

import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from matplotlib.text import Annotation, Text

from tenfold.errors import InputError
from tenfold.figures.network import network
from tenfold.language import LANGUAGES, set_language


def row(kind: str, label: str, shape: tuple[int, ...], parameters: int = 0) -> dict[str, Any]:
    return {"kind": kind, "label": label, "shape": shape, "parameters": parameters}


INPUT = row("input", "Input", (1, 28, 28))
DENSE = [
    INPUT,
    row("flatten", "Flatten", (784,)),
    row("dense", "Dense 512, ReLU", (512,), 401_920),
    row("dropout", "Dropout 0.2", (512,)),
    row("dense", "Dense 512, ReLU", (512,), 262_656),
    row("dropout", "Dropout 0.2", (512,)),
    row("dense", "Dense 10", (10,), 5_130),
]
DEEP = [
    INPUT,
    row("conv", "Conv 3×3, 32, ReLU", (32, 26, 26), 320),
    row("pool", "MaxPool 2×2", (32, 13, 13)),
    row("conv", "Conv 3×3, 64, ReLU", (64, 11, 11), 18_496),
    row("conv", "Conv 3×3, 64, ReLU", (64, 9, 9), 36_928),
    row("pool", "MaxPool 2×2", (64, 4, 4)),
    row("flatten", "Flatten", (1024,)),
    row("dense", "Dense 100, ReLU", (100,), 102_500),
    row("dense", "Dense 10", (10,), 1_010),
]
BATCH_NORM = [
    INPUT,
    row("conv", "Conv 3×3, 32, ReLU", (32, 26, 26), 320),
    row("batch_norm", "BatchNorm", (32, 26, 26), 128),
    row("pool", "MaxPool 2×2", (32, 13, 13)),
    row("flatten", "Flatten", (5408,)),
    row("dense", "Dense 100, ReLU", (100,), 540_900),
    row("batch_norm", "BatchNorm", (100,), 400),
    row("dense", "Dense 10", (10,), 1_010),
]
LONG = [INPUT, *(row("conv", f"Conv {at}", (256, 28, 28), 10**12) for at in range(99))]
STRANGE = [
    row("softmax", "?", (3,)),
    row("conv", "一个名字非常非常长的卷积层" * 5, (10**6, 1, 10**9), 2**62),
    row("dense", "x" * 500, (2**62,), 2**62),
    row("other", "", (4, 4)),
    row("other", "", (2, 3, 4, 5)),
]
NETWORKS = {"dense": DENSE, "deep": DEEP, "norm": BATCH_NORM, "long": LONG, "strange": STRANGE}


def texts(figure: Figure) -> list[Text]:
    return [text for text in figure.axes[0].texts if not isinstance(text, Annotation)]


def arrows(figure: Figure) -> list[Annotation]:
    return [text for text in figure.axes[0].texts if isinstance(text, Annotation)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NETWORKS)
def test_no_text_overlaps_another_or_the_page(name: str, language: str) -> None:
    set_language(language)
    figure = network(NETWORKS[name], name="a name")
    figure.draw_without_rendering()
    # Lines of one caption may touch by the parts of their boxes that hold no ink.
    boxes = [text.get_window_extent().padded(0, -3) for text in texts(figure) if text.get_text()]
    for box in boxes:
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.width
        assert box.y0 >= 0
        assert box.y1 <= figure.bbox.height
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)


@pytest.mark.parametrize("name", NETWORKS)
def test_captions_lie_below_the_pictures(name: str) -> None:
    figure = network(NETWORKS[name])
    figure.draw_without_rendering()
    captions = [text for text in texts(figure) if text.get_ha() == "center" and text.get_text()]
    patches = [patch.get_window_extent() for patch in figure.axes[0].patches]
    for text in captions:
        box = text.get_window_extent().padded(0, -3)
        assert not any(box.overlaps(patch) for patch in patches), text


def test_the_title_holds_name_and_total() -> None:
    # 669,706 is the published size of this network.
    assert texts(network(DENSE, "mlp-512"))[0].get_text() == "mlp-512: 669,706 parameters"
    assert texts(network(DENSE))[0].get_text() == "669,706 parameters"


def test_names_shapes_and_parameters_are_written() -> None:
    words = [text.get_text() for text in texts(network(DEEP))]
    for expected in ("Input", "1 × 28 × 28", "64 × 11 × 11", "18,496 param.", "Flatten", "1024"):
        assert expected in words


def test_layers_without_a_picture_are_written_beneath_the_one_they_follow() -> None:
    figure = network(BATCH_NORM)
    at = {text.get_text(): text.get_position() for text in texts(figure)}
    assert at["128 param."][0] == at["32 × 26 × 26"][0]
    assert at["128 param."][1] < at["+ BatchNorm"][1] < at["32 × 26 × 26"][1]


def test_maps_are_stacks_that_shrink_with_the_shape() -> None:
    figure = network([INPUT, row("conv", "Conv", (32, 14, 28)), row("pool", "Pool", (64, 1, 1))])
    sizes = [
        (r.get_width(), r.get_height()) for r in figure.axes[0].patches if type(r) is Rectangle
    ]
    assert len(sizes) == 1 + 6 + 7
    one, conv, pool = sizes[0], sizes[1], sizes[-1]
    assert one[0] == one[1] == conv[0] == pytest.approx(2 * conv[1])
    assert 0.1 < pool[0] < conv[1]


def test_dense_layers_are_columns_of_neurons() -> None:
    rows = [row("input", "Input", (4,)), row("dense", "Dense", (12,)), row("dense", "Dense", (10,))]
    axes = network(rows).axes[0]
    assert sum(isinstance(patch, Circle) for patch in axes.patches) == 12 + 10
    meshes = [c for c in axes.collections if isinstance(c, LineCollection)]
    assert [len(mesh.get_segments()) for mesh in meshes] == [4 * 12, 12 * 10]


def test_many_neurons_are_shown_by_their_ends_and_three_dots() -> None:
    axes = network([row("dense", "Dense", (512,))]).axes[0]
    radii = sorted(patch.radius for patch in axes.patches if isinstance(patch, Circle))
    assert len(radii) == 10 + 3
    assert radii[2] < radii[3]


def test_ten_neurons_at_the_end_carry_their_digits() -> None:
    words = [text.get_text() for text in texts(network(DENSE))]
    assert [word for word in words if len(word) == 1] == list("0123456789")


def test_arrows_join_what_no_mesh_joins() -> None:
    assert len(arrows(network(DENSE))) == 1
    assert len(arrows(network(DEEP))) == 6


def test_a_wide_network_goes_on_in_the_next_line() -> None:
    one, many = network(DEEP), network(LONG)
    assert one.get_figwidth() < 15
    assert many.get_figwidth() < 15
    assert many.get_figheight() > 3 * one.get_figheight()


def test_rows_may_be_objects() -> None:
    class Row:
        kind, label, shape, parameters = "dense", "Dense 3", (3,), 12

    assert texts(network([Row()]))[0].get_text() == "12 parameters"


@pytest.mark.parametrize(
    "layers",
    [
        [],
        None,
        7,
        "layers",
        {"kind": "input"},
        [INPUT] * 101,
        [7],
        [{}],
        [INPUT | {"kind": 3}],
        [INPUT | {"label": None}],
        [INPUT | {"shape": ()}],
        [INPUT | {"shape": 28}],
        [INPUT | {"shape": "28"}],
        [INPUT | {"shape": (28, 0)}],
        [INPUT | {"shape": (28.0,)}],
        [INPUT | {"shape": (2**200,)}],
        [INPUT | {"parameters": -1}],
        [INPUT | {"parameters": None}],
        [INPUT | {"parameters": 10**5000}],
    ],
)
def test_wrong_layers_are_refused(layers: Any) -> None:
    with pytest.raises(InputError):
        network(layers)
