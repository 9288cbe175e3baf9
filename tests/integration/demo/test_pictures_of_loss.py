"""The pictures of copies and of restoring are taken of a till that does it, so taking them is a whole walk."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.verify import verify
from terminal.app.system import SystemClock
from terminal.demo.history import year_until_now
from terminal.demo.shop import make_shop
from terminal.shots.loss import Album, picture_loss
from tests.integration.demo.conftest import nothing
from texts.i18n import Texts

MEMBERS = 20
MAY_BE_MISSED = "restore-working"
"""A page that a quick machine leaves before it can be pictured."""


@pytest.mark.usefixtures("qapp")
def test_a_till_gives_a_members_data_keeps_copies_loses_its_ledger_and_gets_it_back(tmp_path: Path) -> None:
    """By keys alone, on the real windows; in the end every booking is proved, and the first shop is as it was."""
    clock = SystemClock()
    shop, place, pictures, small = (tmp_path / name for name in ("shop", "place", "pictures", "small"))
    make_shop(shop, year_until_now(MEMBERS, clock), clock, nothing)
    for folder in (place, pictures, small):
        folder.mkdir()
    before = {path.name: path.read_bytes() for path in shop.iterdir() if path.is_file()}
    album = Album(pictures, small, "en", 0)
    picture_loss(shop, Texts("en"), (1024, 768), album, place)
    names = {path.stem[3:] for path in pictures.iterdir()}
    assert names | {MAY_BE_MISSED} == {
        "member-data",
        "member-data-done",
        "copies-here",
        "copies",
        "restore-trouble",
        "restore-office",
        "restore-copies",
        "restore-confirm",
        MAY_BE_MISSED,
        "restore-done",
    }
    assert {path.stem for path in small.iterdir()} == {f"{name}-en" for name in names}
    assert album.count == len(names)
    assert verify(place / "till").problems == ()
    assert {path.name: path.read_bytes() for path in shop.iterdir() if path.is_file()} == before
    assert len(list((place / "STICK" / "copies").glob("*.backup"))) == 1
