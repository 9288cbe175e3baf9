"""What a till does with more than its own ledger: imports, its black box, copies that come and go, a lost disk."""

from __future__ import annotations

import re
import shutil
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from unittest import mock

from storage.backup import backup
from storage.blackbox import BlackBox
from storage.blackbox_read import black_boxes_in
from storage.files import LEDGER_FILE
from storage.rotation import Rules, keep
from storage.staging import ASIDE
from terminal.app.importing.run import ImportCommand, Kind, Phase, import_file
from terminal.app.retention import Limits
from terminal.app.sweep import Sweeper
from terminal.backup.folder import CopyFolder
from terminal.cli.importing import stopped_text
from terminal.presenters.restore_office import not_recovered_text
from terminal.sync.journal import OwnLedger
from terminal.sync.recover import NotRecovered, RecoverCommand, WhyNot, recover
from tests.faults.workloads import UNREAD, opened, sell, selling, shop
from tests.faults.world import CommandFailed, Step, Workload, World, books_nothing, card, command_id
from texts.i18n import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from storage.rotation import BackupCopy

ROWS: Final = 7
BATCH: Final = 3
FEW: Final = Rules(last=2, hours=0, days=0, weeks=0, months=0)
PRUNED_BYTES: Final = 500
COPIES: Final = 4


def _old_files(world: World) -> None:
    """A shop, and beside it what an old programme left."""
    shop(world)
    members = [f"{card(20 + row)};Altmitglied {row};{10 * row}" for row in range(ROWS)]
    sales = [f"A{row};2025-03-0{1 + row} 10:00;{card(20 + row)};{5 + row}.50;EUR;{row}" for row in range(ROWS)]
    for name, head, rows in (
        ("members", "card;name;opening_points", members),
        ("sales", "receipt;at;card;amount;currency;points", sales),
    ):
        (world.root / f"{name}.csv").write_text("\n".join((head, *rows)) + "\n", "utf-8")


def _importing(kind: Kind, name: str) -> Step:
    def do(world: World) -> object:
        path, copies = world.root / f"{name}.csv", world.root / "copies"
        command = ImportCommand(kind, path, award=False, encoding=None, note="Altbestand", copies=copies)
        with mock.patch("terminal.app.importing.run.BATCH_MAX", BATCH):
            result = import_file(world.till, command, _to_nobody)
        if result.stopped is not None:
            raise CommandFailed(world.directory, result.stopped.code, stopped_text(Texts("en", "EUR"), result))
        assert (result.flaws_count, result.imported + result.skipped) == (0, ROWS), result
        return result

    def known(world: World) -> list[bool]:
        with world.reading() as reader:
            return [reader.known_card(card(20 + row)) is not None for row in range(ROWS)]

    def agrees(world: World, text: str) -> bool:
        """An import may have been cut off behind a batch that nobody was told of, never before one that was."""
        told = re.search(r"(\d+) are imported, (\d+) are not", text)
        return told is None or [int(number) for number in told.groups()] == [
            sum(known(world)),
            ROWS - sum(known(world)),
        ]

    return Step("import", do, lambda world: all(known(world)), is_begun=lambda world: any(known(world)), agrees=agrees)


def _to_nobody(_phase: Phase, _done: int, _total: int) -> None:
    """Nobody looks on."""


def _box_of(world: World) -> BlackBox:
    if "box" not in world.kept:
        world.kept["box"] = BlackBox(world.directory, world.root / "box")
    box = world.kept["box"]
    assert isinstance(box, BlackBox)
    return box


def _catch_up(world: World) -> object:
    """What a till does behind each sale; a box that is away or full is asked again later."""
    with mock.patch("storage.blackbox.PRUNE_BYTES_MIN", PRUNED_BYTES):
        return _box_of(world).catch_up()


def _is_boxed(world: World, last: int = 6) -> bool:
    """Every booking so far lies in a box that can be read to its end."""
    if not (world.root / "box").exists():
        return False
    boxes = black_boxes_in(world.root / "box")
    found = {record.record_id for box in boxes for record in box.records}
    return {command_id(number).bytes for number in range(1, last + 1)} <= found and not any(b.damage for b in boxes)


def _boxed(world: World) -> None:
    shop(world)
    with closing(BlackBox(world.directory, world.root / "box")) as box:
        box.catch_up()
    sell(world, 7, 1, 700)


def _forget_copied(world: World) -> object:
    """Two copies lie elsewhere: most of the box may go."""
    box = _box_of(world)
    with world.reading() as reader:
        seq = reader.head().seq
    for copied in (seq - 2, seq - 1):
        box.copied_elsewhere(copied)
        _catch_up(world)
    return None


def _folder(world: World) -> CopyFolder:
    terminal_id = world.store.shop.terminal_id
    return CopyFolder(world.directory, world.root / "copies", terminal_id, world.clock, "copying.lock")


def _rotated(world: World) -> None:
    """A shop with as many copies as the rotation has not thinned out yet."""
    shop(world)
    folder = _folder(world)
    folder.make(parents=False)
    for _ in range(COPIES):
        folder.take()
        world.clock.advance(hours=1)


