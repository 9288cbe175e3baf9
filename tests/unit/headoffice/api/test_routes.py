"""Each route hands its message on as it came and answers what head office said."""

from datetime import date

import msgspec
import pytest

from headoffice.errors import Refusal
from loyalty.cards import Check
from loyalty.feed import Cursor
from loyalty.numbering import NumbersRequest, Series
from loyalty.replica import REPLICA_VERSION
from loyalty.store_day import StoreDay
from loyalty.wire import SNAPSHOT_PART_MAX, ProblemCode, RecordReply, UndoneLine
from tests.fakes.api import Line, on_the_line
from tests.fakes.head_office import EPOCH, SNAPSHOT, SNAPSHOT_NAME, TILL

PART = f"/v1/snapshot/{SNAPSHOT_NAME}"


def test_changes_begin_without_a_cursor_and_go_on_with_one() -> None:
    """The cursor's token travels in hex."""

    async def work(line: Line) -> None:
        assert (await line.client.get("/v1/changes", auth=line.till)).status_code == 200
        query = f"epoch={EPOCH}&n=6&token=00ff&limit=10"
        answer = await line.client.get(f"/v1/changes?{query}", auth=line.till)
        assert answer.json()["positions"] == {str(EPOCH): 3}
        assert line.head_office.calls == [
            ("changes", (None, 500)),
            ("changes", (Cursor(EPOCH, 6, b"\x00\xff"), 10)),
        ]

    on_the_line(work)


@pytest.mark.parametrize(
    ("asked", "first", "length"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=100-", 100, len(SNAPSHOT) - 100),
        (f"bytes=2000-{10**12}", 2000, len(SNAPSHOT) - 2000),
        (None, 0, len(SNAPSHOT)),
    ],
)
def test_a_snapshot_is_handed_out_in_parts(asked: str | None, first: int, length: int) -> None:
    """A part says which bytes it is (RFC 9110, 14.4), and is never more than the bound."""

    async def work(line: Line) -> None:
        headers = {"range": asked} if asked else {}
        answer = await line.client.get(PART, headers=headers, auth=line.till)
        assert answer.status_code == 206
        assert answer.headers["content-range"] == f"bytes {first}-{first + length - 1}/*"
        assert answer.content == SNAPSHOT[first : first + length]
        (_, asked_for), *_ = line.head_office.calls
        assert isinstance(asked_for, tuple)
        assert asked_for[2] <= SNAPSHOT_PART_MAX

    on_the_line(work)


@pytest.mark.parametrize(
    "asked", ["bytes=9-0", "bytes=-5", "bytes=0-1,4-5", "lines=0-1", "bytes=x-y", f"bytes={len(SNAPSHOT)}-"]
)
def test_a_range_that_is_none_is_refused(asked: str) -> None:
    """One range with a beginning inside the file; everything else is 416."""

    async def work(line: Line) -> None:
        answer = await line.client.get(PART, headers={"range": asked}, auth=line.till)
        assert (answer.status_code, answer.json()["code"]) == (416, "bad_request")

    on_the_line(work)


@pytest.mark.parametrize("name", ["AB" * 32, "ab" * 31, "ab" * 33, "..%2f..%2fsecrets", "cd" * 32])
def test_only_names_of_snapshots_are_looked_for(name: str) -> None:
    """No path leads out of the folder, and what is not there is not there."""

    async def work(line: Line) -> None:
        assert (await line.client.get(f"/v1/snapshot/{name}", auth=line.till)).status_code == 404

    on_the_line(work)


def test_there_may_be_no_snapshot() -> None:
    """Where paging is as fast, there is nothing to name."""

    async def work(line: Line) -> None:
        line.head_office.no_snapshot = True
        answer = await line.client.get(f"/v1/snapshot?layout={REPLICA_VERSION}", auth=line.till)
        assert (answer.status_code, answer.content) == (204, b"")

    on_the_line(work)


def test_a_till_says_which_layout_it_can_take_over() -> None:
    """One of an earlier version does not say any, and is offered nothing that it could not use."""

    async def work(line: Line) -> None:
        answers = [
            (await line.client.get(f"/v1/snapshot{query}", auth=line.till)).status_code
            for query in (f"?layout={REPLICA_VERSION}", "", f"?layout={REPLICA_VERSION + 1}", "?layout=-1", "?layout=x")
        ]
        assert answers == [200, 204, 204, 422, 422]

    on_the_line(work)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (ProblemCode.FENCED, 403),
        (ProblemCode.PROTOCOL_UNSUPPORTED, 409),
        (ProblemCode.NOT_FOUND, 404),
        (ProblemCode.UNAVAILABLE, 503),
    ],
)
def test_what_head_office_refuses_is_told_with_its_reason(code: ProblemCode, status: int) -> None:
    """The code is the till's to act on, the status the line's."""

    async def work(line: Line) -> None:
        line.head_office.refusal = Refusal(code, "For a reason.")
        answer = await line.client.get("/v1/snapshot", auth=line.till)
        assert answer.status_code == status
        assert (answer.json()["code"], answer.json()["detail"]) == (code.value, "For a reason.")

    on_the_line(work)


