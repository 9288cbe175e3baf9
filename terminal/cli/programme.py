"""``programme``: the rules in force, a document checked, a document adopted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from loyalty.money import decimal_text
from loyalty.outcomes import Reason, Refused
from loyalty.programme import Programme, parse_programme
from terminal.app.adopt_programme import AdoptCommand, Mistakes, adopt_programme
from terminal.cli.files import read_text
from terminal.cli.session import session_of
from terminal.errors import problem_line
from terminal.messages import refusal_text
from texts.columns import pairs, table
from texts.command_line.answers import EXIT_REFUSED, Answer, no
from texts.command_line.commands import group
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from loyalty.document import Problem
    from texts.i18n import Texts

File = Annotated[Path, typer.Argument(help=mark("A programme as TOML."), metavar="FILE")]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    programmes = group()
    programmes.command("show", help=mark("Show the rules in force."), epilog="stammkunde programme show")(_show)
    programmes.command(
        "check",
        help=mark("Check a programme file and list every mistake at once."),
        epilog="stammkunde programme check autumn.toml",
    )(_check)
    programmes.command(
        "use", help=mark("Put a programme file into force."), epilog="stammkunde programme use autumn.toml"
    )(_use)
    app.add_typer(programmes, name="programme", help=mark("The rules of the programme."))


def _show(context: typer.Context) -> Answer:
    session = session_of(context)
    with session.reading() as (till, _):
        return _shown(session.texts, till.programme)


def _check(context: typer.Context, file: File) -> Answer:
    """Listing mistakes is this command's answer, not a refusal; the exit code still says that there are some."""
    session = session_of(context)
    found = parse_programme(read_text(file))
    if isinstance(found, Programme):
        line = session.texts._("The programme {name}, version {version}, has no mistakes.")
        return Answer({"version": found.version, "errors": []}, [line.format(name=found.name, version=found.version)])
    return Answer({"version": None, "errors": _errors(found)}, [problem_line(each) for each in found], EXIT_REFUSED)


def _use(context: typer.Context, file: File) -> Answer | Refused:
    session = session_of(context)
    text = read_text(file)
    with session.writing() as till:
        done = adopt_programme(till, AdoptCommand(session.programs.ids.record_id(), text))
        texts = session.texts
        if isinstance(done, Refused):
            return done
        if isinstance(done, Mistakes):
            return mistakes(texts, done.problems)
        document = {"version": done.programme.version, "errors": [], "repeated": done.repeated}
        line = texts._("The programme {name}, version {version}, is in force.")
        return Answer(document, [line.format(name=done.programme.name, version=done.programme.version)])


def mistakes(texts: Texts, problems: Sequence[Problem]) -> Answer:
    """The refusal of a document with everything that is wrong with it."""
    message = refusal_text(texts, Refused(Reason.PROGRAMME_INVALID))
    answer = no(Reason.PROGRAMME_INVALID, message, {"errors": _errors(problems)})
    return msgspec.structs.replace(answer, lines=[message, *(problem_line(each) for each in problems)])


def _errors(problems: Sequence[Problem]) -> list[dict[str, object]]:
    return [{"path": each.path, "message": each.message, "line": each.line} for each in problems]


def _shown(texts: Texts, programme: Programme) -> Answer:
    earning = programme.earning
    base = texts._("{points} for {amount}").format(
        points=texts.points(earning.points), amount=texts.money(earning.per_cents)
    )
    lines = pairs(
        [
            (texts._("Programme"), programme.name),
            (texts._("Version"), str(programme.version)),
            (texts._("Award"), base),
            *((texts._("Without points"), each.name.in_language(texts.language)) for each in programme.exclusions),
        ]
    )
    if programme.rewards:
        head = [texts._("Reward"), texts._("Id"), texts._("Points"), texts._("Value")]
        rows = [
            [
                reward.name.in_language(texts.language),
                reward.id,
                texts.number(reward.points),
                texts.money(reward.value_cents),
            ]
            for reward in programme.rewards
        ]
        lines = [*lines, "", *table(head, rows, right=[2, 3])]
    return Answer(_document(programme), lines)


def _document(programme: Programme) -> dict[str, object]:
    """The rules for scripts: amounts as decimal strings like everywhere on the command line."""
    return {
        "version": programme.version,
        "errors": [],
        "name": programme.name,
        "currency": programme.currency,
        "earning": {
            "points": programme.earning.points,
            "per": decimal_text(programme.earning.per_cents),
            "on": programme.earning.on.value,
        },
        "point_value": {
            "points": programme.point_value.points,
            "value": decimal_text(programme.point_value.value_cents),
        },
        "rewards": [
            {
                "reward": reward.id,
                "kind": reward.kind.value,
                "name": msgspec.to_builtins(reward.name),
                "points": reward.points,
                "value": decimal_text(reward.value_cents),
                "flexible": reward.flexible,
                "minimum_purchase": decimal_text(reward.minimum_purchase_cents),
            }
            for reward in programme.rewards
        ],
        "exclusions": [msgspec.to_builtins(exclusion) for exclusion in programme.exclusions],
        "cards": [msgspec.to_builtins(rule) for rule in programme.cards],
    }
