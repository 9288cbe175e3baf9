"""Keep the translation catalogues in step with the code: collect sentences, merge them in, compile.

Run it after adding or changing a sentence: ``python packaging/texts.py``. It adds new sentences without translation to
every catalogue, drops those that are gone, and compiles; the tests fail until each new one is translated.
"""

# ruff: noqa: INP001 - a script; the folder bears the name of a well-known package and must never be one itself

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
SOURCES: Final = tuple(ROOT / name for name in ("texts", "terminal", "headoffice"))
LOCALE: Final = ROOT / "texts" / "locale"
DOMAIN: Final = "stammkunde"
KEYWORDS: Final = {"_": None, "n_": (1, 2), "mark": None, "translate": None}
"""The calls whose sentences are collected: ``texts._``, ``texts.n_``, ``mark``, and what views call ``texts._``."""

METHODS: Final = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
"""Where sentences stand: in code, and in the pages of head office."""

HEADER: Final = (
    "German and other translations of Stammkunde. packaging/texts.py writes this file; only msgstr is edited."
)
EPOCH: Final = datetime(2026, 11, 21, tzinfo=UTC)
"""A fixed date in the header: a catalogue changes when its sentences do, not when it is written."""


def collect() -> Catalog:
    """Collect the sentences of the code.

    Places are left out: with line numbers every change of the code would be a change of the catalogue.
    """
    found = Catalog(domain=DOMAIN, fuzzy=False)
    for folder in SOURCES:
        for _file, _line, message, _comments, context in extract_from_dir(
            folder, method_map=METHODS, keywords=KEYWORDS
        ):
            found.add(message, None, context=context)
    return found


def read(language: str) -> Catalog:
    """Read a catalogue."""
    with path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def path(language: str) -> Path:
    """Where a catalogue lies; the compiled one lies beside it with the ending ``.mo``."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def compiled(catalogue: Catalog) -> bytes:
    """The binary form of a catalogue."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def languages() -> list[str]:
    """The languages with a catalogue; English is the language of the code and needs none."""
    return sorted(path.name for path in LOCALE.iterdir() if path.is_dir())


def merged(language: str) -> Catalog:
    """A catalogue as it should be: every sentence of the code, none that is gone, and a header that says something."""
    catalogue = read(language)
    catalogue.update(collect(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.creation_date = catalogue.revision_date = EPOCH
    catalogue.header_comment = f"# {HEADER}"
    catalogue.project, catalogue.version = "Stammkunde", "0"
    catalogue.msgid_bugs_address = catalogue.last_translator = "Stammkunde"
    catalogue.language_team = language
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """The text form of a catalogue, in the order of its sentences."""
    out = io.BytesIO()
    write_po(out, catalogue, width=110, sort_output=True)
    return out.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """The sentences without a translation, or with a plural form missing."""
    return [as_tuple(message.id)[0] for message in catalogue if message.id and not all(as_tuple(message.string))]


def main() -> None:
    """Bring all catalogues up to date."""
    for language in languages():
        catalogue = merged(language)
        path(language).write_bytes(written(catalogue))
        path(language).with_suffix(".mo").write_bytes(compiled(catalogue))
        missing = untranslated(catalogue)
        print(f"{language}: {len(catalogue)} sentences, {len(missing)} to translate")  # noqa: T201 - a tool for people
        for sentence in missing:
            print(f"  {sentence}")  # noqa: T201 - as above


def as_tuple(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """A translation's plural forms, or its only form; an empty text where there is none."""
    return (text or "",) if isinstance(text, str | None) else tuple(text)


if __name__ == "__main__":
    main()
