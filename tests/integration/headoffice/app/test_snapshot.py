"""A snapshot holds what a till would have pulled page by page, is signed, kept, and handed out in parts."""

from __future__ import annotations

import hashlib
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from filelock import FileLock

from headoffice.app import snapshot as keeping
from headoffice.errors import Refusal
from headoffice.people.sealing import Sealed
from headoffice.signatures import public_key, verified
from loyalty.feed import SnapshotInfo
from loyalty.replica import REPLICA_APPLICATION_ID, REPLICA_PAGE_SIZE, REPLICA_VERSION, REPLICA_VERSION_UNSAID
from loyalty.wire import ProblemCode, snapshot_bytes
from storage import sqlite
from storage.replica import open_replica
from tests.fakes.headoffice import member, open_store
from tests.fakes.office import OTHER_CARD, TestedOffice

if TYPE_CHECKING:
    from tests.fakes.headoffice import PretendTill

COMPARED = {
    "statement": (
        "SELECT member_id, balance, sales, revenue_cents, enrolled_day, last_sale_day, merged_into, lots, as_of_us"
        " FROM statement"
    ),
    "card": "SELECT number, number_reversed, card_ref, member_id, status FROM card",
    "search_key": "SELECT key, member_id FROM search_key JOIN search_member USING (n)",
    "search_member": "SELECT member_id, words, others FROM search_member",
    "programme": "SELECT version, document, starts_at_us FROM programme",
    "cashier": "SELECT cashier_id, name, role, pin_hash, blocked FROM cashier",
    "conflict": "SELECT conflict_id, kind, member_id, record_id, points, at_us, resolved FROM conflict",
    "tombstone": "SELECT member_id, erased_at_us, erased_day FROM tombstone",
    "state": "SELECT server_id, server_epoch, cursor_n, cursor_token FROM state",
}


def _busy_shop(office: TestedOffice) -> PretendTill:
    """A bit of everything that a till holds."""
    office.head.office.snapshot_members_min = 1
    office.publish(1, expiry_months=12)
    till = office.till()
    sale = till.sale(member(1), 5_000)
    till.append(
        till.enrolment(member(1)),
        sale,
        till.redemption(member(1), 80),
        till.sale(member(2), 3_000),
        till.sale(member(3)),
        till.merge(member(2), member(1)),
        till.sale(member(4), 900),
    )
    till.push(2)
    office.edit(
        till,
        office.profile(member(1), "Anna Quast"),
        office.profile(member(4), "Bela Müller"),
        office.card(member(1)),
        office.card(member(2), OTHER_CARD),
        office.cashier(office.ids.random_id(), "Ines"),
        office.tombstone(member(3)),
    )
    return till


def _info(office: TestedOffice, till: PretendTill) -> SnapshotInfo:
    info = office.head.snapshot(till.row)
    assert info is not None
    return info


def _download(office: TestedOffice, info: SnapshotInfo, path: Path, part: int = 10_000) -> Path:
    with path.open("wb") as file:
        while data := office.head.snapshot_part(info.sha256, file.tell(), part):
            file.write(data)
    return path


def _rows(path: Path) -> dict[str, set[tuple[object, ...]]]:
    with closing(sqlite.connect(path)) as connection:
        return {table: set(connection.execute(query)) for table, query in COMPARED.items()}


def _people(office: TestedOffice, path: Path) -> dict[bytes, str]:
    with closing(sqlite.connect(path)) as connection:
        rows = connection.execute("SELECT member_id, nonce, box FROM profile").fetchall()
    people = {}
    for member_id, nonce, box in rows:
        profile = office.head.office.sealer.open_profile(type(member(1))(bytes=member_id), Sealed(nonce, box))
        assert profile is not None
        people[member_id] = profile.name
    return people


