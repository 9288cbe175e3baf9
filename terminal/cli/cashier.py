"""``cashier``: the people at the till.

A PIN is typed blind or comes through standard input; on the command line every other process could read it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

from loyalty.directory import Role
from loyalty.outcomes import Refused
from storage.types import CashierRow
from terminal.app.cashiers import AddCashier, CashierKept, CashierNameTaken, add_cashier, block_cashier, reset_cashier
from terminal.cli.session import Session, session_of
from texts.columns import table
from texts.command_line.answers import Answer, no
from texts.command_line.commands import group
from texts.i18n import mark

if TYPE_CHECKING:
    from texts.i18n import Texts

PIN_LINE_LENGTH_MAX: Final = 64
"""How much of standard input is read for a PIN, in characters."""

Name = Annotated[str, typer.Argument(help=mark("The person's name, or id."), metavar="NAME")]
PinStdin = Annotated[bool, typer.Option("--pin-stdin", help=mark("Read the PIN as one line of standard input."))]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    cashiers = group()
    cashiers.command(
        "add", help=mark("Let somebody work at the till."), epilog='stammkunde cashier add "Berta" --role manager'
    )(_add)
    cashiers.command("list", help=mark("List the people at the till."), epilog="stammkunde cashier list")(_list)
    cashiers.command("block", help=mark("Keep somebody from signing in."), epilog='stammkunde cashier block "Berta"')(
        _block
    )
    cashiers.command(
        "reset",
        help=mark("Give somebody a new PIN; ends a block."),
        epilog='stammkunde cashier reset "Berta" --pin-stdin < pin.txt',
    )(_reset)
    app.add_typer(cashiers, name="cashier", help=mark("People and PINs."))


def _add(
    context: typer.Context,
    name: Name,
    role: Annotated[Role, typer.Option("--role", help=mark("What the person may do."))] = Role.CASHIER,
    pin_stdin: PinStdin = False,
) -> Answer | Refused:
    session = session_of(context)
    pin = _pin(session, from_stdin=pin_stdin)
    with session.writing() as till:
        done = add_cashier(till, AddCashier(session.programs.ids.random_id(), name, pin, role))
        match done:
            case CashierKept():
                return _listed(session.texts, [done.cashier])
            case CashierNameTaken():
                return no("cashier_name_taken", session.texts._("Somebody of this name works here already."))
            case _:
                return done


def _list(context: typer.Context) -> Answer:
    session = session_of(context)
    with session.reading() as (_, reader):
        return _listed(session.texts, reader.cashiers())


def _block(context: typer.Context, name: Name) -> Answer | Refused:
    session = session_of(context)
    with session.writing() as till:
        done = block_cashier(till, name)
        return done if isinstance(done, Refused) else _listed(session.texts, [done.cashier])


def _reset(context: typer.Context, name: Name, pin_stdin: PinStdin = False) -> Answer | Refused:
    session = session_of(context)
    pin = _pin(session, from_stdin=pin_stdin)
    with session.writing() as till:
        done = reset_cashier(till, name, pin)
        return done if isinstance(done, Refused) else _listed(session.texts, [done.cashier])


def _pin(session: Session, *, from_stdin: bool) -> str:
    """Ask for a PIN twice without showing it, or read it from standard input."""
    if from_stdin:
        return sys.stdin.readline(PIN_LINE_LENGTH_MAX).rstrip("\r\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter("There is nobody to ask for the PIN here; give it with --pin-stdin")
    texts = session.texts
    pin: str = typer.prompt(
        texts._("PIN"), hide_input=True, confirmation_prompt=texts._("The same PIN again"), err=True
    )
    return pin


def _listed(texts: Texts, cashiers: list[CashierRow]) -> Answer:
    document = {
        "cashiers": [
            {"cashier_id": row.cashier_id, "name": row.name, "role": row.role.value, "blocked": row.blocked}
            for row in cashiers
        ]
    }
    if not cashiers:
        return Answer(document, [texts._("Nobody yet.")])
    roles = {Role.CASHIER: texts._("cashier"), Role.MANAGER: texts._("manager")}
    rows = [[row.name, roles[row.role], texts._("blocked") if row.blocked else ""] for row in cashiers]
    return Answer(document, table([texts._("Name"), texts._("Role"), ""], rows))
