"""Work that crosses a network: hosts with files of their own, and cables that are cut."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from _crosses import write_crosses
from _hosts import Host, Hosts
from _ray_cluster import Cluster, surroundings
from _waiting import wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

TENFOLD = [sys.executable, "-m", "tenfold"]


def start(host: Host, words: Sequence[object]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        host.command(words),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=surroundings(),
    )


def finish(process: subprocess.Popen[str]) -> str:
    """Return what it writes to stdout; it has to end well."""
    out, err = process.communicate(timeout=900)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    return out


@pytest.fixture
def pictures(hosts: Hosts) -> Path:
    """3,000 pictures of crosses that all hosts see; every hundredth is broken."""
    folder = hosts.share / "pictures"
    write_crosses(folder, 3000)
    return folder


@pytest.mark.parametrize("seat", ["desk", "head"])
def test_a_host_that_is_cut_off_costs_no_picture(
    hosts: Hosts, far_cluster: Cluster, pictures: Path, tmp_path: Path, seat: str
) -> None:
    """From a host outside the cluster, through Ray's client, and from one of the cluster's."""
    pytest.importorskip("ray.data")
    whole, out = tmp_path / "whole.parquet", hosts.share / "there.parquet"
    finish(start(hosts["desk"], [*TENFOLD, "read", pictures, "--out", whole]))
    address = far_cluster.client if seat == "desk" else far_cluster.address
    words = [*TENFOLD, "read", pictures, "--out", out, "--engine", address]
    process = start(hosts[seat], words)
    part = hosts.share / "there.parquet.parts" / "part-00000.parquet"
    wait_for(part.exists, process, seconds=400)
    hosts["worker1"].cut()
    finish(process)
    assert out.read_bytes() == whole.read_bytes()


def test_a_cross_validation_needs_no_common_folder(
    hosts: Hosts, far_cluster: Cluster, drawn_file: Path
) -> None:
    data = hosts.share / "drawn.npz"
    data.write_bytes(drawn_file.read_bytes())
    words = [*TENFOLD, "crossval", "mlp-256", "--folds", 4, "--epochs", 60, "--data", data]
    words += ["--set", "batch_size=16", "--workers", 2]
    whole = finish(start(hosts["desk"], [*words, "--folder", "whole"]))
    there = [*words, "--folder", "there", "--engine", far_cluster.client]
    process = start(hosts["desk"], there)
    wait_for(lambda: list(Path("there").rglob("scores.json")), process, seconds=400)
    hosts["worker1"].cut()
    assert finish(process) == whole
    weights = sorted(Path("whole").glob("*/*/weights.safetensors"))
    assert len(weights) == 4
    for path in weights:
        assert path.read_bytes() == Path("there", *path.parts[1:]).read_bytes()


def commands_on_the_page() -> list[list[str]]:
    """The lines for several machines, with a process on each; the desk is their host."""
    page = (Path(__file__).parents[1] / "docs" / "distributed.md").read_text("utf-8")
    there = page.partition("## Several machines")[2].partition("\n## ")[0]
    lines = [block.strip() for block in re.findall(r"```console\n(.*?)```", there, re.DOTALL)]
    small = [line.replace("HOST", "desk").replace("per-node 2", "per-node 1") for line in lines]
    return [shlex.split(line) for line in small]


def launch(host: Host, rank: int, words: Sequence[str]) -> subprocess.Popen[str]:
    """Start what the page says as one of two hosts."""
    assert words[0] == "torchrun"
    typed = list(words[1:])
    if "--node-rank" in typed:
        typed[typed.index("--node-rank") + 1] = str(rank)
    return start(host, [sys.executable, "-m", "torch.distributed.run", *typed])


def losses(run: Path) -> list[float]:
    lines = (run / "history.jsonl").read_text().splitlines()
    return [json.loads(line)["loss"] for line in lines]


@pytest.mark.parametrize("is_named", [True, False], ids=["named", "found"])
def test_two_hosts_train_one_network(hosts: Hosts, drawn_file: Path, is_named: bool) -> None:
    """Where the first is named, it alone has the data and the run's folder."""
    folder = Path.cwd() if is_named else hosts.share
    data = folder / "drawn.npz"
    data.write_bytes(drawn_file.read_bytes())
    both = [hosts["desk"], hosts["worker1"]]
    words = next(line for line in commands_on_the_page() if ("--node-rank" in line) is is_named)
    assert words[-2:] == ["--run", "runs/far"]
    train = ["--data", data, "--epochs", 2, "--precision", "fp32", "--run"]
    finish(start(both[0], [*TENFOLD, "train", "cnn-deep", *train, folder / "one"]))
    typed = [*words[:-2], *map(str, train), str(folder / "two")]
    for process in [launch(host, rank, typed) for rank, host in enumerate(both)]:
        finish(process)
    settings = json.loads((folder / "two" / "run.json").read_text())["settings"]
    assert settings["processes"] == 2
    np.testing.assert_allclose(losses(folder / "two"), losses(folder / "one"), rtol=1e-3)
    assert (folder / "two" / "model.onnx").exists()
