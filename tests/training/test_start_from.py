"""Training that begins with a model and adds images: exact, resumable, recorded, or refused."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from msgspec import to_builtins
from safetensors.torch import load_file

import tenfold
from tenfold.data import DataSet, LabeledImages, save
from tenfold.errors import InputError, ModelError, RunError, TenfoldError
from tenfold.models import load_model
from tenfold.recipes import load_recipe, network_names, settled_recipe
from tenfold.records import Run
from tenfold.training import Silence, resume, train
from tenfold.training._initial_weights import open_start
from tenfold.training.additions import MOST_COPIES, gather

# What is added is dark on bright, so that it changes much.
pytestmark = pytest.mark.filterwarnings("ignore:.* dark ink:tenfold.errors.DataWarning")

TINY = {"epochs": 1, "validation": 200}


class StopAt(Silence):  # type: ignore[misc] # final for users, not for this test
    """Interrupts training as Ctrl-C does, when so many epochs are done and one step more."""

    def __init__(self, epochs: int) -> None:
        self.left = epochs

    def on_epoch(self, row: object) -> None:
        self.left -= 1

    def on_step(self, step: int, loss: float, accuracy: float) -> None:
        if self.left <= 0:
            raise KeyboardInterrupt


def quick(data: DataSet, folder: Path, name: str = "mlp-256", **options: object) -> Run:
    changes = {**TINY, **options.pop("changes", {})}  # type: ignore[dict-item]
    observer = options.pop("observer", Silence())
    return train(name, data, run=folder, changes=changes, observer=observer, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def first(drawn: DataSet, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A finished run of mlp-256."""
    return quick(drawn, tmp_path_factory.mktemp("runs") / "first")


@pytest.fixture
def extra(drawn: DataSet) -> DataSet:
    """30 more images, not among those of ``drawn``."""
    images = 255 - drawn.test.images[:30]
    return DataSet("extra", {"train": LabeledImages(images, drawn.test.labels[:30])})


QUICKEST = ("mlp-256", "cnn-batchnorm", "sprint")
"""Dropout, running statistics, and a batch normalization straight behind a convolution."""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in QUICKEST else pytest.mark.slow)
        for name in network_names()
    ],
)
def test_a_model_file_gives_the_weights_bit_for_bit(
    name: str, drawn: DataSet, tmp_path: Path
) -> None:
    changes: dict[str, object] = {"epochs": 1, "batch_size": 50}
    run = quick(drawn, tmp_path, name, changes=changes, subset=300)
    kept = load_file(run.weights_path)
    for source in (run.folder, run.model_path):
        found = open_start(source, load_recipe(name)).weights
        assert found.keys() == kept.keys()
        # Nothing reads the count of batches, and a model file does not hold it.
        read = {key for key in kept if not key.endswith("num_batches_tracked")}
        assert all(torch.equal(found[key], kept[key]) for key in read)


def test_nothing_learned_is_the_model_itself(drawn: DataSet, first: Run, tmp_path: Path) -> None:
    # At a learning rate next to nothing the new model answers as the old one does.
    run = quick(drawn, tmp_path, start_from=first.folder, changes={"learning_rate": 1e-30})
    images = drawn.test.images
    np.testing.assert_array_equal(
        load_model(run.model_path).logits(images), load_model(first.model_path).logits(images)
    )


def test_run_and_card_say_what_it_began_with(
    drawn: DataSet, first: Run, extra: DataSet, tmp_path: Path
) -> None:
    save(extra, tmp_path / "extra.npz")
    run = quick(
        drawn,
        tmp_path / "run",
        start_from=first.model_path,
        add=[tmp_path / "extra.npz", extra],
        add_copies=3,
    )
    digest = hashlib.sha256(first.model_path.read_bytes()).hexdigest()
    settings = run.plan.settings
    assert settings.start.name == str(first.model_path)
    assert settings.start.sha256 == digest
    parts = (
        {"name": str(tmp_path / "extra.npz"), "sha256": extra.train.hash(), "count": 30},
        {"name": "extra", "sha256": extra.train.hash(), "count": 30},
    )
    assert to_builtins(settings.added) == parts
    assert settings.add_copies == 3
    card = load_model(run.model_path).card
    assert card.training["start"] == {"name": str(first.model_path), "sha256": digest}
    assert card.training["added"] == list(parts)
    assert card.training["add_copies"] == 3
    assert card.training["images"] == 1000
    # 1,000 images and three times 60, in batches of 128.
    assert run.history[-1].step == 10


def test_a_run_from_chance_says_nothing_of_a_start(first: Run) -> None:
    assert first.plan.settings.start is None
    assert first.plan.settings.added == ()
    assert not {"start", "added", "add_copies"} & set(load_model(first.model_path).card.training)


def test_the_same_again_gives_the_same_bits_and_other_additions_others(
    drawn: DataSet, first: Run, extra: DataSet, tmp_path: Path
) -> None:
    def weights(name: str, **options: object) -> bytes:
        run = quick(drawn, tmp_path / name, start_from=first.folder, **options)
        return run.weights_path.read_bytes()

    same = [weights(name, add=extra, add_copies=2) for name in "ab"]
    assert same[0] == same[1]
    assert weights("c", add=extra, add_copies=3) != same[0]


