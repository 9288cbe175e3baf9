"""Two tills and a head office: real commands, a real server behind TLS, and what is said when something is wrong."""

from __future__ import annotations

import itertools
import re
import shutil
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from loyalty.feed import ChangesReply, Cursor, ProgrammeItem
from storage import sqlite
from storage.files import REPLICA_FILE
from storage.store import open_store
from tests.fakes.clock import SeededIds
from tests.fakes.command_line import ANNA, BEN, CommandLine
from tests.fakes.served import Served, document

SEEDS = itertools.count(100)


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of tests stay out of the keyring of whoever runs them."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Served]]:
    """A head office with certificates of its own, running."""
    data = tmp_path_factory.mktemp("office")
    document(data, "init", "--name", "Morgenrot", "--currency", "EUR")
    document(data, "init-tls", "--host", "localhost", "--host", "127.0.0.1")
    with Served(data) as served:
        yield data, served


@pytest.fixture
def shop(shop: CommandLine) -> CommandLine:
    """The bakery; it mints ids no other test of this file mints, as they share one head office."""
    return _with_own_ids(shop)


@pytest.fixture
def anna(anna: CommandLine) -> CommandLine:
    """The bakery with Anna enrolled; with ids of its own, as above."""
    return _with_own_ids(anna)


def _with_own_ids(till: CommandLine) -> CommandLine:
    till.ids = SeededIds(next(SEEDS), till.clock)
    return till


def _code(data: Path, name: str) -> str:
    return str(document(data, "enrol-terminal", "Laden", name)["code"])


def _join(till: CommandLine, office: tuple[Path, Served], name: str = "Kasse") -> dict[str, object]:
    data, served = office
    return till.done("sync", "join", served.url, _code(data, name))


@pytest.fixture
def second(bakery: Path, tmp_path: Path) -> CommandLine:
    """Another till of the same programme."""
    return _with_own_ids(CommandLine(Path(shutil.copytree(bakery, tmp_path / "second"))))


def test_one_tills_sale_is_the_other_tills_balance(
    shop: CommandLine, second: CommandLine, office: tuple[Path, Served]
) -> None:
    """Joined, sold offline, sent, fetched: the whole way, and the till's wrong clock is no obstacle."""
    joined = _join(shop, office, "Kasse 1")
    assert (joined["state"], joined["store"], joined["key"]) == ("online", "Laden", "file")
    _join(second, office, "Kasse 2")
    second.done("sync", "now")  # other tests of this file have sold to Ben, too
    before = second.done("quote", BEN, "1")["balance"]
    assert shop.done("earn", BEN, "50")["points"] == 50
    assert shop.done("sync", "status")["waiting"] > 0
    sent = shop.done("sync", "now")
    assert sent["pushed"] >= 1
    assert sent["waiting"] == 0
    fetched = second.done("sync", "now")
    assert fetched["pulled"] >= 1
    assert second.done("quote", BEN, "1")["balance"] == before + 50
    assert abs(int(sent["clock_off_ms"])) > 60_000


def test_offline_only_what_is_safe_is_redeemed(anna: CommandLine, office: tuple[Path, Served]) -> None:
    """The programme's limit counts, on every command alike, and the refusal says how much would be safe."""
    anna.done("adjust", ANNA, "4500", "--reason", "test")
    _join(anna, office)
    anna.done("sync", "now")
    anna.clock.advance(minutes=10)
    for _ in range(3):
        anna.done("redeem", ANNA, "coffee")
    assert anna("redeem", ANNA, "coffee").reason == "not_safe_offline"
    refused = anna("earn", ANNA, "20", "--redeem", "coffee")
    assert refused.reason == "not_safe_offline"
    assert refused.document["refused"]["safe"] == 0
    assert refused.document["refused"]["limit"] == "redemptions"
    assert anna("quote", ANNA, "20", "--redeem", "coffee").reason == "not_safe_offline"
    assert anna.done("earn", ANNA, "20")["points"] == 20
    anna.done("sync", "now")
    assert anna("redeem", ANNA, "coffee").code == 0


def test_an_open_till_does_it_itself(shop: CommandLine, office: tuple[Path, Served]) -> None:
    """Two that sync one ledger would be one too many; looking is always allowed."""
    _join(shop, office)
    with open_store(shop.directory, clock=shop.clock, ids=shop.ids):
        ran = shop.said("sync", "now")
        assert ran.code == 1
        assert "The till is open" in ran.err
        assert shop("sync", "now").error == "till_open"
        assert shop.done("sync", "status")["store"] == "Laden"


