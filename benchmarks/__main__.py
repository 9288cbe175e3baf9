"""``python -m benchmarks [--quick] [--verify]``."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks import award, filling, growth, ingest, reads, receipt, scan, sync, window
from benchmarks.shop import CACHE, LARGE, MIDDLE, SIZES, SMALL, Size, cached_shop, read_through, working_copy
from benchmarks.table import Row, print_table
from storage.verify import verify


def main() -> int:
    """Measure everything and print tables: the till, till and head office, head office."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a shop a tenth of the size")
    parser.add_argument("--large", action="store_true", help="also a shop with a million members")
    parser.add_argument("--verify", action="store_true", help="first prove the generated shop with `verify`")
    options = parser.parse_args()
    size = SMALL if options.quick else MIDDLE
    shop = cached_shop(size)
    if options.verify:
        result = verify(shop)
        print(f"verify: {'ok' if result.ok else 'NOT OK'}, {result.records:,} records", *result.problems, sep="\n")
        if not result.ok:
            return 1
    with tempfile.TemporaryDirectory(prefix="run-", dir=CACHE) as folder:
        rows = _measure(shop, size, Path(folder))
    print_table(rows, f"Stammkunde on a shop with {size.members:,} members and {size.entries:,} entries")
    growth.run(SIZES if options.large else SIZES[:1] if options.quick else SIZES[:-1])
    sync.run(quick=options.quick)
    filling.run(LARGE if options.large else size)
    ingest.run(quick=options.quick)
    return 0


def _measure(shop: Path, size: Size, folder: Path) -> list[Row]:
    print("measuring; the machine should have nothing else to do", file=sys.stderr)
    ours = working_copy(shop, folder, "ours")
    rows = window.measure_scans(ours, size)
    rows.append(window.measure_start(ours))
    rows += reads.measure(ours, size)
    rows += scan.measure()
    rows += receipt.measure()
    bare = working_copy(shop, folder, "bare")
    shutil.rmtree(ours)
    again = working_copy(shop, folder, "again")
    read_through(again, bare)
    return [*award.measure(again, bare, size), *rows]


if __name__ == "__main__":
    raise SystemExit(main())
