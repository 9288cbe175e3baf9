"""Files of an old programme's sales, and what importing them came to."""

from __future__ import annotations

from loyalty.records import Sale
from storage.store import open_store
from tests.fakes.command_line import CommandLine

HEADER = "receipt,at,card,amount,currency"
FULL = f"{HEADER},sku,category,quantity,points"


def file(shop: CommandLine, *rows: str, header: str = HEADER, name: str = "sales.csv") -> str:
    """A file with a header and rows."""
    path = shop.directory.parent / name
    path.write_text("\n".join([header, *rows, ""]), "utf-8")
    return str(path)


def sales(shop: CommandLine) -> list[Sale]:
    """All sales of the journal, in its order."""
    with open_store(shop.directory, clock=shop.clock, ids=shop.ids, writable=False) as store, store.reader() as reader:
        stored = [reader.stored(seq) for seq in range(1, reader.count() + 1)]
    return [one.record for one in stored if one is not None and isinstance(one.record, Sale)]


def count(shop: CommandLine) -> int:
    """How many records the journal holds."""
    with open_store(shop.directory, clock=shop.clock, ids=shop.ids, writable=False) as store, store.reader() as reader:
        return reader.count()


def mistakes(shop: CommandLine, path: str, *options: str) -> list[tuple[int, str, str]]:
    """What is wrong with a file, having changed nothing."""
    before = count(shop)
    ran = shop("import", "sales", path, *options)
    assert ran.code == 1, ran.out + ran.err
    document = ran.document
    assert (document["imported"], document["skipped"]) == (0, 0)
    assert document["errors_count"] == len(document["errors"])
    assert count(shop) == before
    return [(error["line"], error["column"], error["code"]) for error in document["errors"]]
