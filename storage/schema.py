"""The two database files in SQL, statement by statement, as SQLite keeps them.

``ledger.sqlite`` holds the journal (the truth), its projections (rebuilt from it by one command) and the erasable
side tables. ``vault.sqlite`` holds the members' keys; it never enters a backup of the ledger.

Days are ISO text (``2026-11-21``), ids 16 bytes, times microseconds since 1970 UTC, money cents.

For period figures, all by covering index:

* ``booking`` has a row per sale, redemption, reversal and adjustment. A sale row (``kind = 'sale'``) counts while
  ``reversed_cents < amount_cents``; its revenue is ``amount_cents - reversed_cents``; ``member_id`` is ``NULL`` for an
  anonymous sale and follows merges.
* Index ``sale_by_day`` (business_day, member_id, amount_cents, reversed_cents; sales only) answers "in this period".
* Index ``booking_by_member`` (member_id, seq, kind, business_day, amount_cents, reversed_cents) answers "this member".
* ``account.enrolled_day`` (index ``account_by_enrolled_day``), ``account.last_sale_day`` (the last counted sale, as of
  now), ``account.sales`` and ``account.revenue_cents`` (of counted sales).
* ``tombstone.erased_day`` says when a member was erased.
* ``day_total`` has the sums of ``DayTotals`` by business day and hour, ``reward_total`` by business day and reward.
"""

from __future__ import annotations

from typing import Final

from loyalty.checksums import CHECKSUM_TABLE

LEDGER_APPLICATION_ID: Final = 0x53544B4C
"""``STKL`` in the file header, so that tools and the till know whose file it is."""

VAULT_APPLICATION_ID: Final = 0x53544B56
"""``STKV``."""

SCHEMA_VERSION: Final = 6
"""``user_version`` of both files.

1: first layout (2026-11-21). 2: head office, edits for it, and expired points (2026-11-21). 3: finding a member's
consents (2026-11-22). 4: fresh card numbers (2026-11-22). 5: the search index in a file of its own (2026-11-22).
6: checksums of the tables that nothing else proves (2026-11-22).
"""

PROJECTIONS: Final = (
    "account",
    "entry",
    "booking",
    "day_total",
    "reward_total",
    "reversed_line",
    "reversal_of",
    "day_close",
)
"""Tables that are a pure function of the journal."""

JOURNAL: Final = (
    """CREATE TABLE journal(
  seq INTEGER PRIMARY KEY CHECK (seq >= 1),
  epoch BLOB NOT NULL CHECK (length(epoch) = 16),
  record_id BLOB NOT NULL UNIQUE CHECK (length(record_id) = 16),
  kind TEXT NOT NULL,
  member_id BLOB CHECK (member_id IS NULL OR length(member_id) = 16),
  at_us INTEGER NOT NULL,
  business_day TEXT NOT NULL CHECK (length(business_day) = 10),
  utc_offset_min INTEGER NOT NULL,
  server_offset_ms INTEGER NOT NULL,
  programme_version INTEGER NOT NULL,
  payload BLOB NOT NULL,
  body_hash BLOB NOT NULL CHECK (length(body_hash) = 32),
  prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT""",
    """CREATE TRIGGER journal_refuses_update BEFORE UPDATE ON journal BEGIN
  SELECT RAISE(ABORT, 'journal: a record is never changed');
END""",
    """CREATE TRIGGER journal_refuses_delete BEFORE DELETE ON journal BEGIN
  SELECT RAISE(ABORT, 'journal: a record is never deleted');
END""",
    """CREATE TRIGGER journal_checks_insert BEFORE INSERT ON journal BEGIN
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM journal WHERE record_id = NEW.record_id)
      THEN RAISE(ABORT, 'journal: record id exists')
    WHEN NEW.seq IS NOT (SELECT ifnull(max(seq), 0) + 1 FROM journal)
      THEN RAISE(ABORT, 'journal: seq must be the next one')
    WHEN NEW.prev_hash IS NOT ifnull((SELECT hash FROM journal WHERE seq = NEW.seq - 1), zeroblob(32))
      THEN RAISE(ABORT, 'journal: prev_hash must be the last hash')
    WHEN NEW.kind <> 'epoch_start' AND NEW.epoch IS NOT (SELECT epoch FROM journal WHERE seq = NEW.seq - 1)
      THEN RAISE(ABORT, 'journal: only an epoch start begins an epoch')
  END;
END""",
)

DAY_TOTAL: Final = """CREATE TABLE day_total(
  business_day TEXT NOT NULL,
  hour INTEGER NOT NULL,
  sales INTEGER NOT NULL,
  member_sales INTEGER NOT NULL,
  revenue_cents INTEGER NOT NULL,
  member_revenue_cents INTEGER NOT NULL,
  reversed_cents INTEGER NOT NULL,
  points_issued INTEGER NOT NULL,
  points_redeemed INTEGER NOT NULL,
  redemptions INTEGER NOT NULL,
  points_taken_back INTEGER NOT NULL,
  points_returned INTEGER NOT NULL,
  points_adjusted INTEGER NOT NULL,
  new_members INTEGER NOT NULL,
  points_expired INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (business_day, hour)
) STRICT, WITHOUT ROWID"""

