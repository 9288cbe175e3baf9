"""What grows with the shop and what must not: the same measurements on three sizes, a table and a picture.

``python -m benchmarks.growth [--large] [--write]``; with ``--write`` both go into ``docs``.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
from pathlib import Path
from typing import Final

from benchmarks import award, proofs, reads
from benchmarks.picture import growth
from benchmarks.shop import CACHE, MIDDLE, SIZES, SMALL, Size, cached_shop, read_through, working_copy
from benchmarks.table import Row, lines_of, print_table

DOCS: Final = Path(__file__).resolve().parent.parent / "docs"
FLAT_TIMES: Final = 1.5
"""How much slower what must not grow may be in the largest shop than in the smallest; noise of one run included."""

FLAT: Final = ("award with commit, p50", "identify (card, account, profile), p50")
_MILLISECONDS: Final = re.compile(r"([\d,.]+) (us|ms)")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--large", action="store_true", help="a million members and five million entries, too")
    parser.add_argument("--write", action="store_true", help="put table and picture into docs")
    options = parser.parse_args()
    run(SIZES if options.large else SIZES[:-1], write=options.write)
    return 0


def run(sizes: tuple[Size, ...], *, write: bool = False) -> None:
    """Measure shops of some sizes, the smallest first; make what does not lie there yet."""
    measured: dict[Size, list[Row]] = {}
    written: list[str] = []
    for size in sizes:
        shop = cached_shop(size)
        with tempfile.TemporaryDirectory(prefix="growth-", dir=CACHE) as folder:
            rows = _measure(shop, Path(folder), size)
        measured[size] = rows
        heading = f"A shop with {size.members:,} members and {size.entries:,} entries"
        print_table(rows, heading)
        written += ["", f"## {heading}", "", "```", *lines_of(rows), "```"]
    flat = _flatness(measured)
    print_table(flat, "Flat in the size of the shop")
    written += ["", "## Flat in the size of the shop", "", "```", *lines_of(flat), "```"]
    if write:
        _write(measured, written)


def _measure(shop: Path, folder: Path, size: Size) -> list[Row]:
    ours, bare = working_copy(shop, folder, "ours"), working_copy(shop, folder, "bare")
    read_through(ours, bare)
    rows = award.measure(ours, bare, size)
    shutil.rmtree(ours)
    rows += reads.measure(bare, size)
    if size in (SMALL, MIDDLE):  # the largest one would take a quarter of an hour
        rows += proofs.measure(shop, bare, size)
    return rows


def _flatness(measured: dict[Size, list[Row]]) -> list[Row]:
    sizes = list(measured)
    flat = [{row.name: row.measured for row in measured[size]} for size in (sizes[0], sizes[-1])]
    first, last = ({name: milliseconds(rows[name]) for name in FLAT} for rows in flat)
    return [
        Row(
            name,
            f"<= {FLAT_TIMES}x that of {sizes[0].members:,} members",
            f"{last[name] / first[name]:.2f}x with {sizes[-1].members:,}",
            last[name] / first[name] / FLAT_TIMES,
        )
        for name in FLAT
    ]


def milliseconds(measured: str) -> float:
    """The first time in a measured text."""
    found = _MILLISECONDS.search(measured)
    assert found is not None, measured
    return float(found[1].replace(",", "")) / (1_000 if found[2] == "us" else 1)


def _write(measured: dict[Size, list[Row]], written: list[str]) -> None:
    timed = {
        row.name: [milliseconds(same.measured) for rows in measured.values() for same in rows if same.name == row.name]
        for row in next(iter(measured.values()))
        if row.target and _MILLISECONDS.search(row.measured)
    }
    lines = {name: line for name, line in timed.items() if len(line) == len(measured)}
    names = [f"{size.members:,} members, {size.entries:,} entries" for size in measured]
    (DOCS / "growth.svg").write_text(growth(names, lines), "utf-8")
    head = [
        "# Growth",
        "",
        "Written by `python -m benchmarks.growth --write`; what the lines mean: [benchmarks](benchmarks.md).",
    ]
    text = "\n".join([*head, "", "![Growth](growth.svg)", *written, ""])
    (DOCS / "growth.md").write_text(text, "utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