@pytest.mark.parametrize(
    ("name", "epochs"),
    [
        ("mlp-256", 0),
        ("cnn-batchnorm", 1),
        pytest.param("mlp-256", 2, marks=pytest.mark.slow),
        pytest.param("cnn-batchnorm", 0, marks=pytest.mark.slow),
    ],
)
def test_an_interrupted_one_goes_on_to_the_same_bits(
    name: str, epochs: int, drawn: DataSet, extra: DataSet, tmp_path: Path
) -> None:
    changes = {"epochs": epochs + 1, "scaling": "standardize", "learning_rate": 1e-3}
    begun = quick(drawn, tmp_path / "begun", name, subset=300, changes=changes)
    store = tmp_path / "extra.npz"
    save(extra, store)

    def run(folder: str, **more: object) -> Run:
        options = {"start_from": begun.folder, "add": str(store), "subset": 300, **more}
        return quick(drawn, tmp_path / folder, name, changes=changes, **options)

    whole = run("whole")
    with pytest.raises(KeyboardInterrupt):
        run("stopped", observer=StopAt(epochs))
    # What it began with is needed no more: it changed, and is gone.
    save(DataSet("other", {"train": extra.train[:7]}), store, overwrite=True)
    begun.model_path.unlink()
    stopped = resume(tmp_path / "stopped", drawn, observer=Silence())
    assert stopped.weights_path.read_bytes() == whole.weights_path.read_bytes()
    assert stopped.model_path.read_bytes() == whole.model_path.read_bytes()


def test_a_start_that_changed_before_it_was_kept_is_refused(
    drawn: DataSet, first: Run, tmp_path: Path
) -> None:
    start = tmp_path / "start.onnx"
    start.write_bytes(first.model_path.read_bytes())
    with pytest.raises(KeyboardInterrupt):
        quick(drawn, tmp_path / "run", start_from=start, observer=StopAt(0))
    run = Run(tmp_path / "run")
    run.checkpoint_path.unlink()
    changed_model(first.model_path, start, "noted")
    with pytest.raises(RunError, match="is not the model that"):
        resume(run.folder, drawn, observer=Silence())
    start.write_bytes(first.model_path.read_bytes())
    assert resume(run.folder, drawn, observer=Silence()).finished


@pytest.mark.parametrize("damage", ["missing", "junk", "others"])
def test_kept_images_that_are_not_those_are_refused(
    damage: str, drawn: DataSet, extra: DataSet, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        quick(drawn, tmp_path, add=extra, observer=StopAt(1), changes={"epochs": 2})
    kept = tmp_path / "added.npz"
    kept.unlink()
    if damage == "junk":
        kept.write_bytes(b"junk")
    if damage == "others":
        save(DataSet("others", {"train": drawn.test[:30]}), kept)
    with pytest.raises(TenfoldError, match=r"added\.npz"):
        resume(tmp_path, drawn, observer=Silence())


def test_starting_over_without_images_forgets_those_kept(
    drawn: DataSet, extra: DataSet, tmp_path: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        quick(drawn, tmp_path, add=extra, observer=StopAt(0))
    assert (tmp_path / "added.npz").is_file()
    with pytest.raises(KeyboardInterrupt):
        quick(drawn, tmp_path, again=True, observer=StopAt(0))
    assert not (tmp_path / "added.npz").exists()


def test_it_is_gentle_unless_told_otherwise() -> None:
    recipe = load_recipe("cnn-deep")
    gentle = settled_recipe(recipe, {}, "m.onnx")
    assert gentle.to_dict() == recipe.changed({"epochs": 1, "learning_rate": 0.001}).to_dict()
    told = settled_recipe(recipe, {"epochs": 7, "learning_rate": 0.5}, "m.onnx")
    assert told.to_dict() == recipe.changed({"epochs": 7, "learning_rate": 0.5}).to_dict()
    assert settled_recipe(recipe, {}, None) == recipe


def test_a_bundled_model_is_started_from_by_its_name(drawn: DataSet, tmp_path: Path) -> None:
    run = train(
        "cnn-deep",
        drawn,
        run=tmp_path,
        changes={"epochs": 1},
        subset=100,
        start_from="cnn-deep",
        observer=Silence(),
    )
    assert run.plan.settings.start.name == "cnn-deep"
    assert run.plan.recipe.optimizer.learning_rate == pytest.approx(0.001)


def test_how_often_images_are_shown() -> None:
    def images(count: int) -> DataSet:
        zeros = LabeledImages(np.zeros((count, 28, 28), np.uint8), np.zeros(count, np.uint8))
        return DataSet("zeros", {"train": zeros})

    assert gather(images(100), None, 20_000).copies == 10
    assert gather(images(10), None, 60_000).copies == MOST_COPIES
    assert gather(images(5000), None, 6000).copies == 1
    assert gather(images(5), 7, 60_000).copies == 7
    assert gather((), None, 60_000).images is None


def test_a_valid_split_is_added_and_a_test_split_is_not(drawn: DataSet, tmp_path: Path) -> None:
    parts = {"train": drawn.train[:5], "valid": drawn.train[5:8], "test": drawn.test}
    assert len(gather(DataSet("parts", parts), None, 100).images or ()) == 8


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"add_copies": 0, "add": "x.npz"}, "Received 0 copies"),
        ({"add_copies": 2}, "Copies are of added images"),
        ({"add": "nothing.npz"}, "no file or folder"),
        ({"add": "nonsense"}, "Known: corrections, mnist"),
        ({"start_from": "nothing.onnx"}, "There is no model file"),
        ({"start_from": ""}, "There is no model file"),
        ({"start_from": "digits"}, "trained by reader, which differs from mlp-256"),
        ({"start_from": "cnn-deep"}, "differs from mlp-256 in layers"),
    ],
)
def test_what_cannot_be_is_named(
    drawn: DataSet, tmp_path: Path, options: dict[str, object], message: str
) -> None:
    with pytest.raises(TenfoldError, match=message):
        quick(drawn, tmp_path / "run", **options)
    assert not (tmp_path / "run").exists()


