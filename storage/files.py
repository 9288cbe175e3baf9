"""Names of the files in a data directory, and file operations that are on disk when they return."""

from __future__ import annotations

import errno
import os
import shutil
import struct
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from storage.errors import Damaged, NewerSchema, NotALedger, known_error
from storage.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

LEDGER_FILE: Final = "ledger.sqlite"
VAULT_FILE: Final = "vault.sqlite"
KEY_FILE: Final = "programme.key"
KEY_BEFORE_JOINING: Final = "programme.key.before-joining"
"""The key under which the till stood alone, kept aside when head office's took its place."""

REPLICA_FILE: Final = "replica.sqlite"
"""Head office's state as this till holds it; may be thrown away at any time."""

DOUBT_MARK: Final = "replica.doubt"
"""Stands while the replica is damaged and was not made anew yet."""

SEARCH_FILE: Final = "search.sqlite"
"""By what people are found; made from the profiles, and may be thrown away at any time."""

FIGURES_FILE: Final = "figures.sqlite"
"""What the figures of long periods are added up from; made from the ledger, and may be thrown away at any time."""

OPEN_MARK: Final = "ledger.open"
"""Stands while a till has the ledger open; left behind by a crash, whose write-ahead log must then be there too."""

TIP_FILE: Final = "ledger.tip"
"""Where the journal ended when something was last written to it."""

TOMBSTONE_FILE: Final = "tombstones"
"""Who was erased; outside the ledger, so that a restored copy is told."""

SHOP_FILES: Final = (
    LEDGER_FILE,
    VAULT_FILE,
    KEY_FILE,
    OPEN_MARK,
    TIP_FILE,
    TOMBSTONE_FILE,
    KEY_BEFORE_JOINING,
    REPLICA_FILE,
    DOUBT_MARK,
    SEARCH_FILE,
    FIGURES_FILE,
)
"""Every file that only a shop leaves in a directory; the databases' logs come besides."""

PROGRAMME_KEY_BYTES: Final = 32

PRIVATE_FILE: Final = 0o600
PRIVATE_DIRECTORY: Final = 0o700
"""Modes of what holds personal data or secrets: nobody but the account the till runs under."""

HEADER_BYTES: Final = 100
"""The header of a database file (sqlite.org/fileformat2.html, section 1.3)."""

LOG_INDEX_BYTES: Final = 32_768
"""The smallest index of a write-ahead log (sqlite.org/walformat.html, 2.2)."""

NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})

_NOT_SYNCED: Final = (errno.EINVAL, errno.ENOTSUP)
"""What fsync(2) answers about something that knows no syncing."""

_MAGIC: Final = b"SQLite format 3\x00"
_HEADER = struct.Struct(">16sH6xII28xI4xI20xI4x")
_LARGEST_PAGE: Final = 65_536


class Header(msgspec.Struct, frozen=True):
    """What a database file says about itself in its first bytes."""

    page_bytes: int
    pages: int
    pages_valid: bool
    user_version: int
    application_id: int


def read_header(path: Path) -> Header:
    """Read a file's header without opening it as a database, so that nothing is written beside it.

    Raises:
        NotALedger: It is no SQLite database.
        StorageError: It can't be read.
    """
    with os_errors(str(path)), path.open("rb") as file:
        raw = file.read(HEADER_BYTES)
    if len(raw) < HEADER_BYTES or not raw.startswith(_MAGIC):
        raise NotALedger(f"{path} is not an SQLite database")
    _, page_bytes, changes, pages, user_version, application_id, valid_for = _HEADER.unpack(raw)
    return Header(
        _LARGEST_PAGE if page_bytes == 1 else page_bytes, pages, changes == valid_for, user_version, application_id
    )


def check_header(path: Path, application_id: int) -> None:
    """Refuse a file that is not ours, is newer than we are, or was cut off.

    A cut-off file is only told when no write-ahead log could make it whole again.

    Raises:
        NotALedger: Another program's file.
        NewerSchema: Made by a newer version.
        Damaged: Shorter than its header says.
    """
    header = read_header(path)
    if header.application_id != application_id:
        raise NotALedger(f"{path}: application id {header.application_id:#x} is not {application_id:#x}")
    if header.user_version > SCHEMA_VERSION:
        raise NewerSchema(f"{path}: layout {header.user_version}, this program knows {SCHEMA_VERSION}")
    found, wanted = path.stat().st_size, header.pages * header.page_bytes
    if header.pages_valid and found < wanted and not log_bytes(path):
        raise Damaged(f"{path}: {found} bytes, its header says {wanted}")


