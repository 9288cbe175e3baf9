"""``init``, ``till`` and ``demo``: a new shop, and the window on it."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from loyalty.document import Problem
from loyalty.outcomes import Reason, Refused
from loyalty.programme import Programme, parse_programme
from storage.store import create_store
from terminal.app.enrol import NAME_LENGTH_MAX
from terminal.cli.files import read_text
from terminal.cli.programme import mistakes
from terminal.cli.session import session_of
from texts.columns import pairs
from texts.command_line.answers import Answer
from texts.i18n import mark

TEMPLATES: Final = Path(__file__).parents[1] / "templates"
DEFAULT_TEMPLATE: Final = "standard"
TILL_NAME: Final = "Kasse 1"

_CURRENCY_LINE = re.compile(r'^currency[ \t]*=[ \t]*"[A-Z]{3}"', re.MULTILINE)


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        "init",
        help=mark("Set up a new shop in the data directory."),
        epilog='stammkunde --data ./shop init --shop "Bäckerei Morgenrot" --programme bakery',
    )(_init)
    app.command("till", help=mark("Open the till."), epilog="stammkunde till")(_till)
    app.command(
        "demo",
        help=mark("Open the till on a demo shop with a simulated scanner."),
        epilog="stammkunde demo --headless --screenshots ./pictures",
    )(_demo)


def _init(
    context: typer.Context,
    shop: Annotated[str, typer.Option("--shop", help=mark("The shop's name."), metavar="NAME")],
    currency: Annotated[
        str | None, typer.Option("--currency", help=mark("The shop's currency, as EUR."), metavar="CODE")
    ] = None,
    programme: Annotated[
        str, typer.Option("--programme", help=mark("A programme file, or one of: bakery, standard."), metavar="FILE")
    ] = DEFAULT_TEMPLATE,
    till: Annotated[str, typer.Option("--till", help=mark("The till's name in the shop."), metavar="NAME")] = TILL_NAME,
) -> Answer | Refused:
    session = session_of(context)
    names = [_name(shop), _name(till)]
    for name in names:
        if isinstance(name, Refused):
            return name
    text = _programme_text(programme, currency)
    found = parse_programme(text)
    if not isinstance(found, Programme):
        return mistakes(session.texts, found)
    if currency is not None and found.currency != currency.upper():
        return mistakes(session.texts, [Problem("currency", f"The programme is in {found.currency}, not {currency}")])
    with create_store(
        session.directory,
        shop_name=str(names[0]),
        till_name=str(names[1]),
        currency=found.currency,
        programme_text=text,
        clock=session.programs.clock,
        ids=session.programs.ids,
    ) as store:
        made = store.shop
    texts = session.texts
    document = {
        "shop": made.name,
        "terminal_id": made.terminal_id,
        "till": made.till_name,
        "currency": made.currency,
        "programme_version": found.version,
        "data": str(session.directory),
    }
    lines = [
        (texts._("Shop"), made.name),
        (texts._("Till"), made.till_name),
        (texts._("Programme"), found.name),
        (texts._("Data"), str(session.directory)),
    ]
    return Answer(document, pairs(lines))


def _name(text: str) -> str | Refused:
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        return Refused(Reason.NAME_MISSING)
    if len(name) > NAME_LENGTH_MAX or any(unicodedata.category(character)[0] == "C" for character in name):
        return Refused(Reason.NAME_INVALID)
    return name


def _programme_text(wanted: str, currency: str | None) -> str:
    """The document: a file's, or a template's in the shop's currency."""
    template = TEMPLATES / f"{wanted}.toml"
    if not re.fullmatch(r"[a-z]+", wanted) or not template.exists():
        return read_text(Path(wanted))
    text = template.read_text(encoding="utf-8")
    if currency is None or not re.fullmatch(r"[A-Za-z]{3}", currency):
        return text
    return _CURRENCY_LINE.sub(f'currency = "{currency.upper()}"', text, count=1)


def _till(context: typer.Context) -> int:
    return open_till(context)


def open_till(context: typer.Context) -> int:
    """Open the window; also what ``stammkunde`` alone does."""
    session = session_of(context)
    return session.programs.open_till(session.directory, language=session.asked_language)


def _demo(
    context: typer.Context,
    headless: Annotated[
        bool, typer.Option("--headless", help=mark("Stay off the screen: serve three members and say what happened."))
    ] = False,
    screenshots: Annotated[
        Path | None, typer.Option("--screenshots", help=mark("The folder for the pictures."), metavar="DIR")
    ] = None,
) -> Answer:
    session = session_of(context)
    result = session.programs.run_demo(headless=headless, screenshots=screenshots, language=session.asked_language)
    document = {
        "served": [msgspec.to_builtins(served) for served in result.served],
        "screenshots": [str(path) for path in result.screenshots],
    }
    return Answer(document, result.lines)
