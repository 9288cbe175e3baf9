"""The ledger's fixtures for these tests."""

from tests.fakes.ledger_fixtures import ledger, reader

__all__ = ["ledger", "reader"]
