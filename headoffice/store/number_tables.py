"""The table of fresh card numbers: which till was given which, so that each is given once."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, SmallInteger, String, Table, Uuid

from headoffice.store.tables import METADATA

_IN_BYTES: Final = String(64).with_variant(String(64, collation="C"), "postgresql")
"""Numbers of one length are compared character by character, in whatever language the database orders texts."""

NUMBER_BLOCK: Final = Table(
    "number_block",
    METADATA,
    Column("lowest", _IN_BYTES, primary_key=True, comment="Whatever its check digit, the first number of the block."),
    Column("highest", _IN_BYTES, nullable=False),
    Column("length", SmallInteger, nullable=False),
    Column("terminal_id", Uuid, nullable=False),
    Column("request_id", Uuid, nullable=False),
    Column("is_given", Boolean, nullable=False, comment="Otherwise the till had it before anybody here knew of it."),
    Column("at_us", BigInteger, nullable=False),
    Index(None, "request_id"),
    comment="Numbers that belong to one till. Blocks are whole intervals of texts, because rules may be renamed or"
    " their prefixes made longer, and what was given under the old ones stays given.",
)
