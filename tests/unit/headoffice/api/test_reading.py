"""Whatever is sent in place of a message is refused with a reason, early, and costs little."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from headoffice.api.settings import ApiSettings
from loyalty.wire import BATCH_RECORDS_MAX, BODY_BYTES_MAX
from tests.fakes.api import JSON, Line, on_the_line

PUSH = "/v1/push"
EPOCH = "0198c0de-0000-4000-8000-00000000000b"
HASH = "A" * 43 + "="
RECORD = {"seq": 1, "payload": "AAAA", "hash": HASH}
BATCH = {"epoch": EPOCH, "prev_hash": HASH, "records": [RECORD]}


def _refusal(
    body: bytes, headers: dict[str, str] | None = None, settings: ApiSettings | None = None
) -> tuple[int, str]:
    async def work(line: Line) -> tuple[int, str]:
        answer = await line.client.post(PUSH, content=body, headers=headers or JSON, auth=line.till)
        assert line.head_office.calls == []
        return _said(answer)

    return on_the_line(work, settings)


def _said(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == answer.json()["status"]
    return answer.status_code, answer.json()["code"]


def test_a_batch_is_taken() -> None:
    """The other tests spoil this batch, so it has to be good."""

    async def work(line: Line) -> None:
        answer = await line.client.post(PUSH, content=json.dumps(BATCH), headers=JSON, auth=line.till)
        assert answer.status_code == 200
        assert answer.json()["verdicts"] == ["booked"]

    on_the_line(work)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (json.dumps(BATCH).encode()[:-2], 400),
        (b"\xff\xfe", 400),
        (b"null", 422),
        (b"[]", 422),
        (b"{}", 422),
        (json.dumps(BATCH | {"records": []}).encode(), 422),
        (json.dumps(BATCH | {"records": [RECORD] * (BATCH_RECORDS_MAX + 1)}).encode(), 422),
        (json.dumps(BATCH | {"prev_hash": "AAAA"}).encode(), 422),
        (json.dumps(BATCH | {"epoch": "tomorrow"}).encode(), 422),
        (json.dumps(BATCH | {"records": [RECORD | {"seq": -1}]}).encode(), 422),
        (json.dumps(BATCH | {"records": [RECORD | {"payload": "not base64!"}]}).encode(), 422),
    ],
)
def test_what_is_no_message_is_refused(body: bytes, status: int) -> None:
    """No JSON is 400; JSON of another shape is 422 (RFC 9110, 15.5.21)."""
    assert _refusal(body) == (status, "bad_request")


@pytest.mark.parametrize("frame", ["%s", '{"more":%s}'], ids=["as the message", "in a field nobody knows"])
def test_json_that_is_nested_too_deep_is_refused(frame: str) -> None:
    """A decoder that recurses must not bring the process down."""
    deep = "[" * 100_000 + "]" * 100_000
    status, code = _refusal((frame % deep).encode())
    assert (status in (400, 422), code) == (True, "bad_request")


def test_a_text_with_nul_is_refused() -> None:
    """PostgreSQL can't store it; a text that only looks like its escape is let through."""

    async def work(line: Line) -> None:
        edit = {"type": "text", "edit_id": EPOCH, "text_ref": EPOCH, "text": "a\x00b"}
        answer = await line.client.post("/v1/edits", json={"edits": [edit]}, auth=line.till)
        assert _said(answer) == (400, "bad_request")
        answer = await line.client.post("/v1/edits", json={"edits": [edit | {"text": "\\u0000"}]}, auth=line.till)
        assert answer.status_code == 200

    on_the_line(work)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/msgpack", ""])
def test_another_kind_of_body_is_refused(kind: str) -> None:
    """Messages are JSON, and say so."""
    assert _refusal(json.dumps(BATCH).encode(), {"content-type": kind}) == (415, "bad_request")