def test_too_many_copies_are_refused(drawn: DataSet, extra: DataSet, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="too many"):
        quick(drawn, tmp_path, add=extra, add_copies=10**12)


def test_a_test_split_alone_is_not_added(drawn: DataSet, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no split named 'train'"):
        quick(drawn, tmp_path, add=DataSet("alone", {"test": drawn.test}))


def test_an_empty_source_is_named(drawn: DataSet, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no images to add in empty"):
        quick(drawn, tmp_path, add=DataSet("empty", {"train": drawn.train[:0]}))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"layers.1.units": 100}, "layers"),
        ({"scaling": "raw"}, "scaling"),
        ({"scaling": "raw", "layers.1.units": 100}, "layers, scaling"),
    ],
)
def test_a_model_of_another_recipe_says_in_what(
    drawn: DataSet, first: Run, tmp_path: Path, changes: dict[str, object], what: str
) -> None:
    with pytest.raises(ModelError, match=f"differs from mlp-256 in {what};"):
        quick(drawn, tmp_path, start_from=first.folder, changes=changes)


def test_an_unfinished_run_is_no_start(drawn: DataSet, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        quick(drawn, tmp_path / "half", observer=StopAt(1), changes={"epochs": 2})
    with pytest.raises(RunError, match="holds no model"):
        quick(drawn, tmp_path / "run", start_from=tmp_path / "half")


def changed_model(path: Path, target: Path, how: str) -> None:
    proto = onnx.load_from_string(path.read_bytes())
    weights = [w for w in proto.graph.initializer if w.name.startswith("network.")]
    (properties,) = proto.metadata_props
    if how == "renamed":
        for node in proto.graph.node:
            for at, name in enumerate(node.input):
                if name == weights[0].name:
                    node.input[at] = "else"
        weights[0].name = "else"
    elif how == "noted":
        proto.doc_string = "changed"
    else:
        card = json.loads(properties.value)
        properties.value = json.dumps({**card, "scaling": {"name": "normalize"}})
    target.write_bytes(proto.SerializeToString())


def test_a_model_that_is_not_as_ours_are_is_refused(
    drawn: DataSet, first: Run, tmp_path: Path
) -> None:
    for how, message in (("renamed", "is on one side only"), ("unscaled", "says no scaling")):
        changed_model(first.model_path, tmp_path / "m.onnx", how)
        load_model(tmp_path / "m.onnx")
        with pytest.raises(ModelError, match=message):
            quick(drawn, tmp_path / "run", start_from=tmp_path / "m.onnx")


def test_a_damaged_model_is_refused(drawn: DataSet, first: Run, tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(first.model_path.read_bytes()[:-1000])
    with pytest.raises(ModelError, match=r"m\.onnx"):
        quick(drawn, tmp_path / "run", start_from=tmp_path / "m.onnx")


def test_the_reader_starts_from_no_model(drawn: DataSet, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="reader"):
        train("reader", drawn, run=tmp_path, observer=Silence(), start_from="digits")


def test_the_callers_random_numbers_are_left_alone(first: Run) -> None:
    torch.manual_seed(3)
    before = torch.get_rng_state()
    open_start(first.folder, load_recipe("mlp-256"))
    assert torch.equal(before, torch.get_rng_state())


def test_a_run_of_an_earlier_tenfold_goes_on(drawn: DataSet, tmp_path: Path) -> None:
    # Its run.json knows neither starts nor additions.
    with pytest.raises(KeyboardInterrupt):
        quick(drawn, tmp_path, observer=StopAt(1), changes={"epochs": 2})
    path = tmp_path / "run.json"
    plan = json.loads(path.read_text())
    for name in ("start", "added", "add_copies"):
        del plan["settings"][name]
    path.write_text(json.dumps(plan))
    assert tenfold.resume(tmp_path, drawn, observer=Silence()).finished
