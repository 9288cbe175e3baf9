"""Keep the translation catalogues in step with the code: collect sentences, merge them in, compile.

Run it after adding or changing a sentence: ``python packaging/texts.py``. It adds new sentences without a translation to every
catalogue, drops those that are gone, and compiles; the tests fail until each new one is translated.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).parents[1]
SOURCES: Final = ROOT / "terminal"
LOCALE: Final = SOURCES / "locale"
DOMAIN: Final = "stammkunde"
KEYWORDS: Final = {"_": None, "n_": (1, 2), "mark": None}
"""The calls whose sentences are collected: ``texts._``, ``texts.n_`` and ``mark``."""

EPOCH: Final = datetime(2026, 11, 21, tzinfo=UTC)
"""A fixed date in the header: a catalogue changes when its sentences do, not when it is written."""


def collect() -> Catalog:
    """Collect the sentences of the code, without places: line numbers would make every change a change of the catalogue."""
    found = Catalog(domain=DOMAIN, project="Stammkunde", fuzzy=False)
    for _file, _line, message, _comments, context in extract_from_dir(
        SOURCES, method_map=[("**.py", "python")], keywords=KEYWORDS
    ):
        found.add(message, None, context=context)
    return found


def read(language: str) -> Catalog:
    """Read a catalogue."""
    with (LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def compiled(catalogue: Catalog) -> bytes:
    """The binary form of a catalogue."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def languages() -> list[str]:
    """The languages with a catalogue; English is the language of the code and needs none."""
    return sorted(path.name for path in LOCALE.iterdir() if path.is_dir())


def main() -> None:
    """Bring all catalogues up to date."""
    template = collect()
    for language in languages():
        folder = LOCALE / language / "LC_MESSAGES"
        catalogue = read(language)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.creation_date = catalogue.revision_date = EPOCH
        with (folder / f"{DOMAIN}.po").open("wb") as file:
            write_po(file, catalogue, width=110, sort_output=True, include_previous=False)
        (folder / f"{DOMAIN}.mo").write_bytes(compiled(catalogue))
        missing = [message.id for message in catalogue if message.id and not all(as_tuple(message.string))]
        print(f"{language}: {len(catalogue)} sentences, {len(missing)} to translate")  # noqa: T201 - a tool for people
        for sentence in missing:
            print(f"  {sentence}")  # noqa: T201 - as above


def as_tuple(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """A translation's plural forms, or its only form; an empty text where there is none."""
    return (text or "",) if isinstance(text, str | None) else tuple(text)


if __name__ == "__main__":
    main()
