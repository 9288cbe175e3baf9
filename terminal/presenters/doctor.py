"""The device screen: what is attached, how it is doing, what came in last, and the wizard that asks for a test scan.

Little is imported with this module: it is loaded with the shell, and nobody looks at devices before the first customer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hardware.sound import Cue
from terminal.app.files import documents_folder
from terminal.errors import CommandError
from terminal.presenters.base import Flow, Presenter, Surroundings
from terminal.presenters.doctor_states import DoctorState, Page
from terminal.presenters.doctor_wizard import ScanWizard
from terminal.presenters.states import Notice, Tone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hardware.errors import HardwareError
    from hardware.findings import Finding
    from hardware.scans import Scan

EMPTY: Final = DoctorState(title="", headline="")

FRESH_MS: Final = 1_000
"""How often the screen looks at frames and counters anew while it is shown, in milliseconds."""

EXAMINE_TICKS: Final = 5
"""Every so many looks the machine is examined anew: a cure shows without anybody pressing anything."""

SOUND: Final = "sound:"


class DoctorPresenter(Presenter[DoctorState]):
    """Shows the newest findings and does what the buttons say; the wizard is a part of its own."""

    def __init__(self, surroundings: Surroundings, flow: Flow) -> None:
        super().__init__(EMPTY)
        self._around = surroundings
        self._flow = flow
        self._page = Page.DEVICES
        self._findings: tuple[Finding, ...] | None = None
        self._examining = False
        self._writing = False
        self._notice: Notice | None = None
        self._shown = False
        self._ticks = 0
        self._stop_ticking: Callable[[], None] = _nothing
        self._wizard = ScanWizard(surroundings, self.refresh, flow.broke)

    def open(self) -> None:
        """Show the screen and examine everything anew."""
        self._shown = True
        self._page = Page.DEVICES
        self._notice = None
        self._ticks = 0
        self._stop_ticking()
        self._examine()
        self._tick()

    def close(self) -> None:
        """Another screen is on: nothing is looked at any more, and the scanners go on as usual."""
        self._shown = False
        self._stop_ticking()
        self._wizard.stop()

    def cancel(self) -> None:
        """Leave the wizard, else the screen; back to an open sale if there is one."""
        if self._wizard.is_on:
            self._wizard.stop()
            self.refresh()
            return
        self.close()
        self._flow.sale()

    def confirm(self) -> None:
        """Enter: what a keyboard scanner typed is whole, otherwise the green button."""
        if self._wizard.is_on and self._wizard.confirm():
            return
        action = next((action for action in self.state.actions if action.enabled), None)
        if action is not None:
            self.act(action.key)

    def say(self, notice: Notice) -> None:
        """Show a sentence above the others."""
        self._notice = notice
        self.refresh()

    def choose(self, page: str) -> None:
        """Show another page."""
        self._page = Page(page)
        self.refresh()

    def scanned(self, scan: Scan) -> bool:
        """A scanner read something; the wizard takes it while it waits, otherwise it is a scan like any other."""
        return self._shown and self._wizard.scanned(scan)

    def typed(self, text: str) -> None:
        """The wizard's field holds this text: a scanner types, or somebody does."""
        self._wizard.typed(text)

    def devices_changed(self) -> None:
        """A device came, went, or has something to say."""
        if self._shown:
            self._examine()
            self.refresh()

    def act(self, key: str) -> None:
        """Do what a button says."""
        action = next((each for each in (*self.state.actions, *self.state.sounds) if each.key == key), None)
        if action is None or not action.enabled:
            return
        self._notice = None
        if key.startswith(SOUND):
            self._around.play(Cue(key.removeprefix(SOUND)))
        elif key == "sheet":
            self._write_sheet()
        elif self._wizard.is_on:
            self._wizard.act(key)
        else:
            {
                "wizard": self._wizard.start,
                "print": self._test_print,
                "drawer": self._open_drawer,
                "pole": self._test_pole,
                "bundle": self._write_bundle,
            }[key]()
        self.refresh()

    def refresh(self) -> None:
        """Compute the screen anew."""
        if not self._shown:
            return
        from terminal.presenters.doctor_view import DoctorSight, show

        self._show(
            show(
                self._around,
                DoctorSight(
                    page=self._page,
                    findings=self._findings,
                    writing=self._writing,
                    notice=self._notice,
                    wizard=self._wizard.state(),
                    wizard_actions=self._wizard.actions(),
                ),
            )
        )

    # -- inside --------------------------------------------------------------------------------------------------------

    def _tick(self) -> None:
        """Look again in a second: frames and counters grow while somebody scans."""
        if not self._shown:
            return
        self._ticks += 1
        if self._ticks % EXAMINE_TICKS == 0 and not self._wizard.is_on:
            self._examine()
        self.refresh()
        self._stop_ticking = self._around.schedule(FRESH_MS, self._tick)

    def _examine(self) -> None:
        doctor = self._around.doctor
        if doctor is not None and not self._examining:
            self._examining = True
            doctor.examine(self._examined, self._failed)

    def _examined(self, findings: tuple[Finding, ...]) -> None:
        self._examining = False
        self._findings = findings
        self.refresh()

    def _failed(self, error: Exception) -> None:
        self._examining = self._writing = False
        if isinstance(error, CommandError):
            texts = self._around.texts
            self.say(Notice(texts._(error.sentence).format(file=error.file, detail=error.detail), Tone.WARN))
            return
        self.refresh()
        self._flow.broke(error)

    def _test_print(self) -> None:
        from terminal.presenters.doctor_view import trial_job

        printing, texts = self._around.printing, self._around.texts
        if printing is None:
            return
        if printing.print(trial_job(self._around, printing.columns), self._printed):
            self._notice = Notice(texts._("The test is being printed."), Tone.INFO)
        else:
            self._notice = Notice(texts._("Too many receipts wait for the printer. (M-406)"), Tone.WARN)

    def _printed(self, error: HardwareError | None) -> None:
        """The test came out, or was given up; why, the printer's own card says."""
        texts = self._around.texts
        if error is None:
            self._notice = Notice(texts._("Printed. Are the euro sign and the umlauts right?"), Tone.GOOD)
        else:
            self._notice = Notice(texts._("The test was not printed. The printer's card says why. (M-407)"), Tone.WARN)
        self.devices_changed()

    def _open_drawer(self) -> None:
        printing, texts = self._around.printing, self._around.texts
        if printing is None:
            return
        if printing.open_drawer():
            self._notice = Notice(texts._("The printer was told to open the drawer."), Tone.INFO)
        else:
            self._notice = Notice(
                texts._("The printer can't open the drawer now. Look at its card. (M-408)"), Tone.WARN
            )

    def _test_pole(self) -> None:
        doctor, texts = self._around.doctor, self._around.texts
        if doctor is not None:
            doctor.test_pole(self._around.desk.shop.name, texts._("Test") + f" 12,50 {texts.currency_sign}")
            self._notice = Notice(texts._("Two lines were sent to the customer display."), Tone.INFO)

    def _write_bundle(self) -> None:
        doctor = self._around.doctor
        if doctor is not None:
            self._writing = True
            doctor.bundle(documents_folder(), self._written, self._failed)

    def _write_sheet(self) -> None:
        doctor = self._around.doctor
        if doctor is not None:
            caption = self._around.texts._("Scan one of these codes while the till asks for the test barcode.")
            doctor.sheet(documents_folder(), caption, self._sheet_written, self._failed)

    def _sheet_written(self, file: Path) -> None:
        self.say(Notice(self._around.texts._("To be printed: {file}").format(file=file), Tone.GOOD))

    def _written(self, file: Path) -> None:
        self._writing = False
        sentence = self._around.texts._("Written without personal data: {file}. Send it to support.")
        self.say(Notice(sentence.format(file=file), Tone.GOOD))


def _nothing() -> None:
    """Cancels nothing."""
