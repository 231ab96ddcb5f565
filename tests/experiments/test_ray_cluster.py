"""The engine ray with real processes: a head and two workers, killed, and the program itself."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from _ray_cluster import Cluster, free_port, surroundings
from _waiting import wait_for

pytest.importorskip("ray")

MAIN = "from tenfold.cli import main; main()"
# A driver that marks the folders of its jobs where no worker looks: as if on another machine.
FAR = "from tenfold.experiments.engines import _transfer; _transfer.MARK = '.elsewhere'; " + MAIN

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]


def start(
    words: Sequence[object], program: str = MAIN, **environment: str
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**surroundings(), **environment},
        start_new_session=True,
    )


def finish(words: Sequence[object], program: str = MAIN) -> str:
    process = start(words, program)
    out, err = process.communicate(timeout=600)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    return out


def crossval(data: Path, folder: str | Path, *more: str) -> list[object]:
    words = ["crossval", "mlp-256", "--folds", 4, "--epochs", 60]
    words += ["--set", "batch_size=16", "--data", data, "--folder", folder, "--workers", 2]
    return [*words, *more]


@pytest.fixture(scope="module")
def whole(drawn_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The cross-validation by processes that nothing disturbs: its folder and its table."""
    folder = tmp_path_factory.mktemp("whole") / "whole"
    return folder, finish(crossval(drawn_file, folder))


def results(folder: str | Path) -> dict[str, Any]:
    """What came of it, without what the clock says."""
    found = json.loads(Path(folder, "results.json").read_text())
    del found["seconds"]
    for one in found["recipes"]:
        for score in one["scores"]:
            del score["seconds"]
    return dict(found)


def epochs_done(folder: str) -> int:
    histories = Path(folder).glob("*/*/history.jsonl")
    return sum(path.read_bytes().count(b"\n") for path in histories)


def wait_for_epochs(folder: str, count: int, process: subprocess.Popen[str]) -> None:
    wait_for(lambda: epochs_done(folder) >= count, process, seconds=400)


def same_weights(one: Path, other: str) -> None:
    paths = sorted(Path(one).glob("*/*/weights.safetensors"))
    assert len(paths) == 4
    for path in paths:
        twin = Path(other) / path.relative_to(one)
        assert path.read_bytes() == twin.read_bytes()


@pytest.mark.parametrize("way", ["address", "client"])
def test_a_worker_killed_in_a_cross_validation_changes_nothing(
    cluster: Cluster, whole: tuple[Path, str], drawn_file: Path, way: str
) -> None:
    address = getattr(cluster, way)
    process = start(crossval(drawn_file, "killed", "--engine", address))
    wait_for_epochs("killed", 80, process)
    cluster.workers[0].kill()
    out, err = process.communicate(timeout=900)
    assert process.returncode == 0, err
    assert "begins again: its worker was lost." in err
    assert "4 of 4 done" in err
    assert "Traceback" not in err
    assert out == whole[1]
    assert results("killed") == results(whole[0])
    same_weights(whole[0], "killed")
    assert not list(Path("killed").rglob(".driver"))


def test_a_worker_that_does_not_see_the_folder_sends_the_run_back(
    cluster: Cluster, whole: tuple[Path, str], drawn_file: Path
) -> None:
    process = start(crossval(drawn_file, "far", "--engine", cluster.address), FAR)
    wait_for(lambda: list(Path("far").rglob("scores.json")), process, seconds=400)
    cluster.workers[0].kill()
    out, err = process.communicate(timeout=900)
    assert process.returncode == 0, err
    assert out == whole[1]
    assert results("far") == results(whole[0])
    same_weights(whole[0], "far")


