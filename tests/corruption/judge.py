"""Opens a damaged shop as its till would and says when the damage was noticed, or that nothing was lost by it."""

from __future__ import annotations

import traceback
from contextlib import closing
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from storage.errors import StorageError
from storage.verify import quick_check, verify
from tests.corruption.shop import Answers, Shop, balances, everything_else

if TYPE_CHECKING:
    from storage.store import Store


class Noticed(StrEnum):
    """When a damage was noticed, from best to worst."""

    AT_OPEN = "at open"
    AT_READ = "at the read"
    AT_QUICK_CHECK = "at the quick check"
    AT_VERIFY = "at verify"
    SAID_INCOMPLETE = "head office is asked anew, and the till says so"
    HARMLESS = "harmless"
    NEVER = "NEVER"
    BUG = "BUG"


class Verdict(msgspec.Struct, frozen=True):
    """What came of a damage.

    Attributes:
        noticed: When it was noticed.
        wrong_before: Whether a wrong balance was shown before.
        detail: What was said, or what was wrong.
    """

    noticed: Noticed
    wrong_before: bool = False
    detail: str = ""


def judge(shop: Shop, truth: Answers) -> Verdict:
    """Open, read every balance, then let the background checks run."""
    try:
        store = shop.open()
    except StorageError as error:
        return Verdict(Noticed.AT_OPEN, detail=f"{error.code}: {error.support}")
    except Exception:  # noqa: BLE001 - what a till calls its own mistake
        return Verdict(Noticed.BUG, detail=traceback.format_exc())
    try:
        return _judged_open(shop, store, truth)
    finally:
        store._held.close()


def _judged_open(shop: Shop, store: Store, truth: Answers) -> Verdict:
    bug = wrong = ""
    rest: object = None
    incomplete = False
    try:
        with closing(store.reader()) as reader:
            incomplete = reader.head_office() is not None and reader.replica_state() is None
            shown = balances(shop, store, reader)
            wrong = "" if incomplete else _difference(shown, truth.balances)
            rest = None if wrong else everything_else(shop, store, reader)
    except StorageError as error:
        return Verdict(Noticed.AT_READ, detail=f"{error.code}: {error.support}")
    except Exception:  # noqa: BLE001 - as above
        bug = traceback.format_exc()
    found = _in_the_background(shop, store)
    if found.noticed is not Noticed.HARMLESS:
        return msgspec.structs.replace(found, wrong_before=bool(wrong), detail=f"{found.detail} {wrong} {bug}")
    if bug:
        return Verdict(Noticed.BUG, bool(wrong), bug)
    if incomplete:
        return Verdict(Noticed.SAID_INCOMPLETE)
    difference = wrong or _difference(rest, truth.rest)
    return Verdict(Noticed.NEVER, bool(wrong), difference) if difference else found


def _in_the_background(shop: Shop, store: Store) -> Verdict:
    """What the checks find that run behind the first screen: quick check, sync thread, the proof of once a day."""
    try:
        problems = quick_check(shop.directory)
        if problems:
            return Verdict(Noticed.AT_QUICK_CHECK, detail=problems[0])
        if _is_fetched_anew(store):
            return Verdict(Noticed.SAID_INCOMPLETE)
        result = verify(shop.directory)
    except StorageError as error:
        return Verdict(Noticed.AT_VERIFY, detail=f"{error.code}: {error.support}")
    except Exception:  # noqa: BLE001 - as above
        return Verdict(Noticed.BUG, detail=traceback.format_exc())
    if not result.ok:
        return Verdict(Noticed.AT_VERIFY, detail=result.problems[0])
    if result.replica_problems:  # the next round with head office begins anew
        with closing(store.open_replica()) as replica:
            assert replica.is_doubted
            replica.begin_anew()
        assert _is_fetched_anew(store), "it is empty now"
        return Verdict(Noticed.SAID_INCOMPLETE, detail=result.replica_problems[0])
    return Verdict(Noticed.HARMLESS)


def _is_fetched_anew(store: Store) -> bool:
    """Whether the sync thread, which opens head office's state when the till starts, finds it unsound."""
    if store.head_office is None:
        return False
    store.open_replica().close()
    with closing(store.reader()) as reader:
        return reader.replica_state() is None


def _difference(found: object, wanted: object) -> str:
    if isinstance(found, dict) and isinstance(wanted, dict):
        return "; ".join(
            f"{name}: {str(found.get(name))[:300]} instead of {str(wanted[name])[:300]}"
            for name in wanted
            if found.get(name) != wanted[name]
        )
    return "" if found == wanted else "other answers"
