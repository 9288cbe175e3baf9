"""Every unique key contains the column by which its table is spread, so that the chain can outgrow one machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import UniqueConstraint

from headoffice.store import number_tables, staff_tables
from headoffice.store.distribution import DISTRIBUTED_BY, REFERENCE, TOGETHER
from headoffice.store.tables import METADATA
from tests.source import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Table


def unique_keys(table: Table) -> Iterator[set[str]]:
    """The columns of every key that may occur once only."""
    yield {column.name for column in table.primary_key}
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield {column.name for column in constraint.columns}
    for index in table.indexes:
        if index.unique:
            yield {column.name for column in index.columns}


MODULES = (number_tables, staff_tables)
"""Their tables are known once they are loaded."""


def test_every_table_is_either_spread_or_copied() -> None:
    """A new table has to say which, and a table that is gone has nothing to say."""
    assert not DISTRIBUTED_BY.keys() & REFERENCE
    assert DISTRIBUTED_BY.keys() | REFERENCE == METADATA.tables.keys()


@pytest.mark.parametrize("name", sorted(DISTRIBUTED_BY))
def test_every_unique_key_contains_the_column_its_table_is_spread_by(name: str) -> None:
    """Otherwise no machine alone could say that a key is taken."""
    keys = list(unique_keys(METADATA.tables[name]))
    assert all(keys)
    assert all(DISTRIBUTED_BY[name] in key for key in keys), keys


@pytest.mark.parametrize("name", sorted(DISTRIBUTED_BY))
def test_rows_never_move_for_want_of_a_key(name: str) -> None:
    """The column by which a table is spread is never empty."""
    assert not METADATA.tables[name].c[DISTRIBUTED_BY[name]].nullable


@pytest.mark.parametrize("group", TOGETHER, ids=lambda group: group[0])
def test_tables_that_lie_together_are_spread_by_columns_of_one_type(group: tuple[str, ...]) -> None:
    """Otherwise the same key would mean different machines."""
    types = {repr(METADATA.tables[name].c[DISTRIBUTED_BY[name]].type) for name in group}
    assert len(types) == 1, types


def test_the_check_notices_a_key_without_the_column() -> None:
    """A name that may occur once in the whole chain is such a key: stores have one, so they are copied."""
    keys = list(unique_keys(METADATA.tables["store"]))
    assert {"name"} in keys
    assert {"store_id"} in keys


def test_the_page_about_scaling_names_every_table_where_it_lies() -> None:
    """Whoever plans for several machines reads that page and not the code."""
    page = (ROOT / "docs" / "scaling.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| ([a-z ]+) \| (`.*) \|$", page, re.MULTILINE))
    named = {place: set(re.findall(r"`(\w+)`", tables)) for place, tables in rows.items()}
    assert named.pop("everywhere whole") == REFERENCE
    assert set().union(*named.values()) == DISTRIBUTED_BY.keys()
    assert named["till"] == set(TOGETHER[0])
    assert named["member"] == set(TOGETHER[1])
    assert named["record"] == set(TOGETHER[2])
