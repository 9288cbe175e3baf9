"""The wizard of the device screen: asks for a scan of the test barcode and says what that tells about the scanner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from terminal.presenters.doctor_states import DoctorAction, Phase, WizardState
from terminal.presenters.states import Notice, Tone

if TYPE_CHECKING:
    from collections.abc import Callable

    from hardware.scans import Scan
    from hardware.specimen import Specimen
    from hardware.speeds import Framing
    from hardware.wizard import Capture, Deduced
    from terminal.app.keep_settings import Changes, Kept, NotKept
    from terminal.presenters.base import Surroundings

PATIENCE_MS: Final = 30_000
"""How long the wizard waits before it says what to do when nothing comes, in milliseconds."""

TYPED_QUIET_MS: Final = 1_500
"""How long a typing scanner must be silent before its text is judged without an Enter, in milliseconds."""

TYPED_LENGTH_MAX: Final = 120

ENTER_GUARD_US: Final = 1_500_000
"""How long after a scan Enter presses nothing, in microseconds: a held trigger sends one behind every code."""


class ScanWizard:
    """Waits for one scan at a time.

    Args:
        around: The surroundings.
        changed: Hears that the screen has to be computed anew.
        broke: Takes what broke.
    """

    def __init__(self, around: Surroundings, changed: Callable[[], None], broke: Callable[[Exception], None]) -> None:
        self._around = around
        self._changed = changed
        self._broke = broke
        self._phase: Phase | None = None
        self._specimen: Specimen | None = None
        self._deduced: Deduced | None = None
        self._device_id = ""
        self._port = ""
        self._changes: Changes = {}
        self._framing: Framing | None = None
        self._notice: Notice | None = None
        self._typed = ""
        self._heard_us = 0
        self._keeping = False
        self._stop_waiting: Callable[[], None] = _nothing
        self._stop_typing: Callable[[], None] = _nothing

    @property
    def is_on(self) -> bool:
        """Whether the wizard covers the screen."""
        return self._phase is not None

    def start(self) -> None:
        """Ask for a scan, with nothing assumed."""
        self._framing = None
        self._notice = None
        self._wait()

    def stop(self) -> None:
        """End; the scanners go on as usual."""
        if self._phase is not None:
            self._hush()
            self._phase = None
            self._typed = ""

    def act(self, key: str) -> None:
        """Do what a button says: ``again`` or ``accept``."""
        if key == "again":
            self._notice = None
            self._wait()
        elif key == "accept":
            self._accept()
        elif key == "end":
            self.stop()

    def confirm(self) -> bool:
        """Enter was pressed; whether that is done with: it ends what a scanner typed, or came from its last code."""
        if self._phase is Phase.WAITING:
            if self._typed:
                self._judge_typed(ended=True)
            return True
        return self._around.clock.now_us() - self._heard_us < ENTER_GUARD_US

    def typed(self, text: str) -> None:
        """The field holds this text now."""
        if self._phase is not Phase.WAITING:
            return
        self._typed = text[:TYPED_LENGTH_MAX]
        self._stop_typing()
        self._stop_typing = _nothing
        if self._typed:
            self._stop_typing = self._around.schedule(TYPED_QUIET_MS, lambda: self._judge_typed(ended=False))

    def scanned(self, scan: Scan) -> bool:
        """A scan came in on the usual way, from a scanner that types or one with reports of its own."""
        if self._phase is not Phase.WAITING:
            return self._phase is not None and scan.text == self._text()
        from hardware.typed import deduce_scan

        deduced = deduce_scan(scan)
        if deduced is not None:
            self._take(deduced, scan.device_id, "")
        return True

    def state(self) -> WizardState | None:
        """What the wizard shows, or ``None`` while it is off."""
        if self._phase is None:
            return None
        from terminal.presenters.doctor_view import wizard_state

        assert self._specimen is not None, "made when the wizard began to wait"
        return wizard_state(
            self._around, self._phase, self._specimen, self._deduced, self._changes, self._notice, self._framing
        )

    def actions(self) -> tuple[DoctorAction, ...]:
        """The wizard's buttons, the most wanted first."""
        texts = self._around.texts
        again = DoctorAction("again", texts._("Scan again"), "restart_alt")
        end = DoctorAction("end", texts._("Done"), "check")
        match self._phase:
            case Phase.RESULT if self._changes:
                return DoctorAction("accept", texts._("Take this over"), "check", not self._keeping), again
            case Phase.RESULT:
                return end, again
            case Phase.NOTHING | Phase.GARBAGE:
                return (again,)
            case Phase.WAITING:
                return (DoctorAction("sheet", texts._("Test barcode as PDF"), "receipt_long"),)
        return ()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _text(self) -> str:
        return self._specimen.text if self._specimen else ""

    def _wait(self) -> None:
        from hardware.specimen import specimen

        self._hush()
        self._specimen = self._specimen or specimen()
        self._phase = Phase.WAITING
        self._deduced, self._changes, self._typed = None, {}, ""
        if self._around.doctor is not None:
            self._around.doctor.listen(self._heard, self._framing)
        self._stop_waiting = self._around.schedule(PATIENCE_MS, self._nothing_came)

    def _hush(self) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        self._stop_typing()
        self._stop_waiting = self._stop_typing = _nothing
        if self._around.doctor is not None:
            self._around.doctor.stop_listening()

    def _nothing_came(self) -> None:
        if self._phase is Phase.WAITING:
            self._hush()
            self._phase = Phase.NOTHING
            self._changed()

    def _heard(self, capture: Capture) -> None:
        """Bytes came from a line."""
        if self._phase is not Phase.WAITING:
            return
        from hardware.wizard import deduce

        self._take(deduce(capture), capture.device_id, capture.port)

    def _judge_typed(self, *, ended: bool) -> None:
        """Something was typed into the field."""
        from hardware.typed import deduce_typed

        text, self._typed = self._typed, ""
        if self._phase is Phase.WAITING and text:
            self._take(deduce_typed(text, ended=ended), "", "")

    def _take(self, deduced: Deduced, device_id: str, port: str) -> None:
        """Judge a scan: a result, or one more try."""
        from hardware.wizard import Verdict

        if deduced.verdict is Verdict.NOTHING:
            return
        texts = self._around.texts
        if deduced.verdict is Verdict.OTHER_CODE:
            sentence = texts._("The scanner works, but that was another code. Scan the test barcode. (M-400)")
            self._notice = Notice(sentence, Tone.WARN)
            self._changed()
            return
        self._hush()
        self._heard_us = self._around.clock.now_us()
        self._deduced, self._device_id, self._port = deduced, device_id, port
        self._notice = None
        if deduced.verdict is Verdict.GARBAGE:
            from hardware.speeds import suggestion

            self._framing = suggestion(deduced.framing, self._framing)
            self._phase = Phase.GARBAGE
        else:
            self._phase = Phase.RESULT
            self._changes = self._wanted(deduced)
        self._changed()

    def _wanted(self, deduced: Deduced) -> Changes:
        doctor = self._around.doctor
        wanted = deduced.wanted()
        if self._framing is not None and deduced.framing is None:
            wanted |= self._framing.settings()
        return doctor.changes(self._device_id, self._port, wanted) if doctor is not None else {}

    def _accept(self) -> None:
        doctor = self._around.doctor
        if doctor is not None and self._changes and not self._keeping:
            self._keeping = True
            doctor.keep(self._changes, self._kept, self._not_kept)

    def _kept(self, outcome: Kept | NotKept) -> None:
        from terminal.app.keep_settings import NotKept

        self._keeping = False
        texts = self._around.texts
        if isinstance(outcome, NotKept):
            sentence = texts._("The settings have a mistake and stay as they are: {detail}. (M-409)")
            self._notice = Notice(sentence.format(detail=outcome.problems[0].message), Tone.WARN)
        elif outcome.in_use:
            self._notice = Notice(texts._("Taken over. The scanner works with it from now on."), Tone.GOOD)
        else:
            self._notice = Notice(texts._("Taken over. It takes effect when the till is opened next."), Tone.GOOD)
        if not isinstance(outcome, NotKept):
            self._changes = {}
        self._changed()

    def _not_kept(self, error: Exception) -> None:
        self._keeping = False
        self._changed()
        self._broke(error)


def _nothing() -> None:
    """Cancels nothing."""
