"""``ledger``: prove, rebuild, copy, bring back."""

from pathlib import Path

from tests.fakes.command_line import ANNA, CommandLine


def test_verify_answers_with_the_documented_keys(anna: CommandLine) -> None:
    """Set-up, enrolment and correction: four records."""
    assert anna.done("ledger", "verify") == {"ok": True, "records": 4, "problems": []}


def test_rebuild_makes_the_same_again(anna: CommandLine) -> None:
    """What is derived from the journal comes out as it was."""
    before = anna.done("member", "show", ANNA)
    assert anna.done("ledger", "rebuild") == {"ok": True, "records": 4, "problems": []}
    assert anna.done("member", "show", ANNA) == before


def test_a_backup_comes_back_in_another_place(anna: CommandLine, tmp_path: Path) -> None:
    """A till burned down: its points are on the stick, and the new epoch is one record more."""
    stick = tmp_path / "stick.backup"
    assert anna.done("ledger", "backup", str(stick))["records"] == 4
    anna.done("earn", ANNA, "5")
    anna.directory = tmp_path / "restored"
    assert anna.done("ledger", "restore", str(stick))["records"] == 5
    assert anna.done("member", "show", ANNA)["balance"] == 500
    assert anna.done("ledger", "verify")["ok"] is True


def test_restoring_what_is_no_backup_changes_nothing(anna: CommandLine, tmp_path: Path) -> None:
    """A wrong file is refused before anything is touched."""
    wrong = tmp_path / "letter.txt"
    wrong.write_text("Dear bakery" * 1000)
    assert anna("ledger", "restore", str(wrong)).error == "not_a_ledger"
    assert anna("ledger", "restore", str(tmp_path / "none")).error == "missing_ledger"
    assert anna.done("member", "show", ANNA)["balance"] == 500


def test_verify_tells_a_changed_record(anna: CommandLine) -> None:
    """A byte changed behind the till's back is found, told, and the exit code is not 0."""
    file = anna.directory / "ledger.sqlite"
    content = file.read_bytes()
    assert content.count(b'"points":500') == 1
    file.write_bytes(content.replace(b'"points":500', b'"points":900'))
    ran = anna("ledger", "verify")
    assert ran.code == 1
    assert ran.document["ok"] is False
    assert ran.document["problems"]