def test_a_snapshot_is_what_a_till_would_have_pulled(office: TestedOffice, tmp_path: Path) -> None:
    """Row by row, and pulling goes on where it ends."""
    till = _busy_shop(office)
    downloaded = _download(office, _info(office, till), tmp_path / "snapshot.sqlite")
    pulled = tmp_path / "replica.sqlite"
    server, key = office.head.server, office.head.secrets.profile_key
    with open_replica(pulled, server_id=server.server_id, profile_key=key, holds=lambda _: True) as replica:
        reply = office.head.changes(till.row, None, 3)
        replica.stage_page(reply, 0)
        while reply.more:
            reply = office.head.changes(till.row, reply.cursor, 3)
            replica.stage_page(reply, 0)
        replica.publish()
    assert _rows(downloaded) == _rows(pulled)
    assert _people(office, downloaded) == _people(office, pulled)
    assert len(_rows(downloaded)["conflict"]) == 1


def test_a_snapshot_tells_each_till_what_of_its_own_is_in_it(office: TestedOffice, tmp_path: Path) -> None:
    """The positions of all tills, from the same moment."""
    till = _busy_shop(office)
    downloaded = _download(office, _info(office, till), tmp_path / "snapshot.sqlite")
    with closing(sqlite.connect(downloaded)) as connection:
        rows = set(connection.execute("SELECT terminal_id, epoch, seq FROM position"))
    assert (till.terminal_id.bytes, till.epoch.bytes, 8) in rows


def test_a_snapshot_is_a_plain_file_of_the_agreed_layout(office: TestedOffice, tmp_path: Path) -> None:
    """No log belongs to it, and its pages fit into an open replica."""
    downloaded = _download(office, _info(office, _busy_shop(office)), tmp_path / "snapshot.sqlite")
    with closing(sqlite.connect(downloaded)) as connection:
        settings = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("application_id", "user_version", "page_size", "journal_mode", "integrity_check")
        }
    assert settings == {
        "application_id": REPLICA_APPLICATION_ID,
        "user_version": REPLICA_VERSION,
        "page_size": REPLICA_PAGE_SIZE,
        "journal_mode": "delete",
        "integrity_check": "ok",
    }


def test_hash_size_and_signature_fit_the_file(office: TestedOffice, tmp_path: Path) -> None:
    """A till checks all three before it takes anything over."""
    info = _info(office, _busy_shop(office))
    data = _download(office, info, tmp_path / "snapshot.sqlite", part=999).read_bytes()
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (info.sha256, info.size)
    signed = snapshot_bytes(office.head.server.server_id, info.sha256, info.size, info.cursor)
    assert verified(public_key(office.head.secrets.signing_key), signed, info.signature)


def test_people_in_a_snapshot_are_sealed_but_for_the_words_they_are_found_by(
    office: TestedOffice, tmp_path: Path
) -> None:
    """As in a till's replica."""
    downloaded = _download(office, _info(office, _busy_shop(office)), tmp_path / "snapshot.sqlite")
    assert b"Anna Quast" not in downloaded.read_bytes()
    assert sorted(_people(office, downloaded).values()) == ["Anna Quast", "Bela Müller"]


