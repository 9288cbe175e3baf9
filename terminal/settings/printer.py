"""The receipt printer."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

Automatic = Literal["always", "rewards", "never"]
"""Which bookings print a receipt by themselves."""

COLUMNS_MIN: Final = 16
COLUMNS_MAX: Final = 64
"""Narrowest and widest line that a receipt is laid out for, in characters."""


class PrinterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The receipt printer."""

    port: Annotated[
        str,
        Meta(
            max_length=200,
            description="Where the printer is: network://host:9100, /dev/ttyUSB0, COM3, usb://04b8:0e15, "
            "/dev/usb/lp0 or file:///path; empty for none.",
        ),
    ] = ""
    paper_mm: Annotated[Literal[58, 80], Meta(description="Width of the paper, in millimetres.")] = 80
    columns: Annotated[
        int,
        Meta(
            ge=0,
            le=COLUMNS_MAX,
            description="Characters to the line, from 16; 0 for what the paper usually takes, 32 or 48.",
        ),
    ] = 0
    code_page: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9_-]{1,20}\Z",
            max_length=20,
            description="The printer's characters; CP858 has the euro sign and Western European letters.",
        ),
    ] = "CP858"
    profile: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9_.-]{1,40}\Z",
            max_length=40,
            description="The printer's model under python-escpos' name, such as TM-T20II; default fits most.",
        ),
    ] = "default"
    cut: Annotated[Literal["full", "partial", "none"], Meta(description="What the knife does after a receipt.")] = (
        "full"
    )
    automatic: Annotated[
        Automatic,
        Meta(description="Which bookings print a receipt by themselves; P prints any other."),
    ] = "never"
    drawer: Annotated[
        Literal["off", "purchase"],
        Meta(description="purchase: the cash drawer on the printer opens after every purchase."),
    ] = "off"
    drawer_pin: Annotated[Literal[2, 5], Meta(description="Which pin of the drawer's plug gets the pulse.")] = 2
    logo: Annotated[
        str, Meta(max_length=400, description="A picture above every receipt, PNG or BMP; empty for none.")
    ] = ""
    qr: Annotated[
        Literal["auto", "native", "raster"],
        Meta(description="Who draws QR codes: native the printer, raster the till, auto as the model can."),
    ] = "auto"
    baud: Annotated[
        int, Meta(ge=1_200, le=921_600, description="Speed of a real serial port, in bits per second; USB ignores it.")
    ] = 9_600
    flow_control: Annotated[
        Literal["none", "rts_cts", "xon_xoff"],
        Meta(description="How a printer on a real serial port says that it can take no more."),
    ] = "none"
    double_byte: Annotated[
        Literal["off", "on"],
        Meta(description="on: switch Asian characters off first, for printers that print them instead of umlauts."),
    ] = "off"
    pdf_folder: Annotated[
        str, Meta(max_length=400, description="Where receipts are saved as PDF; empty for the documents.")
    ] = ""

    def __post_init__(self) -> None:
        """Refuse a line too narrow for a receipt.

        Raises:
            ValueError: It is between 0 and the narrowest line.
        """
        if 0 < self.columns < COLUMNS_MIN:
            msg = f"A receipt needs at least {COLUMNS_MIN} columns; 0 takes what the paper usually has"
            raise ValueError(msg)
