"""On which disk a folder lies, as Linux tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.backup.disks import disks_below, same_disk


class Machine:
    """What ``/proc`` and ``/sys`` say of a machine, and folders to ask about."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.mounts = root / "mountinfo"
        self.blocks = root / "class" / "block"
        self.blocks.mkdir(parents=True)
        self._lines: list[str] = ["what is no line", "1 2 3 - x"]

    def disk(self, name: str, *parts: str) -> None:
        """A disk with partitions, as sysfs has them: a link for each to its place below the disk."""
        device = self.root / "devices" / name
        device.mkdir(parents=True)
        (self.blocks / name).symlink_to(device)
        for part in parts:
            (device / part).mkdir()
            (device / part / "partition").touch()
            (self.blocks / part).symlink_to(device / part)

    def volume(self, name: str, *below: str) -> None:
        """A volume that is made of other devices."""
        slaves = self.root / "devices" / name / "slaves"
        slaves.mkdir(parents=True)
        for each in below:
            (slaves / each).touch()
        (self.blocks / name).symlink_to(slaves.parent)

    def mount(self, source: str, point: str) -> Path:
        """Mount something; gives the folder."""
        folder = self.root / point
        folder.mkdir(parents=True, exist_ok=True)
        escaped = str(folder).replace(" ", "\\040")
        self._lines.append(f"22 1 8:1 / {escaped} rw,relatime shared:1 - ext4 {source} rw")
        self.mounts.write_text("\n".join(self._lines))
        return folder

    def below(self, folder: Path) -> frozenset[str]:
        """The disks below a folder."""
        return disks_below(folder, self.mounts, self.blocks)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with two disks of two partitions."""
    made = Machine(tmp_path)
    made.disk("sda", "sda1", "sda2")
    made.disk("sdb", "sdb1")
    return made


def test_two_partitions_of_one_disk_are_one_disk(machine: Machine) -> None:
    """Whatever number their file systems have."""
    data, other = machine.mount("/dev/sda1", "data"), machine.mount("/dev/sda2", "other disk")
    assert machine.below(data) == machine.below(other) == {"sda"}
    assert machine.below(machine.mount("/dev/sdb1", "stick")) == {"sdb"}
    assert machine.below(machine.mount("/dev/sdb", "whole")) == {"sdb"}


def test_a_volume_lies_on_the_disks_it_is_made_of(machine: Machine) -> None:
    """Encryption on a mirror of two disks: both are below it."""
    machine.volume("md0", "sda1", "sdb1")
    machine.volume("dm-0", "md0")
    assert machine.below(machine.mount("/dev/dm-0", "safe")) == {"sda", "sdb"}


def test_the_mount_nearest_to_the_folder_counts(machine: Machine) -> None:
    """And of two on one point the later one."""
    machine.mount("/dev/sda1", "media")
    stick = machine.mount("/dev/sda2", "media/stick")
    machine.mount("/dev/sdb1", "media/stick")
    (stick / "deep" / "er").mkdir(parents=True)
    assert machine.below(stick / "deep" / "er") == {"sdb"}


def test_a_folder_of_a_network_has_no_disk(machine: Machine) -> None:
    """Nor has one of which nothing is known."""
    assert machine.below(machine.mount("//server/share", "share")) == frozenset()
    assert machine.below(machine.mount("/dev/unknown", "unknown")) == frozenset()
    assert disks_below(Path("/"), machine.root / "none", machine.blocks) == frozenset()


def test_the_same_file_system_is_the_same_disk_everywhere(tmp_path: Path) -> None:
    """Also where the system says nothing more."""
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    nothing = tmp_path / "nothing"
    assert same_disk(tmp_path / "one", tmp_path / "other", mounts=nothing, blocks=nothing)


@pytest.mark.parametrize(("below", "shared"), [({"sda"}, True), ({"sdb"}, False), (set(), False)])
def test_other_file_systems_share_a_disk_only_when_the_system_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: set[str], shared: bool
) -> None:
    """Two numbers of devices, and one disk below them, two, or nobody knows."""
    disks = {"data": {"sda"}, "other": below}
    monkeypatch.setattr("terminal.backup.disks.disks_below", lambda folder, *_: frozenset(disks[folder.name]))
    monkeypatch.setattr("terminal.backup.disks._device", hash)
    assert same_disk(tmp_path / "other", tmp_path / "data") is shared
