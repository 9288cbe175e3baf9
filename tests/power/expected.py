"""What a person was promised at each moment of a recording: read from the marks, nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tests.power.recording import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from tests.power.recording import Event
    from tests.power.state import State

COMING: Final = 2
"""How many states of the replica can be in the making before the next one is told of."""


@dataclass(frozen=True)
class Expected:
    """What must be found after a power cut.

    Attributes:
        before: What the ledger held when the last step was acknowledged; ``None`` before there was one.
        after: What it holds when the running step is done; ``None`` when none runs or nobody knows.
        doing: The running step, empty between steps.
        whole: Whether that step happens wholly or not at all.
        erased: Members nobody may find.
        copies: What each acknowledged backup may hold.
        restoring: The copy that is being put back.
        published: What of head office's state was visible so far, and what will be next.
        shown: How many of them were.
        acknowledged: How many steps were acknowledged.
        boxed: Records that the black box must hold.
        recovering: The copy, the box, and whether a shop is set aside, while a lost till is being recovered.
        receipts: Bookings that a recovered till must hold.
        aside: What the ledger held that a recovery set aside.
    """

    before: State | None = None
    after: State | None = None
    doing: str = ""
    whole: bool = True
    erased: tuple[str, ...] = ()
    copies: tuple[tuple[str, tuple[State, ...]], ...] = ()
    restoring: str = ""
    published: tuple[str, ...] = ()
    shown: int = 0
    acknowledged: int = 0
    boxed: tuple[str, ...] = ()
    recovering: tuple[str, str, bool] | None = None
    receipts: tuple[str, ...] = ()
    aside: State | None = None

    def told(self, said: dict[str, Any], later: Sequence[dict[str, Any]]) -> Expected:
        """The same when another mark was written; ``later`` are those behind it."""
        if "start" in said:
            return replace(self, before=said["start"])
        if "begin" in said:
            after = next((mark["state"] for mark in later if "done" in mark), None)
            return replace(self, doing=said["begin"], whole=said["whole"], after=after)
        if "done" in said:
            count = self.acknowledged + 1
            return replace(self, before=said["state"], after=None, doing="", acknowledged=count)
        return self._also(said, later)

    def _also(self, said: dict[str, Any], later: Sequence[dict[str, Any]]) -> Expected:
        """What must stay true besides the ledger's own contents."""
        if "erased" in said:
            return replace(self, erased=(*self.erased, said["erased"]))
        if "copy" in said:
            return self._copies(said["copy"], (said["state"],))
        if "dropped" in said:
            coming = [mark["state"] for mark in later if mark.get("copy") == said["dropped"]][:1]
            old = dict(self.copies).get(said["dropped"])
            return self._copies(said["dropped"], (*old, *coming) if old else None)
        if "restoring" in said:
            return replace(self, restoring=said["restoring"])
        if "restored" in said:
            return replace(self, restoring="")
        if "boxed" in said:
            coming = [set(mark["boxed"]) for mark in later if "boxed" in mark][:1]
            kept = [record for record in said["boxed"] if all(record in newer for newer in coming)]
            return replace(self, boxed=tuple(kept))
        if "published" in said:
            coming = [mark["published"] for mark in later if "published" in mark][:COMING]
            return replace(
                self, published=(*self.published[: self.shown], said["published"], *coming), shown=self.shown + 1
            )
        return self._lost(said)

    def _lost(self, said: dict[str, Any]) -> Expected:
        """What goes with good reason, and what comes back."""
        if "deleted" in said:
            return self._copies(said["deleted"], None)
        if "recovering" in said:
            copy, box, set_aside = said["recovering"]
            source, receipts = (copy, box, set_aside), tuple(said["receipts"])
            return replace(self, recovering=source, receipts=receipts, aside=said["aside"])
        if "recovered" in said:
            return replace(self, recovering=None)
        raise ValueError(f"unknown mark {said}")

    def _copies(self, name: str, states: tuple[State, ...] | None) -> Expected:
        copies = dict(self.copies)
        copies.pop(name, None)
        if states:
            copies[name] = states
        return replace(self, copies=tuple(copies.items()))


def promises(events: Sequence[Event]) -> dict[int, Expected]:
    """What was promised from each mark on, by the mark's place in the recording."""
    marks = [(number, event.mark) for number, event in enumerate(events) if event.kind is Kind.MARKED]
    expected = Expected()
    found = {}
    for place, (number, said) in enumerate(marks):
        expected = expected.told(said, [mark for _, mark in marks[place + 1 :]])
        found[number] = expected
    return found
