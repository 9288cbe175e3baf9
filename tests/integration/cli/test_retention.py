"""``member retention``: shows who is due and changes nothing, unless it is told to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from storage.backup import backup, layout_copy, restore
from storage.errors import DiskFull
from terminal.app.retention import forget_member
from tests.fakes.command_line import ANNA, BEN, SPARE, CommandLine

if TYPE_CHECKING:
    from pathlib import Path

    from loyalty.outcomes import Refused
    from terminal.app.retention import ForgetCommand
    from terminal.app.till import Till

FIVE_YEARS = 5 * 365


def test_nothing_is_due_in_a_young_shop(anna: CommandLine) -> None:
    """And the answer says since when somebody would be."""
    document = anna.done("member", "retention")
    assert document == {
        "inactive_before": "2023-01-01",
        "vouchers_before": "2018-01-01",
        "due": [],
        "more": False,
        "texts": 0,
        "cashiers": 0,
        "files": [],
        "head_office_decides": False,
    }


def test_who_is_due_is_shown_first(anna: CommandLine) -> None:
    """With points left, which keep Anna until somebody says that they may be lost."""
    anna.done("member", "add", "--name", "Ben", "--card", BEN)
    anna.clock.advance(days=FIVE_YEARS)
    for option in ((), ("--preview",)):
        due = {each["name"]: each for each in anna.done("member", "retention", *option)["due"]}
        assert (due["Anna Bauer"]["balance"], due["Ben"]["last_active_on"]) == (500, "2026-11-21")
        assert due["Ben"]["card"].endswith(BEN[-4:])
    assert len(anna.done("member", "find", "anna")["members"]) == 1
    done = anna.done("member", "retention", "--yes")
    assert (len(done["erased"]), done["kept_for_points"]) == (1, 1)
    assert anna.done("member", "find", "ben")["members"] == []
    done = anna.done("member", "retention", "--yes", "--with-points")
    assert (len(done["erased"]), done["kept_for_points"]) == (1, 0)
    assert anna.done("member", "find", "anna")["members"] == []
    assert anna.done("ledger", "verify")["ok"] is True


@pytest.mark.parametrize("first", [0, 1])
def test_a_disk_that_is_full_on_the_way_is_told_with_how_far_it_came(
    anna: CommandLine, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    """Before anybody is forgotten nothing was done, and that is said as ever."""
    anna.done("member", "add", "--name", "Ben", "--card", BEN)
    anna.clock.advance(days=FIVE_YEARS)
    done = 0

    def forget(till: Till, command: ForgetCommand) -> bool | Refused:
        nonlocal done
        if done == first:
            raise DiskFull("no room")
        done += 1
        return forget_member(till, command)

    with monkeypatch.context() as patch:
        patch.setattr("terminal.app.sweep.forget_member", forget)
        ran = anna("member", "retention", "--yes", "--with-points")
    assert ran.error == "disk_full"
    message = ran.document["error"]["message"]
    if first:
        assert message.startswith("1 member is forgotten, then the till could not write on.")
        assert len(ran.document["erased"]) == 1
    else:
        assert "Nothing was booked" in message
    assert len(anna.done("member", "retention", "--yes", "--with-points")["erased"]) == 2 - first


def test_people_read_the_same(anna: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table first, then what was done."""
    monkeypatch.setattr("terminal.app.retention.MEMBERS_SHOWN_MAX", 1)
    anna.done("earn", SPARE, "5")
    anna.clock.advance(days=FIVE_YEARS)
    shown = anna.said("member", "retention").out
    assert "There are more" in shown
    assert "--with-points" in shown
    done = anna.said("member", "retention", "--yes").out
    assert "Members forgotten" in done
    assert "Kept because of their points" in done


def test_contradicting_options_are_a_mistake(anna: CommandLine) -> None:
    """Forgetting can't be undone, so nothing is guessed."""
    for options in (("--yes", "--preview"), ("--with-points",)):
        assert anna("member", "retention", *options).code == 2


def test_limits_come_from_the_settings(anna: CommandLine) -> None:
    """Never, where the shop says so."""
    (anna.directory / "settings.toml").write_text("[retention]\ninactive_years = 0\n")
    anna.clock.advance(days=FIVE_YEARS)
    document = anna.done("member", "retention")
    assert (document["inactive_before"], document["due"]) == (None, [])


def test_files_go_by_their_age(anna: CommandLine, tmp_path: Path) -> None:
    """Also those a register left, and the ledger from before an update."""
    folder = tmp_path / "register"
    (folder / "done").mkdir(parents=True)
    paths = [layout_copy(anna.directory, 1), folder / "done" / "sale.csv"]
    for path in paths:
        path.write_bytes(b"old")
        os.utime(path, (1, 1))
    (anna.directory / "settings.toml").write_text(f"[register]\nfolder = '{folder}'\n")
    assert anna.done("member", "retention")["files"] == [str(path) for path in paths]
    assert anna.done("member", "retention", "--yes")["files"] == [str(path) for path in paths]
    assert not any(path.exists() for path in paths)


def test_an_erasure_reaches_what_was_set_aside(anna: CommandLine, tmp_path: Path) -> None:
    """Whoever restored a copy has the ledger from before beside it; one that is broken is named."""
    backup(anna.directory, tmp_path / "copy.sqlite")
    restore(tmp_path / "copy.sqlite", anna.directory, clock=anna.clock, ids=anna.ids)
    (aside,) = anna.directory.glob("ledger.before-*.sqlite")
    broken = anna.directory / "ledger.before-00000000.sqlite"
    broken.write_bytes(aside.read_bytes()[:5_000])
    assert ANNA.encode() in aside.read_bytes()
    assert anna.done("member", "erase", ANNA)["unreadable"] == [str(broken)]
    assert ANNA.encode() not in aside.read_bytes()
    assert anna.done("member", "retention", "--yes")["unreadable"] == [str(broken)]
    assert str(broken) in anna.said("member", "retention", "--yes").out
