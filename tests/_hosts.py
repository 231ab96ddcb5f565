"""Hosts inside this machine: names, addresses, processes and files of their own, and cables to cut.

What they share with each other is this machine's kernel and clock, and one folder.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from _waiting import wait_for

# How a host begins: its arguments are its name, its table of names, the folder that it shares with
# the others, and the folders that it has for itself, which may hold that.
BEGIN = """
set -e
hostname "$1"; mount --bind "$2" /etc/hosts; ip link set lo up
share=$3; shift 3
mount --bind "$share" /mnt
for own; do mount -t tmpfs own "$own"; done
mkdir -p "$share"; mount --bind /mnt "$share"
echo begun; exec sleep infinity
"""

# How a command begins there, in the folder where its caller is; which a host may not have yet.
ENTER = 'mkdir -p "$0"; cd "$0" && exec "$@"'

NETWORK = "10.77.0"


class Host:
    """One of them; ``command`` says how to run something there."""

    def __init__(self, name: str, number: int, switch: int, words: Sequence[str]) -> None:
        self.name = name
        self.address = f"{NETWORK}.{number}"
        self._switch = switch
        self._cable = f"cable{number}"
        apart = ["--net", "--uts", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]
        self._outer = subprocess.Popen(
            ["unshare", *apart, "sh", "-c", BEGIN, "sh", name, *words], stdout=subprocess.PIPE
        )
        assert self._outer.stdout is not None
        with self._outer.stdout as said:
            assert said.readline() == b"begun\n"
        inner = f"/proc/{self._outer.pid}/task/{self._outer.pid}/children"
        self._init = int(Path(inner).read_text())
        self._connect()

    def command(self, words: Sequence[object]) -> list[str]:
        """Return the command that runs ``words`` on this host."""
        apart = ["--net", "--uts", "--mount", "--pid"]
        enter = ["nsenter", "-t", str(self._init), *apart, "sh", "-c", ENTER, str(Path.cwd())]
        return [*enter, *map(str, words)]

    def cut(self) -> None:
        """Cut its cable: it goes on alone, and nobody is told."""
        run("nsenter", "-t", self._switch, "--net", "ip", "link", "set", self._cable, "down")

    def kill(self) -> None:
        """Pull its plug: all its processes end at once."""
        self._outer.kill()
        self._outer.wait()

    def _connect(self) -> None:
        run(
            *f"ip link add {self._cable} netns {self._switch} type veth".split(),
            *f"peer name eth0 netns {self._init}".split(),
        )
        here = ("nsenter", "-t", self._init, "--net", "ip")
        run(*here, "address", "add", f"{self.address}/24", "dev", "eth0")
        run(*here, "link", "set", "eth0", "up")
        there = ("nsenter", "-t", self._switch, "--net", "ip")
        run(*there, "link", "set", self._cable, "master", "switch", "up")


class Hosts:
    """Some hosts at one switch.

    Args:
        table: where to write their names and addresses.
        share: a folder that all of them have, below ``own`` or not.
        own: folders that are empty on each host at first, and its own. The first host, where a
            person sits, has this machine's.
        names: of the hosts.
    """

    def __init__(self, table: Path, share: Path, own: Sequence[Path], names: Sequence[str]) -> None:
        self._switch = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        self._hosts: dict[str, Host] = {}
        self.share = share
        switch = self._switch.pid
        wait_for_network(switch)
        run(*f"nsenter -t {switch} --net ip link add switch type bridge".split())
        run(*f"nsenter -t {switch} --net ip link set switch up".split())
        lines = [f"{NETWORK}.{number} {name}" for number, name in enumerate(names, 1)]
        table.write_text("\n".join(["127.0.0.1 localhost", *lines, ""]))
        for number, name in enumerate(names, 1):
            words = [table, share, *(own if number > 1 else ())]
            self._hosts[name] = Host(name, number, switch, [str(word) for word in words])

    def __getitem__(self, name: str) -> Host:
        return self._hosts[name]

    def end(self) -> None:
        for host in self._hosts.values():
            host.kill()
        self._switch.kill()
        self._switch.wait()


def run(*words: object) -> None:
    subprocess.run([str(word) for word in words], check=True)


def wait_for_network(process: int) -> None:
    """Wait until a process has a network of its own."""
    ours = Path("/proc/self/ns/net").readlink()
    wait_for(lambda: Path(f"/proc/{process}/ns/net").readlink() != ours, seconds=10)


@pytest.fixture
def hosts(tmp_path_factory: pytest.TempPathFactory, short: Path) -> Iterator[Hosts]:
    """A desk, a head and two workers; the desk alone has what the tests write elsewhere."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if not is_root or not all(map(shutil.which, ("unshare", "nsenter", "ip"))):
        pytest.skip("Hosts of their own need Linux, root, util-linux and iproute2.")
    own = [tmp_path_factory.getbasetemp(), short]
    share, table = tmp_path_factory.mktemp("share"), tmp_path_factory.mktemp("hosts") / "hosts"
    found = Hosts(table, share, own, ["desk", "head", "worker1", "worker2"])
    try:
        yield found
    finally:
        found.end()