def _take(world: World) -> object:
    world.clock.advance(hours=COPIES)
    with _system_errors(world):
        return _folder(world).take()


def _thin(world: World) -> object:
    def few(copies: Iterable[BackupCopy]) -> list[BackupCopy]:
        return keep(copies, FEW)

    with mock.patch("terminal.backup.folder.keep", few), _system_errors(world):
        return _folder(world).thin()


@contextmanager
def _system_errors(world: World) -> Iterator[None]:
    """A folder of copies passes the system's own errors on, and whoever calls it says them."""
    try:
        yield
    except OSError as error:
        raise CommandFailed(world.directory, "system", str(error)) from error


def _newest_is_sound(world: World) -> bool:
    """The new copy can be put back, with its key beside it, and the rotation leaves it alone."""
    folder = _folder(world)
    newest = max(folder.own(), key=lambda copy: copy.number, default=None)
    if newest is None or newest.number <= COPIES or not newest.path.with_name(f"{newest.path.name}.key").exists():
        return False
    folder.check(newest)
    return True


def _lost(world: World) -> None:
    """A copy, a box with everything behind it, and no data directory."""
    _left_over(world)
    world.close()
    shutil.rmtree(world.directory)


def _left_over(world: World) -> None:
    """As ``_lost``, but the old shop still stands there."""
    shop(world)
    backup(world.directory, world.root / "copy")
    sell(world, 7, 1, 700)
    with closing(BlackBox(world.directory, world.root / "box")) as box:
        box.catch_up()


def _recovering(is_there: Callable[[World], bool], *, set_aside: bool) -> Step:
    def do(world: World) -> object:
        if world.opened is not None:  # done already
            return None
        world.clock.advance(minutes=3**world.attempt)  # what is set aside bears the time in its name
        command = RecoverCommand(black_box=world.root / "box", backup=world.root / "copy", set_aside=set_aside)
        done = recover(world.directory, command, clock=world.clock, ids=world.ids)
        unread = isinstance(done, NotRecovered) and any(words in str(done.problems) for words in UNREAD)
        if isinstance(done, NotRecovered) and done.why is WhyNot.NOT_SOUND and unread:
            raise CommandFailed(world.directory, done.why, not_recovered_text(Texts("en", "EUR"), done))
        if isinstance(done, NotRecovered) and done.why is not WhyNot.SHOP_HERE:
            raise AssertionError(f"with a copy and a box there it said {done}")
        return done

    return Step("recovery", do, is_there)


def _has_every_receipt(world: World) -> bool:
    """The till stands again, with what the copy and the box had."""
    if not (world.directory / LEDGER_FILE).exists():
        return False
    return all(_holding(number)(world) for number in range(1, 8))


def _stands_beside(world: World) -> bool:
    """The till stands again, and what stood there before lies beside."""
    return any(world.directory.glob(f"{ASIDE}-*/{LEDGER_FILE}")) and _has_every_receipt(world)


def _holding(number: int) -> Callable[[World], bool]:
    is_there = selling(number, 1, 1).is_there
    assert is_there is not None
    return is_there


def _sweep(world: World) -> object:
    """Everybody and every note go, as if the years had passed; what fails is not told, but tried again tomorrow."""
    tomorrow = world.clock.today() + timedelta(days=1)
    sweeper = Sweeper(OwnLedger(world.till), world.directory, Limits(tomorrow, tomorrow, 0.0))
    gone, _ = sweeper.members(with_points=True)
    sweeper.rest()
    return gone


def all_are_erased(world: World) -> bool:
    """Nobody's profile, card or key is left."""
    with world.reading() as reader:
        keys = reader._vault.value("SELECT count(*) FROM member_key")
        found = [reader.card(card(number)) for number in range(1, 5)] + reader.search("anna") + reader.search("huber")
        return keys == 0 and not any(found)


UPKEEP: Final = (
    Workload("import of members", (_importing(Kind.MEMBERS, "members"),), _old_files, opened),
    Workload("import of sales", (_importing(Kind.SALES, "sales"),), _old_files, opened),
    Workload(
        "black box", (Step("box", _catch_up, _is_boxed, is_begun=books_nothing), selling(10, 1, 900)), shop, opened
    ),
    Workload(
        "black box goes on",
        (Step("box", _catch_up, lambda world: _is_boxed(world, 7), is_begun=books_nothing),),
        _boxed,
        opened,
    ),
    Workload("black box lets go", (Step("box", _forget_copied),), _boxed, opened),
    Workload(
        "rotation",
        (Step("copy", _take, _newest_is_sound, is_begun=books_nothing), Step("rotation", _thin)),
        _rotated,
        opened,
    ),
    Workload("recovery", (_recovering(_has_every_receipt, set_aside=False),), _lost, judged=False),
    Workload("recovery beside", (_recovering(_stands_beside, set_aside=True),), _left_over, judged=False),
    Workload("retention", (Step("retention", _sweep, all_are_erased, is_begun=books_nothing),), shop, opened),
)
"""What a till does with its files now and then."""
