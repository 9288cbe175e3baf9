"""``user``: who may sign in to the pages of head office.

A password is typed blind or comes through standard input; on the command line every other process could read it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

from headoffice.cli.session import Session, session_of
from headoffice.web.rights import StaffRole
from headoffice.web.users import User, UserRefused, Users
from texts.columns import table
from texts.command_line.answers import Answer, no
from texts.command_line.commands import group
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PASSWORD_LINE_LENGTH_MAX: Final = 1_024
"""How much of standard input is read for a password, in characters."""

Name = Annotated[str, typer.Argument(help=mark("The person's name."), metavar="NAME")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help=mark("Read the password as one line of standard input."))
]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    users = group()
    users.command(
        "add",
        help=mark("Let somebody sign in to the pages of head office."),
        epilog='stammkunde-headoffice user add "Berta" --role admin',
    )(_add)
    users.command("list", help=mark("List who may sign in."), epilog="stammkunde-headoffice user list")(_list)
    users.command(
        "block",
        help=mark("Take access away; who is signed in is signed out at once."),
        epilog='stammkunde-headoffice user block "Berta"',
    )(_block)
    users.command(
        "reset",
        help=mark("Give somebody a new password; ends a block."),
        epilog='stammkunde-headoffice user reset "Berta" --password-stdin < password.txt',
    )(_reset)
    app.add_typer(users, name="user", help=mark("People at head office and their passwords."))


def _add(
    context: typer.Context,
    name: Name,
    role: Annotated[StaffRole, typer.Option("--role", help=mark("What the person may do."))] = StaffRole.VIEWER,
    password_stdin: PasswordStdin = False,
) -> Answer:
    session = session_of(context)
    password = _password(session, from_stdin=password_stdin)
    return _done(session, lambda users: users.add(name, role, password))


def _list(context: typer.Context) -> Answer:
    session = session_of(context)
    with session.open() as head_office:
        found = Users(head_office.database, head_office.clock, head_office.ids).all()
    return _listed(session, found)


def _block(context: typer.Context, name: Name) -> Answer:
    return _done(session_of(context), lambda users: users.block(name))


def _reset(context: typer.Context, name: Name, password_stdin: PasswordStdin = False) -> Answer:
    session = session_of(context)
    password = _password(session, from_stdin=password_stdin)
    return _done(session, lambda users: users.reset(name, password))


def _done(session: Session, work: Callable[[Users], User | UserRefused]) -> Answer:
    with session.open() as head_office:
        done = work(Users(head_office.database, head_office.clock, head_office.ids))
    if isinstance(done, UserRefused):
        return no(done.reason, session.texts._(done.sentence))
    return _listed(session, [done])


def _password(session: Session, *, from_stdin: bool) -> str:
    """Ask for a password twice without showing it, or read it from standard input."""
    if from_stdin:
        return sys.stdin.readline(PASSWORD_LINE_LENGTH_MAX).rstrip("\r\n")
    if not sys.stdin.isatty():
        raise typer.BadParameter("There is nobody to ask for the password here; give it with --password-stdin")
    texts = session.texts
    password: str = typer.prompt(
        texts._("Password"), hide_input=True, confirmation_prompt=texts._("The same password again"), err=True
    )
    return password


def _listed(session: Session, users: Sequence[User]) -> Answer:
    texts = session.texts
    document = {
        "users": [
            {"user_id": user.user_id, "name": user.name, "role": user.role, "blocked": user.blocked} for user in users
        ]
    }
    if not users:
        return Answer(document, [texts._("Nobody yet.")])
    roles = {
        StaffRole.ADMIN: texts._("administrator"),
        StaffRole.MANAGER: texts._("manager"),
        StaffRole.VIEWER: texts._("may look"),
    }
    rows = [[user.name, roles[user.role], texts._("blocked") if user.blocked else ""] for user in users]
    return Answer(document, table([texts._("Name"), texts._("Role"), ""], rows))
