"""Nobody gets anywhere without the till's own signature over exactly this call, now, and once."""

from collections.abc import Callable
from uuid import UUID

import httpx
import msgspec
import pytest

from headoffice.views import TerminalStatus
from loyalty.bounds import TIME_MAX_US
from loyalty.replica import REPLICA_VERSION
from loyalty.wire import CLOCK_TOLERANCE_US, HEADER_NONCE, HEADER_SIGNATURE, HEADER_TERMINAL, HEADER_TIME
from tests.fakes.api import JSON, Line, on_the_line
from tests.fakes.head_office import OTHER_KEY, TILL, Signer

HELLO = b'{"head":{"epoch":"0198c0de-0000-4000-8000-00000000000b","seq":1,"hash":"%s="}}' % (b"A" * 43)
TARGET = "/v1/hello"
SNAPSHOT = f"/v1/snapshot?layout={REPLICA_VERSION}"


async def _hello(line: Line, headers: dict[str, str], body: bytes = HELLO) -> httpx.Response:
    return await line.client.post(TARGET, content=body, headers=JSON | headers)


def _code(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["code"])


def _refused(change: Callable[[Line, dict[str, str]], dict[str, str]], body: bytes = HELLO) -> tuple[int, str]:
    """Sign a call, change it, send it: how it was refused; and nothing of it reached head office."""

    async def work(line: Line) -> tuple[int, str]:
        answer = await _hello(line, change(line, line.till.headers("POST", TARGET, HELLO)), body)
        assert line.head_office.calls == []
        return answer.status_code, _code(answer)

    return on_the_line(work)


def test_a_signed_call_reaches_head_office() -> None:
    """The other tests change what is sent here, so this has to work."""

    async def work(line: Line) -> None:
        answer = await _hello(line, line.till.headers("POST", TARGET, HELLO))
        assert answer.status_code == 200
        assert [name for name, _ in line.head_office.calls] == ["hello"]

    on_the_line(work)


@pytest.mark.parametrize("missing", [HEADER_TERMINAL, HEADER_NONCE, HEADER_TIME, HEADER_SIGNATURE])
def test_every_header_is_needed(missing: str) -> None:
    """Leaving one out is not signing."""
    assert _refused(lambda _, headers: {name: headers[name] for name in headers if name != missing}) == (
        401,
        "not_signed",
    )


@pytest.mark.parametrize(
    ("header", "value"),
    [
        (HEADER_TERMINAL, "Kasse 1"),
        (HEADER_NONCE, "short"),
        (HEADER_NONCE, "x" * 65),
        (HEADER_NONCE, "with spaces in it, and more"),
        (HEADER_TIME, "-1"),
        (HEADER_TIME, "tomorrow"),
        (HEADER_TIME, "1" * 18),
        (HEADER_TIME, str(TIME_MAX_US + 1)),
        (HEADER_SIGNATURE, "no base64!"),
    ],
)
def test_malformed_headers_are_refused(header: str, value: str) -> None:
    """What can't be read is refused before anything is computed from it."""
    assert _refused(lambda _, headers: headers | {header: value}) == (401, "not_signed")


def test_a_short_signature_is_refused() -> None:
    """An Ed25519 signature has 64 bytes."""
    assert _refused(lambda _, headers: headers | {HEADER_SIGNATURE: "AAAA"}) == (401, "bad_signature")


def test_a_foreign_key_is_refused() -> None:
    """Somebody else's signature under the till's name."""

    def foreign(line: Line, _: dict[str, str]) -> dict[str, str]:
        return Signer(line.head_office.clock.now_us, OTHER_KEY).headers("POST", TARGET, HELLO)

    assert _refused(foreign) == (401, "bad_signature")


def test_an_unknown_terminal_is_refused() -> None:
    """A till that has never joined."""

    def unknown(line: Line, _: dict[str, str]) -> dict[str, str]:
        return Signer(line.head_office.clock.now_us, terminal_id=UUID(int=7)).headers("POST", TARGET, HELLO)

    assert _refused(unknown) == (401, "unknown_terminal")


