"""JSON objects that name a member twice: one reader takes the first, another the last, and the message moves money."""

from __future__ import annotations

import msgspec


def refuse_repeated_names(raw: bytes | str) -> None:
    """Refuse JSON in which an object has two members of one name (RFC 8259, 4, leaves open what that means).

    Args:
        raw: JSON that could be read.

    Raises:
        msgspec.ValidationError: Some object has.
    """
    import json  # needed where registers are served only

    json.loads(raw, object_pairs_hook=_members, parse_int=len, parse_float=len)  # numbers play no part


def _members(pairs: list[tuple[str, object]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        twice = next(name for at, name in enumerate(names) if name in names[:at])
        raise msgspec.ValidationError(f"`{twice[:40]}` is there twice")
