"""The engine ray: the same table, from a Ray of this machine, and from a cluster that loses one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from _crosses import write_crosses
from _ray_cluster import Cluster, surroundings
from _waiting import is_gone, wait_for
from tenfold.batch import by_ray
from tenfold.errors import SourceError, TenfoldError

pytest.importorskip("ray.data")

MAIN = "from tenfold.cli import main; main()"
# Ray Data warns of its own defaults.
WARNINGS = ["-W", "error", "-W", "ignore::DeprecationWarning:ray.data.context"]


def start(*words: str | Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *WARNINGS, "-c", MAIN, "read", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=surroundings(),
        start_new_session=True,
    )


def table(*words: str | Path, out: Path) -> tuple[bytes, str]:
    """Make a table; return it and what was said."""
    process = start(*words, "--out", out)
    said, err = process.communicate(timeout=900)
    assert (process.returncode, said) == (0, ""), err
    return out.read_bytes(), err


@pytest.mark.slow
@pytest.mark.timeout(280)
@pytest.mark.usefixtures("poisonous")
def test_a_ray_of_this_machine_gives_the_same_table(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "poison.png").write_bytes((photos / "000.png").read_bytes())
    sources = (photos, tmp_path / "poison.png")
    here, _err = table(*sources, "--workers", "1", out=tmp_path / "here.parquet")
    there, err = table(*sources, "--engine", "ray", "--workers", "1", out=tmp_path / "ray.parquet")
    assert there == here
    told = [line for line in err.splitlines() if " a second, " not in line]
    assert told == [f"Read 71 pictures, 4 of them could not be read: {tmp_path}/ray.parquet"]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2,000 pictures of lines across noise; every hundredth is broken."""
    folder = tmp_path_factory.mktemp("many") / "many"
    write_crosses(folder, 2000)
    return folder


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("way", ["address", "client"])
def test_a_machine_that_is_lost_costs_nothing(
    cluster: Cluster, many: Path, tmp_path: Path, way: str
) -> None:
    whole, _err = table(many, out=tmp_path / "whole.parquet")
    out = tmp_path / "t.parquet"
    process = start(many, "--out", out, "--engine", getattr(cluster, way))
    part = tmp_path / "t.parquet.parts" / "part-00000.jsonl"
    wait_for(part.exists, process, seconds=600)
    cluster.workers[0].kill()
    said, err = process.communicate(timeout=900)
    assert (process.returncode, said) == (0, ""), err
    assert "Read 2,000 pictures, 20 of them could not be read" in err
    assert out.read_bytes() == whole


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("way", ["address", "client"])
def test_a_lost_head_stops_it_and_it_goes_on_without(
    cluster: Cluster, many: Path, tmp_path: Path, way: str
) -> None:
    whole, _err = table(many, out=tmp_path / "whole.parquet")
    out = tmp_path / "t.parquet"
    process = start(many, "--out", out, "--engine", getattr(cluster, way))
    part = tmp_path / "t.parquet.parts" / "part-00000.jsonl"
    wait_for(part.exists, process, seconds=600)
    cluster.head.kill()
    _said, err = process.communicate(timeout=600)
    assert process.returncode == 1, err
    assert "Traceback" not in err
    # A program that belongs to the head's machine is ended by Ray at once, without a word.
    if way == "client":
        assert "is lost" in err
        assert "the same command goes on" in err
    again, err = table(many, out=out)
    assert "Going on after 1,024 of 2,000 pictures" in err
    assert again == whole


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ctrl_c_ends_a_ray_of_this_machine(many: Path, tmp_path: Path) -> None:
    process = start(many, "--out", tmp_path / "t.parquet", "--engine", "ray")
    part = tmp_path / "t.parquet.parts" / "part-00000.jsonl"
    wait_for(part.exists, process, seconds=600)
    folders = folders_of(process.pid)
    assert folders
    # As a terminal does it: to all that belong to the command.
    os.killpg(process.pid, signal.SIGINT)
    _said, err = process.communicate(timeout=100)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "the same command goes on" in err
    wait_for(lambda: is_gone(-process.pid), seconds=60)
    assert not [folder for folder in folders if folder.exists()]


def folders_of(program: int) -> list[Path]:
    """Folders of a Ray that a program started; the program's number is in their names."""
    return [
        path.parent
        for path in Path("/tmp").glob("ray-*/session_*")
        if path.name.endswith(f"_{program}")
    ]


def test_what_an_actor_met_comes_back_as_it_was() -> None:
    traceback = (
        "ray::submit()\n  File x\n{}\n\nThe above exception was the cause\nray.x: UDF failed"
    )
    outage = RuntimeError(traceback.format("tenfold.errors.SourceError: The bucket is gone."))
    with pytest.raises(SourceError, match=r"^The bucket is gone\.$"):
        by_ray._raise_ours(outage)
    with pytest.raises(TenfoldError, match=r"^All died\.$"):
        by_ray._raise_ours(RuntimeError(traceback.format("tenfold.errors.TenfoldError: All died.")))
    other = RuntimeError(traceback.format("builtins.ImportError: no tenfold."))
    by_ray._raise_ours(other)
    assert "one after another: builtins.ImportError: no tenfold. See" in str(
        by_ray._lost_again(other)
    )
    assert "one after another: RuntimeError. See" in str(by_ray._lost_again(RuntimeError()))


def test_a_machine_is_asked_for_a_picture_that_is_here(photos: Path) -> None:
    paths = ["s3://bucket/a.png", "absent.png", str(photos / "000.png")]
    assert by_ray._witness(paths) == paths[2]
    assert by_ray._witness(paths[:2]) is None