def log_path(path: Path) -> Path:
    """The write-ahead log of a database file."""
    return path.with_name(path.name + "-wal")


def parts_of_shop(directory: Path) -> list[str]:
    """Names of the shop's files that stand in a directory, leftover logs included."""
    logs = (f"{name}{end}" for name in (LEDGER_FILE, VAULT_FILE, REPLICA_FILE, SEARCH_FILE) for end in ("-wal", "-shm"))
    return [name for name in (*SHOP_FILES, *logs) if (directory / name).exists()]


def log_bytes(path: Path) -> int:
    """How long the write-ahead log is; 0 when there is none."""
    try:
        return log_path(path).stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def os_errors(doing: str) -> Iterator[None]:
    """Turn the operating system's errors into the ledger's own."""
    try:
        yield
    except OSError as error:
        known = known_error(error, doing)
        if known is None:
            raise
        raise known from error


def sync_file(path: Path) -> None:
    """Wait until a file's contents are on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_directory(path: Path) -> None:
    """Wait until a directory's names are on the disk; Windows has no way to ask and does so by itself.

    So do some folders of other machines: they answer that a directory can't be synced, which is no failure.
    """
    if os.name == "nt":  # pragma: no cover - no directory handles there
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NOT_SYNCED:
            raise
    finally:
        os.close(handle)


def make_directory(path: Path, *, parents: bool = True) -> None:
    """Make a private folder with its name on the disk; one that is there stays as it is.

    The names of a new folder's files are worth nothing while its own is not: a power cut would take all of it.

    Args:
        path: The folder.
        parents: Whether those above it are made, too, when they are missing.
    """
    made = [each for each in (path, *path.parents) if not each.exists()]
    path.mkdir(mode=PRIVATE_DIRECTORY, parents=parents, exist_ok=True)
    for each in made:
        with suppress(PermissionError):  # one that may be entered but not listed can't be synced
            sync_directory(each.parent)


def make_private(path: Path) -> None:
    """Make an empty file that only its owner may read, whatever the user's mask says; SQLite's logs take its mode over.

    Raises:
        FileExistsError: There is one.
    """
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))


def is_full(folder: Path) -> bool:
    """Whether a disk has no room for a log's index, found out by writing as much.

    SQLite that finds no room while it opens a file says only that something went wrong.
    """
    probe = folder / ".room"
    try:
        with probe.open("wb") as file:
            file.write(bytes(LOG_INDEX_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error.errno in NO_ROOM
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)
    return False


def write_durably(path: Path, data: bytes) -> None:
    """Write a small private file and wait until it is on the disk.

    It is written aside and renamed: a crash leaves the old contents or the new ones. Equal ones stay as they are.
    Private as far as the file system knows modes; that of most sticks does not.
    """
    if not (path.exists() and path.read_bytes() == data):
        part = path.with_name(f".{path.name}.part")
        part.unlink(missing_ok=True)
        make_private(part)
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    with suppress(PermissionError):
        path.chmod(PRIVATE_FILE)
    sync_directory(path.parent)


def move_to_free_name(path: Path, target: Path) -> None:
    """Rename a file; what stands at the target is never replaced. For names that one process at a time may take.

    Raises:
        FileExistsError: Something stands there.
    """
    if target.exists():
        raise FileExistsError(errno.EEXIST, "something stands there", str(target))
    path.rename(target)


def link_or_copy(path: Path, target: Path) -> None:
    """Give a file a second, private name; a copy where the file system knows no links.

    Raises:
        FileExistsError: Something stands there.
    """
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError:
        import shutil  # needed only there

        make_private(target)
        try:
            shutil.copyfile(path, target)
            sync_file(target)
        except BaseException:
            target.unlink()
            raise
    target.chmod(PRIVATE_FILE)


@contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    """An empty folder among the system's temporary ones, gone again afterwards as far as it can be removed.

    ``TemporaryDirectory`` of Python 3.11 calls itself for ever when it may not remove it.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
