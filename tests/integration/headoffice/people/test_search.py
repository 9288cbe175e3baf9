"""How the database looks for the beginning of a word: in an index, whatever language it orders texts by."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text

from headoffice.people.search import search
from headoffice.store.engine import Database


@pytest.mark.parametrize(
    ("query", "beginning"),
    [
        ("Großmann", "'grossmann'"),
        ("345678", "'876543'"),
        ("anna@example.org", "'anna@example.org'"),
        ("2900000000018", "'8100000000092'"),
    ],
    ids=["a name", "the end of a phone number", "an e-mail address", "a card"],
)
def test_beginnings_are_found_through_an_index_in_the_order_of_bytes(
    postgresql_database: Database, query: str, beginning: str
) -> None:
    """With an index in the order of a language PostgreSQL would read every word of the shop (manual, 11.10)."""
    asked: list[tuple[str, object]] = []
    with postgresql_database.snapshot() as connection:
        event.listen(connection, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
        search(connection, query, 10)
        searches = list(asked)
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plans = "\n".join(
            line
            for statement, values in searches
            for (line,) in connection.exec_driver_sql(f"EXPLAIN {statement}", values)  # type: ignore[arg-type]
        )
    assert f"~>=~ {beginning}" in plans, plans