@pytest.mark.parametrize(
    "body",
    [HELLO[:-1], HELLO + b" ", HELLO.replace(b'"seq":1', b'"seq":2'), b""],
    ids=["truncated", "longer", "changed", "gone"],
)
def test_the_signature_holds_for_this_body_only(body: bytes) -> None:
    """A body that was cut, stretched or changed on the way."""
    assert _refused(lambda _, headers: headers, body) == (401, "bad_signature")


def test_the_signature_holds_for_this_call_only() -> None:
    """A signature over another path or method is worth nothing here."""
    assert _refused(lambda line, _: line.till.headers("POST", "/v1/compare", HELLO)) == (401, "bad_signature")
    assert _refused(lambda line, _: line.till.headers("GET", TARGET, HELLO)) == (401, "bad_signature")


def test_the_query_is_signed_too() -> None:
    """Nobody on the way can ask for another page."""

    async def work(line: Line) -> None:
        headers = line.till.headers("GET", "/v1/changes?n=5", b"")
        assert (await line.client.get("/v1/changes?n=6", headers=headers)).status_code == 401
        assert (await line.client.get("/v1/changes?n=5", headers=headers)).status_code == 200

    on_the_line(work)


def test_a_replayed_call_is_refused() -> None:
    """The same bytes a second time: the first is answered, the second is not."""

    async def work(line: Line) -> None:
        headers = line.till.headers("POST", TARGET, HELLO)
        assert (await _hello(line, headers)).status_code == 200
        again = await _hello(line, headers)
        assert (again.status_code, _code(again)) == (401, "replayed")
        assert len(line.head_office.calls) == 1

    on_the_line(work)


@pytest.mark.parametrize("off_us", [CLOCK_TOLERANCE_US + 1, -CLOCK_TOLERANCE_US - 1])
def test_a_clock_that_is_off_is_told_the_time(off_us: int) -> None:
    """The refusal says what the time is, so that the till can correct its own and ask again."""

    async def work(line: Line) -> None:
        clock = line.head_office.clock
        signer = Signer(lambda: clock.now_us() + off_us)
        answer = await _hello(line, signer.headers("POST", TARGET, HELLO))
        assert (answer.status_code, _code(answer)) == (401, "clock_off")
        assert answer.json()["server_time_us"] == clock.now_us()
        assert answer.headers["www-authenticate"] == "Stammkunde"

    on_the_line(work)


@pytest.mark.parametrize("status", [TerminalStatus.REVOKED, TerminalStatus.FENCED])
def test_a_till_that_is_shut_out_can_do_nothing(status: TerminalStatus) -> None:
    """Its signature is right, and yet it reads nothing and writes nothing."""

    async def work(line: Line) -> None:
        line.head_office.row = msgspec.structs.replace(line.head_office.row, status=status)
        for method, target in (("GET", "/v1/changes"), ("GET", SNAPSHOT), ("GET", "/v1/wait?n=1")):
            answer = await line.client.request(method, target, auth=line.till)
            assert (answer.status_code, _code(answer)) == (403, status.value)
        assert line.head_office.calls == []

    on_the_line(work)


def test_one_till_is_limited_only_once_it_is_proved_to_be_it() -> None:
    """Nobody can use up another till's calls by writing its id on forged ones."""

    async def work(line: Line) -> None:
        forger = Signer(line.head_office.clock.now_us, OTHER_KEY, TILL)
        for _ in range(300):
            assert (await line.client.get(SNAPSHOT, auth=forger)).status_code == 401
        statuses = [(await line.client.get(SNAPSHOT, auth=line.till)).status_code for _ in range(201)]
        assert statuses == [200] * 200 + [429]
        answer = await line.client.get(SNAPSHOT, auth=line.till)
        assert _code(answer) == "rate_limited"
        line.seconds += int(answer.headers["retry-after"])
        assert (await line.client.get(SNAPSHOT, auth=line.till)).status_code == 200

    on_the_line(work)
