"""Realistic states of every screen, in German and English, in all the variants a presenter can make."""

from __future__ import annotations

from collections.abc import Callable

from terminal.presenters.states import (
    BarState,
    KeyHint,
    Pill,
    Screen,
    ShellState,
    Tone,
)
from tests.fakes.backup_states import BackupStates
from tests.fakes.doctor_states import DoctorStates
from tests.fakes.member_data_states import MemberDataStates
from tests.fakes.sale_states import KEYS, replace
from tests.fakes.sync_states import SyncStates

SCREEN_KEYS = {
    Screen.IDLE: ("F1", "F2", "F3", "F6", "F7", "F8", "F9", "F10"),
    Screen.MEMBER: ("F1", "F2", "F3", "F4", "F5", "F6", "F9", "F10"),
    Screen.DONE: ("F9", "Esc"),
    Screen.UNKNOWN: ("F2", "Esc"),
}


class ScreenStates(SyncStates):
    """The states in one language.

    Args:
        language: "de" or "en".
    """

    def bar(self) -> BarState:
        t = self.t
        return BarState(
            shop="Bäckerei Morgenrot",
            till=t("Kasse 2", "Till 2"),
            scanner=Pill(t("Scanner bereit", "Scanner ready"), Tone.GOOD),
            connection=Pill(t("Steht allein", "Stands alone")),
            clock="14:32",
            language=self.language,
        )

    def shell(self, screen: Screen) -> ShellState:
        names = SCREEN_KEYS.get(screen, ("F1", "Esc"))
        bar = self.bar()
        if screen is Screen.BACKUP:
            bar = replace(bar, backup=BackupStates(self.language).dot())
        return ShellState(screen, bar, tuple(KeyHint(name, self.t(*KEYS[name])) for name in names))

    def variants(self) -> dict[str, tuple[Screen, object]]:
        """Every variant by name."""
        makers: dict[Screen, Callable[[], dict[str, object]]] = {
            Screen.IDLE: self.idle,
            Screen.MEMBER: self.member,
            Screen.REDEEM: self.redeem,
            Screen.DONE: self.done,
            Screen.UNKNOWN: self.unknown,
            Screen.ENROL: self.enrol,
            Screen.FIND: self.find,
            Screen.VOID: self.void,
            Screen.HISTORY: self.history,
            Screen.REPORT: self.report,
            Screen.HELP: self.help,
            Screen.SYNC: self.sync,
            Screen.SYNC_FORM: self.sync_form,
            Screen.MEMBER_DATA: lambda: MemberDataStates(self.language).variants(),
            Screen.DOCTOR: lambda: dict(DoctorStates(self.language).variants()),
            Screen.BACKUP: lambda: dict(BackupStates(self.language).variants()),
            Screen.LOCK: self.lock,
        }
        return {name: (screen, state) for screen, make in makers.items() for name, state in make().items()}
