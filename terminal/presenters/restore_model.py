"""What the restoring window knows; its pages are made of this and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from terminal.app.cashiers import PIN_LENGTH_MIN
from terminal.app.restoring_plans import FromCopy, Plan
from terminal.app.restoring_trouble import Trouble
from terminal.presenters.restore_states import Page
from terminal.sync.recover import RecoverCommand

if TYPE_CHECKING:
    from uuid import UUID

    from storage.errors import StorageError
    from storage.types import CashierRow
    from terminal.app.restoring_copies import Checked, Found
    from terminal.app.restoring_plans import Findings, Restored, Step
    from terminal.presenters.states import Notice
    from terminal.sync.recover import RecoverStep

PIN: Final = "pin"
WORD: Final = "word"
URL: Final = "url"
CODE: Final = "code"
BOX: Final = "box"


@dataclass
class Model:
    """The presenter's own.

    Attributes:
        trouble: What is wrong, as far as file names tell; the findings know it better.
        error: What storage said.
        language: The language of the window.
        page: Which page is on.
        behind: The page that led to the confirmation.
        findings: What a look around found; ``None`` while it is under way.
        looked: How many records were looked at, and of how many.
        checks: What a close look at copies came to.
        chosen: The chosen copy.
        plan: What is to be confirmed, or under way.
        typed: What stands in the fields.
        manager: Who says to decide.
        notice: What was said last.
        step: How far the work is.
        restored: What came of it.
        busy: Whether an answer is waited for.
    """

    trouble: Trouble
    error: StorageError | None
    language: str
    page: Page = Page.LOOKING
    behind: Page = Page.TROUBLE
    findings: Findings | None = None
    looked: tuple[int, int] = (0, 0)
    checks: dict[Path, Checked] = field(default_factory=dict)
    chosen: Path | None = None
    plan: Plan | RecoverCommand | None = None
    typed: dict[str, str] = field(default_factory=dict)
    manager: UUID | None = None
    notice: Notice | None = None
    step: Step | RecoverStep | None = None
    recovering: tuple[int, int] = (0, 0)
    restored: Restored | None = None
    stopping: bool = False
    busy: bool = False

    @property
    def asked(self) -> bool:
        """Whether nothing is wrong and a manager wants an older copy."""
        return self.trouble is Trouble.ASKED

    @property
    def found(self) -> Found | None:
        """The chosen copy."""
        copies = self.findings.copies if self.findings else ()
        return next((each for each in copies if each.copy.path == self.chosen), None)

    @property
    def checked(self) -> Checked | None:
        """What a close look at the chosen copy came to."""
        return self.checks.get(self.chosen) if self.chosen else None

    @property
    def managers(self) -> tuple[CashierRow, ...]:
        """Who may decide: whom the ledger still names, else whom the copy names that is to be put back."""
        own = self.findings.remains.managers if self.findings else ()
        if own or not self.puts_copy_back or self.checked is None:
            return own
        return self.checked.managers

    @property
    def puts_copy_back(self) -> bool:
        """Whether the plan is about the chosen copy."""
        plan = self.plan
        return isinstance(plan, FromCopy) or (isinstance(plan, RecoverCommand) and plan.backup is not None)

    def may_decide(self, word: str) -> bool:
        """Whether enough is typed to go on: a manager's PIN, or the word where no manager can be asked."""
        if self.managers:
            return self.manager is not None and len(self.typed.get(PIN, "")) >= PIN_LENGTH_MIN
        return self.typed.get(WORD, "").strip().casefold() == word.casefold()
