"""Head office's state on a till, proved with the ledger once a day; where it does not hold it is asked for anew.

Nothing of the till's own is in it, so nobody has to decide anything. The proof leaves a mark, and the sync thread,
which alone writes the replica, begins anew as soon as head office answers: until then a till without a line goes by
what it has.
"""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING

from storage import checksums
from storage.connection import open_reader
from storage.errors import Damaged, DiskFailed, NotALedger, StorageError
from storage.files import DOUBT_MARK, LEDGER_FILE, PRIVATE_FILE, REPLICA_FILE
from storage.replica_view import is_replica

if TYPE_CHECKING:
    from pathlib import Path


def replica_problems(directory: Path) -> tuple[str, ...]:
    """Prove the replica; beside an open till, on one snapshot.

    Returns:
        What is wrong; nothing for a till that stands alone, for a file that is replaced at the next start anyway, or
        when it can't be looked at now: then the next proof does.
    """
    path = directory / REPLICA_FILE
    with closing(open_reader(directory / LEDGER_FILE)) as ledger:
        if not path.exists() or ledger.one("SELECT 1 FROM head_office") is None:
            return ()
    try:
        with closing(open_reader(path)) as replica:
            if not is_replica(replica):
                return ()
            answers = [answer for (answer,) in replica.each("PRAGMA integrity_check(10)")]
            if answers != ["ok"]:
                return tuple(f"{path.name}: {answer}" for answer in answers)
            return tuple(checksums.problems(replica).values())
    except (Damaged, NotALedger, DiskFailed) as error:
        return (error.support,)
    except StorageError:  # in use, or just being put in place
        return ()


def doubt(directory: Path) -> None:
    """Have the replica asked for anew; where that can't be written down, the next proof finds the same."""
    with suppress(OSError):
        (directory / DOUBT_MARK).touch(mode=PRIVATE_FILE)


def is_doubted(directory: Path) -> bool:
    """Whether it is to be asked for anew."""
    return (directory / DOUBT_MARK).exists()


def believe(directory: Path) -> None:
    """A new one stands in its place."""
    (directory / DOUBT_MARK).unlink(missing_ok=True)