PROJECTION_TABLES: Final = (
    """CREATE TABLE account(
  member_id BLOB PRIMARY KEY,
  balance INTEGER NOT NULL DEFAULT 0,
  sales INTEGER NOT NULL DEFAULT 0,
  revenue_cents INTEGER NOT NULL DEFAULT 0,
  enrolled_day TEXT,
  last_sale_day TEXT,
  merged_into BLOB
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX account_by_enrolled_day ON account(enrolled_day) WHERE enrolled_day IS NOT NULL",
    "CREATE INDEX account_by_root ON account(merged_into) WHERE merged_into IS NOT NULL",
    """CREATE TABLE entry(
  member_id BLOB NOT NULL,
  seq INTEGER NOT NULL,
  part INTEGER NOT NULL,
  kind TEXT NOT NULL,
  points INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  record_id BLOB NOT NULL,
  original_id BLOB,
  PRIMARY KEY (member_id, seq, part)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE booking(
  seq INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  member_id BLOB,
  business_day TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  points INTEGER NOT NULL,
  balance_after INTEGER NOT NULL,
  amount_cents INTEGER NOT NULL,
  reversed_cents INTEGER NOT NULL DEFAULT 0,
  is_open INTEGER NOT NULL,
  receipt TEXT
) STRICT""",
    """CREATE INDEX booking_by_member ON booking(member_id, seq, kind, business_day, amount_cents, reversed_cents)
  WHERE member_id IS NOT NULL""",
    "CREATE INDEX sale_by_day ON booking(business_day, member_id, amount_cents, reversed_cents) WHERE kind = 'sale'",
    "CREATE INDEX sale_by_receipt ON booking(receipt) WHERE receipt IS NOT NULL",
    DAY_TOTAL,
    """CREATE TABLE reward_total(
  business_day TEXT NOT NULL,
  reward_id TEXT NOT NULL,
  count INTEGER NOT NULL,
  points INTEGER NOT NULL,
  value_cents INTEGER NOT NULL,
  PRIMARY KEY (business_day, reward_id)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE reversed_line(
  original_id BLOB NOT NULL,
  line INTEGER NOT NULL,
  cents INTEGER NOT NULL,
  points INTEGER NOT NULL,
  PRIMARY KEY (original_id, line)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE reversal_of(
  original_id BLOB NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (original_id, seq)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE day_close(
  number INTEGER PRIMARY KEY,
  closed_day TEXT NOT NULL UNIQUE,
  seq INTEGER NOT NULL,
  open_points INTEGER NOT NULL
) STRICT""",
)

SIDE_TABLES: Final = (
    """CREATE TABLE shop(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  name TEXT NOT NULL,
  till_name TEXT NOT NULL,
  currency TEXT NOT NULL,
  terminal_id BLOB NOT NULL,
  created_at_us INTEGER NOT NULL
) STRICT""",
    """CREATE TABLE programme(
  version INTEGER PRIMARY KEY,
  document TEXT NOT NULL
) STRICT""",
    """CREATE TABLE card(
  card_ref BLOB PRIMARY KEY,
  number TEXT NOT NULL UNIQUE,
  number_reversed TEXT NOT NULL,
  member_id BLOB NOT NULL,
  status TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX card_by_member ON card(member_id)",
    "CREATE INDEX card_by_end ON card(number_reversed)",
    """CREATE TABLE member_profile(
  member_id BLOB PRIMARY KEY,
  nonce BLOB NOT NULL,
  box BLOB NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE profile_change(
  stamp INTEGER PRIMARY KEY,
  member_id BLOB NOT NULL
) STRICT""",
    """CREATE TABLE free_text(
  text_ref BLOB PRIMARY KEY,
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE cashier(
  cashier_id BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  pin_hash TEXT NOT NULL,
  blocked INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  locked_until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE tombstone(
  member_id BLOB PRIMARY KEY,
  erased_at_us INTEGER NOT NULL,
  erased_day TEXT NOT NULL
) STRICT, WITHOUT ROWID""",
)

HEAD_OFFICE_TABLES: Final = (
    """CREATE TABLE head_office(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  url TEXT NOT NULL,
  terminal_id BLOB NOT NULL,
  server_id BLOB NOT NULL,
  server_epoch BLOB NOT NULL,
  server_key BLOB NOT NULL,
  store TEXT NOT NULL,
  ca_pem TEXT NOT NULL,
  joined_at_us INTEGER NOT NULL,
  has_left INTEGER NOT NULL DEFAULT 0,
  handed_over TEXT,
  again INTEGER NOT NULL DEFAULT 0 CHECK (again BETWEEN 0 AND 2)
) STRICT""",
    """CREATE TABLE edit(
  stamp INTEGER PRIMARY KEY AUTOINCREMENT,
  edit_id BLOB NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  subject BLOB NOT NULL,
  member_id BLOB,
  nonce BLOB NOT NULL,
  box BLOB NOT NULL,
  taken_at_us INTEGER
) STRICT""",
    "CREATE INDEX edit_by_subject ON edit(kind, subject)",
    "CREATE INDEX edit_by_member ON edit(member_id) WHERE member_id IS NOT NULL",
    "CREATE INDEX edit_waiting ON edit(stamp) WHERE taken_at_us IS NULL",
    "CREATE INDEX edit_taken ON edit(taken_at_us) WHERE taken_at_us IS NOT NULL",
    "CREATE INDEX journal_epoch_start ON journal(seq, epoch) WHERE kind = 'epoch_start'",
)
"""Where a joined till belongs, and what it has to tell head office besides its records.

A till that has left keeps the row: it goes on writing edits, so that joining the same head office again tells what was
changed meanwhile and nothing that is older than what head office knows. ``handed_over`` says how far the rows from
before the joining have become edits; ``NULL`` when all have.
``edit`` is sealed: with its member's key, or with the till's own where it is about nobody. ``subject`` is the random
id of the card, text, cashier or member. With ``taken_at_us`` an edit waits no more; it is kept for a head office that
is put back to a time before it. ``again`` is ``storage.exchange.Again``.
"""

CONSENT_INDEX: Final = "CREATE INDEX journal_consent ON journal(member_id, seq) WHERE kind = 'consent'"

NUMBER_TABLES: Final = (
    """CREATE TABLE number_block(
  epoch BLOB NOT NULL CHECK (length(epoch) = 16),
  prefix TEXT NOT NULL,
  length INTEGER NOT NULL,
  check_digit TEXT NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL CHECK (last >= first),
  next INTEGER NOT NULL CHECK (next BETWEEN first AND last + 1),
  server_id BLOB NOT NULL,
  told_epoch BLOB,
  PRIMARY KEY (epoch, prefix, length, check_digit, server_id, first)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE number_run(
  issue_id BLOB NOT NULL CHECK (length(issue_id) = 16),
  part INTEGER NOT NULL,
  digest TEXT NOT NULL,
  prefix TEXT NOT NULL,
  length INTEGER NOT NULL,
  check_digit TEXT NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL CHECK (last >= first),
  PRIMARY KEY (issue_id, part)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE number_demand(
  prefix TEXT NOT NULL,
  length INTEGER NOT NULL,
  check_digit TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (prefix, length, check_digit)
) STRICT, WITHOUT ROWID""",
)
"""From which serials this till takes fresh card numbers (``loyalty.numbering``), which it took for what, and how many a
person asked for in vain.

A block belongs to the epoch of the journal in which it came: after a restore none of it is taken again, because the
copy does not know what was handed out since. ``server_id`` is the head office that gave it, empty for the till's own
word; ``told_epoch`` the epoch of the head office that knows of it.
"""

STEPS_TABLE: Final = """CREATE TABLE schema_step(
  name TEXT PRIMARY KEY,
  checksum TEXT NOT NULL
) STRICT, WITHOUT ROWID"""
"""Which migrations made this file, with the SHA-256 of their SQL."""

VAULT_TABLES: Final = (
    """CREATE TABLE member_key(
  member_id BLOB PRIMARY KEY,
  key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE search_term(
  kind TEXT NOT NULL,
  term TEXT NOT NULL,
  member_id BLOB NOT NULL,
  PRIMARY KEY (kind, term, member_id)
) STRICT, WITHOUT ROWID""",
    "CREATE INDEX search_term_by_member ON search_term(member_id)",
    """CREATE TABLE search_state(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  indexed_stamp INTEGER NOT NULL
) STRICT""",
    "INSERT INTO search_state(id, indexed_stamp) VALUES (1, 0)",
)

VAULT_STEP_2: Final = (
    """CREATE TABLE till_key(
  name TEXT PRIMARY KEY,
  key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT, WITHOUT ROWID""",
)
"""``till`` seals edits that are about nobody; ``profiles`` opens the people in head office's answers."""

VAULT_STEP_5: Final = (
    """CREATE TABLE erasure_state(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  followed_stamp INTEGER NOT NULL
) STRICT""",
    "INSERT INTO erasure_state(id, followed_stamp) SELECT id, indexed_stamp FROM search_state",
    "DROP TABLE search_term",
    "DROP TABLE search_state",
)
"""``followed_stamp`` is the ``profile_change`` up to which the keys of erased members are gone."""

LEDGER: Final = (
    *JOURNAL,
    *PROJECTION_TABLES,
    *SIDE_TABLES,
    *HEAD_OFFICE_TABLES,
    CONSENT_INDEX,
    *NUMBER_TABLES,
    CHECKSUM_TABLE,
)
VAULT: Final = (VAULT_TABLES[0], *VAULT_STEP_2, VAULT_STEP_5[0], CHECKSUM_TABLE)
"""Every object of the two files as they are now, however they got there."""


def expected(statements: tuple[str, ...]) -> dict[str, str]:
    """What ``sqlite_schema`` must hold: object name to the SQL that made it, each a ``CREATE`` of one object."""
    return {sql.replace("(", " ").split()[2]: sql for sql in statements}
