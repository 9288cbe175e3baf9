"""An index made at once, by whoever has people and a place to sort their keys."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from loyalty.searching import Indexed, keys_of
from storage import search_build
from storage.connection import open_new
from storage.search_build import build, make_tables

if TYPE_CHECKING:
    from pathlib import Path

PEOPLE = [(bytes([number]) * 16, Indexed(f" {name} ", "")) for number, name in enumerate(("anna", "bela", "carl"), 1)]


def test_nobody_has_to_be_told_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Head office makes an index inside another task, whose progress is told elsewhere; the keys are the same."""
    monkeypatch.setattr(search_build, "ROWS_AT_ONCE", 2)
    told: list[int] = []
    written = []
    for name, progress in (("silent", None), ("telling", told.append)):
        with closing(open_new(tmp_path / name)) as index:
            make_tables(index, indexes=False)
            assert build(index, tmp_path / f"{name}.keys", PEOPLE, progress) == 3
            written.append(index.all("SELECT key, n FROM search_key ORDER BY key, n"))
    assert told == [2, 3]
    assert written[0] == written[1] == sorted((key, n) for n, (_, row) in enumerate(PEOPLE, 1) for key in keys_of(row))
