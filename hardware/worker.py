"""One thread per scanner: reads its line, makes scans of the bytes, and finds the scanner again when it is gone."""

from __future__ import annotations

import logging
import random
import threading
import time
from typing import TYPE_CHECKING, Final, Protocol

from hardware.backoff import STABLE_S, Attempts, ReconnectSettings
from hardware.counters import ScannerCounters
from hardware.errors import HardwareError, PortMissing
from hardware.frames import Frame, FrameParser, FrameSettings
from hardware.masking import masked
from hardware.policy import RepeatPolicy
from hardware.profiles import SILENCE
from hardware.scans import DeviceState, DeviceStatus, Scan
from hardware.symbology import symbology_of
from hardware.traffic import Listening

if TYPE_CHECKING:
    from collections.abc import Callable

    from hardware.frames import ParserCounters, Rejected
    from hardware.profiles import Answers
    from hardware.traffic import Traffic
    from hardware.transport import Line, Transport

NANOSECONDS_PER_S: Final = 1_000_000_000

JOIN_TIMEOUT_S: Final = 5.0
"""Longest wait for the thread to end, in seconds: a network scanner's connect time-out and then some."""

SLEPT_S: Final = 2.0
"""A read that took this much longer than it may means that the machine slept in between, in seconds."""

REFUSALS_MAX: Final = 3
"""So often in a row a scanner is asked to send again; scanners give up after three attempts themselves."""

_LOGGER = logging.getLogger(__name__)


