"""How head office's tables are spread when one machine no longer holds them.

A table is either *distributed*: its rows lie on the machine that their key's column names, and a unique key can only be
watched over when it contains that column; or a *reference*: small, read everywhere, and copied to each machine whole.
See ``docs/scaling.md``.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

DISTRIBUTED_BY: Final = MappingProxyType(
    {
        "terminal": "terminal_id",
        "terminal_epoch": "terminal_id",
        "terminal_record": "terminal_id",
        "nonce": "terminal_id",
        "quarantine": "terminal_id",
        "day_total": "terminal_id",
        "reward_total": "terminal_id",
        "record": "record_id",
        "reversed_line": "original_id",
        "account": "member_id",
        "entry": "member_id",
        "profile_field": "member_id",
        "search_term": "member_id",
        "consent": "member_id",
        "tombstone": "member_id",
        "feed": "key",
        "card": "number",
        "card_ref": "card_ref",
        "free_text": "text_ref",
        "edit_seen": "edit_id",
        "conflict": "conflict_id",
        "join_code": "code_hash",
        "number_block": "lowest",
        "web_session": "token_hash",
        "dirty": "id",
    }
)
"""The column by which the rows of each distributed table are spread."""

REFERENCE: Final = frozenset({"server", "store", "counter", "cashier", "programme", "staff", "feed_step", "feed_mark"})
"""Tables that every machine has whole: some thousand rows of a chain's own, and the sequencer's marks."""

TOGETHER: Final = (
    ("terminal", "terminal_epoch", "terminal_record", "nonce", "quarantine", "day_total", "reward_total"),
    ("account", "entry", "profile_field", "search_term", "consent", "tombstone"),
    ("record", "reversed_line"),
)
"""Tables whose rows with the same key lie on the same machine, so that they are joined there; their columns are of one
type."""
