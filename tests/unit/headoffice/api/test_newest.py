"""The long poll wakes who waits, asks once for all, and neither grows without bound nor outlives the server."""

import asyncio
import threading

import httpx

from headoffice.api.newest import ANSWER_S_MAX
from headoffice.api.settings import ApiSettings
from tests.fakes.api import Line, on_the_line

QUICK = ApiSettings(poll_interval_s=0.001)
TURNS = 20
"""A poll without pauses that asked for nobody would ask once while another thread is asked for something, or twice."""


async def _until_waiting(line: Line, count: int) -> None:
    """Wait until so many long polls are open."""
    wanted = f"stammkunde_waiting_tills {float(count)}"
    while wanted not in (await line.client.get("/metrics")).text:  # noqa: ASYNC110 - it says so in its numbers alone
        await asyncio.sleep(0)


def _wait(line: Line, n: int, seconds: int = 25) -> asyncio.Task[httpx.Response]:
    return asyncio.create_task(line.client.get(f"/v1/wait?n={n}&seconds={seconds}", auth=line.till))


def test_a_newer_step_is_told_at_once() -> None:
    """A till that is behind does not wait."""

    async def work(line: Line) -> None:
        answer = await _wait(line, line.head_office.step - 1)
        assert answer.json()["n"] == line.head_office.step

    on_the_line(work)


def test_whoever_waits_hears_of_the_next_step() -> None:
    """Another till's sale ends the wait, long before its time."""

    async def work(line: Line) -> None:
        waiting = _wait(line, line.head_office.step)
        await _until_waiting(line, 1)
        assert not waiting.done()
        line.head_office.step += 1
        assert (await waiting).json()["n"] == line.head_office.step

    on_the_line(work, QUICK)


def test_a_step_that_went_back_is_told_too() -> None:
    """Head office was put back: a till that knows a later step has to hear of it."""

    async def work(line: Line) -> None:
        answer = await _wait(line, line.head_office.step + 5)
        assert answer.json()["n"] == line.head_office.step

    on_the_line(work)


def test_time_ends_the_wait_with_what_is_known() -> None:
    """Nothing happened: the till is told the step it knows, and asks again."""

    async def work(line: Line) -> None:
        answer = await _wait(line, line.head_office.step, seconds=0)
        assert (answer.status_code, answer.json()["n"]) == (200, line.head_office.step)
        answer = await _wait(line, line.head_office.step, seconds=1)
        assert (answer.status_code, answer.json()["n"]) == (200, line.head_office.step)

    on_the_line(work, QUICK)


def test_many_who_wait_cost_one_question() -> None:
    """The database is asked for all of them together, and not at all when nobody waits."""

    async def work(line: Line) -> None:
        answers = threading.Event()
        line.head_office.hold_newest = lambda: answers.wait(ANSWER_S_MAX)
        known = line.head_office.step
        assert line.head_office.asked == 0
        waiting = [_wait(line, known) for _ in range(4)]
        await _until_waiting(line, 4)
        line.head_office.step += 1
        answers.set()
        assert [each.json()["n"] for each in await asyncio.gather(*waiting)] == [known + 1] * 4
        assert line.head_office.asked == 1
        for _ in range(TURNS):
            await asyncio.to_thread(int)
        assert line.head_office.asked == 1

    on_the_line(work, ApiSettings(poll_interval_s=0))


def test_one_till_cannot_hold_many_polls_open() -> None:
    """Its first few wait, one more is told no."""

    async def work(line: Line) -> None:
        waiting = [_wait(line, line.head_office.step) for _ in range(2)]
        await _until_waiting(line, 2)
        answer = await _wait(line, line.head_office.step)
        assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
        line.head_office.step += 1
        assert [each.status_code for each in await asyncio.gather(*waiting)] == [200, 200]
        assert (await _wait(line, 0)).status_code == 200, "a poll that ended makes room"

    on_the_line(work, ApiSettings(poll_interval_s=0.001, waiters_per_terminal_max=2))


def test_all_polls_together_are_bounded() -> None:
    """Beyond the bound a till is asked to come again."""

    async def work(line: Line) -> None:
        waiting = _wait(line, line.head_office.step)
        await _until_waiting(line, 1)
        answer = await _wait(line, line.head_office.step)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert answer.headers["retry-after"] == "1"
        line.head_office.step += 1
        await waiting

    on_the_line(work, ApiSettings(poll_interval_s=0.001, waiters_max=1))


def test_stopping_ends_every_wait_at_once() -> None:
    """A server that is asked to stop lets everybody go, and nobody in."""

    async def work(line: Line) -> None:
        waiting = _wait(line, line.head_office.step)
        await _until_waiting(line, 1)
        while line.head_office.asked == 0:  # noqa: ASYNC110 - it is asked from another thread
            await asyncio.sleep(0)
        line.api.let_go()
        async with asyncio.timeout(5):
            assert (await waiting).status_code in (200, 503)
        assert (await _wait(line, line.head_office.step)).status_code == 503

    on_the_line(work)


def test_a_database_that_is_away_is_said_and_heard_of_again() -> None:
    """While it is away a wait ends with a problem; once it is back the next one is answered."""

    async def work(line: Line) -> None:
        line.head_office.database.away = True
        answer = await _wait(line, line.head_office.step, seconds=1)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert any(written["event"] == "feed unknown" for written in line.written)
        line.head_office.database.away = False
        assert (await _wait(line, 0, seconds=5)).status_code == 200

    on_the_line(work, QUICK)
