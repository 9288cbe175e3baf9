"""What changed and has no place in the feed yet: noted in the transaction that changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import select

from headoffice.store.tables import DIRTY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from sqlalchemy import Connection


_NOTE: Final = DIRTY.insert().inline()  # nobody asks for the number it gets


def touch(connection: Connection, kind: str, keys: Iterable[str] | Iterable[UUID]) -> None:
    """Note what changed, in the transaction that changes it.

    Args:
        connection: In a writing transaction.
        kind: ``member`` (everything about one), ``programme``, ``cashier``, ``conflict`` or ``till``.
        keys: Ids, or versions as text.
    """
    changed = list(keys)
    if changed:
        connection.execute(_NOTE, {"kind": kind, "noted": msgspec.json.encode(changed).decode()})


def noted(connection: Connection, kind: str) -> set[str]:
    """What of a kind was noted and has no place in the feed yet."""
    rows = connection.scalars(select(DIRTY.c.noted).where(DIRTY.c.kind == kind))
    return {key for keys in rows for key in msgspec.json.decode(keys, type=list[str])}
