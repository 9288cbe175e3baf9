"""What a register says of a card is never told in full by a description that may get into a log."""

from uuid import UUID

import msgspec
import pytest

from loyalty.sale import Basket
from terminal.register.port import RegisterBasket
from terminal.register.sale_file import FileSale
from terminal.register.wire import BasketMessage, CommitMessage

CARD = "2900000047112"


@pytest.mark.parametrize("kind", [BasketMessage, CommitMessage, FileSale, RegisterBasket])
def test_a_description_masks_the_card(kind: type[msgspec.Struct]) -> None:
    """Its end is enough to tell two sales apart."""
    values = {
        "amount_cents": 500,
        "currency": "EUR",
        "card": CARD,
        "sale_id": "k1-1",
        "record_id": UUID(int=1),
        "basket": Basket(500),
    }
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    needed = {name: values[name] for name, field in fields.items() if field.required or name == "card"}
    said = repr(kind(**needed))
    assert CARD not in said
    assert CARD[-4:] in said