def test_a_file_is_kept_for_the_next_till_until_it_is_old(
    office: TestedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Building one takes long; pulling a few steps does not."""
    till = _busy_shop(office)
    first = _info(office, till)
    till.append(till.sale(member(7)))
    till.push(9)
    assert _info(office, till) == first
    monkeypatch.setattr(keeping, "STEPS_BEHIND_MAX", 0)
    assert _info(office, till).cursor.n > first.cursor.n


def test_a_file_survives_a_restart(office: TestedOffice) -> None:
    """It stands in a folder, not in memory."""
    till = _busy_shop(office)
    first = _info(office, till)
    office.restart()
    office.head.office.snapshot_members_min = 1
    assert _info(office, till) == first


def test_old_files_go_but_not_the_one_somebody_may_be_downloading(
    office: TestedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two of a store are kept."""
    monkeypatch.setattr(keeping, "STEPS_BEHIND_MAX", 0)
    till = _busy_shop(office)
    infos = []
    for number in range(3):
        till.append(till.sale(member(10 + number)))
        till.push(9 + number)
        infos.append(_info(office, till))
    with pytest.raises(Refusal) as refusal:
        office.head.snapshot_part(infos[0].sha256, 0, 10)
    assert refusal.value.code is ProblemCode.NOT_FOUND
    assert all(office.head.snapshot_part(info.sha256, 0, 10) for info in infos[1:])


def test_a_lost_file_is_built_again(office: TestedOffice) -> None:
    """Deleting the folder is allowed at any time."""
    till = _busy_shop(office)
    _info(office, till)
    for path in office.head.office.snapshots.glob("*.sqlite"):
        path.unlink()
    assert office.head.snapshot_part(_info(office, till).sha256, 0, 16) == b"SQLite format 3\x00"


def test_each_store_sees_its_own_conflicts(office: TestedOffice, tmp_path: Path) -> None:
    """What happened in another shop is not this till's business."""
    _busy_shop(office)
    other = office.till(store_id=open_store(office.head.database, office.ids.random_id(), "Nord"))
    downloaded = _download(office, _info(office, other), tmp_path / "snapshot.sqlite")
    assert _rows(downloaded)["conflict"] == set()
    assert _rows(downloaded)["card"]


def test_a_small_shop_and_a_region_are_pulled_instead(office: TestedOffice) -> None:
    """There is no file for them."""
    till = _busy_shop(office)
    office.head.office.snapshot_members_min = 1_000
    assert office.head.snapshot(till.row) is None
    office.head.office.snapshot_members_min = 1
    office.head.change_scope(till.terminal_id, "Nord")
    assert office.head.snapshot(till.row) is None


def test_a_till_of_another_version_pulls_instead(office: TestedOffice) -> None:
    """It could do nothing with the file; tills that do not say what they can take over are from before anybody did."""
    till = _busy_shop(office)
    assert office.head.snapshot(till.row, REPLICA_VERSION_UNSAID) is None
    assert office.head.snapshot(till.row, REPLICA_VERSION + 1) is None
    assert _info(office, till).layout == REPLICA_VERSION


def test_a_file_that_an_earlier_version_has_made_is_made_anew(office: TestedOffice) -> None:
    """It is near enough to the feed's end, and no till of today can take it over."""
    till = _busy_shop(office)
    kept = _info(office, till)
    (note,) = office.head.office.snapshots.glob("*.json")
    told = msgspec.json.decode(note.read_bytes())
    del told["layout"]
    note.write_bytes(msgspec.json.encode(told))
    made = _info(office, till)
    assert (made.layout, made.sha256 == kept.sha256) == (REPLICA_VERSION, False)
    assert _info(office, till) == made


@pytest.mark.parametrize("sha256", ["", "0" * 64, "../" * 21 + "x", "*" * 64, "?" * 64])
def test_a_part_of_nothing_is_refused(office: TestedOffice, sha256: str) -> None:
    """A name is a hash, and never a way around the folder."""
    _info(office, _busy_shop(office))
    with pytest.raises(Refusal) as refusal:
        office.head.snapshot_part(sha256, 0, 10)
    assert refusal.value.code is ProblemCode.NOT_FOUND


def test_nobody_waits_for_long_while_a_file_is_built(office: TestedOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """All tills of a new chain ask at once, and each that waited would hold a thread that sales are handed in by."""
    till = _busy_shop(office)
    monkeypatch.setattr(keeping, "BUILD_WAIT_S", 0.01)
    office.head.office.snapshots.mkdir()
    with FileLock(office.head.office.snapshots / ".lock"), pytest.raises(Refusal) as refused:
        office.head.snapshot(till.row)
    assert refused.value.code is ProblemCode.UNAVAILABLE
    assert office.head.snapshot(till.row) is not None
