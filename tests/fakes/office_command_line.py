"""Head office's command line for tests: the real entry on a real data directory, with a clock that stands still."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any
from uuid import UUID

from headoffice import authority
from headoffice.cli import execute
from headoffice.cli.programs import Programs
from headoffice.main import assemble
from headoffice.service import HeadOffice
from headoffice.store.rows import TerminalRow
from loyalty.directory import CardStatus
from loyalty.feed import CardEdit, EditsRequest, ProfileEdit, ProfileField
from loyalty.records import Consent, Purpose
from loyalty.wire import JoinRequest
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.command_line import Ran
from tests.fakes.head_office import KEY


class OfficeCommandLine:
    """Runs commands on one data directory.

    Attributes:
        directory: The data directory.
        clock: The time.
    """

    def __init__(self, directory: Path, seed: int = 1, *, founded: bool = True) -> None:
        self.directory = directory
        self.clock = FakeClock()
        self.ids = SeededIds(seed, self.clock)
        self.broken: Exception | None = None
        if founded:
            self.open(directory, None).close()

    def __call__(self, *arguments: str) -> Ran:
        """Run a command as a script does, with ``--json``."""
        return self.run("--json", *arguments)

    def said(self, *arguments: str) -> Ran:
        """Run a command as a person does, in English."""
        return self.run("--lang", "en", *arguments)

    def run(self, *arguments: str) -> Ran:
        """Run a command line as it stands."""
        programs = Programs(self.clock, self.ids, self.open, lambda: self.directory, lambda _office, _fingerprint: ())
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = execute(programs, ["--data", str(self.directory), *arguments])
        return Ran(code, out.getvalue(), err.getvalue())

    def done(self, *arguments: str) -> dict[str, Any]:
        """Run a command that has to succeed; its document."""
        ran = self(*arguments)
        assert ran.code == 0, ran.out + ran.err
        return ran.document

    def open(
        self,
        data: Path,
        database_url: str | None,
        *,
        name: str | None = None,
        currency: str | None = None,
        found: bool = True,
    ) -> HeadOffice:
        """Open head office as the composition root does."""
        if self.broken is not None:
            raise self.broken
        return assemble(data, database_url, self.clock, self.ids, name=name, currency=currency, found=found)

    def till(self) -> TerminalRow:
        """A till of the store Mitte that has joined."""
        code = self.done("enrol-terminal", "Mitte", "Kasse 1")["code"]
        with contextlib.closing(self.open(self.directory, None)) as office:
            request = JoinRequest(code, KEY.public_key().public_bytes_raw(), "Kasse 1", self.ids.random_id(), 1)
            return office.terminal(office.join(request).terminal_id)

    def member(self, till: TerminalRow, name: str, number: str) -> UUID:
        """A member whom a till has handed in."""
        member_id, ids = self.ids.random_id(), self.ids
        card = CardEdit(ids.random_id(), ids.random_id(), number, member_id, CardStatus.ACTIVE)
        profile = ProfileEdit(ids.random_id(), member_id, ProfileField.NAME, name)
        with contextlib.closing(self.open(self.directory, None)) as office:
            office.edits(till, EditsRequest((card, profile)))
        return member_id

    def consents(self, member_id: UUID, **granted: bool) -> None:
        """What a member said of each purpose."""
        with contextlib.closing(self.open(self.directory, None)) as office:
            header = [authority.header(office.office, member_id, 1, purpose) for purpose in granted]
            records = [
                Consent(**fields, purpose=Purpose(purpose), text_version="1", granted=yes)
                for fields, (purpose, yes) in zip(header, granted.items(), strict=True)
            ]
            authority.book(office.office, records)
