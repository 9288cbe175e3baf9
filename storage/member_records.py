"""Every record about a person, in the order in which they were written; for the person who asks what is stored."""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING, Final
from uuid import UUID

from storage.connection import open_reader
from storage.files import LEDGER_FILE
from storage.journal import stored

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from storage.types import Stored

_FAMILY: Final = """SELECT member_id FROM account
WHERE hex(member_id) IN (SELECT value FROM json_each(?1)) OR hex(merged_into) IN (SELECT value FROM json_each(?1))"""
_RECORDS: Final = """SELECT seq, payload, hash FROM journal
WHERE member_id IS NOT NULL AND hex(member_id) IN (SELECT value FROM json_each(?)) ORDER BY seq"""


def records_about(directory: Path, members: Sequence[UUID]) -> Iterator[Stored]:
    """All of this till's records that move one of some accounts, or one that went into them.

    No index leads to them, so the whole journal is walked: some seconds for millions of records, beside an open till.

    Args:
        directory: The data directory.
        members: The accounts of one person.
    """
    with closing(open_reader(directory / LEDGER_FILE)) as ledger:
        family = ledger.all(_FAMILY, (_hex(members),))
        everybody = [*members, *(UUID(bytes=member) for (member,) in family)]
        for row in ledger.each(_RECORDS, (_hex(everybody),)):
            yield stored(row)


def _hex(members: Sequence[UUID]) -> str:
    return json.dumps([member.hex.upper() for member in members])
