"""The page of a reproduction: what each text publishes, beside what was measured here."""

from __future__ import annotations

from tenfold.experiments.reproduce import CLAIMS, Claim
from tenfold.language import text as _
from tenfold.recipes import load_recipe
from tenfold.records import Environment
from tenfold.records.results import Finding, Reproduction

__all__ = ["reproduction_page"]

MNIST = 60_000
"""Its training images."""


def reproduction_page(results: Reproduction, environment: Environment) -> str:
    """Return the page as Markdown, in the language in force.

    Args:
        results: what ``tenfold.experiments.reproduce`` returned.
        environment: of the experiment, as ``describe_environment`` gives it.
    """
    rows = [_row(claim, results.findings[claim.key]) for claim in CLAIMS]
    parts = [
        "# " + _("The tutorials, reproduced"),
        _(
            "Every experiment of the four texts, run as published by `tenfold reproduce`, which "
            "also writes this page. One training each, seed 0, scored after the last epoch; the "
            "cross-validations use the folds of the text (KFold(5, shuffle=True, random_state=1)) "
            "and never see the test images."
        ),
        "\n".join([_heading(), "|---|---|---|---|---|---|---|", *rows]),
        _(
            "A mean over folds agrees if it lies within two of the text's own standard deviations, "
            'a single score if it lies in the 95 % interval of the published one; "> 98" asks '
            'for 98, "≈" for one point more or less. Intervals: of the mean over folds by '
            "Student's t, of one model by Wilson's formula. Time is training time, summed over "
            "folds."
        ),
        "## " + _("Comparisons on the same folds"),
        "\n".join(f"- {one.sentence}" for one in results.comparisons),
        "## " + _("What differs, and why"),
        *(_note(results) for _note in (_deep, _small_mlp, _sigmoid)),
        "## " + _("Time"),
        _(
            "The three cross-validations took {minutes:.1f} minutes together, each training with "
            "one thread, on {cores} cores of {processor}. Beside the text's own code: "
            "`docs/benchmarks.md`.",
            minutes=results.crossval_seconds / 60,
            cores=environment.cores,
            processor=environment.processor,
        ),
        _(
            "Made with {versions}, git revision {revision}.",
            versions=", ".join(f"{k} {v}" for k, v in environment.versions.items()),
            revision=(environment.git_revision or _("unknown"))[:12],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _heading() -> str:
    columns = (
        _("text"),
        _("system"),
        _("published, %"),
        _("measured, %"),
        _("95 % interval"),
        _("time"),
        _("agrees"),
    )
    return f"| {' | '.join(columns)} |"


def _row(claim: Claim, finding: Finding) -> str:
    accuracy, (low, high) = finding.accuracy, finding.interval
    measured = f"{accuracy:.3%}".removesuffix("%")
    interval = f"{100 * low:.2f} – {100 * high:.2f}"
    if finding.deviation is not None:
        measured += f" ± {100 * finding.deviation:.3f} (n={finding.count})"
    elif finding.count == 1:
        measured, interval = (_("read as 7") if accuracy else _("not read as 7")), "–"
    seconds = f"{finding.seconds:.0f} s" if finding.seconds else "–"
    agrees = (_("yes") if finding.agrees else _("no")) if claim.published else "–"
    cells = (claim.source, _system(claim.key), claim.published or "–", measured, interval)
    return f"| {' | '.join((*cells, seconds, agrees))} |"


def _system(key: str) -> str:
    if key.startswith("folds "):
        return _("{name}, 5 folds", name=key.removeprefix("folds "))
    if key == "a 7":
        return _("cnn-deep, saved and loaded, on one picture of a 7")
    if key == "mlp-sigmoid normalize":
        return _("mlp-sigmoid with pixels divided by 255")
    return key


def _deep(results: Reproduction) -> str:
    folds, final = results.findings["folds cnn-deep"], results.findings["cnn-deep"]
    sentences = [
        _(
            "**cnn-deep** reaches {accuracy:.2f} % over the folds, where its text has {published}.",
            accuracy=100 * folds.accuracy,
            published=_published("folds cnn-deep"),
        )
    ]
    if not folds.agrees:
        sentences.append(
            _(
                "Which versions and which hardware the text used it does not say; what its own "
                "code reaches with the Keras of today is in `docs/benchmarks.md`."
            )
        )
    template = {
        True: _(
            "Trained on all training images it reaches {accuracy:.2f} %, within the text's band."
        ),
        False: _(
            "Trained on all training images it reaches {accuracy:.2f} %, outside the text's band."
        ),
    }
    sentences.append(template[bool(final.agrees)].format(accuracy=100 * final.accuracy))
    return _(" ").join(sentences)


def _small_mlp(results: Reproduction) -> str:
    recipe = load_recipe("mlp-128")
    every = recipe.steps_per_epoch or 0
    return _(
        "**mlp-128** reaches {accuracy:.2f} %, where its text has {published}. The text prints the "
        "accuracy every {every} steps, at a constant learning rate of {rate:g}, so its line need "
        "not come to rest; {steps:,} steps of {size} images are {times:.1f} times the {count:,} "
        "training images of MNIST. The curve is in the run's figures.",
        accuracy=100 * results.findings["mlp-128"].accuracy,
        published=_published("mlp-128"),
        every=every,
        rate=recipe.optimizer.learning_rate,
        steps=recipe.epochs * every,
        size=recipe.batch_size,
        times=recipe.epochs * every * recipe.batch_size / MNIST,
        count=MNIST,
    )


def _sigmoid(results: Reproduction) -> str:
    raw = results.findings["mlp-sigmoid"].accuracy
    scaled = results.findings["mlp-sigmoid normalize"].accuracy
    found = _(
        "**mlp-sigmoid** reaches {raw:.2f} % with pixels of 0 to 255 as its text leaves them (its "
        "text has {published}), and {scaled:.2f} % with the same network and training on pixels "
        "divided by 255.",
        raw=100 * raw,
        scaled=100 * scaled,
        published=_published("mlp-sigmoid"),
    )
    if scaled <= raw:
        return found
    why = _(
        "Raw pixels drive the first sigmoids to their flat ends, where hardly any gradient comes "
        "through; dividing is worth {gain:.2f} points.",
        gain=100 * (scaled - raw),
    )
    return found + _(" ") + why


def _published(key: str) -> str:
    return next(claim.published for claim in CLAIMS if claim.key == key)
