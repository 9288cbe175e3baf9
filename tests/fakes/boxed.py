"""Black boxes of tests: fixtures, and what lies in a folder."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.blackbox import BlackBox
from storage.blackbox_frames import box_name
from storage.blackbox_read import BlackBoxContents, black_boxes_in
from storage.blackbox_source import box_key, open_edit
from storage.exchange import Link
from tests.fakes.ledger import LedgerOfTests
from tests.fakes.ledger_joined import JoinedLedger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from loyalty.feed import Edit


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the box lies; not made yet."""
    return tmp_path / "stick"


@pytest.fixture
def box(ledger: LedgerOfTests, folder: Path) -> Iterator[BlackBox]:
    """The box of a till that stands alone."""
    with closing(BlackBox(ledger.directory, folder)) as made:
        yield made


@pytest.fixture
def joined_box(joined: JoinedLedger, folder: Path) -> Iterator[BlackBox]:
    """The box of a till of a head office."""
    with closing(BlackBox(joined.directory, folder)) as made:
        yield made


def path_of(ledger: LedgerOfTests, folder: Path) -> Path:
    """The file of a ledger's box."""
    return folder / box_name(ledger.store.shop.terminal_id)


def boxed(folder: Path) -> BlackBoxContents:
    """What lies in a folder of one till."""
    [contents] = black_boxes_in(folder)
    return contents


def seqs(folder: Path) -> list[int]:
    """The positions in the box."""
    return [record.seq for record in boxed(folder).records]


def sell(ledger: LedgerOfTests, count: int = 1) -> None:
    """Some sales."""
    ledger.append(*(ledger.sale(ledger.member()) for _ in range(count)))


def acknowledge(ledger: JoinedLedger) -> None:
    """Head office has everything."""
    ledger.replica.put_link(Link(acked=ledger.acked()))


def edits_of(folder: Path, secret: bytes) -> list[Edit]:
    """The edits in the box."""
    opened = [open_edit(edit, [box_key(secret)]) for edit in boxed(folder).edits]
    return [edit for edit in opened if edit is not None]