class Parser(Protocol):
    """What makes codes of a line's reads; see ``FrameParser``, the usual one."""

    counters: ParserCounters

    @property
    def is_idle(self) -> bool:
        """Whether nothing has begun."""

    def feed(self, data: bytes, t: float) -> list[Frame | Rejected]:
        """Take one read."""

    def interrupt(self, t: float) -> list[Frame | Rejected]:
        """Give up what has begun: the machine slept."""

    def reset(self) -> int:
        """Forget what has begun; how many bytes that were."""


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
        frames: FrameSettings | Parser | None = None,
        answers: Callable[[], Answers] = lambda: SILENCE,
        traffic: Traffic | None = None,
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
            frames: The scanner's set-up, or a parser of its own.
            answers: What is written back; asked whenever the line has been opened, when it is known what is there.
            traffic: Remembers the frames for the doctor.
            policy: Drops repeats; by default within 700 ms.
            reconnect: When a lost scanner is tried again.
            clock_ns: Monotonic time, in nanoseconds.
            random_unit: Numbers from 0 to below 1 for the jitter.
        """
        self.device_id = device_id
        self._transport = transport
        self._on_scan = on_scan
        self._on_status = on_status
        self._parser: Parser = FrameParser(frames) if frames is None or isinstance(frames, FrameSettings) else frames
        self._answers_for = answers
        self._answers = SILENCE
        self._refusals = 0
        self._listening = None if traffic is None else Listening(device_id, traffic)
        self._policy = policy or RepeatPolicy()
        self._attempts = Attempts(transport.presence, reconnect or ReconnectSettings(), random_unit)
        self._clock_ns = clock_ns
        self._counters = ScannerCounters(parser=self._parser.counters, policy=self._policy.counters)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._line: Line | None = None
        self._reported: tuple[DeviceState, str] | None = None

    @property
    def counters(self) -> ScannerCounters:
        """A copy of the totals so far."""
        return self._counters.copy()

    def start(self) -> None:
        """Begin serving; a worker is started once."""
        if self._thread is not None:
            msg = "A scanner worker is started once"
            raise RuntimeError(msg)
        # A daemon, so that a till that dies in a crash handler is not kept alive by its scanner.
        self._thread = threading.Thread(target=self._run, name=f"scanner-{self.device_id}", daemon=True)
        self._thread.start()

    def let_end(self) -> None:
        """Ask the thread to end, and do not wait for it; ``stop`` does that."""
        self._stopping.set()
        line = self._line
        if line is not None:
            line.cancel()

    def stop(self) -> None:
        """End the thread and close the line; may be called twice, before ``start``, and from a sink."""
        self.let_end()
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
        self._attempts.begin()
        try:
            line = self._transport.open()
        except HardwareError as error:
            self._counters.failed_opens += 1
            self._report_unavailable(error)
            self._attempts.wait(self._stopping.wait)
            return None
        self._counters.connects += 1
        return line

    def _serve(self, line: Line) -> None:
        """Read until the line is lost or the till stops, and close it."""
        opened_ns = self._clock_ns()
        lost: HardwareError | None = None
        self._line = line
        self._answers, self._refusals = self._answers_for(), 0
        t_read_ns = opened_ns
        try:
            self._report(DeviceState.READY)
            while not self._stopping.is_set():
                data = line.receive()
                t_before_ns, t_read_ns = t_read_ns, self._clock_ns()
                if t_read_ns - t_before_ns > SLEPT_S * NANOSECONDS_PER_S:
                    self._hand_on(line, self._parser.interrupt(t_read_ns / NANOSECONDS_PER_S))
                self._take(line, data, t_read_ns)
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
            self._attempts.succeeded()
        self._report(DeviceState.LOST, lost)
        self._attempts.wait(self._stopping.wait)

    def _take(self, line: Line, data: bytes, t_ns: int) -> None:
        """Feed one read to the parser; an empty one lets its time-out pass."""
        if data:
            self._counters.bytes_received += len(data)
            self._counters.reads += 1
            self._attempts.succeeded()  # a device that talks is a working one
            if self._listening is not None:
                self._listening.heard(data, t_ns)
        elif self._parser.is_idle:
            return
        self._hand_on(line, self._parser.feed(data, t_ns / NANOSECONDS_PER_S))

    def _hand_on(self, line: Line, outcomes: list[Frame | Rejected]) -> None:
        for outcome in outcomes:
            if isinstance(outcome, Frame):
                self._hand_on_code(line, outcome)
            else:
                self._hand_on_refusal(line, outcome)
        if outcomes and self._listening is not None:
            self._listening.made(outcomes)

    def _hand_on_code(self, line: Line, frame: Frame) -> None:
        self._refusals = 0
        if not self._policy.is_new(frame.text, frame.t):
            self._answer(line, self._answers.repeated)
            return
        self._counters.scans += 1
        self._on_scan(
            Scan(
                device_id=self.device_id,
                text=frame.text,
                raw=frame.raw,
                aim=frame.aim,
                symbology=frame.kind or symbology_of(frame.aim, frame.text),
                t_monotonic_ns=round(frame.t * NANOSECONDS_PER_S),
            )
        )
        self._answer(line, self._answers.taken)
        if _LOGGER.isEnabledFor(logging.DEBUG):
            _LOGGER.debug("%s: scan %s", self.device_id, masked(frame.text))

    def _hand_on_refusal(self, line: Line, refused: Rejected) -> None:
        self._counters.rejected[refused.reason] = self._counters.rejected.get(refused.reason, 0) + 1
        _LOGGER.info("%s: %s bytes refused, %s", self.device_id, refused.raw_length, refused.reason)
        # A trigger held on an unreadable code is one complaint, not fifteen. No code's text can begin with NUL.
        if self._policy.is_new(f"\0{refused.reason}", refused.t):
            self._on_scan(
                Scan(
                    device_id=self.device_id,
                    text="",
                    raw=b"",
                    aim="",
                    symbology=None,
                    t_monotonic_ns=round(refused.t * NANOSECONDS_PER_S),
                    rejected=refused.reason,
                )
            )
        self._refusals += 1
        if self._refusals <= REFUSALS_MAX:  # what is refused every time, as with wrong settings, ends there
            self._answer(line, self._answers.refused)

    def _answer(self, line: Line, data: bytes) -> None:
        """Write back what the maker's profile and the settings ask for; by default nothing."""
        if not data:
            return
        self._counters.answers += 1
        if not line.send(data):
            self._counters.answers_not_taken += 1
            _LOGGER.warning("%s: the scanner does not take answers", self.device_id)

    def _discard_begun_frame(self) -> None:
        """Half a code must not be completed by what a scanner sends after it comes back."""
        bytes_discarded = self._parser.reset()
        if bytes_discarded:
            self._counters.frames_discarded += 1
            self._counters.bytes_discarded += bytes_discarded

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
