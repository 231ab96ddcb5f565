"""The scikit-learn estimator: scikit-learn's own checks, its tools, and the bits of a training."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from _rounding import probability_room
from tenfold.classifier import TenfoldClassifier
from tenfold.classifier._rows import as_images, as_rows
from tenfold.data import DataSet
from tenfold.errors import InputError, RunError, TrainingError, UnknownNameError
from tenfold.exchange._network import from_model
from tenfold.models import load_model
from tenfold.recipes import Adam, BatchNorm, Dense, Flatten, Recipe

LINE = Recipe(
    name="line",
    title="one dense layer",
    layers=(Flatten(), Dense(10, activation="linear")),
    optimizer=Adam(learning_rate=0.03),
    batch_size=64,
    epochs=100,
)


def normal(width: int) -> Recipe:
    layers = (Flatten(), Dense(width), BatchNorm(), Dense(10, activation="linear"))
    return Recipe(name="normal", title="", layers=layers, optimizer=Adam())


@parametrize_with_checks([TenfoldClassifier(LINE)])
def test_scikit_learns_own_checks(estimator: TenfoldClassifier, check: Any) -> None:
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks([TenfoldClassifier()])
def test_scikit_learns_own_checks_of_the_default(estimator: TenfoldClassifier, check: Any) -> None:
    check(estimator)


@pytest.mark.slow
def test_the_check_that_needs_a_switch_of_scipys() -> None:
    # SciPy reads it when it is imported; without it scikit-learn skips this one check.
    program = """
