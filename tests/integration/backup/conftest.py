"""A ledger for the tests of its copies."""

from tests.fakes.ledger_fixtures import ledger

__all__ = ["ledger"]
