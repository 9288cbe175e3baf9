"""A real head office with people at its desks: two tills, two members, a conflict, and a record nobody can read."""

from __future__ import annotations

import copy
import io
from typing import TYPE_CHECKING, Final, NoReturn
from uuid import UUID

from argon2 import PasswordHasher

from headoffice.api.app import make_app
from headoffice.api.logs import Log
from headoffice.errors import DatabaseAway
from headoffice.main import assemble
from headoffice.store.staff_tables import USER
from headoffice.web.rights import StaffRole
from headoffice.web.users import User, Users
from headoffice.web.web import web_routes
from loyalty.cards import Check, account_id, with_check_digit
from loyalty.directory import CardStatus
from loyalty.feed import CardEdit, EditsRequest, ProfileEdit, ProfileField
from tests.fakes.clock import FakeClock, SeededIds
from tests.fakes.headoffice import PretendTill, open_store

if TYPE_CHECKING:
    from pathlib import Path

    from headoffice.api.app import Api
    from headoffice.store.engine import Database
    from loyalty.feed import Edit

PASSWORD: Final = "vier blaue Brezeln"
STORE: Final = UUID(int=0xC0, version=4)
ADMIN, MANAGER, VIEWER = "Anna Amt", "Max Markt", "Vera Blick"
MEMBER_NAME: Final = "Jürgen Großmann"
SECRET: Final = '<script>alert("x")</script>'
"""A name that somebody thought clever."""

PROGRAMME: Final = """
format = 1
version = 1
name = "Morgenrot Bonus"
currency = "EUR"

[earning]
points = 1
per_cents = 100

[point_value]
points = 100
value_cents = 500

[privacy]
version = "2026-1"
notice = { de = "Hinweis", en = "Notice" }

[[cards]]
id = "plastic"
prefix = "29"
length = 13
check = "gs1"

[[rewards]]
id = "coffee"
kind = "product"
name = { de = "Gratis Kaffee", en = "Free coffee" }
points = 50
value_cents = 250
"""


def card_number(number: int) -> str:
    """A card of the programme with a running number."""
    return with_check_digit(f"29{number:010d}", Check.GS1)


class StaffedOffice:
    """Head office as its people find it on a Saturday morning.

    Attributes:
        clock: Its time.
        head_office: The real one, on an SQLite file.
        users: Its people: an administrator, a manager, a viewer.
        tills: Two tills of one store, as journals.
        member_id: Jürgen, with 120 points.
        fingerprint: Of the certificate that its pages show with codes.
        other_id: Somebody with a name that browsers could run, who owes points.
    """

    def __init__(self, data: Path, like: StaffedOffice | None = None) -> None:
        """Found it, or open a copy of one: founding takes longer than most tests.

        Args:
            data: Its data folder.
            like: The one that was copied there, closed.
        """
        self.clock = FakeClock()
        self.ids = SeededIds(4 if like else 3, self.clock)
        self.head_office = assemble(data, clock=self.clock, ids=self.ids, name="Morgenrot")
        self.users = Users(self.head_office.database, self.clock, self.ids)
        self.log = io.StringIO()
        self.fingerprint = ""
        self.member_id, self.other_id = self.account(1), self.account(2)
        if like is None:
            self.tills = self._trade()
        else:
            self.tills = [_moved(till, self.head_office.database) for till in like.tills]

    def app(self) -> Api:
        """The whole application, with the pages."""
        routes = web_routes(self.head_office, self.fingerprint, monotonic=lambda: self.clock.now_us() / 1_000_000)
        return make_app(self.head_office, extra=routes, log=Log(self.log))

    def break_database(self) -> None:
        """Take the database away, as when its disk or its server is gone."""

        def away(*_: object) -> NoReturn:
            raise DatabaseAway

        self.head_office.database.snapshot = away  # type: ignore[method-assign] # the line is cut here

    def _trade(self) -> list[PretendTill]:
        database = self.head_office.database
        people = ((ADMIN, StaffRole.ADMIN), (MANAGER, StaffRole.MANAGER), (VIEWER, StaffRole.VIEWER))
        for name, role in people:
            assert isinstance(self.users.add(name, role, PASSWORD), User)
        self._make_passwords_cheap()
        open_store(database, STORE, "Mitte")
        self.head_office.publish(PROGRAMME, by="Anna Amt")
        tills = [PretendTill(database, seed, store_id=STORE) for seed in (1, 2)]
        first, second = tills
        first.clock.advance(days=-7)
        first.append(first.sale(self.member_id, 10_000))
        first.clock.advance(days=7)
        sale = first.sale(self.member_id, 2_000)
        first.append(first.enrolment(self.member_id), sale, first.sale(None, 500), first.sale(self.other_id, 6_000))
        second.append(second.redemption(self.other_id, 50), second.redemption(self.other_id, 50), b'{"kind":"sale"}')
        first.push_all()
        second.push_all()
        self._tell(first, self.member_id, 1, MEMBER_NAME, "+491712345678")
        self._tell(first, self.other_id, 2, SECRET, "")
        return tills

    def _make_passwords_cheap(self) -> None:
        """Give everybody a hash that costs next to nothing to verify: hundreds of tests sign in."""
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
        with self.head_office.database.write() as connection:
            connection.execute(USER.update().values(password_hash=cheap))

    def account(self, number: int) -> UUID:
        """The account of a card."""
        return account_id(self.head_office.secrets.programme_key, card_number(number))

    def _tell(self, till: PretendTill, member_id: UUID, number: int, name: str, phone: str) -> None:
        card_ref = self.ids.random_id()
        edits: list[Edit] = [
            CardEdit(self.ids.random_id(), card_ref, card_number(number), member_id, CardStatus.ACTIVE),
            ProfileEdit(self.ids.random_id(), member_id, ProfileField.NAME, name),
        ]
        if phone:
            edits.append(ProfileEdit(self.ids.random_id(), member_id, ProfileField.PHONE, phone))
        self.head_office.edits(till.row, EditsRequest(tuple(edits)))

    def close(self) -> None:
        self.head_office.close()


def _moved(till: PretendTill, database: Database) -> PretendTill:
    """The same till at a copy of its head office."""
    moved = copy.copy(till)
    moved.database = database
    moved.records = list(till.records)
    return moved
