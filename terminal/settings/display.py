"""What customers see and cashiers hear."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class DisplaySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What customers are shown, in the window on a second monitor and on the two-line display alike."""

    window: Annotated[
        Literal["auto", "off"], Meta(description="auto: on a second monitor, when there is one; off: never.")
    ] = "auto"
    greeting: Annotated[
        Literal["first_name", "neutral"],
        Meta(description="first_name: members are greeted by their first name; neutral: nobody's name is shown."),
    ] = "first_name"
    rating: Annotated[
        Literal["on", "off"], Meta(description="on: after a purchase the window asks for one to five stars.")
    ] = "on"
    qr: Annotated[
        Literal["on", "off"],
        Meta(description="on: after a purchase the window shows the receipt's code, where it has one, or the link."),
    ] = "on"
    link: Annotated[
        str,
        Meta(
            max_length=200,
            description="What the QR code holds where a receipt has no code, such as the shop's address; empty: none.",
        ),
    ] = ""


class PoleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The display of two lines of 20 characters for customers."""

    port: Annotated[
        str,
        Meta(max_length=200, description="Its port, such as /dev/ttyUSB1 or socket://10.0.0.9:9100; empty for none."),
    ] = ""
    baud: Annotated[int, Meta(ge=300, le=921_600, description="Its speed, in bits per second.")] = 9600
    protocol: Annotated[
        Literal["escpos", "cd5220"], Meta(description="Its command set, see the switches under it and its manual.")
    ] = "escpos"
    code_page: Annotated[
        Literal["auto", "cp858", "cp437", "ascii"],
        Meta(
            description="Its characters; auto: cp858 with escpos, cp437 with cd5220; ascii: umlauts as two letters.",
        ),
    ] = "auto"
    brightness: Annotated[int, Meta(ge=1, le=4, description="How bright, 1 to 4.")] = 4


class SoundSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the till sounds like."""

    volume_percent: Annotated[int, Meta(ge=0, le=100, description="How loud, in percent; 0 is off.")] = 70
