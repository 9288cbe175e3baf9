"""Everything a till does to its disk, as workloads that can be tried again and again while one operation fails."""

from __future__ import annotations

import shutil
import zipfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from loyalty.directory import CardStatus, Profile
from loyalty.feed import CardItem, ChangesReply, TombstoneItem
from loyalty.outcomes import Reason
from loyalty.records import CardAction, Purpose, ReversalReason
from loyalty.reversal import ReversalRequest
from loyalty.sale import Basket, RewardRequest
from storage.backup import backup, restore
from storage.errors import Damaged
from storage.files import KEY_FILE, LEDGER_FILE, VAULT_FILE
from storage.rebuild import rebuild
from storage.verify import verify
from terminal.app.adjust import AdjustCommand, adjust
from terminal.app.card_numbers import NumbersCommand, reserve_numbers
from terminal.app.cards import CardCommand, change_card
from terminal.app.close_day import CloseDayCommand, close_day
from terminal.app.earn import EarnCommand, earn
from terminal.app.enrol import EnrolCommand, enrol
from terminal.app.keep_settings import keep_settings
from terminal.app.members import EraseCommand, MergeCommand, erase_member, merge_members
from terminal.app.redeem import RedeemCommand, redeem
from terminal.app.reverse import ReverseCommand, reverse
from tests.fakes.ledger_joined import PROFILE_KEY, PROGRAMME_KEY, cursor, head_office, sealed
from tests.faults.world import Step, Workload, World, books_nothing, card, command_id

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST_LAYOUT: Final = Path(__file__).parents[1] / "integration" / "storage" / "first_layout.zip"

UNREAD: Final = ("can't be read", "unable to get the page", "failed to get page")
"""How the proof, and SQLite's own check in it, say that a page could not be read."""


def selling(number: int, member: int, cents: int, rewards: tuple[str, ...] = ()) -> Step:
    """Book a sale under an id of its own."""
    requests = tuple(RewardRequest(reward) for reward in rewards)
    command = EarnCommand(command_id(number), card(member), Basket(cents), requests)
    return Step(f"sale {number}", lambda world: earn(world.till, command), _held(number))


def _held(number: int) -> Callable[[World], bool]:
    return lambda world: world.held(command_id(number))


def enrolling(number: int, member: int, name: str) -> Step:
    """Enrol a person on a card."""
    command = EnrolCommand(
        command_id(number), card(member), name, phone="+49 30 1234567", consents=(Purpose.EMAIL,), source="till"
    )
    return Step(f"enrolment {number}", lambda world: enrol(world.till, command), _held(number))


def shop(world: World) -> None:
    """A shop with three members, two of them named, a few sales and a reward taken."""
    world.make_shop()
    for step in (
        selling(1, 1, 25_000),
        selling(2, 1, 1_500, ("coffee",)),
        enrolling(3, 2, "Anna Bauer"),
        selling(4, 2, 30_000),
        enrolling(5, 3, "Ben Huber"),
        selling(6, 4, 900),
    ):
        step.do(world)


def opened(world: World) -> object:
    """The till is open when the work begins."""
    return world.store


def sell(world: World, number: int, member: int, cents: int) -> None:
    """Book a sale while nothing fails."""
    selling(number, member, cents).do(world)


def _left_by_a_crash(world: World) -> None:
    """As the shop, but its process dies: log and mark stay behind."""
    shop(world)
    crashed = world.root / "crashed"
    shutil.copytree(world.directory, crashed)
    world.close()
    shutil.rmtree(world.directory)
    crashed.rename(world.directory)


def _old_layout(world: World) -> None:
    world.directory.mkdir(mode=0o700)
    with zipfile.ZipFile(FIRST_LAYOUT) as archive:
        archive.extractall(world.directory)
    for path in world.directory.iterdir():
        path.chmod(0o600)


def _copied(world: World) -> None:
    """A shop with a copy, and a sale behind the copy."""
    shop(world)
    backup(world.directory, world.root / "copy")
    selling(7, 1, 700).do(world)


