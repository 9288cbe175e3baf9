"""One thread per scanner: reads its line, makes scans of the bytes, and finds the scanner again when it is gone."""

from __future__ import annotations

import copy
import logging
import random
import threading
import time
from typing import TYPE_CHECKING, Final

from hardware.backoff import STABLE_S, Backoff, ReconnectSettings
from hardware.counters import ScannerCounters
from hardware.errors import HardwareError, PortMissing
from hardware.frames import Frame, FrameParser
from hardware.masking import masked
from hardware.policy import RepeatPolicy
from hardware.scans import DeviceState, DeviceStatus, Scan
from hardware.symbology import symbology_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from hardware.frames import FrameSettings, Rejected
    from hardware.transport import Line, Transport

NANOSECONDS_PER_S: Final = 1_000_000_000

JOIN_TIMEOUT_S: Final = 5.0
"""Longest wait for the thread to end, in seconds: a network scanner's connect time-out and then some."""

_LOGGER = logging.getLogger(__name__)


class ScannerWorker:
    """Serves one scanner from ``start`` to ``stop``.

    Both sinks are called on the scanner's own thread and must only hand over: queue the value and return. An exception
    out of a sink is a bug; it ends the thread through ``threading.excepthook`` with its traceback.
    """

    def __init__(  # noqa: PLR0913 - one seam per thing a test replaces; all but four have a default
        self,
        device_id: str,
        transport: Transport,
        *,
        on_scan: Callable[[Scan], None],
        on_status: Callable[[DeviceStatus], None],
        frames: FrameSettings | None = None,
        policy: RepeatPolicy | None = None,
        reconnect: ReconnectSettings | None = None,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        random_unit: Callable[[], float] = random.random,
    ) -> None:
        """Wire the worker; nothing is opened before ``start``.

        Args:
            device_id: The till's name for the scanner; it stays the same when the port's name changes.
            transport: Opens the line, again after each loss.
            on_scan: Takes codes and refused frames.
            on_status: Takes changes of the device's state.
            frames: The scanner's set-up.
            policy: Drops repeats; by default within 700 ms.
            reconnect: When a lost scanner is tried again.
            clock_ns: Monotonic time, in nanoseconds.
            random_unit: Numbers from 0 to below 1 for the jitter.
        """
        self.device_id = device_id
        self._transport = transport
        self._on_scan = on_scan
        self._on_status = on_status
        self._parser = FrameParser(frames)
        self._policy = policy or RepeatPolicy()
        self._reconnect = reconnect or ReconnectSettings()
        self._backoff = Backoff(self._reconnect, random_unit)
        self._clock_ns = clock_ns
        self._counters = ScannerCounters(parser=self._parser.counters, policy=self._policy.counters)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._line: Line | None = None
        self._presence: Hashable | None = None
        self._reported: tuple[DeviceState, str] | None = None

    @property
    def counters(self) -> ScannerCounters:
        """A copy of the totals so far."""
        return copy.deepcopy(self._counters)

    def start(self) -> None:
        """Begin serving; a worker is started once."""
        if self._thread is not None:
            msg = "A scanner worker is started once"
            raise RuntimeError(msg)
        # A daemon, so that a till that dies in a crash handler is not kept alive by its scanner.
        self._thread = threading.Thread(target=self._run, name=f"scanner-{self.device_id}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and close the line; may be called twice, before ``start``, and from a sink."""
        self._stopping.set()
        line = self._line
        if line is not None:
            line.cancel()
        if self._thread is None or self._thread is threading.current_thread():
            return
        self._thread.join(JOIN_TIMEOUT_S)
        if self._thread.is_alive():
            _LOGGER.error("%s: the scanner's thread did not end within %s s", self.device_id, JOIN_TIMEOUT_S)

    def _run(self) -> None:
        try:
            self._report(DeviceState.CONNECTING)
            while not self._stopping.is_set():
                line = self._open()
                if line is not None:
                    self._serve(line)
        finally:
            self._report(DeviceState.STOPPED)

    def _open(self) -> Line | None:
        """Try once, and wait when that failed."""
        self._presence = self._transport.presence()
        try:
            line = self._transport.open()
        except HardwareError as error:
            self._counters.failed_opens += 1
            self._report_unavailable(error)
            self._wait()
            return None
        self._counters.connects += 1
        return line

    def _serve(self, line: Line) -> None:
        """Read until the line is lost or the till stops, and close it."""
        opened_ns = self._clock_ns()
        lost: HardwareError | None = None
        self._line = line
        try:
            self._report(DeviceState.READY)
            while not self._stopping.is_set():
                self._take(line.receive())
        except HardwareError as error:
            lost = error
        finally:
            self._line = None
            line.close()
            self._discard_begun_frame()
        if lost is None:
            return
        self._counters.losses += 1
        if self._clock_ns() - opened_ns >= STABLE_S * NANOSECONDS_PER_S:
            self._backoff.reset()
        self._report(DeviceState.LOST, lost)
        self._wait()

    def _take(self, data: bytes) -> None:
        """Feed one read to the parser; an empty one lets its time-out pass."""
        if data:
            self._counters.bytes_received += len(data)
            self._counters.reads += 1
            self._backoff.reset()  # a device that talks is a working one
        elif self._parser.is_idle:
            return
        for outcome in self._parser.feed(data, self._clock_ns() / NANOSECONDS_PER_S):
            self._hand_on(outcome)

    def _hand_on(self, outcome: Frame | Rejected) -> None:
        t_monotonic_ns = round(outcome.t * NANOSECONDS_PER_S)
        if isinstance(outcome, Frame):
            if not self._policy.is_new(outcome.text, outcome.t):
                return
            self._counters.scans += 1
            self._on_scan(
                Scan(
                    device_id=self.device_id,
                    text=outcome.text,
                    raw=outcome.raw,
                    aim=outcome.aim,
                    symbology=symbology_of(outcome.aim, outcome.text),
                    t_monotonic_ns=t_monotonic_ns,
                )
            )
            if _LOGGER.isEnabledFor(logging.DEBUG):
                _LOGGER.debug("%s: scan %s", self.device_id, masked(outcome.text))
            return
        self._counters.rejected[outcome.reason] = self._counters.rejected.get(outcome.reason, 0) + 1
        _LOGGER.info("%s: %s bytes refused, %s", self.device_id, outcome.raw_length, outcome.reason)
        # A trigger held on an unreadable code is one complaint, not fifteen. No code's text can begin with NUL.
        if self._policy.is_new(f"\0{outcome.reason}", outcome.t):
            self._on_scan(
                Scan(
                    device_id=self.device_id,
                    text="",
                    raw=b"",
                    aim="",
                    symbology=None,
                    t_monotonic_ns=t_monotonic_ns,
                    rejected=outcome.reason,
                )
            )

    def _discard_begun_frame(self) -> None:
        """Half a code must not be completed by what a scanner sends after it comes back."""
        bytes_discarded = self._parser.reset()
        if bytes_discarded:
            self._counters.frames_discarded += 1
            self._counters.bytes_discarded += bytes_discarded

    def _wait(self) -> None:
        """Wait for the next attempt, shorter when the device's place changes."""
        remaining_s = self._backoff.next_s()
        while remaining_s > 0:
            slice_s = min(remaining_s, self._reconnect.presence_poll_s)
            if self._stopping.wait(slice_s):
                return
            remaining_s -= slice_s
            presence = self._transport.presence()
            if presence is not None and presence != self._presence:
                self._backoff.reset()
                return
            self._presence = presence

    def _report_unavailable(self, error: HardwareError) -> None:
        """Say why the device cannot be opened, unless it was just lost: that it is missing then is no news."""
        just_lost = self._reported is not None and self._reported[0] is DeviceState.LOST
        if not (just_lost and isinstance(error, PortMissing)):
            self._report(DeviceState.UNAVAILABLE, error)

    def _report(self, state: DeviceState, error: HardwareError | None = None) -> None:
        """Tell the sink when the state or its reason changed; fifty vain attempts are one message."""
        news = (state, error.code if error else "")
        if news == self._reported:
            return
        self._reported = news
        if error is not None:
            _LOGGER.warning("%s: %s", self.device_id, error.support)
        self._on_status(DeviceStatus(device_id=self.device_id, state=state, error=error))