from sklearn.utils.estimator_checks import estimator_checks_generator
from _rounding import probability_room
from tenfold.classifier import TenfoldClassifier
checks = estimator_checks_generator(TenfoldClassifier(epochs=1))
print([check(estimator) for estimator, check in checks if "array_api" in str(check)])
"""
    environment = os.environ | {"SCIPY_ARRAY_API": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[None]", done.stderr


def test_it_learns_digits_with_any_labels(drawn: DataSet) -> None:
    names = np.array([*"zyxwvutsrq"])
    fitted = TenfoldClassifier(epochs=8, batch_size=64).fit(
        drawn.train.images, names[drawn.train.labels]
    )
    assert fitted.score(drawn.test.images, names[drawn.test.labels]) > 0.95
    assert list(fitted.classes_) == sorted(names)
    assert fitted.n_features_in_ == 784
    assert [row.epoch for row in fitted.history_] == list(range(1, 9))
    assert (fitted.recipe_.epochs, fitted.recipe_.batch_size) == (8, 64)
    probabilities = fitted.predict_proba(drawn.test.images)
    assert probabilities.shape == (300, 10)
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=0, atol=1e-12)


def test_a_run_is_the_same_training_and_is_kept(drawn: DataSet, tmp_path: Path) -> None:
    images, labels = drawn.train[:400]
    # Labels that are digits of their own number, so that the model file speaks of the same.
    assert set(labels) == set(range(10))
    options: dict[str, Any] = {"epochs": 2, "batch_size": 64, "threads": 1}
    options["changes"] = {"validation": 50}
    alone = TenfoldClassifier(**options).fit(images, labels)
    kept = TenfoldClassifier(**options, run=tmp_path / "run").fit(images, labels)
    assert (alone.predict_proba(images) == kept.predict_proba(images)).all()
    assert [row.loss for row in alone.history_] == [row.loss for row in kept.history_]
    assert alone.history_[-1].validation_accuracy == kept.history_[-1].validation_accuracy
    assert alone.history_[-1].validation_accuracy is not None
    assert alone.run_ is None
    assert kept.run_.finished
    model = load_model(kept.run_.model_path)
    atol = probability_room(from_model(model).scaled(), images[:, None] / np.float32(255))
    found = model.predict_proba(images)
    np.testing.assert_allclose(found, kept.predict_proba(images), rtol=0, atol=atol)
    with pytest.raises(RunError, match="already holds a run"):
        kept.fit(images, labels)


def test_nothing_is_left_about(drawn: DataSet, tmp_path: Path) -> None:
    TenfoldClassifier(epochs=1).fit(*drawn.train[:100])
    assert list(tmp_path.iterdir()) == []


def test_folds_and_pipeline(drawn: DataSet) -> None:
    images, labels = drawn.train[:300]
    rows = images.reshape(300, 784)
    scores = cross_val_score(TenfoldClassifier(LINE, epochs=20), images, labels, cv=3)
    assert scores.min() > 0.5
    piped = make_pipeline(StandardScaler(), TenfoldClassifier(LINE, epochs=20)).fit(rows, labels)
    assert piped.score(rows, labels) > 0.8


# numpy's numbers too, which msgspec does not know.
GRID = {
    "epochs": [1, 3],
    "learning_rate": list(np.array([1e-9, 0.03])),
    "batch_size": list(np.array([32])),
}


def test_a_search(drawn: DataSet) -> None:
    search = GridSearchCV(TenfoldClassifier(LINE), GRID, cv=2).fit(*drawn.train[:300])
    assert search.best_params_["learning_rate"] == 0.03
    assert search.score(*drawn.train[300:500]) > 0.5


@pytest.mark.slow
def test_a_search_by_two_processes_finds_the_same(drawn: DataSet) -> None:
    searches = [
        GridSearchCV(TenfoldClassifier("sprint", threads=1), GRID, cv=2, n_jobs=jobs)
        for jobs in (1, 2)
    ]
    one, two = (search.fit(*drawn.train[:300]).cv_results_ for search in searches)
    np.testing.assert_array_equal(one["mean_test_score"], two["mean_test_score"])


def test_clone_and_pickle(drawn: DataSet) -> None:
    images, labels = drawn.train[:200]
    first = TenfoldClassifier("sprint", epochs=2, changes={"label_smoothing": 0.2})
    fitted = clone(first).fit(images, labels)
    assert not hasattr(first, "classes_")
    copy = pickle.loads(pickle.dumps(fitted))
    assert (copy.predict_proba(images) == fitted.predict_proba(images)).all()
    assert copy.recipe_ == fitted.recipe_
    assert copy.recipe_.label_smoothing == 0.2


def test_an_answer_does_not_depend_on_its_company(drawn: DataSet) -> None:
    fitted = TenfoldClassifier(epochs=1).fit(*drawn.train[:200])
    together = fitted.predict_proba(drawn.test.images[:70])
    alone = [fitted.predict_proba(image[None])[0] for image in drawn.test.images[:70]]
    assert (together == np.stack(alone)).all()


def test_threads_of_one_process_give_the_bits_of_each_alone(drawn: DataSet) -> None:
    images, labels = drawn.train[:200]
    seeds = range(4)

    def fit(seed: int) -> Any:
        return TenfoldClassifier(epochs=2, random_state=seed).fit(images, labels)

    with ThreadPoolExecutor(4) as pool:
        found = [m.predict_proba(images) for m in pool.map(fit, seeds)]
    for seed in seeds:
        assert (fit(seed).predict_proba(images) == found[seed]).all()


def test_random_states(drawn: DataSet) -> None:
    images, labels = drawn.train[:50]

    def seed(state: object) -> int:
        found: int = TenfoldClassifier(LINE, epochs=1, random_state=state).fit(images, labels).seed_
        return found

    assert seed(7) == seed(np.int64(7)) == 7
    assert seed(np.random.RandomState(1)) == seed(np.random.RandomState(1))
    assert seed(None) != seed(None)
    with pytest.raises(InputError, match="Received seed -1"):
        seed(-1)


def test_few_images_are_trained_longer_unless_epochs_are_named(drawn: DataSet) -> None:
    images, labels = drawn.train[:100]
    assert TenfoldClassifier().fit(images, labels).recipe_.epochs == 100
    for named in ({"epochs": 2}, {"changes": {"epochs": 2}}):
        assert len(TenfoldClassifier(**named).fit(images, labels).history_) == 2
    both = TenfoldClassifier(epochs=1, changes={"epochs": 3}).fit(images, labels)
    assert both.recipe_.epochs == 1


@pytest.mark.parametrize(("count", "size"), [(65, 33), (64, 32), (33, 33), (2, 32)])
def test_no_batch_is_a_single_image(drawn: DataSet, count: int, size: int) -> None:
    asked = 32
    fitted = TenfoldClassifier(normal(4), epochs=1, batch_size=asked).fit(*drawn.train[:count])
    assert fitted.recipe_.batch_size == size


def test_images_held_out_are_in_no_batch(drawn: DataSet) -> None:
    options: dict[str, Any] = {"epochs": 1, "batch_size": 32, "changes": {"validation": 10}}
    fitted = TenfoldClassifier(normal(4), **options).fit(*drawn.train[:75])
    assert fitted.recipe_.batch_size == 33
    assert fitted.history_[0].step == 2
    with pytest.raises(InputError, match="watches the test images"):
        TenfoldClassifier(LINE, changes={"validation": "test"}).fit(*drawn.train[:75])


def test_memory_that_may_not_be_written_is_read(drawn: DataSet) -> None:
    images, labels = drawn.train[:50]
    images = images.copy()
    images.setflags(write=False)
    fitted = TenfoldClassifier(LINE, epochs=1).fit(images, labels)
    assert fitted.predict(images).shape == (50,)


def test_a_data_frame_as_openml_gives_it(drawn: DataSet) -> None:
    pandas = pytest.importorskip("pandas")
    columns = [f"pixel{number}" for number in range(1, 785)]
    rows = pandas.DataFrame(drawn.train.images[:100].reshape(100, 784), columns=columns)
    names = pandas.Series(drawn.train.labels[:100].astype(str)).astype("category")
    fitted = TenfoldClassifier(LINE, epochs=1).fit(rows.astype("int64"), names)
    assert list(fitted.feature_names_in_) == columns
    assert set(fitted.predict(rows)) <= set("0123456789")


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_pixels_stay_what_they_are(count: int, seed: int) -> None:
    images = np.random.default_rng(seed).integers(0, 256, (count, 28, 28), np.uint8)
    images[0, 0, :2] = 0, 255
    rows = as_rows(images)
    assert (as_images(rows, (0.0, 255.0)) == images).all()
    assert (as_images(rows.astype(np.int64), (0.0, 255.0)) == images).all()
    assert (as_images(rows / 255, (0.0, 1.0)) == images).all()


@settings(deadline=None)
@given(
    st.integers(1, 1000),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_any_width_and_any_finite_range_make_an_image(width: int, one: float, two: float) -> None:
    low, high = min(one, two), max(one, two)
    rows = np.array([[low] * width, [high] * width])
    images = as_images(rows, (low, high))
    assert images.shape == (2, 28, 28)
    assert images[0].max() == 0
    if high / 2 > low / 2:
        assert images[1, 0, 0] == 255


def test_other_sizes_are_resampled_by_area() -> None:
    # By hand: 56 x 56 halves, the mean of each 2 x 2; 14 x 14 doubles; 2 features are one line
    # of the smallest square, 2 x 2, above a line of paper.
    large = np.zeros((1, 56, 56), np.uint8)
    large[0, 0, 0], large[0, 55, 55] = 200, 100
    half = as_images(as_rows(large), (0.0, 255.0))[0]
    assert (half[0, 0], half[27, 27], half.sum()) == (50, 25, 75)
    small = np.arange(196, dtype=np.uint8).reshape(1, 14, 14)
    doubled = as_images(as_rows(small), (0.0, 255.0))[0]
    assert (doubled == small[0].repeat(2, 0).repeat(2, 1)).all()
    pair = as_images(np.array([[0.0, 1.0]]), (0.0, 1.0))[0]
    assert (pair[:14, 14:] == 255).all()
    assert pair.sum(dtype=int) == 255 * 14 * 14


def test_another_scale_is_warned_of(drawn: DataSet) -> None:
    images, labels = drawn.train[:100]
    by_bytes = TenfoldClassifier(LINE, epochs=1).fit(images, labels)
    with pytest.warns(UserWarning, match="X goes from 0 to 1, but from 0 to 255 in fit"):
        by_bytes.predict(images / 255)
    by_shares = TenfoldClassifier(LINE, epochs=1).fit(images / 255, labels)
    with pytest.warns(UserWarning, match="X goes from 0 to 255, but from 0 to 1 in fit"):
        by_shares.predict(images)
    assert (by_shares.predict_proba(images / 255) == by_bytes.predict_proba(images)).all()
    by_bytes.predict(np.zeros((1, 784)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"recipe": "sprnt"}, "Did you mean 'sprint'"),
        ({"recipe": "reader"}, "recipe of the reader"),
        ({"recipe": None}, "Received recipe None"),
        ({"epochs": 0}, "epochs"),
        ({"changes": {"epoch": 1}}, "Did you mean 'epochs'"),
        ({"batch_size": 1}, "needs at least 2 images"),
        ({"changes": {"validation": 100}}, "none would be left"),
        ({"device": "tpu"}, "Received device 'tpu'"),
        ({"precision": "fp8"}, "Received precision 'fp8'"),
        ({"threads": 0}, "Received 0 threads"),
    ],
)
def test_settings_that_are_not_possible(
    drawn: DataSet, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        TenfoldClassifier(**options).fit(*drawn.train[:100])


def test_data_that_are_not_possible(drawn: DataSet) -> None:
    images, labels = drawn.train[:44]
    with pytest.raises(InputError, match="11 classes"):
        TenfoldClassifier().fit(images, np.arange(44) % 11)
    for wrong in (images[:, :, :20], images[..., None]):
        with pytest.raises(InputError, match="expected square images"):
            TenfoldClassifier().fit(wrong, labels)
    with pytest.raises(NotFittedError):
        TenfoldClassifier().predict(images)
    with pytest.raises(ValueError, match="inhomogeneous"):
        TenfoldClassifier().fit([[1, 2], [3]], [0, 1])


def test_weights_that_break_are_told(drawn: DataSet) -> None:
    with pytest.raises(TrainingError):
        TenfoldClassifier(LINE, epochs=1, learning_rate=1e38, changes={"scaling": "raw"}).fit(
            *drawn.train[:50]
        )


def test_it_shows_itself_in_a_notebook(drawn: DataSet, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = TenfoldClassifier(LINE, epochs=2)
    assert "sk-top-container" in plain._repr_html_()
    assert "Training scores" not in plain._repr_html_()
    names = np.array([f"<{digit}>" for digit in range(10)])
    fitted = plain.fit(drawn.train.images, names[drawn.train.labels])
    html = fitted._repr_html_()
    assert "sk-top-container" in html
    assert '<td style="text-align:left">line</td>' in html
    assert "7,850" in html
    assert "&lt;3&gt;" in html
    assert "<svg" in html
    assert fitted._repr_mimebundle_()["text/html"].count("Training scores") == 1
    monkeypatch.setenv("TENFOLD_LANG", "zh")
    assert "训练得分" in fitted._repr_html_()


def test_an_unknown_recipe_is_an_unknown_name() -> None:
    with pytest.raises(UnknownNameError):
        TenfoldClassifier("nonsense").fit(np.zeros((2, 4)), [0, 1])