def _copied_elsewhere(world: World) -> None:
    """Only the copy is left."""
    _copied(world)
    world.close()
    shutil.rmtree(world.directory)


def _restore(world: World) -> object:
    return restore(world.root / "copy", world.directory, clock=world.clock, ids=world.ids)


def _backup(world: World) -> object:
    return backup(world.directory, world.root / "copy")


def is_sound_copy(world: World) -> bool:
    """A copy that was reported can be put back; looked at in a folder of its own."""
    if not (world.root / "copy").exists():
        return False
    place = world.root / "put back"
    restore(world.root / "copy", place, clock=world.clock, ids=world.ids)
    return verify(place).ok and (world.root / "copy.key").exists()


def _change_profile(world: World) -> object:
    with world.store.unit() as unit:
        found = unit.known_card(card(2))
        assert found is not None
        unit.put_profile(found.account.member_id, Profile("Anna Bauer-Huber", "+49301234567"))
    return None


def _profile_is(name: str) -> Callable[[World], bool]:
    def check(world: World) -> bool:
        with world.reading() as reader:
            found = reader.known_card(card(2))
            return bool(found and found.profile and found.profile.name == name)

    return check


def is_erased(world: World) -> bool:
    """Neither profile nor card nor key of the member is left."""
    with world.reading() as reader:
        keys = reader._vault.value("SELECT count(*) FROM member_key")
        return reader.card(card(2)) is None and reader.search("anna") == [] and keys == 1


def _joined(world: World) -> None:
    shop(world)
    _join(world)


def _join(world: World) -> object:
    world.store.join(head_office(), programme_key=PROGRAMME_KEY, profile_key=PROFILE_KEY)
    return None


def _is_joined(world: World) -> bool:
    with world.reading() as reader:
        return reader.head_office() is not None and (world.directory / KEY_FILE).read_bytes() == PROGRAMME_KEY


def _pull(world: World) -> object:
    """Take over head office's word: a statement, a person, a card, an erasure; staged, then published."""
    with world.store.reader() as reader:
        found = reader.known_card(card(1))
        assert found is not None
        covered = reader.head().seq
    stranger = command_id(900)
    items = (
        sealed(stranger, Profile("Anna Elsewhere")),
        CardItem(card(6), command_id(901), stranger, CardStatus.ACTIVE),
        TombstoneItem(command_id(902), 1, date(2026, 11, 20)),
    )
    with world.store.open_replica() as replica:
        replica.stage_page(ChangesReply(items, cursor(3), False, {}, True, world.clock.now_us()), covered)
        return replica.publish()


def _leave(world: World) -> object:
    if world.store.head_office is not None:
        world.store.leave()
    return None


def _close(world: World) -> object:
    world.close()
    return None


def _settings(world: World) -> object:
    return keep_settings(world.directory, {"language": "de"})


def _have_settings(world: World) -> bool:
    return 'language = "de"' in (world.directory / "settings.toml").read_text("utf-8")


def _verify(world: World) -> object:
    result = verify(world.directory)
    unread = [problem for problem in result.problems if any(words in problem for words in UNREAD)]
    if unread:  # what can't be read is told as damage, here as at the start
        raise Damaged(unread[0])
    assert result.ok, result.problems
    return result


def _one_page_at_a_time(world: World) -> object:
    world.store.checkpoint(now=True)
    return None