@pytest.mark.parametrize("way", ["address", "client"])
def test_a_lost_head_gives_one_error_and_the_rest_is_done_later(
    cluster: Cluster, whole: tuple[Path, str], drawn_file: Path, way: str
) -> None:
    process = start(crossval(drawn_file, "lost", "--engine", getattr(cluster, way)))
    wait_for_epochs("lost", 80, process)
    cluster.head.kill()
    _out, err = process.communicate(timeout=300)
    print(err)
    assert process.returncode == 1, (process.returncode, err)
    assert err.count("Error") == 1
    assert "is lost" in err
    assert "Traceback" not in err
    for worker in cluster.workers:
        worker.kill()
    finished = len(list(Path("lost").rglob("scores.json")))
    assert finish(crossval(drawn_file, "lost")) == whole[1]
    assert results("lost") == results(whole[0])
    assert finished < 4


def test_no_room_and_no_cluster_are_told_at_once(cluster: Cluster, drawn_file: Path) -> None:
    for number, (more, message) in enumerate(
        (
            (["--engine", cluster.address, "--threads", "2"], "the largest has 1 cores"),
            (["--engine", f"127.0.0.1:{free_port()}"], "cannot be joined"),
            (["--engine", f"ray://127.0.0.1:{free_port()}"], "cannot be joined"),
        )
    ):
        process = start(crossval(drawn_file, f"none-{number}", *more))
        _out, err = process.communicate(timeout=300)
        assert process.returncode == 1
        assert message in err
        assert "Traceback" not in err
    words = ["sweep", "mlp-256", "--set", "learning_rate=0.01..0.1", "--search", 3]
    words += ["--data", drawn_file, "--engine", cluster.address]
    process = start(words)
    _out, err = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "Add --folds" in err


def commands_on_the_page() -> list[list[str]]:
    page = Path(__file__).parents[2] / "docs" / "engines.md"
    blocks = re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [shlex.split(line.removeprefix("$ tenfold ")) for line in lines]


def test_every_command_on_the_page_works(cluster: Cluster, drawn_file: Path) -> None:
    addresses = {"ray://head:10001": cluster.client, "head:6379": cluster.address}
    commands = commands_on_the_page()
    assert addresses.keys() <= {word for words in commands for word in words}
    for words in commands:
        small = ["--epochs", 1, "--subset", 240, "--data", drawn_file]
        typed = [addresses.get(word, word) for word in words]
        assert finish([*typed, *([] if words[0] == "compare" else small)])


def test_ctrl_c_ends_a_local_ray_and_its_processes(
    whole: tuple[Path, str], drawn_file: Path, descendants: Any
) -> None:
    process = start(crossval(drawn_file, "stopped", "--engine", "ray"), **descendants.mark)
    wait_for_epochs("stopped", 20, process)
    os.killpg(process.pid, signal.SIGINT)
    _out, err = process.communicate(timeout=120)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "tenfold crossval ... --folder stopped" in err
    descendants.wait_until_gone(180)
    assert finish(crossval(drawn_file, "stopped")) == whole[1]
    assert results("stopped") == results(whole[0])


def test_a_killed_program_leaves_no_ray_behind_and_goes_on(
    whole: tuple[Path, str], drawn_file: Path, descendants: Any
) -> None:
    process = start(crossval(drawn_file, "killed", "--engine", "ray"), **descendants.mark)
    wait_for_epochs("killed", 20, process)
    process.kill()
    process.communicate()
    descendants.wait_until_gone(180)
    assert finish(crossval(drawn_file, "killed", "--engine", "ray")) == whole[1]
    assert results("killed") == results(whole[0])


def test_a_search_with_early_stopping_works_in_a_local_ray(drawn_file: Path) -> None:
    words = ["sweep", "mlp-256", "--set", "learning_rate=1e-4..1e-1", "--search", 8]
    words += ["--epochs", 3, "--data", drawn_file, "--workers", 1]
    here = finish([*words, "--folder", "here"])
    assert finish([*words, "--folder", "ray", "--engine", "ray"]).replace("ray/", "here/") == here
    states = [one["state"] for one in json.loads(Path("ray/results.json").read_text())["trials"]]
    assert len(states) == 8