def test_what_a_till_that_was_shut_out_has_left_is_handed_in(shop: CommandLine, office: tuple[Path, Served]) -> None:
    """Revoked, it can't speak for itself; its signed file can, and nothing of it doubles."""
    data, _ = office
    _join(shop, office, "Kasse 9")
    shop.done("earn", BEN, "30")
    terminal = next(each for each in document(data, "terminals")["terminals"] if each["name"] == "Kasse 9")
    document(data, "revoke", terminal["terminal_id"])
    assert shop("sync", "now").error == "revoked"
    status = shop.done("sync", "status")
    assert (status["state"], status["reason"]) == ("problem", "revoked")
    file = shop.directory.parent / "kasse-9.journal"
    written = shop.done("sync", "export", str(file))
    assert written["records"] == status["waiting"] > 0
    assert document(data, "import-journal", str(file))["records"] == written["records"]
    assert shop("sync", "export", str(file)).error == "file_not_written"


@pytest.mark.parametrize(
    ("url", "code", "error"),
    [
        ("http://office.example:8470", "0000-0000-0000-0000", "not_encrypted"),
        ("ftp://office.example", "0000-0000-0000-0000", "address_wrong"),
        ("https://localhost:1", "not a code", "code_unreadable"),
        ("https://localhost:1", "0000-0000-0000-0000", "code_without_fingerprint"),
        ("localhost:1", "0000-0000-0000-0000", "unreachable"),
        ("head.example:8443", "0000-0000-0000-0000", "code_without_fingerprint"),
        ("https://localhost:1", f"0000-0000-0000-0000.{'A' * 26}", "unreachable"),
    ],
)
def test_what_cannot_be_joined_is_said(shop: CommandLine, url: str, code: str, error: str) -> None:
    """Each with its own reason, and the till stands as it stood."""
    assert shop("sync", "join", url, code).error == error
    assert shop.done("sync", "status")["state"] == "alone"


def test_a_programme_that_cannot_be_read_is_in_the_status(shop: CommandLine, office: tuple[Path, Served]) -> None:
    """For scripts with its version and why, for people with what to do; the till goes on by the old rules."""
    _join(shop, office)
    assert shop.done("sync", "status")["unreadable_programme"] is None
    with (
        open_store(shop.directory, clock=shop.clock, ids=shop.ids) as store,
        closing(store.open_replica()) as replica,
    ):
        after = replica.cursor()
        assert after is not None
        newer = ProgrammeItem(9, "format = 2\nversion = 9\n", shop.clock.now_us())
        step = Cursor(after.epoch, after.n + 1, bytes(16))
        replica.stage_page(ChangesReply((newer,), step, False, {}, False, shop.clock.now_us()), 0)
        replica.publish()
    found = shop.done("sync", "status")["unreadable_programme"]
    assert (found["version"], found["reason"]) == (9, "newer")
    assert found["starts"].startswith("2026-11-2")
    text = shop.said("sync", "status").out
    assert re.search(r"Last contact +\w+", text)
    assert not re.search(r"Last contact +\d{4}-", text)  # that is for scripts
    assert "Programme version 9" in text
    assert re.search(r"\(M-(188|190)\)", text)


def test_a_damaged_state_is_told_by_the_proof_and_asked_for_anew(
    shop: CommandLine, office: tuple[Path, Served]
) -> None:
    """The till's own ledger is fine, so the command succeeds; the next round begins from nothing."""
    _join(shop, office)
    assert shop.done("ledger", "verify").keys() == {"ok", "records", "problems"}
    with closing(sqlite.connect(shop.directory / REPLICA_FILE, isolation_level=None)) as replica:
        replica.execute("UPDATE state SET as_of_us = as_of_us + 1")
    told = shop.done("ledger", "verify")
    assert (told["ok"], told["problems"]) == (True, [])
    assert told["replica_problems"] == ["replica.sqlite: state: a row is not as it was written"]
    assert (
        "Head office's state on this till was damaged; the till asks for it anew:" in shop.said("ledger", "verify").out
    )
    shop.done("sync", "now")
    assert shop.done("ledger", "verify").keys() == {"ok", "records", "problems"}


@pytest.fixture(scope="module")
def store_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Served]]:
    """A head office whose tills' figures no other test adds to."""
    data = tmp_path_factory.mktemp("store-office")
    document(data, "init", "--name", "Morgenrot", "--currency", "EUR")
    document(data, "init-tls", "--host", "127.0.0.1")
    with Served(data) as served:
        yield data, served