def test_a_body_that_says_it_is_too_large_is_refused_unread() -> None:
    """100 MB are refused before a byte of them is taken in, and the line is closed so that they do not follow."""

    async def work(line: Line) -> None:
        read: list[int] = []

        async def body() -> AsyncIterator[bytes]:
            read.append(1)
            yield b"x"

        headers = JSON | {"content-length": str(100 * 1024 * 1024)}
        answer = await line.client.post(PUSH, content=body(), headers=headers)
        assert _said(answer) == (413, "too_large")
        assert answer.headers["connection"] == "close"
        assert read == []

    on_the_line(work)


def test_a_body_that_does_not_say_how_large_it_is_is_read_up_to_the_bound() -> None:
    """Sent in chunks, a body is refused as soon as it is too large."""

    async def work(line: Line) -> None:
        chunk, sent = b" " * 65_536, [0]

        async def body() -> AsyncIterator[bytes]:
            while True:
                sent[0] += len(chunk)
                yield chunk

        request = line.client.build_request(
            "POST", PUSH, content=body(), headers=JSON | line.till.headers("POST", PUSH, b"")
        )
        assert _said(await line.client.send(request)) == (413, "too_large")
        assert sent[0] <= BODY_BYTES_MAX + 2 * len(chunk)

    on_the_line(work)


@pytest.mark.parametrize("length", ["-1", "one", "9" * 30, ""])
def test_a_length_that_is_none_is_refused(length: str) -> None:
    """Nothing is guessed from a wrong header."""

    async def work(line: Line) -> None:
        headers = [("content-type", "application/json"), ("content-length", length)]
        answer = await line.client.request("POST", PUSH, headers=headers)
        assert _said(answer) == (413, "too_large")

    on_the_line(work)


def test_a_body_that_takes_too_long_is_refused() -> None:
    """Whoever sends a byte now and then does not keep a place for ever."""

    async def work(line: Line) -> None:
        async def body() -> AsyncIterator[bytes]:
            yield b"{"
            await asyncio.Event().wait()  # the rest never comes

        request = line.client.build_request(
            "POST", PUSH, content=body(), headers=JSON | line.till.headers("POST", PUSH, b"")
        )
        assert _said(await line.client.send(request)) == (408, "bad_request")

    on_the_line(work, ApiSettings(body_s_max=0.05))


@pytest.mark.parametrize(
    "query",
    [
        "n=-1",
        "n=x",
        "n=9223372036854775808",
        "limit=0",
        "limit=501",
        "epoch=1",
        "token=a",
        "token=xy",
        "token=" + "ab" * 17,
        "n=1&n=2",
    ],
)
def test_a_query_that_is_none_is_refused(query: str) -> None:
    """Every part of it has bounds, and is there once."""

    async def work(line: Line) -> None:
        answer = await line.client.get(f"/v1/changes?{query}", auth=line.till)
        assert _said(answer)[1] == "bad_request"
        assert answer.status_code in (400, 422)
        assert line.head_office.calls == []

    on_the_line(work)


def test_large_bodies_take_their_turn() -> None:
    """What is read and not proved yet is bounded in all; small requests go on meanwhile."""

    async def work(line: Line) -> None:
        reading, go_on = asyncio.Event(), asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            reading.set()
            await go_on.wait()
            yield b"{}"

        async def send(body: AsyncIterator[bytes] | bytes) -> httpx.Response:
            headers = JSON | line.till.headers("POST", PUSH, b"{}")
            return await line.client.send(line.client.build_request("POST", PUSH, content=body, headers=headers))

        first = asyncio.create_task(send(slow()))
        await reading.wait()
        second = await send(b" " * 70_000)
        assert (_said(second), second.headers["retry-after"]) == ((503, "unavailable"), "1")
        assert (await line.client.get("/v1/changes", auth=line.till)).status_code == 200
        go_on.set()
        assert (await first).status_code == 422
        assert _said(await send(b" " * 70_000)) == (401, "bad_signature"), "there is room again"

    on_the_line(work, ApiSettings(large_bodies_max=1))
