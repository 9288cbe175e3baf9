"""A till that has joined head office: everybody it finds stands in the replica, nobody in its ledger.

The replica is written from a large shop's own tables: its accounts as head office's statements, its cards, its people
sealed anew with the key of head office's answers, and its search index as it is.
"""

from __future__ import annotations

import os
import uuid
from contextlib import closing
from typing import TYPE_CHECKING, Final

from benchmarks.shop import BerlinWinter
from storage.connection import open_pair, open_replica_writer
from storage.exchange import HeadOfficeRow
from storage.files import LEDGER_FILE, REPLICA_FILE, SEARCH_FILE, VAULT_FILE
from storage.store import create_store, open_store
from storage.vault import KEY_BYTES, seal_bytes, unseal_bytes
from terminal.demo.history import HistoryClock, HistoryIds
from terminal.demo.shop import PROGRAMME_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.connection import Database
    from storage.store import Store

_COPIES: Final = (
    """INSERT INTO statement SELECT member_id, balance, sales, revenue_cents, enrolled_day, last_sale_day, merged_into,
  CAST('[]' AS BLOB), CAST('[]' AS BLOB), NULL, 1 FROM shop.account ORDER BY member_id""",
    "INSERT INTO card SELECT number, number_reversed, card_ref, member_id, status FROM shop.card ORDER BY number",
    "INSERT INTO search_member SELECT n, member_id, words, others FROM found.search_member ORDER BY n",
    "INSERT INTO search_key SELECT key, n FROM found.search_key ORDER BY key, n",
)
_PEOPLE: Final = """SELECT member_id, nonce, box, key FROM member_profile JOIN vault.member_key USING (member_id)
ORDER BY member_id"""
_STATE: Final = (
    "INSERT INTO state(id, server_id, server_epoch, cursor_n, cursor_token, as_of_us) VALUES (1, ?, ?, 1, ?, 1)"
)


def joined_till(directory: Path, shop: Path) -> Store:
    """Make a till with nothing of its own, whose head office knows everybody of a shop.

    Args:
        directory: Where.
        shop: A data directory that nobody has open.

    Returns:
        The open store.
    """
    clock = HistoryClock(BerlinWinter())
    ids = HistoryIds(clock, 2)
    create_store(
        directory,
        shop_name="Benchmark",
        till_name="Kasse 2",
        currency="EUR",
        programme_text=PROGRAMME_FILE.read_text("utf-8"),
        clock=clock,
        ids=ids,
    ).close()
    store = open_store(directory, clock=clock, ids=ids)
    row = HeadOfficeRow("http://127.0.0.1", uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=3), bytes(32), "Mitte")
    profile_key = os.urandom(KEY_BYTES)
    store.join(row, programme_key=store.programme_key, profile_key=profile_key)
    store.open_replica().close()
    with closing(open_replica_writer(directory / REPLICA_FILE)) as replica:
        replica.run("ATTACH DATABASE ? AS shop", (str(shop / LEDGER_FILE),))
        replica.run("ATTACH DATABASE ? AS found", (str(shop / SEARCH_FILE),))
        with replica.transaction(), closing(open_pair(shop / LEDGER_FILE, shop / VAULT_FILE)) as sealed:
            for copy in _COPIES:
                replica.run(copy)
            replica.many(
                "INSERT INTO profile(member_id, nonce, box) VALUES (?, ?, ?)", _sealed_anew(sealed, profile_key)
            )
            replica.run(_STATE, (row.server_id.bytes, row.server_epoch.bytes, b"token"))
        replica.one("PRAGMA wal_checkpoint(TRUNCATE)")
    return store


def _sealed_anew(shop: Database, key: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    for member, nonce, box, old_key in shop.each(_PEOPLE):
        profile = unseal_bytes(nonce, box, old_key, member)
        assert profile is not None, "the vault has the key of everybody in the large shop"
        yield (member, *seal_bytes(profile, key, member))
