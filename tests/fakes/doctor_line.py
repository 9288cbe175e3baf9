"""A hand for what the devices say: what was asked of the doctor waits here until a test answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from hardware.findings import Attached, Finding
from hardware.frames import RejectReason
from hardware.scans import Scan
from hardware.speeds import Framing
from hardware.traffic import TrafficEntry
from hardware.wizard import Capture
from terminal.app.keep_settings import Changes, Kept, NotKept
from terminal.presenters.doctor import DoctorPresenter
from terminal.presenters.doctor_states import WizardState
from tests.fakes.counter import Counter

Failed = Callable[[Exception], None]


class FakeDoctorActions:
    """Satisfies ``terminal.presenters.doctor_port.DoctorActions``.

    Attributes:
        attached: The devices there are.
        frames: The last frames.
        differs: What would change in the settings; empty for a scanner they fit.
        asked: What was asked, oldest first.
        listening: How the lines are open, ``False`` while nobody listens.
    """

    def __init__(self) -> None:
        self.attached: tuple[Attached, ...] = ()
        self.frames: tuple[TrafficEntry, ...] = ()
        self.differs: Changes | None = None
        self.asked: list[tuple[object, ...]] = []
        self.listening: Framing | bool | None = False
        self.wanted: Mapping[str, str | int] = {}
        self._heard: Callable[[Capture], None] = lambda _capture: None
        self._done: Callable[..., None] = lambda _result: None
        self._failed: Failed = lambda _error: None
        self._examined: Callable[[tuple[Finding, ...]], None] | None = None

    def devices(self) -> tuple[Attached, ...]:
        return self.attached

    def traffic(self) -> tuple[TrafficEntry, ...]:
        return self.frames

    def examine(self, done: Callable[[tuple[Finding, ...]], None], failed: Failed) -> None:
        self.asked.append(("examine",))
        self._examined, self._failed = done, failed

    def listen(self, heard: Callable[[Capture], None], framing: Framing | None) -> None:
        self.listening, self._heard = framing, heard

    def stop_listening(self) -> None:
        self.listening = False

    def test_pole(self, first: str, second: str) -> None:
        self.asked.append(("test_pole", first, second))

    def changes(self, device_id: str, port: str, wanted: Mapping[str, str | int]) -> Changes:
        self.wanted = wanted
        if self.differs is not None:
            return self.differs
        return {f"scanner.{key}": value for key, value in wanted.items()}

    def keep(self, changes: Changes, done: Callable[[Kept | NotKept], None], failed: Failed) -> None:
        self._note(done, failed, "keep", dict(changes))

    def bundle(self, folder: Path, done: Callable[[Path], None], failed: Failed) -> None:
        self._note(done, failed, "bundle")

    def sheet(self, folder: Path, caption: str, done: Callable[[Path], None], failed: Failed) -> None:
        self._note(done, failed, "sheet")

    def _note(self, done: Callable[..., None], failed: Failed, *asked: object) -> None:
        self.asked.append(asked)
        self._done, self._failed = done, failed

    # -- a test's side -------------------------------------------------------------------------------------------------

    @property
    def hears_nobody(self) -> bool:
        """Whether no line is listened to."""
        return self.listening is False

    def examined(self, *findings: Finding) -> None:
        """The examination is over."""
        assert self._examined is not None, "nobody asked for an examination"
        self._examined(findings)

    def hear(self, data: bytes, baud: int = 9_600) -> None:
        """A scan puts bytes on the line."""
        if self.listening is not False:
            self._heard(Capture(device_id="scanner", port="/dev/ttyS0", data=data, baud=baud))

    def answer(self, result: object) -> None:
        """What was asked last is done."""
        self._done(result)

    def fail(self, error: Exception) -> None:
        """What was asked last broke."""
        self._failed(error)


def doctor(counter: Counter) -> DoctorPresenter:
    """The screen's presenter."""
    return counter.shell.doctor


def wizard(counter: Counter) -> WizardState:
    """What the wizard shows."""
    state = doctor(counter).state.wizard
    assert state is not None
    return state


def keys(counter: Counter) -> list[str]:
    """The buttons that can be pressed."""
    return [action.key for action in doctor(counter).state.actions if action.enabled]


def scan(text: str, rejected: RejectReason | None = None) -> Scan:
    """A code from a scanner that types."""
    return Scan(device_id="keyboard", text=text, raw=b"", aim="", symbology=None, t_monotonic_ns=0, rejected=rejected)


def pass_seconds(counter: Counter, seconds: int) -> None:
    """Let time pass second by second: who looks once a second asks anew each time."""
    for _ in range(seconds):
        counter.schedule.pass_ms(1_000)
