"""Commands on a disk that fails: each says what became of it, in plain words and by its exit code."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from loyalty.outcomes import Reason, Refused
from tests.fakes.command_line import CommandLine
from tests.faults.upkeep import all_are_erased
from tests.faults.workloads import is_erased, is_sound_copy, shop
from tests.faults.world import CommandFailed, Step, Workload, World, books_nothing, card, command_id
from texts.command_line.answers import EXIT_DONE, EXIT_REFUSED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SALE: Final = 10
MEMBER: Final = 11
YEARS_LATER: Final = 6


def command(*arguments: str) -> Callable[[World], object]:
    """Run a command and hold its words against its exit code.

    Raises:
        CommandFailed: It said no.
    """

    def do(world: World) -> object:
        typed = [argument.replace("ROOT", str(world.root)) for argument in arguments]
        line = CommandLine(world.directory, world.attempt)
        line.clock.at_us = world.clock.at_us
        ran = line.run("--lang", "en", "--json", *typed)
        assert ran.code in (EXIT_DONE, EXIT_REFUSED), (ran.code, ran.out, ran.err)
        assert "Traceback" not in ran.out + ran.err, ran
        document = json.loads(ran.out)
        error, refused, problems = (document.get(name) for name in ("error", "refused", "problems"))
        assert (ran.code == EXIT_DONE) == (not (error or refused or problems)), ran
        if refused:
            return Refused(Reason(refused["reason"]))
        if ran.code == EXIT_REFUSED:
            said = error or {"code": "problems", "message": "\n".join(problems)}
            assert said["message"], ran
            raise CommandFailed(world.directory, said["code"], said["message"])
        return document

    return do


def load(folder: Path) -> None:
    """Load what the command line loads when it is first used, so that no forked process has to."""
    CommandLine(folder).run("doctor", "--help")


def _held(number: int) -> Callable[[World], bool]:
    return lambda world: world.held(command_id(number))


def _has_record(kind: str) -> Callable[[World], bool]:
    def look(world: World) -> bool:
        with world.reading() as reader:
            return bool(reader._ledger.value("SELECT count(*) FROM journal WHERE kind = ?", (kind,)))

    return look


def _shop_and_file(world: World) -> None:
    shop(world)
    rows = [f"A{row};2025-03-0{1 + row} 10:00;{card(20 + row)};{5 + row}.50;EUR;{row}" for row in range(5)]
    text = "\n".join(("receipt;at;card;amount;currency;points", *rows)) + "\n"
    (world.root / "sales.csv").write_text(text, "utf-8")


def _are_imported(world: World) -> bool:
    with world.reading() as reader:
        return all(reader.known_card(card(20 + row)) is not None for row in range(5))


def _made(name: str, step: Step, prepare: Callable[[World], None] = shop) -> Workload:
    return Workload(f"command: {name}", (step,), prepare)


def _erased_count(world: World) -> int:
    with world.reading() as reader:
        return int(reader._ledger.value("SELECT count(*) FROM tombstone"))


def _retention(world: World) -> object:
    """Years later, when everybody is due."""
    now_us = world.clock.at_us
    world.clock.advance(days=YEARS_LATER * 366)
    try:
        return command("member", "retention", "--yes", "--with-points")(world)
    finally:
        world.clock.at_us = now_us


def _as_many_are_forgotten(world: World, text: str) -> bool:
    told = re.match(r"(\d+) members? (?:is|are) forgotten", text)
    return told is None or int(told[1]) == _erased_count(world)


COMMANDS: Final = (
    _made(
        "earn",
        Step("earn", command("earn", card(1), "20.00", "--id", str(command_id(SALE))), _held(SALE)),
    ),
    _made(
        "member add",
        Step(
            "member add",
            command("member", "add", "--name", "Anna Neu", "--card", card(5), "--id", str(command_id(MEMBER))),
            _held(MEMBER),
        ),
    ),
    _made(
        "member erase",
        Step("member erase", command("member", "erase", card(2), "--yes"), is_erased, Reason.CARD_UNKNOWN),
    ),
    _made("day close", Step("day close", command("day", "close"), _has_record("day_close"), Reason.DAY_ALREADY_CLOSED)),
    _made(
        "ledger backup",
        Step("ledger backup", command("ledger", "backup", "ROOT/copy"), is_sound_copy, is_begun=books_nothing),
    ),
    _made("ledger verify", Step("ledger verify", command("ledger", "verify"))),
    _made("ledger rebuild", Step("ledger rebuild", command("ledger", "rebuild"))),
    _made(
        "member retention",
        Step(
            "member retention",
            _retention,
            all_are_erased,
            is_begun=lambda world: _erased_count(world) > 0,
            agrees=_as_many_are_forgotten,
        ),
    ),
    _made(
        "import sales",
        Step("import sales", command("import", "sales", "ROOT/sales.csv"), _are_imported),
        _shop_and_file,
    ),
)
"""Commands for scripts and people."""
