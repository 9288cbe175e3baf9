"""Every table of head office, once for SQLite and PostgreSQL.

Each table is distributed by its own key, and every unique key contains it: terminal journals by terminal, the registry
by record id, cards by card, entries and accounts by member. Days are dates, times microseconds since 1970 UTC.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    text,
)

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)
_COUNTED: Final = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite counts up only in a column of type INTEGER."""

_BY_BYTES: Final = "varchar_pattern_ops"
"""How PostgreSQL must order an index that finds texts by their beginning, whatever language it orders texts by."""

# ---------------------------------------------------------------------------------- head office itself

SERVER: Final = Table(
    "server",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("server_id", Uuid, nullable=False),
    Column("epoch", Uuid, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("name", Text, nullable=False),
    Column("created_at_us", BigInteger, nullable=False),
    comment="One row: who this head office is. The epoch changes when it was put back to an older state.",
)

STORE: Final = Table(
    "store",
    METADATA,
    Column("store_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("region", Text, nullable=False),
)

COUNTER: Final = Table(
    "counter",
    METADATA,
    Column("name", String(20), primary_key=True),
    Column("value", BigInteger, nullable=False),
    comment="What SQLite, with its one writer, counts here, PostgreSQL counts in a sequence.",
)

POSITIONS_A_STEP: Final = 1_000
"""How many positions one step of the count gives: one step is enough for a batch."""

POSITION: Final = Sequence("booking_position", metadata=METADATA, start=POSITIONS_A_STEP, increment=POSITIONS_A_STEP)

# ------------------------------------------------------------------------------- by terminal

TERMINAL: Final = Table(
    "terminal",
    METADATA,
    Column("terminal_id", Uuid, primary_key=True),
    Column("store_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("ledger_id", Uuid, nullable=False),
    Column("status", String(10), nullable=False),
    Column("scope", Text, nullable=False, comment="A region's name; empty for all members."),
    Column("scope_step", BigInteger, nullable=False, comment="A cursor from before this step begins again."),
    Column("joined_at_us", BigInteger, nullable=False),
    Column("last_contact_us", BigInteger, nullable=False),
    Column("clock_off_ms", BigInteger, nullable=False),
    Column("backlog", BigInteger, nullable=False),
    Column("oldest_us", BigInteger, nullable=False),
    Column("protocol", SmallInteger, nullable=False),
    Column("software", Text, nullable=False),
    comment="status: active, revoked or fenced. Head office's own journal is the terminal with the server's id.",
)

TERMINAL_EPOCH: Final = Table(
    "terminal_epoch",
    METADATA,
    Column("terminal_id", Uuid, primary_key=True),
    Column("epoch", Uuid, primary_key=True),
    Column("first_seq", BigInteger, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("records", BigInteger, nullable=False),
    Column("points", BigInteger, nullable=False),
    comment="The highest contiguous position per epoch; records and points as recorded, for comparing.",
)

TERMINAL_RECORD: Final = Table(
    "terminal_record",
    METADATA,
    Column("terminal_id", Uuid, primary_key=True),
    Column("epoch", Uuid, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("record_id", Uuid, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    comment="Every position a terminal handed in; the record itself is in the registry.",
)

JOIN_CODE: Final = Table(
    "join_code",
    METADATA,
    Column("code_hash", LargeBinary, primary_key=True),
    Column("store_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("expires_at_us", BigInteger, nullable=False),
    Column("used_at_us", BigInteger, nullable=False),
)

NONCE: Final = Table(
    "nonce",
    METADATA,
    Column("terminal_id", Uuid, primary_key=True),
    Column("nonce", String(64), primary_key=True),
    Column("at_us", BigInteger, nullable=False),
    Index(None, "at_us"),
)

QUARANTINE: Final = Table(
    "quarantine",
    METADATA,
    Column("terminal_id", Uuid, primary_key=True),
    Column("epoch", Uuid, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("reason", String(40), nullable=False),
    Column("detail", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("resolved_at_us", BigInteger, nullable=False),
    comment="What could not be decoded or verified: stored, acknowledged, shown.",
)

# --------------------------------------------------------------------------------- by record

RECORD: Final = Table(
    "record",
    METADATA,
    Column("record_id", Uuid, primary_key=True),
    Column("body_hash", LargeBinary, nullable=False),
    Column("position", BigInteger, nullable=False, comment="The order of arrival."),
    Column("kind", String(40), nullable=False),
    Column("state", String(10), nullable=False),
    Column("member_id", Uuid, comment="As recorded; the account it was booked to is its root."),
    Column("terminal_id", Uuid, nullable=False),
    Column("store_id", Uuid, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("business_day", Date, nullable=False),
    Column("hour", SmallInteger, nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("reversed_cents", BigInteger, nullable=False),
    Column("points", BigInteger, nullable=False, comment="What it moved in sum, as booked."),
    Column("original_id", Uuid, comment="What a reversal undoes."),
    Column("payload", LargeBinary, nullable=False),
    Index(None, "member_id"),
    Index(None, "business_day", "store_id"),
    comment="The registry and the records themselves. state: booked or waiting.",
)
_OWN_RULES: Final = text("kind = 'programme_change'")
Index(None, RECORD.c.kind, postgresql_where=_OWN_RULES, sqlite_where=_OWN_RULES)
_WAITS: Final = text("state = 'waiting'")
Index("ix_record_waiting", RECORD.c.original_id, postgresql_where=_WAITS, sqlite_where=_WAITS)

REVERSED_LINE: Final = Table(
    "reversed_line",
    METADATA,
    Column("original_id", Uuid, primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("cents", BigInteger, nullable=False),
    Column("points", BigInteger, nullable=False),
)

# --------------------------------------------------------------------------------- by member

ACCOUNT: Final = Table(
    "account",
    METADATA,
    Column("member_id", Uuid, primary_key=True),
    Column("merged_into", Uuid),
    *(Column(name, BigInteger, nullable=False) for name in ("balance", "sales", "revenue_cents")),
    Column("enrolled_day", Date),
    Column("last_sale_day", Date),
    Column("region", Text, nullable=False, comment="Of the store that first served the member."),
)
_ALIAS: Final = text("merged_into IS NOT NULL")
Index(None, ACCOUNT.c.merged_into, postgresql_where=_ALIAS, sqlite_where=_ALIAS)
Index("ix_account_merged", ACCOUNT.c.member_id, postgresql_where=_ALIAS, sqlite_where=_ALIAS)

ENTRY: Final = Table(
    "entry",
    METADATA,
    Column("member_id", Uuid, primary_key=True, comment="The canonical account."),
    Column("position", BigInteger, primary_key=True, comment="The order of booking, given under the account's lock."),
    Column("part", SmallInteger, primary_key=True),
    Column("original_member_id", Uuid, nullable=False, comment="The account as recorded."),
    Column("kind", String(10), nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("record_id", Uuid, nullable=False),
    Column("original_id", Uuid),
)

PROFILE_FIELD: Final = Table(
    "profile_field",
    METADATA,
    Column("member_id", Uuid, primary_key=True),
    Column("field", String(10), primary_key=True),
    Column("nonce", LargeBinary, nullable=False),
    Column("box", LargeBinary, nullable=False),
)

SEARCH_TERM: Final = Table(
    "search_term",
    METADATA,
    Column("member_id", Uuid, primary_key=True),
    Column("kind", String(10), primary_key=True),
    Column("term", String(330), primary_key=True),
    Index(None, "kind", "term", postgresql_ops={"term": _BY_BYTES}),
)

CONSENT: Final = Table(
    "consent",
    METADATA,
    Column("member_id", Uuid, primary_key=True, comment="The account as recorded; a merge moves none of them."),
    Column("purpose", String(20), primary_key=True),
    Column("granted", Boolean, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("text_version", String(40), nullable=False),
    comment="By loyalty.consent, the one record of each purpose that counts.",
)

TOMBSTONE: Final = Table(
    "tombstone",
    METADATA,
    Column("member_id", Uuid, primary_key=True),
    Column("erased_at_us", BigInteger, nullable=False),
    Column("erased_day", Date, nullable=False),
)

CONFLICT: Final = Table(
    "conflict",
    METADATA,
    Column("conflict_id", Uuid, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("member_id", Uuid),
    Column("record_id", Uuid),
    Column("terminal_id", Uuid),
    *(Column(name, BigInteger, nullable=False) for name in ("points", "at_us", "resolved_at_us")),
    Column("resolved_by", Text, nullable=False),
)

# ------------------------------------------------------------------------- cards, texts, people

CARD: Final = Table(
    "card",
    METADATA,
    Column("number", String(64), primary_key=True),
    Column("number_reversed", String(64), nullable=False),
    Column("card_ref", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("status", String(10), nullable=False),
    Index(None, "member_id"),
    Index(None, "number_reversed", postgresql_ops={"number_reversed": _BY_BYTES}),
)

CARD_REF: Final = Table(
    "card_ref",
    METADATA,
    Column("card_ref", Uuid, primary_key=True),
    Column("number", String(64), nullable=False),
    Index(None, "number"),
    comment="Every reference any till has used for a card.",
)

FREE_TEXT: Final = Table(
    "free_text",
    METADATA,
    Column("text_ref", Uuid, primary_key=True),
    Column("nonce", LargeBinary, nullable=False),
    Column("box", LargeBinary, nullable=False),
)

EDIT_SEEN: Final = Table(
    "edit_seen",
    METADATA,
    Column("edit_id", Uuid, primary_key=True),
    Column("at_us", BigInteger, nullable=False),
)

CASHIER: Final = Table(
    "cashier",
    METADATA,
    Column("cashier_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", String(10), nullable=False),
    Column("pin_hash", Text, nullable=False),
    Column("blocked", Boolean, nullable=False),
)

PROGRAMME: Final = Table(
    "programme",
    METADATA,
    Column("version", Integer, primary_key=True),
    Column("document", Text, nullable=False),
    Column("starts_at_us", BigInteger, nullable=False),
    Column("published_at_us", BigInteger, nullable=False),
    Column("published_by", Text, nullable=False),
)

# ------------------------------------------------------------------------------- sums of a day

_DAY_SUMS: Final = (
    *("sales", "member_sales", "revenue_cents", "member_revenue_cents", "reversed_cents", "points_issued"),
    *("points_redeemed", "redemptions", "points_taken_back", "points_returned", "points_adjusted", "new_members"),
    "points_expired",
)

DAY_TOTAL: Final = Table(
    "day_total",
    METADATA,
    Column("store_id", Uuid, primary_key=True),
    Column("terminal_id", Uuid, primary_key=True),
    Column("business_day", Date, primary_key=True),
    Column("hour", SmallInteger, primary_key=True),
    *(Column(name, BigInteger, nullable=False) for name in _DAY_SUMS),
    comment="loyalty.records.DayTotals by terminal, day and hour.",
)

REWARD_TOTAL: Final = Table(
    "reward_total",
    METADATA,
    Column("store_id", Uuid, primary_key=True),
    Column("terminal_id", Uuid, primary_key=True),
    Column("business_day", Date, primary_key=True),
    Column("reward_id", String(40), primary_key=True),
    *(Column(name, BigInteger, nullable=False) for name in ("count", "points", "value_cents")),
)

# ----------------------------------------------------------------------------------- the feed

DIRTY: Final = Table(
    "dirty",
    METADATA,
    Column("id", _COUNTED, primary_key=True, autoincrement=True),
    Column("kind", String(10), nullable=False),
    Column("noted", Text, nullable=False, comment="A JSON array of texts: one row for a whole batch."),
    comment="What changed and has no place in the feed yet; written with the change itself.",
)

FEED: Final = Table(
    "feed",
    METADATA,
    Column("kind", String(10), primary_key=True),
    Column("key", String(36), primary_key=True),
    Column("n", BigInteger, nullable=False),
    Index(None, "n", unique=False),
    comment="When each thing last changed, numbered in the order of commits by the sequencer. kind: member (everything"
    " about it), programme, cashier or conflict.",
)

FEED_STEP: Final = Table(
    "feed_step",
    METADATA,
    Column("n", BigInteger, primary_key=True),
    Column("token", LargeBinary, nullable=False),
)

FEED_MARK: Final = Table(
    "feed_mark",
    METADATA,
    Column("at_us", BigInteger, primary_key=True),
    Column("n", BigInteger, nullable=False),
    comment="How far the feed went at a few moments, so that old steps can be told from new ones.",
)
