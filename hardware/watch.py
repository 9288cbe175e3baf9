"""Looks about once a second which ports there are, on a thread of its own."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hardware.discovery import PortInfo

POLL_S: Final = 1.0
"""Wait between two looks, in seconds: what is plugged in is served within two."""

JOIN_TIMEOUT_S: Final = 5.0
"""Longest wait for the thread to end, in seconds."""

_LOGGER = logging.getLogger(__name__)


class PortWatch:
    """Tells, again and again, which ports there are; from ``start`` to ``stop``.

    ``seen`` is called on the watch's own thread at once and then every ``poll_s``. An exception out of it is a bug; it
    ends the thread through ``threading.excepthook``.
    """

    def __init__(
        self,
        ports: Callable[[], Sequence[PortInfo]],
        seen: Callable[[Sequence[PortInfo]], None],
        *,
        poll_s: float = POLL_S,
    ) -> None:
        """Nothing is looked at before ``start``.

        Args:
            ports: Lists the ports of this machine; an ``OSError`` is looked over, the next look may succeed.
            seen: Takes the list.
            poll_s: Wait between two looks, in seconds.
        """
        self._ports = ports
        self._seen = seen
        self._poll_s = poll_s
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look; a watch is started once."""
        if self._thread is not None:
            msg = "A port watch is started once"
            raise RuntimeError(msg)
        self._thread = threading.Thread(target=self._run, name="port-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread; may be called twice and before ``start``. ``seen`` is not called any more afterwards."""
        self._stopping.set()
        if self._thread is None or self._thread is threading.current_thread():
            return
        self._thread.join(JOIN_TIMEOUT_S)
        if self._thread.is_alive():
            _LOGGER.error("The port watch did not end within %s s", JOIN_TIMEOUT_S)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                ports = self._ports()
            except OSError as error:  # a device that goes away while it is described
                _LOGGER.warning("The ports could not be listed: %s", error)
            else:
                if not self._stopping.is_set():
                    self._seen(ports)
            self._stopping.wait(self._poll_s)
