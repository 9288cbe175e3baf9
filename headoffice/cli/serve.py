"""``init``, ``serve`` and ``init-tls``: a head office made, certified, and at work."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from filelock import FileLock, Timeout

from headoffice.cli.session import session_of
from headoffice.errors import HeadOfficeError
from headoffice.files import private_directory, write_durably
from texts.columns import pairs
from texts.command_line.answers import Answer, json_text, time_text
from texts.i18n import mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from headoffice.api.tls import Certificates
    from headoffice.cli.session import Session
    from headoffice.service import HeadOffice

DEFAULT_LISTEN: Final = "127.0.0.1:8470"
LOCK_FILE: Final = "serve.lock"


class AlreadyServing(HeadOfficeError):
    """Another process serves the same data directory."""

    code = "already_serving"
    sentence = mark("Head office is at work on this data directory already.")


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command(
        "init",
        help=mark("Set up a new head office; what is there stays as it is."),
        epilog='stammkunde-headoffice --data ./office init --name "Bäckerei Morgenrot" --currency EUR',
    )(_init)
    app.command(
        "serve",
        help=mark("Be there for the tills until stopped with Ctrl+C or SIGTERM."),
        epilog="stammkunde-headoffice --data ./office serve --listen 0.0.0.0:8470",
    )(_serve)
    app.command(
        "init-tls",
        help=mark("Make a private certificate authority and a certificate for this server, or renew the latter."),
        epilog="stammkunde-headoffice init-tls --host office.example --host 192.168.1.20",
    )(_init_tls)


def _init(
    context: typer.Context,
    name: Annotated[str, typer.Option("--name", help=mark("What people call it."), metavar="NAME")],
    currency: Annotated[
        str, typer.Option("--currency", help=mark("In which currency all its stores count."), metavar="CODE")
    ] = "EUR",
) -> Answer:
    session = session_of(context)
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha()):  # noqa: PLR2004 - ISO 4217
        raise typer.BadParameter(f"{currency!r} is not a currency such as EUR", param_hint="--currency")
    if not name.strip():
        raise typer.BadParameter("A name is needed", param_hint="--name")
    asked = " ".join(name.split()), currency.upper()
    with session.open(name=asked[0], currency=asked[1], found=True) as head_office:
        server = head_office.server
    texts = session.texts
    document = {
        "name": server.name,
        "currency": server.currency,
        "server_id": server.server_id,
        "data": str(session.directory),
    }
    lines = pairs(
        [
            (texts._("Head office"), server.name),
            (texts._("Currency"), server.currency),
            (texts._("Data"), str(session.directory)),
        ]
    )
    if asked != (server.name, server.currency):
        lines += ["", texts._("There was a head office here already. Its name and currency stay as they are.")]
    return Answer(document, lines)


def _serve(
    context: typer.Context,
    listen: Annotated[
        str,
        typer.Option("--listen", help=mark("Where to listen; port 0 takes a free one."), metavar="HOST:PORT"),
    ] = DEFAULT_LISTEN,
    port_file: Annotated[
        Path | None,
        typer.Option("--port-file", help=mark("A file to write the port to once it answers."), metavar="FILE"),
    ] = None,
    trust_proxy: Annotated[
        list[str] | None,
        typer.Option(
            "--trust-proxy",
            help=mark("The address of a reverse proxy in front; may be given several times."),
            metavar="ADDRESS",
        ),
    ] = None,
    until_stdin_ends: Annotated[
        bool,
        typer.Option("--until-stdin-ends", help="End with whoever holds the other end of standard input.", hidden=True),
    ] = False,
) -> int:
    from headoffice.api import server
    from headoffice.api.app import make_app
    from headoffice.api.logs import Log
    from headoffice.api.tls import load_certificates

    session = session_of(context)
    address = server.parse_address(listen)
    proxies = server.parse_proxies(trust_proxy or ())
    certificates = load_certificates(session.directory)
    log = Log(sys.stderr)
    with session.open(found=True) as head_office, _alone(session, head_office):
        opened = server.listen(address, certificates)
        url = server.url_of(opened, address, certificates)

        def ready() -> None:
            port = opened.getsockname()[1]
            if port_file is not None:
                write_durably(port_file, f"{port}\n".encode())
            _say_where(session, url, port, certificates)

        api = make_app(
            head_office,
            certificates=certificates,
            extra=session.programs.pages(head_office, "" if certificates is None else certificates.fingerprint),
            log=log,
            upkeep=head_office.keep_up,
        )
        lifeline = sys.stdin.fileno() if until_stdin_ends else None
        server.serve(api, opened, certificates, log=log, ready=ready, lifeline=lifeline, proxies=proxies)
    return 0


@contextlib.contextmanager
def _alone(session: Session, head_office: HeadOffice) -> Iterator[None]:
    """Keep a second server from an embedded database; on PostgreSQL any number may serve.

    Raises:
        AlreadyServing: There is one.
    """
    if head_office.database.dialect != "sqlite":
        yield
        return
    path = private_directory(session.directory) / LOCK_FILE
    try:
        with FileLock(path, timeout=0, mode=0o600):
            yield
    except Timeout as error:
        raise AlreadyServing(str(path)) from error


def _say_where(session: Session, url: str, port: int, certificates: Certificates | None) -> None:
    """Say once where it listens; scripts wait for this line."""
    if session.as_json:
        fingerprint = None if certificates is None else certificates.fingerprint
        typer.echo(json_text({"url": url, "port": port, "fingerprint": fingerprint, "pid": os.getpid()}))
    else:
        typer.echo(session.texts._("Head office listens at {url}. Stop it with Ctrl+C.").format(url=url))
    sys.stdout.flush()


def _init_tls(
    context: typer.Context,
    hosts: Annotated[
        list[str] | None,
        typer.Option(
            "--host",
            help=mark("A name or address under which tills call this server; otherwise those of the old certificate."),
            metavar="HOST",
        ),
    ] = None,
) -> Answer:
    from headoffice.api.tls import init_tls

    session = session_of(context)
    clock = session.programs.clock
    made = init_tls(session.directory, hosts or [], clock)
    texts = session.texts
    ends = time_text(int(made.ends.timestamp()) * 1_000_000, clock)
    document = {
        "hosts": made.hosts,
        "ends": ends,
        "fingerprint": made.fingerprint,
        "certificate": str(made.chain),
    }
    lines = pairs(
        [
            (texts._("Hosts"), ", ".join(made.hosts)),
            (texts._("Good until"), texts.day(made.ends.date(), "medium")),
            (texts._("Fingerprint"), made.fingerprint),
            (texts._("Certificate"), str(made.chain)),
        ]
    )
    return Answer(document, [*lines, "", texts._("Start the server again, so that it takes the new certificate.")])
