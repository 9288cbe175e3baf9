"""The benchmark of the import measures what it says: both sides write the same rows; its promise is in the table."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from benchmarks.importing import SHARE_LEAST, measure, rows_of
from storage.connection import open_reader
from storage.files import LEDGER_FILE

SALES = 3_000
MEMBERS = 500
SHARE_SOUND = 0.1
"""Less than this, of the processor's time, is no disturbance by other programs but a statement for every row."""


def test_both_sides_write_the_same_rows_and_the_import_keeps_up(tmp_path: Path) -> None:
    """Table by table; in so small a file opening and copying weigh more than in the measured one."""
    run = measure(tmp_path, SALES, MEMBERS)
    with (
        closing(open_reader(tmp_path / "ours" / LEDGER_FILE)) as ours,
        closing(open_reader(tmp_path / "bare" / LEDGER_FILE)) as bare,
    ):
        for table in ("journal", "booking", "entry", "account", "card", "day_total"):
            query = f"SELECT * FROM {table} ORDER BY 1, 2"  # noqa: S608 - names of our own
            assert bare.all(query) == ours.all(query), table
    wall, cpu, *_ = rows_of([run], SALES)
    assert "0.3 x bare executemany" in wall.target
    assert wall.target == cpu.target
    assert cpu.ratio is not None
    assert SHARE_LEAST / cpu.ratio > SHARE_SOUND
