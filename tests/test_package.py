"""The package's public names, and what importing it costs."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import tenfold
from tenfold import errors
from tenfold.cli import command_names

# What to call in Python for each command: names of tenfold itself, and where a name has a dot, of
# what the package before the dot offers. Those of doctor and serve are not for programs that read
# or train, so tenfold itself does not offer them.
TWINS = {
    "adapt": ("adapt",),
    "calibrate": ("calibrate",),
    "compare": ("compare",),
    "convert": ("convert_model",),
    "crossval": ("crossval",),
    "data": ("load_dataset", "DataSet", "data.save"),
    "doctor": ("doctor.examine",),
    "draw": ("figure_names", "find_figure", "figures.save"),
    "evaluate": ("load_model", "evaluate_probabilities", "reports.write_evaluation"),
    "export": ("export_model",),
    "predict": ("predict",),
    "read": ("Reader", "batch.read_to_table"),
    "recipes": ("recipe_names", "load_recipe"),
    "report": ("write_report",),
    "reproduce": ("reproduce", "train_seeds"),
    "serve": ("web.create_app", "web.ServiceSettings"),
    "sweep": ("sweep",),
    "train": ("train", "resume"),
}

HEAVY = ("torch", "matplotlib", "onnx", "sklearn", "keras", "h5py")


@pytest.mark.parametrize("name", tenfold.__all__)
def test_public_names_are_there(name: str) -> None:
    assert getattr(tenfold, name).__doc__


def test_every_public_name_is_the_one_of_its_home() -> None:
    assert set(tenfold._HOMES) == set(tenfold.__all__)
    for name in ("compare", "crossval", "reproduce", "sweep"):
        assert callable(getattr(tenfold, name))
        assert getattr(tenfold, name) is getattr(tenfold.experiments, name)


@pytest.mark.parametrize("command", command_names())
def test_every_command_has_its_twin_in_python(command: str) -> None:
    twins = TWINS.get(command, ())
    assert twins, f"no public function does what tenfold {command} does"
    for twin in twins:
        package, _dot, name = f"tenfold.{twin}".rpartition(".")
        home = importlib.import_module(package)
        assert name in home.__all__, twin
        assert getattr(home, name).__doc__, twin
    assert command in ("doctor", "serve") or any("." not in twin for twin in twins)


def test_no_command_is_gone_that_has_a_twin() -> None:
    assert set(TWINS) == set(command_names())


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = tenfold.nonsense


def test_every_error_is_in_the_tree_and_drawn_in_it() -> None:
    for name in errors.__all__:
        assert issubclass(getattr(errors, name), errors.TenfoldError | errors.DataWarning)
        assert name in (errors.__doc__ or "")


@pytest.mark.parametrize(
    "program",
    [
        "import tenfold",
        "import tenfold, numpy; tenfold.Reader",
        "import tenfold; tenfold.crossval, tenfold.compare, tenfold.sweep, tenfold.reproduce",
        "import tenfold; tenfold.export_model, tenfold.convert_model",
        "import tenfold.data, tenfold.imaging, tenfold.metrics, tenfold.models, tenfold.reader",
        "import tenfold.records, tenfold.recipes",
        (
            "from tenfold.exchange import convert_model, converted_file, export_model, import_keras"
            "; from tenfold.exchange.formats import formats; formats()"
        ),
        "from tenfold.cli import build_app; build_app()",
    ],
)
def test_imports_stay_light(program: str) -> None:
    probe = f"{program}; import sys; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_importing_tenfold_needs_no_numpy() -> None:
    probe = "import tenfold, sys; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_reading_loads_nothing_that_data_sets_need() -> None:
    probe = "import tenfold.reader, sys; print([m for m in sys.modules if 'data.formats' in m])"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
