"""From the settings to a customer display of two lines, and a sentence for everything that can be wrong with it."""

from __future__ import annotations

import msgspec
import pytest

from hardware import errors
from hardware.errors import HardwareError
from hardware.pole import CodePage, PoleProtocol
from hardware.scans import DeviceStatus
from terminal.devices.pole import OTHER_TROUBLE, TROUBLES, make_pole, pole_dialect, pole_text
from terminal.settings.display import PoleSettings
from texts.i18n import Texts


@pytest.mark.parametrize(
    ("protocol", "code_page", "page"),
    [
        ("escpos", "auto", CodePage.CP858),
        ("cd5220", "auto", CodePage.CP437),
        ("cd5220", "ascii", CodePage.ASCII),
        ("escpos", "cp437", CodePage.CP437),
    ],
)
def test_a_display_is_talked_to_as_it_is_set_up(protocol: str, code_page: str, page: CodePage) -> None:
    """Auto takes the euro sign where the command set has a way to it."""
    asked = {"port": "/dev/ttyUSB1", "protocol": protocol, "code_page": code_page, "brightness": 2}
    settings = msgspec.convert(asked, PoleSettings)
    dialect = pole_dialect(settings)
    assert (dialect.protocol, dialect.code_page, dialect.brightness) == (PoleProtocol(protocol), page, 2)


def test_nothing_is_opened_before_the_start() -> None:
    """A port that is not there is no matter yet; stopping what was never started is none either."""
    told: list[DeviceStatus] = []
    pole = make_pole(PoleSettings("/dev/nothing-of-the-kind"), told.append)
    pole.stop()
    assert told == []


def test_every_trouble_has_a_sentence_about_the_display() -> None:
    """None of them speaks of a scanner; what has no sentence of its own gets a general one."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, HardwareError)]
    said = {pole_text(Texts("en"), kind("COM4")) for kind in kinds if kind is not HardwareError}
    assert said == {*TROUBLES.values(), OTHER_TROUBLE}
    assert all("customer display" in sentence and "(M-34" in sentence for sentence in said)