def test_the_day_of_the_whole_store(
    shop: CommandLine, second: CommandLine, store_office: tuple[Path, Served], tmp_path: Path
) -> None:
    """What two tills sold, told to one of them: under the keys of its own report, and in the same files."""
    _join(shop, store_office, "Kasse 1")
    _join(second, store_office, "Kasse 2")
    own = shop.done("earn", BEN, "50")
    second.done("earn", BEN, "20")
    assert shop.done("report", "day", "--store")["unsent"] == 1
    for till in (shop, second):
        till.done("sync", "now")
    told, alone = shop.done("report", "day", "--store"), shop.done("report", "day")
    assert (told["scope"], told["store"], alone["scope"]) == ("store", "Laden", "till")
    assert set(alone) - {"ratings"} < set(told), "head office does not tell ratings yet"
    assert (told["figures"]["sales"], alone["figures"]["sales"]) == (2, 1)
    assert told["figures"]["open_points"] == own["balance"] + 20
    assert told["figures"]["liability"] not in (None, "0.00"), "the till knows what a point is worth"
    assert (alone["figures"]["open_points"], alone["figures"]["liability"]) == (None, None)
    shares = {till["name"]: till["figures"]["points_issued"] for till in told["tills"]}
    assert (shares["Kasse 1"], shares["Kasse 2"], told["unsent"]) == (50, 20, 0)
    assert told["behind"] == []
    period = shop.done("report", "period", "--from", alone["day"], "--to", alone["day"])["figures"]
    assert (period["open_points"], period["liability"], period["points_issued"]) == (None, None, 50)
    assert shop.said("report", "period", "--from", alone["day"], "--to", alone["day"]).code == 0
    ran = shop.said("report", "day", "--store")
    assert ran.out.startswith("Laden, ")
    assert "All tills of the store. As of: " in ran.out
    assert "Only what was booked at this till" in shop.said("report", "day").out
    file = tmp_path / "store.csv"
    shop.done("report", "day", "--store", "--out", str(file))
    assert [line.split(",")[2] for line in file.read_text("utf-8-sig").splitlines()] == [
        "till",
        "",
        "Kasse 1",
        "Kasse 2",
    ]


def test_without_head_office_there_is_no_day_of_the_store(shop: CommandLine, office: tuple[Path, Served]) -> None:
    """Standing alone, shut out, or with a line that is down: each is said, exits 1, and prints no figures."""
    assert shop("report", "day", "--store").reason == "not_joined"
    data, _ = office
    _join(shop, office, "Kasse 8")
    terminal = next(each for each in document(data, "terminals")["terminals"] if each["name"] == "Kasse 8")
    document(data, "revoke", terminal["terminal_id"])
    assert shop("report", "day", "--store").error == "revoked"


def test_a_server_that_is_gone_tells_no_day(shop: CommandLine, tmp_path: Path) -> None:
    """The sentence says so, and the till's own day is there all the same."""
    data = tmp_path / "gone"
    document(data, "init", "--name", "Morgenrot", "--currency", "EUR")
    document(data, "init-tls", "--host", "127.0.0.1")
    with Served(data) as served:
        _join(shop, (data, served))
    ran = shop.said("report", "day", "--store")
    assert (ran.code, ran.out) == (1, "")
    assert "does not answer now. (M-186)" in ran.err
    assert shop("report", "day", "--store").error == "unreachable"
    assert shop.done("report", "day")["scope"] == "till"


def test_a_code_for_another_server_and_a_used_one_are_refused(shop: CommandLine, office: tuple[Path, Served]) -> None:
    """The fingerprint says whose certificate is meant; a code works once."""
    data, served = office
    code = _code(data, "Kasse 3")
    assert shop("sync", "join", served.url, f"{code[:19]}.{'A' * 26}").error == "certificate_wrong"
    assert shop.done("sync", "join", served.url, code)["state"] == "online"
    assert shop("sync", "join", served.url, code).error == "code_invalid"


def test_a_joined_till_leaves_joining_of_members_to_head_office(anna: CommandLine, office: tuple[Path, Served]) -> None:
    """Another till might be joining one of the two with a third."""
    anna.done("member", "add", "--name", "Ben Auer", "--card", BEN)
    _join(anna, office)
    assert anna("member", "merge", BEN, ANNA).reason == "head_office_decides"


def test_leaving_keeps_what_was_booked(anna: CommandLine, office: tuple[Path, Served]) -> None:
    """The till is its own authority again, with its own journal."""
    _join(anna, office)
    assert anna.done("sync", "leave", "--yes")["state"] == "alone"
    assert anna("sync", "now").reason == "not_joined"
    assert anna("sync", "export", "file").reason == "not_joined"
    assert anna.done("ledger", "verify")["ok"]


def test_a_till_serves_the_others_of_the_shop(
    shop: CommandLine, second: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No server to run: one command, and an invitation for the next till."""
    monkeypatch.setattr("terminal.sync.supervise.own_addresses", lambda: ["localhost"])
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = shop.done("sync", "serve", "--listen", f"127.0.0.1:{port}")["serving"]
    assert address == f"https://localhost:{port}"
    status = shop.done("sync", "now")
    assert (status["state"], status["waiting"]) == ("online", 0)
    invited = shop.done("sync", "invite", "Kasse 2")
    assert "." in invited["code"]
    assert shop.done("sync", "serve", "--off")["serving"] is None
    assert second("sync", "invite", "Kasse 3").error == "cannot_serve"
