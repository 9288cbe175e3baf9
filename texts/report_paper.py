"""What a finished daily report says beside its figures; both programs fill it in, CSV and PDF are made from it."""

from __future__ import annotations

import msgspec

from loyalty.report import DayFigures


class TillFigures(msgspec.Struct, frozen=True):
    """The part of one till in the report of a store, or of all stores together.

    Attributes:
        store: Where it stands; empty when the report itself says so.
    """

    name: str
    figures: DayFigures
    store: str = ""

    @property
    def caption(self) -> str:
        """What it is called beside tills of other stores, where there may be another till of that name."""
        return f"{self.store} · {self.name}" if self.store else self.name


class DayPaper(msgspec.Struct, frozen=True):
    """One daily report, ready to be written.

    Attributes:
        store: Whose.
        till: Which till's; empty for the whole store.
        figures: Of the day.
        before: Of the same weekday a week before; ``None`` when it is not held against it.
        reward_names: What people read, by the id of a reward.
        tills: The parts of a store's tills, in the order in which they are listed.
        made: When it was written, as people read it.
        remarks: What a reader must know of the figures, such as that they are not complete.
    """

    store: str
    till: str
    figures: DayFigures
    before: DayFigures | None = None
    reward_names: dict[str, str] = {}
    tills: tuple[TillFigures, ...] = ()
    made: str = ""
    remarks: tuple[str, ...] = ()
