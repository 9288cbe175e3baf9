"""A hand for the register at a test's counter, and baskets for it to put there."""

from __future__ import annotations

from terminal.presenters.register import RegisterPresenter
from terminal.register.port import Declined
from terminal.register.wire import BasketMessage, CommitMessage, LineMessage, SaleMessage
from tests.fakes.counter import Counter
from tests.fakes.register_till import attached

FIVE = BasketMessage(
    2345,
    "EUR",
    (
        LineMessage(1645, "brot", "Backwaren", 2),
        LineMessage(500, "kaffee", "Kaffee", 2),
        LineMessage(200, "pfand", "Pfand", 1),
    ),
)
PLAIN = BasketMessage(2345, "EUR")


class Register:
    """A hand for the register: asks the counter and keeps what it said."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.at: RegisterPresenter = attached(counter.shell, counter.around)
        self.heard: list[SaleMessage | Declined] = []

    def put(self, basket: BasketMessage = PLAIN, sale_id: str = "k1-17") -> SaleMessage:
        """Put a basket on the counter, which has to take it."""
        said = self.at.put(sale_id, basket)
        assert isinstance(said, SaleMessage), said
        return said

    def commit(self, asked: CommitMessage | None = None, sale_id: str = "k1-17") -> SaleMessage | Declined:
        """Book, and give the answer."""
        before = len(self.heard)
        self.at.commit(sale_id, asked or CommitMessage(), self.heard.append)
        assert len(self.heard) == before + 1, "answered once, and now"
        return self.heard[-1]

    def why(self, said: SaleMessage | Declined) -> str:
        """The code of a no."""
        assert isinstance(said, Declined), said
        return said.code

    def newest(self, sale_id: str = "k1-17") -> SaleMessage:
        """What registers read."""
        found = self.at.board.newest(sale_id)
        assert found is not None
        return found


def notice_of(counter: Counter) -> str:
    """What the idle screen says."""
    notice = counter.shell.idle.state.notice
    return notice.text if notice else ""
