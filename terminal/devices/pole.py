"""From the settings to a customer display of two lines that is served, and what to say when it is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hardware.errors import HardwareErrorCode
from hardware.pole import CodePage, PoleDialect, PoleProtocol
from hardware.pole_worker import PoleWorker
from hardware.transport import SerialSettings, transport_for
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from hardware.errors import HardwareError
    from hardware.scans import DeviceStatus
    from terminal.settings.display import PoleSettings
    from texts.i18n import Texts

DEFAULT_PAGES: Final = {PoleProtocol.ESCPOS: CodePage.CP858, PoleProtocol.CD5220: CodePage.CP437}
"""What ``auto`` means: the CD5220's own table has no euro sign, and no command of its list brings another."""

TROUBLES: Final[dict[str, str]] = {
    HardwareErrorCode.PORT_BUSY: mark("The customer display's port is in use by another program. (M-340)"),
    HardwareErrorCode.PORT_DENIED: mark("This till may not use the customer display's port. Call support. (M-341)"),
    HardwareErrorCode.PORT_MISSING: mark("The customer display is not connected. Check its cable. (M-342)"),
    HardwareErrorCode.NOT_A_PORT: mark("The customer display's port in the settings is not a port. (M-343)"),
    HardwareErrorCode.HOST_UNREACHABLE: mark(
        "The customer display on the network does not answer. Check that it is switched on. (M-344)"
    ),
    HardwareErrorCode.DEVICE_LOST: mark("The customer display takes nothing any more. Check its cable. (M-345)"),
}
OTHER_TROUBLE: Final = mark("The customer display's port does not work. Plug the display in again. (M-346)")


def make_pole(settings: PoleSettings, on_status: Callable[[DeviceStatus], None]) -> PoleWorker:
    """Wire a display; nothing is opened before its ``start``.

    Args:
        settings: Its port, which must not be empty, and how it talks.
        on_status: Takes changes of its state; called on the display's thread and must only hand over.
    """
    assert settings.port, "an empty port means that there is no such display"
    transport = transport_for(settings.port, SerialSettings(baud=settings.baud))
    return PoleWorker(transport, pole_dialect(settings), on_status=on_status)


def pole_dialect(settings: PoleSettings) -> PoleDialect:
    """How a display is talked to."""
    protocol = PoleProtocol(settings.protocol)
    page = DEFAULT_PAGES[protocol] if settings.code_page == "auto" else CodePage(settings.code_page)
    return PoleDialect(protocol=protocol, code_page=page, brightness=settings.brightness)


def pole_text(texts: Texts, error: HardwareError) -> str:
    """Why the display shows nothing, and what to do."""
    return texts._(TROUBLES.get(error.code, OTHER_TROUBLE))
