"""Makes what is carried out of the way that somebody chose."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from terminal.app.restoring_plans import FromCopy, FromItself, KeyBack, Plan
from terminal.presenters.restore_model import BOX, CODE, URL
from terminal.presenters.restore_outlook import newest_of_itself, of_copy, whole_box
from terminal.sync.recover import RecoverCommand

if TYPE_CHECKING:
    from terminal.presenters.restore_model import Model


def plan_of(way: str, model: Model) -> Plan | RecoverCommand | None:
    """The plan of a way: ``itself``, ``key``, ``box``, ``copy``, ``office``; ``None`` when it is not there."""
    findings = model.findings
    if findings is None:
        return None
    folder = Path(findings.black_box).expanduser() if findings.black_box else None
    match way:
        case "itself":
            return FromItself(findings.key, newest_of_itself(findings))
        case "key" if findings.key is not None:
            return KeyBack(findings.key)
        case "box":
            box = whole_box(findings)
            return RecoverCommand(black_box=folder, ledger_id=box[0], set_aside=True) if box else None
        case "copy":
            return _copy(model, folder)
        case "office":
            return _office(model)
    return None


def _copy(model: Model, folder: Path | None) -> Plan | RecoverCommand | None:
    """The chosen copy, with the newer bookings of the black box or of the damaged ledger."""
    found, findings = model.found, model.findings
    if found is None or findings is None:
        return None
    outlook, path = of_copy(findings, found), found.copy.path
    if outlook.boxed:
        return RecoverCommand(black_box=folder, backup=path, ledger_id=found.copy.terminal_id, set_aside=True)
    return FromCopy(path, not model.asked and outlook.newer > 0)


def _office(model: Model) -> RecoverCommand:
    """What the form says."""
    typed = model.typed
    box = typed.get(BOX, "").strip()
    code = "".join(typed.get(CODE, "").split())  # people read it aloud, and type it, in groups
    folder = Path(box).expanduser() if box else None
    return RecoverCommand(typed.get(URL, "").strip(), code, folder, set_aside=True)
