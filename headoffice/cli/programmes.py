"""``publish``: new rules for all tills, from a moment on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from headoffice.cli import files
from headoffice.cli.session import person, session_of
from headoffice.views import Published
from headoffice.wording import refusal_text
from loyalty.outcomes import Reason, Refused
from texts.command_line import parsing
from texts.command_line.answers import EXIT_REFUSED, Answer, time_text
from texts.i18n import mark


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        "publish",
        help=mark("Publish a programme; every till takes it over at its start. Every mistake is listed at once."),
        epilog="stammkunde-headoffice publish autumn.toml --starts-at 2026-12-01T06:00",
    )(_publish)


def _publish(
    context: typer.Context,
    programme: Annotated[Path, typer.Argument(help=mark("A programme as TOML."), metavar="PROGRAMME")],
    starts_at: Annotated[
        str | None,
        typer.Option("--starts-at", help=mark("When it comes into force; otherwise at once."), metavar="T"),
    ] = None,
) -> Answer:
    session = session_of(context)
    clock = session.programs.clock
    starts_at_us = None if starts_at is None else parsing.moment(starts_at, clock)
    text = files.read_text(programme)
    with session.open() as head_office:
        done = head_office.publish(text, starts_at_us=starts_at_us, by=person())
        overtaken = [each for each in head_office.programmes() if each.overtaken_by]
    texts = session.texts
    if not isinstance(done, Published):
        message = refusal_text(texts, Refused(Reason.PROGRAMME_INVALID))
        errors = [{"path": each.path, "message": each.message, "line": each.line} for each in done]
        document = {"refused": {"reason": Reason.PROGRAMME_INVALID, "message": message, "errors": errors}}
        places = [each.path if each.line is None else f"{each.path} (line {each.line})" for each in done]
        lines = [f"{place}: {each.message}" for place, each in zip(places, done, strict=True)]
        return Answer(document, [message, *lines], EXIT_REFUSED)
    lost = [each.version for each in overtaken if each.overtaken_by == done.version]
    published = {"version": done.version, "starts_at": time_text(done.starts_at_us, clock), "overtakes": lost}
    offset_min = clock.utc_offset_min(done.starts_at_us)
    line = texts._("Version {version} is published and comes into force on {day} at {time}.").format(
        version=done.version,
        day=texts.day(clock.business_day(done.starts_at_us), "medium"),
        time=texts.time(done.starts_at_us, offset_min),
    )
    warning = texts._("Version {version} will not start any more, because tills never go back. Publish it again.")
    return Answer(published, [line, *(warning.format(version=texts.number(version)) for version in lost)])
