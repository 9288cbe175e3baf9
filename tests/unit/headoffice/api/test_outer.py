"""Around every request: headers, an id, a line in the log without anybody's data, limits, and calm words for bugs."""

import json
from typing import Any

import pytest

from headoffice.api.settings import ApiSettings
from headoffice.errors import DatabaseAway
from tests.fakes.api import ADDRESS, Line, on_the_line

SECRET = "Erika Mustermann 2900000000018"


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/v1/changes", "/schema/openapi.json"])
def test_every_answer_has_the_headers_that_keep_browsers_careful(path: str) -> None:
    """Known or not, nothing is cached, framed, sniffed or run."""

    async def work(line: Line) -> None:
        headers = (await line.client.get(path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers

    on_the_line(work)


def test_every_answer_names_its_line_in_the_log() -> None:
    """With the id of a request the one who runs the server finds what happened to it."""

    async def work(line: Line) -> None:
        first, second = [(await line.client.get("/healthz")).headers["stammkunde-request"] for _ in range(2)]
        assert first != second
        assert [written["request_id"] for written in line.written] == [first, second]

    on_the_line(work)


def test_the_log_says_what_happened_and_nothing_of_whom() -> None:
    """Route, status and duration; no path, query, header, address or body."""

    async def work(line: Line) -> None:
        await line.client.get(f"/v1/snapshot/{'ab' * 32}?card=2900000000018", auth=line.till)
        await line.client.get("/v1/members/2900000000018")
        text = json.dumps(line.written)
        assert '"/v1/snapshot/{sha256}"' in text
        for private in ("2900000000018", ADDRESS, "ab" * 32, "nonce-of-a-test", "members"):
            assert private not in text

    on_the_line(work)


def test_a_bug_is_written_down_and_not_told() -> None:
    """The caller hears that it is our mistake; the log has the place in the code, not the values."""

    async def work(line: Line) -> None:
        line.head_office.broken = ValueError(SECRET)
        answer = await line.client.get("/v1/snapshot", auth=line.till)
        assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
        problem: dict[str, Any] = answer.json()
        assert problem["code"] == "unavailable"
        assert "ValueError" not in answer.text
        bug = next(written for written in line.written if written["event"] == "bug")
        assert bug["error"] == ["ValueError"]
        assert any("snapshot" in frame for frame in bug["trace"])
        assert bug["request_id"] == answer.headers["stammkunde-request"]
        assert SECRET not in json.dumps(line.written) + answer.text

    on_the_line(work)


def test_a_database_that_is_away_is_no_bug() -> None:
    """The till is asked to come again; there is nothing to mend in the program."""

    async def work(line: Line) -> None:
        line.head_office.broken = DatabaseAway("connection refused by db.internal")
        answer = await line.client.get("/v1/snapshot", auth=line.till)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert "internal" not in answer.text
        assert int(answer.headers["retry-after"]) > 0
        line.head_office.database.away = True
        assert (await line.client.get("/readyz")).status_code == 503
        assert (await line.client.get("/healthz")).status_code == 200
        assert all(written["event"] != "bug" for written in line.written)

    on_the_line(work)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("PUT", "/healthz", 405), ("BREW", "/healthz", 405), ("GET", "/v1/join", 405)],
)
def test_what_nobody_serves_is_a_problem_too(method: str, path: str, status: int) -> None:
    """The framework's own answers have the same form as ours."""

    async def work(line: Line) -> None:
        answer = await line.client.request(method, path)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status
        assert answer.json()["type"] == "about:blank"

    on_the_line(work)


def test_an_address_that_asks_too_much_has_to_wait() -> None:
    """The limit counts everything, known or not, and says when to come again."""

    async def work(line: Line) -> None:
        assert [(await line.client.get("/nowhere")).status_code for _ in range(4)] == [404, 404, 404, 429]
        answer = await line.client.get("/healthz")
        assert answer.json()["code"] == "rate_limited"
        line.seconds += int(answer.headers["retry-after"])
        assert (await line.client.get("/healthz")).status_code == 200
        assert 'stammkunde_http_limited_total{by="address"} 2.0' in (await line.client.get("/metrics")).text

    on_the_line(work, ApiSettings(address_per_s=2, address_burst=3))


def test_joining_is_limited_more_strictly() -> None:
    """Nobody tries codes out; other calls of the address go on."""

    async def work(line: Line) -> None:
        statuses = [(await line.client.post("/v1/join", json={})).status_code for _ in range(4)]
        assert statuses == [422, 422, 422, 429]
        assert (await line.client.get("/healthz")).status_code == 200

    on_the_line(work, ApiSettings(joins_burst=3))


def test_metrics_count_routes_and_cannot_be_filled_by_callers() -> None:
    """A made-up path or method does not become a label."""

    async def work(line: Line) -> None:
        for name in ("one", "two"):
            await line.client.request(name.upper(), f"/{name}")
        await line.client.get("/v1/snapshot/" + "ab" * 32, auth=line.till)
        text = (await line.client.get("/metrics")).text
        assert 'route="/v1/snapshot/{sha256}"' in text
        assert 'method="other",route="other"' in text
        assert "one" not in text.lower().split("# help")[0]
        assert '"ONE"' not in text
        assert "abab" not in text

    on_the_line(work)


def test_metrics_count_what_became_of_records() -> None:
    """How many were booked is a number for whoever watches the server."""

    async def work(line: Line) -> None:
        hash_ = "A" * 43 + "="
        epoch = "0198c0de-0000-4000-8000-00000000000b"
        record = {"seq": 1, "payload": "AAAA", "hash": hash_}
        batch = {"epoch": epoch, "prev_hash": hash_, "records": [record, record]}
        await line.client.post("/v1/push", json=batch, auth=line.till)
        assert 'stammkunde_records_total{verdict="booked"} 2.0' in (await line.client.get("/metrics")).text

    on_the_line(work)
