"""A whole head office for tests, with what tills and people do to it in one call each."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from headoffice.main import assemble
from loyalty.directory import CardStatus, Role
from loyalty.feed import (
    CardEdit,
    CashierEdit,
    Edit,
    EditsRequest,
    ProfileEdit,
    ProfileField,
    TextEdit,
    TombstoneEdit,
)
from loyalty.wire import JoinRequest
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.headoffice import STORE_ID, PretendTill, open_store
from tests.source import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from headoffice.service import HeadOffice
    from headoffice.store.rows import TerminalRow

PROGRAMME: Final = (ROOT / "terminal" / "templates" / "standard.toml").read_text("utf-8")
CARD: Final = "2900000000018"
OTHER_CARD: Final = "2900000000025"
TILL_KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


class TestedOffice:
    """Head office on a database of its own, closed and opened at will.

    Attributes:
        data: Its folder.
        clock: Its time, and the tills'.
        head: The facade.
    """

    __test__ = False

    def __init__(self, data: Path, database_url: str | None) -> None:
        self.data = data
        self.clock = FakeClock()
        self.ids = SeededIds(77, self.clock)
        self._url = database_url
        self._tills: list[PretendTill] = []
        self.head = self._open()
        open_store(self.head.database)

    def _open(self) -> HeadOffice:
        return assemble(self.data, self._url, self.clock, self.ids)

    def restart(self) -> None:
        """End the program and start it again; the tills talk to the new one."""
        self.head.close()
        self.head = self._open()
        for till in self._tills:
            till.database = self.head.database

    def close(self) -> None:
        """End it."""
        self.head.close()

    # --------------------------------------------------------------------------------------------- tills

    def till(self, *, store_id: UUID = STORE_ID) -> PretendTill:
        """Another till, with its journal's first record handed in."""
        till = PretendTill(self.head.database, 101 + len(self._tills), store_id=store_id)
        self._tills.append(till)
        till.clock.at_us = self.clock.at_us
        till.push()
        return till

    def join(self, name: str = "Kasse 1", version: int = 1) -> TerminalRow:
        """A till that joins with a code, and signs with ``TILL_KEY``."""
        code = self.head.enrol_terminal("Mitte", name)
        reply = self.head.join(self.join_request(code.code, version))
        return self.head.terminal(reply.terminal_id)

    def join_request(self, code: str, version: int = 1, protocol: int = 1) -> JoinRequest:
        """What a till sends to join."""
        key = TILL_KEY.public_key().public_bytes_raw()
        ledger_id = self.ids.random_id()
        return JoinRequest(code, key, "Kasse", ledger_id, version, protocol_min=protocol, protocol_max=protocol)

    def edit(self, till: PretendTill | TerminalRow, *edits: Edit) -> None:
        """Send edits as one request."""
        row = till.row if isinstance(till, PretendTill) else till
        assert self.head.edits(row, EditsRequest(edits)).taken == len(edits)

    def profile(self, member_id: UUID, value: str, field: ProfileField = ProfileField.NAME) -> ProfileEdit:
        """A field of a person."""
        return ProfileEdit(self.ids.random_id(), member_id, field, value)

    def card(self, member_id: UUID, number: str = CARD, status: CardStatus = CardStatus.ACTIVE) -> CardEdit:
        """A card of a member."""
        return CardEdit(self.ids.random_id(), self.ids.random_id(), number, member_id, status)

    def text(self, text_ref: UUID, text: str) -> TextEdit:
        """A free text."""
        return TextEdit(self.ids.random_id(), text_ref, text)

    def cashier(self, cashier_id: UUID, name: str, *, blocked: bool = False) -> CashierEdit:
        """A person at the tills."""
        return CashierEdit(self.ids.random_id(), cashier_id, name, Role.CASHIER, "$argon2id$", blocked)

    def tombstone(self, member_id: UUID) -> TombstoneEdit:
        """A member is erased."""
        return TombstoneEdit(self.ids.random_id(), member_id, self.clock.now_us(), self.clock.today())

    # -------------------------------------------------------------------------------------------- people

    def publish(self, version: int = 1, *, expiry_months: int = 0, starts_in_days: int = 0) -> int:
        """Publish the standard programme; returns its version."""
        document = PROGRAMME.replace("version = 1\n", f"version = {version}\n", 1)
        if expiry_months:
            document += f"\n[expiry]\nmonths = {expiry_months}\nsince = 2020-01-01\nround_to = 'month_end'\n"
        starts_at_us = self.clock.now_us() + timedelta(days=starts_in_days) // timedelta(microseconds=1)
        published = self.head.publish(document, starts_at_us=starts_at_us, by="Ines")
        assert not isinstance(published, tuple), published
        return published.version

    def balance(self, member_id: UUID) -> int:
        """A member's balance as people see it."""
        found = self.head.member(member_id)
        assert found is not None
        return found.statement.balance

    def assert_sound(self) -> None:
        """Verify finds nothing."""
        result = self.head.verify()
        assert result.problems == ()
        assert result.ok