def test_a_wrong_code_does_not_join() -> None:
    """Joining needs no signature and yet does not let anybody in."""

    async def work(line: Line) -> None:
        request = {
            "code": "0000-0000-0000-0000",
            "public_key": "A" * 43 + "=",
            "till_name": "Kasse 1",
            "ledger_id": str(EPOCH),
            "programme_version": 1,
        }
        answer = await line.client.post("/v1/join", json=request)
        assert (answer.status_code, answer.json()["code"]) == (403, "code_invalid")

    on_the_line(work)


def test_without_tls_there_is_no_certificate() -> None:
    """A till that asks for one on plain HTTP is told so."""

    async def work(line: Line) -> None:
        assert (await line.client.get("/v1/ca")).status_code == 404

    on_the_line(work)


def test_a_day_is_that_of_the_till_that_asks() -> None:
    """There is no way to name another store; what comes back is what a till can read."""

    async def work(line: Line) -> None:
        answer = await line.client.get("/v1/report/day?day=2026-11-21", auth=line.till)
        assert answer.status_code == 200
        found = msgspec.json.decode(answer.content, type=StoreDay)
        assert (found.figures.day, found.week_before.day) == (date(2026, 11, 21), date(2026, 11, 14))
        assert line.head_office.calls[0] == ("store_day", (TILL, date(2026, 11, 21)))

    on_the_line(work)


@pytest.mark.parametrize("query", ["", "?day=", "?day=yesterday", "?day=2026-11-31", "?day=2026-11-21&day=2026-11-20"])
def test_what_is_no_day_is_refused(query: str) -> None:
    """With a reason; head office is not asked."""

    async def work(line: Line) -> None:
        answer = await line.client.get(f"/v1/report/day{query}", auth=line.till)
        assert answer.status_code in (400, 422)
        assert answer.json()["code"] == "bad_request"
        assert not line.head_office.calls

    on_the_line(work)


def test_a_record_is_told_with_what_was_undone_of_it() -> None:
    """In the name of the till that asks, which decides whether it may know."""

    async def work(line: Line) -> None:
        answer = await line.client.get(f"/v1/records/{EPOCH}", auth=line.till)
        assert answer.status_code == 200
        found = msgspec.json.decode(answer.content, type=RecordReply)
        assert (found.till, found.undone, found.positions) == ("Kasse 2", (UndoneLine(1, 500, 5),), {EPOCH: 3})
        assert line.head_office.calls[0] == ("record", (TILL, EPOCH))

    on_the_line(work)


@pytest.mark.parametrize("name", ["x", "0198c0de", "..%2f", "0198c0de-0000-7000-8000-00000000000g"])
def test_what_is_no_id_names_no_record(name: str) -> None:
    """Head office is not asked."""

    async def work(line: Line) -> None:
        answer = await line.client.get(f"/v1/records/{name}", auth=line.till)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert not line.head_office.calls

    on_the_line(work)


def test_a_record_is_told_to_a_till_that_signs() -> None:
    """Nobody else; a no is a problem with its reason."""

    async def work(line: Line) -> None:
        assert (await line.client.get(f"/v1/records/{EPOCH}")).json()["code"] == "not_signed"
        line.head_office.refusal = Refusal(ProblemCode.NOT_FOUND)
        answer = await line.client.get(f"/v1/records/{EPOCH}", auth=line.till)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")

    on_the_line(work)


def test_numbers_are_given_to_the_till_that_signs() -> None:
    """In its name; a series that is none, or too many at once, is refused before head office is asked."""

    async def work(line: Line) -> None:
        series = {"prefix": "29", "length": 13, "check": "gs1"}
        request = {"request_id": str(EPOCH), "series": series, "count": 5}
        answer = await line.client.post("/v1/numbers", json=request, auth=line.till)
        assert (answer.status_code, answer.json()) == (200, {"block": {"first": 0, "last": 4}})
        (name, asked) = line.head_office.calls[0]
        assert isinstance(asked, NumbersRequest)
        assert (name, asked.series, asked.count) == ("numbers", Series("29", 13, Check.GS1), 5)
        for wrong in (
            request | {"count": 10_001},
            request | {"series": series | {"prefix": "2" * 13}},
            request | {"held": [{"series": series, "block": {"first": -1, "last": 4}}]},
        ):
            answer = await line.client.post("/v1/numbers", json=wrong, auth=line.till)
            assert answer.status_code in (400, 422)
        assert len(line.head_office.calls) == 1

    on_the_line(work)
