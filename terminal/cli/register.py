"""``register``: the token for cash registers, whether they reach the till, and the folder with their files."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
import typer

from terminal.cli.session import session_of
from terminal.register.errors import RegisterError
from terminal.register.filing import file_sale
from terminal.register.folder import FAILED, Folder, FolderState, files_in
from terminal.register.folder_words import failed_text
from terminal.register.token import TOKEN_FILE, renew_token, token_of
from texts.columns import pairs
from texts.command_line.answers import EXIT_DONE, EXIT_REFUSED, Answer, failure
from texts.command_line.commands import group
from texts.i18n import mark

if TYPE_CHECKING:
    from terminal.cli.session import Session
    from texts.i18n import Texts

ADDRESS: Final = "127.0.0.1"
ANSWER_S_MAX: Final = 3.0
"""How long the open till may take to answer, in seconds."""

SECOND_LOOK_S: Final = 1.0
"""How long after the first look a file has to be unchanged to count as complete, in seconds."""

LOOKS_MAX: Final = 2_000
"""How many looks one run takes at most; each books some files."""


class _Till(msgspec.Struct):
    """What of the till's answer is shown."""

    locked: bool = False
    open_sale_id: str = ""


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this module."""
    registers, tokens = group(), group()
    tokens.command(
        "show",
        help=mark("Print the token that registers send; made when there is none."),
        epilog="stammkunde register token show",
    )(_show)
    tokens.command(
        "renew",
        help=mark("Make a new token; the one before is worth nothing from now on."),
        epilog="stammkunde register token renew",
    )(_renew)
    registers.add_typer(tokens, name="token", help=mark("The token for cash registers."))
    registers.command(
        "status",
        help=mark("Say whether registers reach the till, and how many of their files wait."),
        epilog="stammkunde --json register status",
    )(_status)
    registers.command(
        "folder",
        help=mark("Book the files that a register has left in its folder, and end. The till must be closed."),
        epilog="stammkunde register folder ./exports",
    )(_folder)
    app.add_typer(registers, name="register", help=mark("Cash registers."))


def _show(context: typer.Context) -> Answer:
    session = session_of(context)
    try:
        return _token(session, token_of(session.directory))
    except RegisterError as error:
        return _failure(session.texts, error)


def _renew(context: typer.Context) -> Answer:
    session = session_of(context)
    try:
        return _token(session, renew_token(session.directory))
    except RegisterError as error:
        return _failure(session.texts, error)


def _token(session: Session, token: str) -> Answer:
    return Answer({"token": token, "file": str(session.directory / TOKEN_FILE)}, [token])


def _failure(texts: Texts, error: RegisterError) -> Answer:
    return failure(error.code, texts._(error.sentence).format(what=error.what))


def _status(context: typer.Context) -> Answer:
    session = session_of(context)
    texts, settings = session.texts, session.settings.register
    has_token = (session.directory / TOKEN_FILE).exists()
    till = _ask_till(session, settings.port) if settings.port and has_token else None
    folder_path = Path(settings.folder)
    waiting, failed = (_count(folder_path), _count(folder_path / FAILED)) if settings.folder else (0, 0)
    document = {
        "port": settings.port,
        "token": has_token,
        "answers": till is not None,
        "locked": till is not None and till.locked,
        "open_sale_id": till.open_sale_id if till else "",
        "folder": settings.folder,
        "waiting": waiting,
        "failed": failed,
    }
    answers = texts._("answers") if till else texts._("does not answer; is the till open?")
    port = f"{ADDRESS}:{settings.port} · {answers}" if settings.port else texts._("off")
    folder = settings.folder or texts._("none")
    lines = [(texts._("Interface"), port), (texts._("Folder"), folder)]
    if settings.folder:
        lines += [(texts._("Files waiting"), texts.number(waiting)), (texts._("Not booked"), texts.number(failed))]
    return Answer(document, pairs(lines))


def _ask_till(session: Session, port: int) -> _Till | None:
    """The open till's own word; ``None`` when nobody answers, or somebody else."""
    import http.client  # brings TLS along, which no other command needs

    line = http.client.HTTPConnection(ADDRESS, port, timeout=ANSWER_S_MAX)
    try:
        line.request("GET", "/v1/status", headers={"Authorization": f"Bearer {token_of(session.directory)}"})
        answer = line.getresponse()
        raw = answer.read(64 * 1024)
        return msgspec.json.decode(raw, type=_Till) if answer.status == http.client.OK else None
    except (OSError, http.client.HTTPException, msgspec.MsgspecError, RegisterError):
        return None
    finally:
        line.close()


def _count(path: Path) -> int:
    """How many files of a register lie in a folder; none where there is no folder."""
    try:
        return sum(1 for _ in files_in(path))
    except OSError:
        return 0


def _folder(
    context: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(help=mark("The folder; otherwise the one in the settings."), metavar="FOLDER")
    ] = None,
) -> Answer:
    session = session_of(context)
    chosen = path or Path(session.settings.register.folder)
    if not str(chosen) or chosen == Path():
        raise typer.BadParameter("no folder is set; name one")
    with session.writing() as till:
        texts = session.texts
        folder = Folder(chosen, lambda name, sale: file_sale(till, name, sale), lambda: texts, till.store.shop.currency)
        try:
            return _looked(texts, _look_to_the_end(folder), str(chosen / FAILED))
        except RegisterError as error:
            return _failure(texts, error)


def _look_to_the_end(folder: Folder) -> FolderState:
    """Look until nothing more can be booked; a file that changed meanwhile is left for the next time."""
    whole = folder.look(patient=False)
    time.sleep(SECOND_LOOK_S)
    for _ in range(LOOKS_MAX):
        state = folder.look(patient=False)
        whole = FolderState(
            booked=whole.booked + state.booked,
            known=whole.known + state.known,
            put_aside=whole.put_aside + state.put_aside,
            waiting=state.waiting,
            failed=state.failed,
        )
        if state.waiting == 0 or not (state.booked or state.known or state.put_aside):
            break
    return whole


def _looked(texts: Texts, state: FolderState, failed_at: str) -> Answer:
    lines = [
        (texts._("Booked"), texts.number(state.booked)),
        (texts._("Booked before"), texts.number(state.known)),
        (texts._("Not booked"), texts.number(state.put_aside)),
        (texts._("Files waiting"), texts.number(state.waiting)),
    ]
    told = [*pairs(lines), *([failed_text(texts, state.failed, failed_at)] if state.failed else [])]
    return Answer(msgspec.to_builtins(state), told, EXIT_REFUSED if state.put_aside else EXIT_DONE)
