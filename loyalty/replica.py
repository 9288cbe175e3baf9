"""The layout of the replica: head office's state as a till holds it, one SQLite file that can be downloaded whole.

A till never backs it up and may throw it away at any time; it is filled again from head office. Head office builds a
snapshot with the same statements, so that a till takes it over by copying pages and not row by row. Like the vault, it
holds the words people are found by in the clear, so it has mode 0600 and never leaves the machine.
"""

from __future__ import annotations

from typing import Final

from loyalty.checksums import CHECKSUM_TABLE
from loyalty.searching import SEARCH_TABLES

REPLICA_APPLICATION_ID: Final = 0x53544B52
"""``STKR`` in the file header."""

REPLICA_VERSION: Final = 4
"""``user_version``. 1: first layout (2026-11-21). 2: what members agreed to, and the other tills (2026-11-22). 3: keys
of pairs in the search index (2026-11-22). 4: checksums of tables (2026-11-22)."""

REPLICA_VERSION_UNSAID: Final = 3
"""The layout of a till, or of a snapshot, that says none; later ones say theirs."""

REPLICA_PAGE_SIZE: Final = 4096
"""In bytes; a copy into an open file needs the same on both sides."""

REPLICA: Final = (
    """CREATE TABLE statement(
  member_id BLOB PRIMARY KEY,
  balance INTEGER NOT NULL,
  sales INTEGER NOT NULL,
  revenue_cents INTEGER NOT NULL,
  enrolled_day TEXT,
  last_sale_day TEXT,
  merged_into BLOB,
  lots BLOB NOT NULL,
  consents BLOB NOT NULL,
  covered_seq INTEGER,
  as_of_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX statement_by_root ON statement(merged_into) WHERE merged_into IS NOT NULL",
    """CREATE TABLE card(
  number TEXT PRIMARY KEY,
  number_reversed TEXT NOT NULL,
  card_ref BLOB NOT NULL,
  member_id BLOB NOT NULL,
  status TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX card_by_member ON card(member_id)",
    "CREATE INDEX card_by_end ON card(number_reversed)",
    """CREATE TABLE profile(
  member_id BLOB PRIMARY KEY,
  nonce BLOB NOT NULL,
  box BLOB NOT NULL
) STRICT, WITHOUT ROWID""",
    *SEARCH_TABLES,
    """CREATE TABLE programme(
  version INTEGER PRIMARY KEY,
  document TEXT NOT NULL,
  starts_at_us INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE cashier(
  cashier_id BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  pin_hash TEXT NOT NULL,
  blocked INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE conflict(
  conflict_id BLOB PRIMARY KEY,
  kind TEXT NOT NULL,
  member_id BLOB,
  record_id BLOB,
  points INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  resolved INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE tombstone(
  member_id BLOB PRIMARY KEY,
  erased_at_us INTEGER NOT NULL,
  erased_day TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE till(
  terminal_id BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  store TEXT NOT NULL,
  public_key BLOB NOT NULL,
  last_day TEXT
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE position(
  terminal_id BLOB NOT NULL,
  epoch BLOB NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (terminal_id, epoch)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE state(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  server_id BLOB NOT NULL,
  server_epoch BLOB NOT NULL,
  cursor_n INTEGER NOT NULL,
  cursor_token BLOB NOT NULL,
  as_of_us INTEGER NOT NULL,
  covered_seq INTEGER NOT NULL DEFAULT 0,
  complete INTEGER NOT NULL DEFAULT 1
) STRICT""",
    """CREATE TABLE link(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  acked_epoch BLOB,
  acked_seq INTEGER NOT NULL DEFAULT 0,
  acked_hash BLOB,
  acked_signature BLOB,
  last_contact_us INTEGER NOT NULL DEFAULT 0,
  offset_ms INTEGER NOT NULL DEFAULT 0,
  failure TEXT NOT NULL DEFAULT '',
  quarantined INTEGER NOT NULL DEFAULT 0
) STRICT""",
    """CREATE TABLE stage(
  id INTEGER PRIMARY KEY,
  covered_seq INTEGER NOT NULL,
  item BLOB NOT NULL
) STRICT""",
    """CREATE TABLE stage_state(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  server_epoch BLOB NOT NULL,
  cursor_n INTEGER NOT NULL,
  cursor_token BLOB NOT NULL,
  reset INTEGER NOT NULL,
  as_of_us INTEGER NOT NULL
) STRICT""",
    CHECKSUM_TABLE,
)
"""Statements that make an empty replica.

``statement.covered_seq`` is the journal position of the holding till up to which its own records are in the row;
``NULL`` in a snapshot, where ``state.covered_seq``, worked out from ``position`` when it is taken over, stands for all.
``lots`` is JSON of ``loyalty.feed.StatementLot``, ``consents`` of ``loyalty.consent.ConsentState``. ``link`` and
``stage`` are the till's own.
"""

REPLICA_CHECKED: Final = (
    "statement",
    "card",
    "profile",
    "search_member",
    "programme",
    "cashier",
    "conflict",
    "tombstone",
    "till",
    "state",
    "link",
)
"""Tables with a checksum; those of a download on its way are soon empty again, and search keys cost a name at most."""
