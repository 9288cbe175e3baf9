"""The doctor of an open till: examines, listens, writes settings and support files, all beside the painting thread.

Satisfies ``presenters.doctor_port.DoctorActions``. One thread does one thing after the other, so that listening to the
scanners never overlaps with serving them.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from hardware.examine import examine
from hardware.findings import Attached, DeviceKind
from hardware.machine import Machine
from hardware.profiles import profile_of
from hardware.scans import DeviceState
from hardware.wedge.evidence import DEVICE_ID as TYPING
from terminal.app.checkup import check_data
from terminal.app.files import write_file
from terminal.app.keep_settings import Changes, Kept, NotKept, keep_settings
from terminal.app.scanner_changes import scanner_changes
from terminal.app.specimen_sheet import SHEET_FILE, sheet_pdf
from terminal.app.support_bundle import Support, bundle, bundle_name
from terminal.devices.doctor import Listening, attached, ears

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from hardware.counters import DeviceView
    from hardware.findings import Finding
    from hardware.printing.status import PrinterStatus
    from hardware.scans import DeviceStatus
    from hardware.speeds import Framing
    from hardware.traffic import TrafficEntry
    from hardware.wizard import Capture
    from loyalty.ports import Clock, Ids
    from terminal.settings import Settings

R = TypeVar("R")


class ServedScanners(Protocol):
    """The scanners of a till; see ``devices.scanners.Scanners``."""

    def start(self) -> None:
        """Serve them; also again after a stop."""

    def stop(self) -> None:
        """Let go of them."""

    def devices(self) -> tuple[DeviceView, ...]:
        """How they are doing."""


@dataclass(frozen=True, slots=True)
class Ward:
    """What the doctor looks after.

    Attributes:
        scanners: Serves the scanners; started.
        traffic: The last frames, masked.
        make_scanners: Serves them by other settings; ``None`` where new settings wait for the next start.
        printer: The printer's newest status, ``None`` without one.
        pole: The newest status of the customers' display, ``None`` without one.
        show_on_pole: Shows two lines there.
    """

    scanners: ServedScanners
    traffic: Callable[[], tuple[TrafficEntry, ...]]
    make_scanners: Callable[[Settings], ServedScanners] | None = None
    printer: Callable[[], PrinterStatus | None] = lambda: None
    pole: Callable[[], DeviceStatus | None] = lambda: None
    show_on_pole: Callable[[str, str], None] | None = None


class DoctorService:
    """Does what the device screen asks for.

    Args:
        directory: The data directory.
        settings: The till's settings.
        ward: What is looked after.
        deliver: Hands a call to the painting thread.
        broke: Takes there what breaks while nobody waits for an answer.
        clock: Time.
        ids: Ids.
        machine: Where the devices are plugged in.
        listening: Listens to lines.
    """

    def __init__(  # noqa: PLR0913 - what the till has, and two seams that tests replace
        self,
        directory: Path,
        settings: Settings,
        ward: Ward,
        *,
        deliver: Callable[[Callable[[], None]], None],
        broke: Callable[[Exception], None],
        clock: Clock,
        ids: Ids,
        machine: Machine | None = None,
        listening: Callable[..., Listening] = Listening,
    ) -> None:
        self._directory = directory
        self._settings = settings
        self._ward = ward
        self._scanners = ward.scanners
        self._deliver = deliver
        self._broke = broke
        self._served: tuple[DeviceView, ...] = ()
        self._clock = clock
        self._ids = ids
        self._machine = machine or Machine()
        self._make_listening = listening
        self._listening: Listening | None = None
        self._wants_listening = 0
        self._stopped = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="doctor")

    def stop(self) -> None:
        """End: lines and scanners are let go of, orders that wait or still come are dropped. Twice is once."""
        self._stopped = True
        self._wants_listening = 0
        self._thread.shutdown(wait=True, cancel_futures=True)
        if self._listening is not None:
            self._listening.stop()
            self._listening = None
        self._scanners.stop()

    # -- looking -------------------------------------------------------------------------------------------------------

    def devices(self) -> tuple[Attached, ...]:
        """See ``DoctorActions``."""
        found = attached(self._settings, self._scanners.devices(), self._ward.printer(), self._ward.pole())
        if not any(entry.device_id == TYPING for entry in self._ward.traffic()):
            return found
        return (*found, Attached(device_id=TYPING, kind=DeviceKind.KEYBOARD, state=DeviceState.READY))

    def traffic(self) -> tuple[TrafficEntry, ...]:
        """See ``DoctorActions``."""
        return self._ward.traffic()

    def examine(self, done: Callable[[tuple[Finding, ...]], None], failed: Callable[[Exception], None]) -> None:
        """See ``DoctorActions``."""
        self._order(self._examined, done, failed)

    def _examined(self) -> tuple[Finding, ...]:
        is_silent = self._settings.sound.volume_percent == 0
        return examine(self._machine, self.devices(), lambda vid: profile_of(vid) is not None, is_silent=is_silent)

    # -- listening -----------------------------------------------------------------------------------------------------

    def listen(self, heard: Callable[[Capture], None], framing: Framing | None) -> None:
        """See ``DoctorActions``."""
        self._wants_listening += 1
        mine = self._wants_listening

        def hear(capture: Capture) -> None:
            self._deliver(lambda: heard(capture) if mine == self._wants_listening else None)

        self._order(lambda: self._begin(hear, framing), _ignore, self._broke)

    def stop_listening(self) -> None:
        """See ``DoctorActions``."""
        if self._wants_listening:
            self._wants_listening += 1
            self._order(self._end, _ignore, self._broke)

    def _begin(self, hear: Callable[[Capture], None], framing: Framing | None) -> None:
        """Let go of the scanners and listen to their lines instead."""
        if self._listening is not None:
            self._listening.stop()
            self._listening = None
        else:
            self._served = self._scanners.devices()
            self._scanners.stop()
        free = [info for info in self._machine.ports() if not self._is_anothers(info.port)]
        lines = ears(self._settings, self._served, free)
        self._listening = self._make_listening(lines, hear, framing)
        self._listening.start()

    def _is_anothers(self, port: str) -> bool:
        """Whether another program has a port open: a payment terminal's bytes, say, are not for this ear."""
        return any(not holder.is_till for holder in self._machine.holders(port))

    def _end(self) -> None:
        """Serve the scanners again."""
        if self._listening is not None:
            self._listening.stop()
            self._listening = None
            self._scanners.start()

    # -- doing ---------------------------------------------------------------------------------------------------------

    def test_pole(self, first: str, second: str) -> None:
        """See ``DoctorActions``."""
        if self._ward.show_on_pole is not None:
            self._ward.show_on_pole(first, second)

    def changes(self, device_id: str, port: str, wanted: Mapping[str, str | int]) -> Changes:
        """See ``DoctorActions``."""
        return scanner_changes(self._settings, self._served or self._scanners.devices(), device_id, port, wanted)

    def keep(
        self, changes: Changes, done: Callable[[Kept | NotKept], None], failed: Callable[[Exception], None]
    ) -> None:
        """See ``DoctorActions``."""
        self._order(lambda: self._kept(changes), done, failed)

    def _kept(self, changes: Changes) -> Kept | NotKept:
        """Write, then serve the scanners by what was written; other devices take it up at the next start."""
        outcome = keep_settings(self._directory, changes)
        if isinstance(outcome, NotKept):
            return outcome
        concerns_scanners = all(path.startswith("scanner") for path in changes)
        if self._ward.make_scanners is None or not concerns_scanners:
            return outcome
        self._scanners.stop()
        self._settings = outcome.settings
        self._scanners = self._ward.make_scanners(outcome.settings)
        if self._listening is None:
            self._scanners.start()
        return Kept(outcome.file, outcome.settings, outcome.backup, in_use=True)

    def bundle(self, folder: Path, done: Callable[[Path], None], failed: Callable[[Exception], None]) -> None:
        """See ``DoctorActions``."""
        self._order(lambda: self._write_bundle(folder), done, failed)

    def _write_bundle(self, folder: Path) -> Path:
        checkup = check_data(self._directory, clock=self._clock, ids=self._ids)
        now_us = self._clock.now_us()
        support = Support(
            at_us=now_us,
            settings=self._settings,
            findings=(*self._examined(), *checkup.findings),
            devices=self.devices(),
            traffic=self.traffic(),
            counts=checkup.counts,
        )
        file = folder / bundle_name(now_us)
        write_file(file, bundle(self._directory, support))
        return file

    def sheet(
        self, folder: Path, caption: str, done: Callable[[Path], None], failed: Callable[[Exception], None]
    ) -> None:
        """See ``DoctorActions``."""

        def write() -> Path:
            file = folder / SHEET_FILE
            write_file(file, sheet_pdf(caption))
            return file

        self._order(write, done, failed)

    def _order(self, job: Callable[[], R], done: Callable[[R], None], failed: Callable[[Exception], None]) -> None:
        """Do something on the doctor's thread and say there on the painting thread what came of it."""

        def work() -> None:
            try:
                result = job()
            except Exception as error:  # noqa: BLE001 - whoever asked hears of everything that breaks
                broken = error
                self._deliver(lambda: failed(broken))
            else:
                self._deliver(lambda: done(result))

        if not self._stopped:  # what the last scanner says on its way out still reaches the screen
            self._thread.submit(work)


def _ignore(_result: object) -> None:
    """Nobody waits for this."""
