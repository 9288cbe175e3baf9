"""The ledger's fixtures for these tests."""

from tests.fakes.ledger_fixtures import joined, joined_reader, ledger, reader

__all__ = ["joined", "joined_reader", "ledger", "reader"]
