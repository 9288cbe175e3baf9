"""Copies of the ledger that are taken by themselves."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

MINUTES_MAX: Final = 1_440
"""At least once a day, or never but at the day's close."""

FOLDER_LENGTH_MAX: Final = 400


class BackupSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Copies of the ledger that are taken by themselves, here and in a second place."""

    every_minutes: Annotated[
        int,
        Meta(
            ge=0,
            le=MINUTES_MAX,
            description="How often the open till copies its ledger when something was booked, in minutes; 0 only when "
            "a day is closed.",
        ),
    ] = 60
    folder: Annotated[
        str,
        Meta(
            max_length=FOLDER_LENGTH_MAX,
            description="Where the copies are kept; empty for the folder backups among the till's data.",
        ),
    ] = ""
    second_folder: Annotated[
        str,
        Meta(
            max_length=FOLDER_LENGTH_MAX,
            description="Where each copy is kept once more, off this disk: a stick, another machine; empty for "
            "nowhere, and the till shows a red dot.",
        ),
    ] = ""
    second_is: Annotated[
        Literal["checked", "elsewhere"],
        Meta(
            description="checked: the till looks whether the second folder is on another disk; elsewhere: the shop "
            "vouches for it, as for a folder that a program sends away."
        ),
    ] = "checked"
    black_box: Annotated[
        str,
        Meta(
            max_length=FOLDER_LENGTH_MAX,
            description="A folder off this disk that gets every booking at once, until head office has it; empty for "
            "none.",
        ),
    ] = ""
