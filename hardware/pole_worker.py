"""One thread for the customer display: shows the newest text, and finds the display again when it is gone."""

from __future__ import annotations

import logging
import random
import threading
from typing import TYPE_CHECKING, Final

from hardware.backoff import Attempts, ReconnectSettings
from hardware.errors import DeviceLost, HardwareError, PortMissing
from hardware.pole import PoleText
from hardware.scans import DeviceState, DeviceStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from hardware.pole import PoleDialect
    from hardware.transport import Line, Transport

REPEAT_S: Final = 15.0
"""How often an unchanged text is sent again, in seconds: a display that was switched off and on, or whose cable was
pulled, is seen by nothing else."""

JOIN_TIMEOUT_S: Final = 4.0
"""Longest wait for the thread to end, in seconds: a bridge's connect time-out, or a last text nobody takes."""

_LOGGER = logging.getLogger(__name__)


class PoleWorker:
    """Serves one customer display from ``start`` to ``stop``.

    There is one place for the newest text and no queue: a display that takes nothing for a minute then shows what is
    true, not what was.

    Args:
        transport: Opens the line, again after each loss.
        dialect: How the display is talked to.
        on_status: Takes changes of its state; called on the display's thread and must only hand over.
        device_id: The till's name for it.
        reconnect: When a lost display is tried again.
        repeat_s: How often an unchanged text is sent again, in seconds.
        random_unit: Numbers from 0 to below 1 for the jitter.

    Attributes:
        status: What it said last, ``None`` before the start; any thread may read it.
    """

    def __init__(
        self,
        transport: Transport,
        dialect: PoleDialect,
        *,
        on_status: Callable[[DeviceStatus], None],
        device_id: str = "pole",
        reconnect: ReconnectSettings | None = None,
        repeat_s: float = REPEAT_S,
        random_unit: Callable[[], float] = random.random,
    ) -> None:
        self.device_id = device_id
        self._transport = transport
        self._dialect = dialect
        self._on_status = on_status
        self._attempts = Attempts(transport.presence, reconnect or ReconnectSettings(), random_unit)
        self._repeat_s = repeat_s
        self._changed = threading.Condition()
        self._text = PoleText()
        self._unsent = False
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._reported: tuple[DeviceState, str] | None = None
        self.status: DeviceStatus | None = None

    def start(self) -> None:
        """Begin serving.

        Raises:
            RuntimeError: It was started before.
        """
        if self._thread is not None:
            raise RuntimeError("A display's worker is started once")
        self._thread = threading.Thread(target=self._run, name=f"display-{self.device_id}", daemon=True)
        self._thread.start()

    def show(self, text: PoleText) -> None:
        """Let a text be shown soon; returns at once, whatever the display does. Any thread may call."""
        with self._changed:
            if text != self._text:
                self._text = text
                self._unsent = True
                self._changed.notify()

    def stop(self) -> None:
        """Leave the display dark, end the thread and close the line; may be called twice and before ``start``."""
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread is None or self._thread is threading.current_thread():
            return
        self._thread.join(JOIN_TIMEOUT_S)
        if self._thread.is_alive():
            _LOGGER.error("%s: the display's thread did not end within %s s", self.device_id, JOIN_TIMEOUT_S)

    def _run(self) -> None:
        try:
            self._report(DeviceState.CONNECTING)
            while not self._stopping:
                line = self._open()
                if line is not None:
                    self._serve(line)
        finally:
            self._report(DeviceState.STOPPED)

    def _open(self) -> Line | None:
        """Try once, and wait when that failed."""
        self._attempts.begin()
        try:
            return self._transport.open()
        except HardwareError as error:
            just_lost = self._reported is not None and self._reported[0] is DeviceState.LOST
            if not (just_lost and isinstance(error, PortMissing)):
                self._report(DeviceState.UNAVAILABLE, error)
            self._attempts.wait(self._pause)
            return None

    def _serve(self, line: Line) -> None:
        """Show texts until the line is lost or the till stops, and close it."""
        lost: HardwareError | None = None
        try:
            self._send(line, self._dialect.opening())
            self._report(DeviceState.READY)
            text: PoleText | None = self._take()
            while text is not None:
                self._send(line, self._dialect.frame(text))
                self._attempts.succeeded()
                text = self._next()
            self._send(line, self._dialect.closing())
        except HardwareError as error:
            lost = error
        finally:
            line.close()
        if lost is not None and not self._stopping:
            self._report(DeviceState.LOST, lost)
            self._attempts.wait(self._pause)

    def _send(self, line: Line, data: bytes) -> None:
        """Write within the line's own short time-out.

        Raises:
            DeviceLost: The line is gone, or nobody takes what is written: then half a text may stand there, and only
                opening it anew makes sure of what comes next.
        """
        if not line.send(data):
            raise DeviceLost(self.device_id, "it takes nothing of what is written")

    def _take(self) -> PoleText:
        with self._changed:
            self._unsent = False
            return self._text

    def _next(self) -> PoleText | None:
        """Wait for another text, or for the time to say the old one again; ``None`` when the till stops."""
        with self._changed:
            self._changed.wait_for(lambda: self._unsent or self._stopping, self._repeat_s)
            self._unsent = False
            return None if self._stopping else self._text

    def _pause(self, seconds: float) -> bool:
        """Wait; says whether the till stops."""
        with self._changed:
            return self._changed.wait_for(lambda: self._stopping, seconds)

    def _report(self, state: DeviceState, error: HardwareError | None = None) -> None:
        """Tell the sink when the state or its reason changed; fifty vain attempts are one message."""
        news = (state, error.code if error else "")
        if news == self._reported:
            return
        self._reported = news
        if error is not None:
            _LOGGER.warning("%s: %s", self.device_id, error.support)
        self.status = DeviceStatus(device_id=self.device_id, state=state, error=error)
        self._on_status(self.status)