BOOKINGS: Final = (
    Workload("sale", (selling(10, 1, 2_000), selling(11, 5, 1_000)), shop, opened),
    Workload("sale with reward", (selling(10, 1, 2_000, ("five-off",)),), shop, opened),
    Workload(
        "redemption",
        (
            Step(
                "redemption",
                lambda world: redeem(world.till, RedeemCommand(command_id(10), card(1), RewardRequest("coffee"))),
                _held(10),
            ),
        ),
        shop,
        opened,
    ),
    Workload(
        "reversal",
        (
            Step(
                "reversal",
                lambda world: reverse(
                    world.till,
                    ReverseCommand(
                        command_id(10), ReversalRequest(command_id(2)), ReversalReason.MISTAKE, "typed wrong"
                    ),
                ),
                _held(10),
            ),
        ),
        shop,
        opened,
    ),
    Workload(
        "adjustment",
        (
            Step(
                "adjustment",
                lambda world: adjust(world.till, AdjustCommand(command_id(10), card(1), -20, "goodwill")),
                _held(10),
            ),
        ),
        shop,
        opened,
    ),
    Workload("enrolment", (enrolling(10, 5, "Annabel Vogt"),), shop, opened),
    Workload("profile change", (Step("profile", _change_profile, _profile_is("Anna Bauer-Huber")),), shop, opened),
    Workload(
        "erasure",
        (
            Step(
                "erasure",
                lambda world: erase_member(world.till, EraseCommand(card(2))),
                is_erased,
                Reason.CARD_UNKNOWN,
            ),
        ),
        shop,
        opened,
    ),
    Workload(
        "merge",
        (
            Step(
                "merge",
                lambda world: merge_members(world.till, MergeCommand(command_id(10), card(3), card(2))),
                _held(10),
            ),
        ),
        shop,
        opened,
    ),
    Workload(
        "card replaced",
        (
            Step(
                "replacement",
                lambda world: change_card(
                    world.till, CardCommand(command_id(10), CardAction.REPLACE, card(2), card(6))
                ),
                _held(10),
            ),
        ),
        shop,
        opened,
    ),
    Workload(
        "card numbers",
        (Step("numbers", lambda world: reserve_numbers(world.till, NumbersCommand(command_id(10), 20))),),
        shop,
        opened,
    ),
    Workload(
        "day close",
        (
            Step(
                "close",
                lambda world: close_day(world.till, CloseDayCommand()),
                None,
                Reason.DAY_ALREADY_CLOSED,
            ),
        ),
        shop,
        opened,
    ),
)
"""Bookings on a till that is open already."""

KEEPING: Final = (
    Workload("checkpoint", (selling(10, 1, 2_000), Step("checkpoint", _one_page_at_a_time)), shop, opened),
    Workload("closing", (Step("closing", _close),), shop, lambda world: selling(10, 1, 2_000).do(world)),
    Workload("opening", (Step("opening", opened),), shop),
    Workload("opening after a crash", (Step("opening", opened), selling(10, 1, 2_000)), _left_by_a_crash),
    Workload("migration", (Step("opening", opened), Step("closing", _close)), _old_layout),
    Workload("backup", (Step("backup", _backup, is_sound_copy, is_begun=books_nothing),), shop),
    Workload("backup over another", (Step("backup", _backup, is_sound_copy, is_begun=books_nothing),), _copied),
    Workload("restore", (Step("restore", _restore),), _copied),
    Workload("restore into nothing", (Step("restore", _restore),), _copied_elsewhere, judged=False),
    Workload("rebuild", (Step("rebuild", lambda world: rebuild(world.store)),), shop, opened),
    Workload("verify", (Step("verify", _verify),), shop),
    Workload("settings", (Step("settings", _settings, _have_settings),), shop),
    Workload(
        "setting up",
        (Step("setting up", lambda world: world.make_shop() if world.opened is None and not _stands(world) else None),),
        judged=False,
    ),
)
"""What a till does with its files besides booking."""

HEAD_OFFICE: Final = (
    Workload("joining", (Step("joining", _join, _is_joined),), shop, opened),
    Workload("pull", (Step("pull", _pull),), _joined, opened),
    Workload("leaving", (Step("leaving", _leave),), _joined, opened),
    Workload("sale of a joined till", (selling(10, 1, 2_000), enrolling(11, 5, "Anna Neu")), _joined, opened),
)
"""What a till does because of head office."""


def _stands(world: World) -> bool:
    return all((world.directory / name).exists() for name in (LEDGER_FILE, VAULT_FILE, KEY_FILE))


OF_A_DAY: Final = (*BOOKINGS, *KEEPING, *HEAD_OFFICE)
"""What a till does every day; ``catalogue`` has all."""
