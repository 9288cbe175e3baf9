"""Loads python-escpos without what its import does on the side, and asks it what a model can do.

It takes about a quarter of a second, so the printer's own thread does it before the first receipt and nobody else does.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
from typing import TYPE_CHECKING, Any, Final, Protocol

from hardware.printing.errors import PrinterMisconfigured, PrinterSoftwareMissing
from hardware.printing.folding import without_stray_greek

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hardware.printing.setup import PrinterSetup

_PICKLE_FOLDER_VARIABLE: Final = "ESCPOS_CAPABILITIES_PICKLE_DIR"

_NEAREST_PAGES: Final = ("CP858", "CP1252", "ISO_8859-15", "CP850", "CP437")
"""Tried in this order where a model lacks the page that was asked for; the first three have the euro sign."""


class Profile(Protocol):
    """What a model can do, as far as receipts ask."""

    def supports(self, name: str) -> bool:
        """Whether it has a feature."""

    def get_code_pages(self) -> dict[str, int]:
        """Its code pages and their numbers."""


class Dummy(Protocol):
    """The printer of python-escpos that keeps the bytes, as far as receipts use it."""

    profile: Profile
    output: bytes

    def clear(self) -> None:
        """Forget the bytes."""

    def hw(self, hw: str) -> None:
        """Reset it."""

    def charcode(self, code: str) -> None:
        """Choose a code page for good."""

    def set(self, *, align: str | None = None, bold: bool | None = None) -> None:
        """Change how text stands."""

    def text(self, text: str) -> None:
        """Print text."""

    def qr(self, content: str, *, ec: int, size: int, native: bool) -> None:
        """Print a QR code."""

    def print_and_feed(self, n: int) -> None:
        """Push paper out."""

    def cashdraw(self, pin: Sequence[int]) -> None:
        """Give the drawer its pulse."""


class CodePage:
    """One table of a printer's characters.

    Attributes:
        name: Its name in python-escpos.
        characters: What it holds beyond ASCII.
    """

    def __init__(self, name: str, characters: frozenset[str]) -> None:
        self.name = name
        self.characters = characters


def new_dummy(setup: PrinterSetup) -> Dummy:
    """A printer that keeps the bytes, of the model that is set up.

    Raises:
        PrinterSoftwareMissing: The library cannot be loaded.
        PrinterMisconfigured: It knows no such model.
    """
    _load()
    from escpos.printer import Dummy as EscposDummy  # type: ignore[import-untyped]

    try:
        dummy: Dummy = EscposDummy(profile=setup.profile)
    except KeyError as error:
        raise PrinterMisconfigured(setup.target, f"no printer model {setup.profile}") from error
    return dummy


def code_page(setup: PrinterSetup, profile: Profile) -> CodePage:
    """The page that is set up, or the nearest one that the model has.

    Raises:
        PrinterMisconfigured: There is no such page at all.
    """
    from escpos.codepages import CodePages  # type: ignore[import-untyped]

    wanted = setup.code_page.upper()
    if wanted not in CodePages.data:
        raise PrinterMisconfigured(setup.target, f"no code page {setup.code_page}")
    at_hand = profile.get_code_pages()
    for name in (wanted, *_NEAREST_PAGES):
        if name in at_hand:
            return CodePage(name, without_stray_greek(_characters(CodePages.get_encoding(name))))
    raise PrinterMisconfigured(setup.target, f"model {setup.profile} has no code page this till can write")


def _characters(encoding: dict[str, Any]) -> frozenset[str]:
    """What the upper half of a page holds, without the control characters of some."""
    if "data" in encoding:
        return frozenset(each for each in "".join(encoding["data"]) if each.isprintable())
    found = set()
    for byte in range(0x80, 0x100):
        with contextlib.suppress(UnicodeDecodeError, LookupError):
            found.add(bytes([byte]).decode(encoding.get("python_encode", "")))
    return frozenset(each for each in found if len(each) == 1 and each.isprintable())


def _load() -> None:
    """Import the library, once.

    Raises:
        PrinterSoftwareMissing: It cannot be imported; it also needs a folder for temporary files.
    """
    try:
        with _keeping_logging_as_it_is():
            from escpos import capabilities  # type: ignore[import-untyped]
    except (ImportError, OSError) as error:
        raise PrinterSoftwareMissing("python-escpos", str(error)) from error
    if _PICKLE_FOLDER_VARIABLE not in os.environ:
        # It keeps a copy of its tables in a new temporary folder at every start, and never looks there again.
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)


@contextlib.contextmanager
def _keeping_logging_as_it_is() -> Iterator[None]:
    """The library sets up logging to standard error when nobody has; a root that has a handler is left alone."""
    placeholder = logging.NullHandler()
    logging.root.addHandler(placeholder)
    try:
        yield
    finally:
        logging.root.removeHandler(placeholder)
