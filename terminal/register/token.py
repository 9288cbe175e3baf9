"""The token that proves a register may talk to the till: random, in a file only the till's account can read."""

from __future__ import annotations

import hmac
import os
import re
import secrets
from typing import TYPE_CHECKING, Final

from storage.errors import StorageError
from storage.files import PRIVATE_FILE, os_errors, write_durably
from terminal.register.errors import TokenUnusable

if TYPE_CHECKING:
    from pathlib import Path

TOKEN_FILE: Final = "register.token"  # noqa: S105 - a file's name
TOKEN_BYTES: Final = 32
"""Random bytes of a token; nobody tries out 2**256 of them."""

FILE_BYTES_MAX: Final = 256
"""How much of the file is read: the token, and a line end that an editor left."""

OTHERS: Final = 0o077
"""The rights of everybody but the owner."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def token_of(directory: Path) -> str:
    """The token of a data directory; made when there is none.

    Raises:
        TokenUnusable: The file can't be read or written, or holds no token.
    """
    return _read(directory) or renew_token(directory)


def renew_token(directory: Path) -> str:
    """Make a new token; the one before is worth nothing from now on, also to a till that is open.

    Raises:
        TokenUnusable: It can't be written.
    """
    path = directory / TOKEN_FILE
    try:
        with os_errors(str(path)):
            write_durably(path, f"{secrets.token_urlsafe(TOKEN_BYTES)}\n".encode())
    except (StorageError, OSError) as error:
        raise TokenUnusable(path, str(error)) from error
    token = _read(directory)
    if not token:
        raise TokenUnusable(path, "gone again")
    return token


def _read(directory: Path) -> str:
    """What the file says; empty when there is none.

    Raises:
        TokenUnusable: It can't be read, or holds no token.
    """
    path = directory / TOKEN_FILE
    try:
        with path.open("rb") as file:
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & OTHERS:
                os.fchmod(file.fileno(), PRIVATE_FILE)  # whoever copied it has let others read it
            raw = file.read(FILE_BYTES_MAX)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise TokenUnusable(path, str(error)) from error
    token = raw.decode("ascii", "replace").strip()
    if not _TOKEN.fullmatch(token):
        raise TokenUnusable(path, "no token in it")
    return token


class TokenCheck:
    """Compares what a register sends with the file, which may be renewed while the till is open."""

    def __init__(self, directory: Path) -> None:
        """Read the token, or make the first one.

        Raises:
            TokenUnusable: The file can't be read or written, or holds no token.
        """
        self._directory = directory
        self._token = token_of(directory)
        self._seen = self._mark()

    def allows(self, given: bytes) -> bool:
        """Whether these bytes are the token; how long that takes tells nothing of how much of it was right."""
        mark = self._mark()
        if mark != self._seen:
            try:
                self._token, self._seen = _read(self._directory), mark
            except TokenUnusable:
                self._token = ""
        return bool(self._token) and hmac.compare_digest(given, self._token.encode())

    def _mark(self) -> tuple[int, int, int] | None:
        """What changes with the file; it is written aside and renamed, so its number changes too."""
        try:
            found = (self._directory / TOKEN_FILE).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size
