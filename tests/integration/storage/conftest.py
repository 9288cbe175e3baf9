"""The ledger's fixtures for these tests."""

from tests.fakes.boxed import box, folder, joined_box
from tests.fakes.ledger_fixtures import joined, joined_reader, ledger, reader

__all__ = ["box", "folder", "joined", "joined_box", "joined_reader", "ledger", "reader"]
