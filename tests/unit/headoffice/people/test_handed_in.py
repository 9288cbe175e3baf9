"""Opening sealed edits: whatever is wrong with them, the answer is that they can't be opened."""

from __future__ import annotations

import os
from uuid import UUID

import msgspec
import pytest

from headoffice.people.handed_in import open_edits
from headoffice.signatures import public_key
from loyalty.feed import EditsRequest, TextEdit
from loyalty.handover import HandoverEdits
from storage.exchange import HeadOfficeRow
from terminal.sync.sealing import seal_edits

SEED = bytes(range(32))
TILL = UUID(int=0x7E)
OFFICE = HeadOfficeRow("", TILL, UUID(int=1), UUID(int=2), public_key(SEED), "Mitte")
EDITS = EditsRequest((TextEdit(UUID(int=3), UUID(int=4), "Kulanz"),))


def test_what_was_sealed_is_opened() -> None:
    """By the key it was sealed for, under the till it came from."""
    assert open_edits(SEED, TILL, seal_edits(OFFICE, EDITS)) == EDITS


@pytest.mark.parametrize("wrong", ["key", "till", "box", "line key", "short box", "low order"])
def test_anything_else_is_nothing(wrong: str) -> None:
    """No exception leaves for what a stick may hold."""
    sealed = seal_edits(OFFICE, EDITS)
    changed = {
        "box": msgspec.structs.replace(sealed, box=sealed.box[:-1] + bytes([sealed.box[-1] ^ 1])),
        "line key": msgspec.structs.replace(sealed, key=os.urandom(32)),
        "short box": msgspec.structs.replace(sealed, box=b""),
        "low order": HandoverEdits(bytes(32), sealed.box),
    }
    seed = bytes(32) if wrong == "key" else SEED
    till = UUID(int=0x7F) if wrong == "till" else TILL
    assert open_edits(seed, till, changed.get(wrong, sealed)) is None
