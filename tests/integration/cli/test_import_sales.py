"""``import sales``: what was sold under an old programme, whole or not at all, however often it is asked for."""

from __future__ import annotations

import gc
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from storage.store import open_store
from terminal.app.importing import run
from terminal.app.importing.run import ImportCommand, Kind, import_file
from terminal.app.till import Till
from tests.fakes.command_line import ANNA, BEN, SPARE, CommandLine, card_number
from tests.fakes.old_sales import FULL, HEADER, count, file, mistakes, sales


def test_a_sale_becomes_a_record_of_its_own_time(shop: CommandLine) -> None:
    """Lines of one receipt are one sale; points are those of the file; the documented keys answer."""
    path = file(
        shop,
        f"R-1,2025-03-01 09:15,{ANNA},3.20,EUR,100,bread,2,3",
        f"R-1,2025-03-01 09:15,{ANNA},0.80,EUR,,,,",
        "R-2,2025-03-01 09:20,,5.00,EUR,,,,",
        header=FULL,
    )
    done = shop.done("import", "sales", path)
    assert (done["imported"], done["skipped"], done["errors"], done["records"]) == (2, 0, [], 2)
    member, anonymous = sales(shop)
    assert (member.receipt, member.amount_cents, member.points, member.late) == ("R-1", 400, 3, True)
    assert member.business_day.isoformat() == "2025-03-01"
    first, second = member.lines
    assert (first.sku, first.category, first.quantity, first.points) == ("100", "bread", 2, 3)
    assert (second.sku, second.quantity, second.points) == ("", 1, 0)
    assert (anonymous.member_id, anonymous.card_ref, anonymous.points) == (None, None, 0)
    assert shop.done("member", "show", ANNA)["balance"] == 3
    assert shop.done("ledger", "verify")["ok"]


def test_an_import_leaves_nothing_for_the_search_for_cycles(shop: CommandLine) -> None:
    """It rests meanwhile, so what only it could free would grow with the file; afterwards it runs again."""
    leftovers = []
    for name, count_ in (("few", 40), ("many", 1_040)):
        rows = [f"{name}-{number},2025-03-01 10:00,{card_number(number % 9)},1.00,EUR" for number in range(count_)]
        path = Path(file(shop, *rows, name=f"{name}.csv"))
        command = ImportCommand(Kind.SALES, path, award=False, encoding=None, note="", copies=path.parent / "copies")
        with open_store(shop.directory, clock=shop.clock, ids=shop.ids) as store:
            gc.collect()
            gc.disable()
            try:
                done = import_file(Till(store, shop.clock, shop.ids), command, lambda *_: None)
                assert not gc.isenabled()
                leftovers.append(gc.collect())
            finally:
                gc.enable()
        assert done.imported == count_
    assert leftovers[1] < leftovers[0] + 100


def test_the_search_for_cycles_goes_on_afterwards(shop: CommandLine) -> None:
    """Also when the import ends with a refusal."""
    assert gc.isenabled()
    shop("import", "sales", file(shop, "R-1,yesterday,,1.00,EUR"))
    assert gc.isenabled()
    shop.done("import", "sales", file(shop, "R-1,2025-03-01,,1.00,EUR"))
    assert gc.isenabled()


def test_owners_that_are_not_remembered_any_more_are_asked_again(
    shop: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More cards than are kept, in small batches: every sale goes to its card, and no card gets a second row."""
    monkeypatch.setattr(run, "BATCH_MAX", 3)
    monkeypatch.setattr("terminal.app.importing.sales.CARDS_KEPT_MAX", 2)
    cards = [card_number(number % 5) for number in range(20)]
    rows = [f"R-{number},2025-03-01 10:{number:02},{card},1.00,EUR" for number, card in enumerate(cards)]
    assert shop.done("import", "sales", file(shop, *rows))["imported"] == 20
    booked = sales(shop)
    assert len({sale.card_ref for sale in booked}) == 5
    owners = {(card, sale.card_ref, sale.member_id) for card, sale in zip(cards, booked, strict=True)}
    assert len(owners) == 5
    assert shop.done("ledger", "verify")["ok"]


def test_repeating_changes_nothing(shop: CommandLine) -> None:
    """Everything was there already, in whatever order the file now has it."""
    rows = [f"R-{number},2025-03-0{number} 10:00,{ANNA},1.00,EUR" for number in range(1, 6)]
    shop.done("import", "sales", file(shop, *rows))
    records = count(shop)
    done = shop.done("import", "sales", file(shop, *reversed(rows)))
    assert (done["imported"], done["skipped"], done["copy"]) == (0, 5, None)
    assert count(shop) == records


def test_a_longer_export_brings_only_what_is_new(shop: CommandLine) -> None:
    """Old shops export everything each time."""
    rows = [f"R-{number},2025-03-0{number} 10:00,{ANNA},1.00,EUR" for number in range(1, 6)]
    shop.done("import", "sales", file(shop, *rows[:3]))
    done = shop.done("import", "sales", file(shop, *rows))
    assert (done["imported"], done["skipped"]) == (2, 3)


def test_rows_of_one_receipt_need_not_follow_each_other(shop: CommandLine) -> None:
    """Exports are sorted by article, too."""
    rows = [
        f"R-1,2025-03-01 10:00,{ANNA},1.00,EUR",
        f"R-2,2025-03-01 11:00,{BEN},2.00,EUR",
        f"R-1,2025-03-01 10:00,{ANNA},0.50,EUR",
    ]
    assert shop.done("import", "sales", file(shop, *rows))["imported"] == 2
    assert [(sale.receipt, sale.amount_cents) for sale in sales(shop)] == [("R-1", 150), ("R-2", 200)]
    assert shop.done("import", "sales", file(shop, *rows))["skipped"] == 2


def test_points_come_when_they_are_asked_for(shop: CommandLine) -> None:
    """With --award by today's rules, but not where the file says them, and nobody without a card gets any."""
    rows = [
        f"R-1,2025-03-01 10:00,{ANNA},10.00,EUR,",
        f"R-2,2025-03-01 11:00,{ANNA},10.00,EUR,3",
        "R-3,2025-03-01 12:00,,10.00,EUR,",
    ]
    path = file(shop, *rows, header=f"{HEADER},points")
    shop.done("import", "sales", path, "--award")
    first, second, third = sales(shop)
    assert (first.points, second.points, third.points) == (10, 3, 0)
    assert first.explain
    assert not second.explain
    assert shop.done("import", "sales", path, "--award")["skipped"] == 3
    assert mistakes(shop, path) == [(2, "receipt", "receipt_booked")]


def test_a_card_nobody_has_enrolled_collects_until_somebody_does(shop: CommandLine) -> None:
    """The points join the person."""
    shop.done("import", "sales", file(shop, f"R-1,2025-03-01 10:00,{ANNA},9.00,EUR,9", header=f"{HEADER},points"))
    assert shop.done("member", "add", "--name", "Anna Bauer", "--card", ANNA)["card"] == ANNA
    assert shop.done("member", "show", ANNA)["balance"] == 9


def test_old_sales_show_in_their_own_period_and_on_their_own_day(shop: CommandLine) -> None:
    """Although newer days are closed, whose frozen totals stay what they were."""
    shop.done("earn", ANNA, "5.00")
    closed = shop.done("day", "close")
    today = closed["day"]
    rows = [f"R-1,2025-03-01 10:00,{ANNA},9.00,EUR,9", f"R-2,{today} 08:00,{ANNA},2.00,EUR,2"]
    shop.done("import", "sales", file(shop, *rows, header=f"{HEADER},points"))
    march = shop.done("report", "period", "--from", "2025-03-01", "--to", "2025-03-31")["figures"]
    assert (march["points_issued"], march["average_order_value"]) == (9, "9.00")
    assert shop.done("report", "day", "2025-03-01")["figures"]["sales"] == 1
    assert shop.done("report", "day", today)["figures"]["sales"] == 2
    assert shop.done("ledger", "verify")["ok"]
    assert shop.done("ledger", "rebuild")["ok"]
    shop.clock.advance(days=1)
    assert shop.done("earn", ANNA, "5.00")["balance"] == 21
    assert shop.done("day", "close")["number"] == closed["number"] + 1
    assert shop.done("ledger", "verify")["ok"]


def test_what_an_erased_member_bought_is_nobodys(shop: CommandLine) -> None:
    """Neither does the card come back with its former owner's purchases, nor do they go to its new owner."""
    shop.done("member", "add", "--name", "Anna Bauer", "--card", ANNA)
    first = f"R-1,2025-03-01 10:00,{ANNA},9.00,EUR,9"
    shop.done("import", "sales", file(shop, first, header=f"{HEADER},points"))
    shop.done("member", "erase", ANNA, "--yes")
    path = file(shop, first, f"R-2,2025-03-02 10:00,{ANNA},5.00,EUR,5", header=f"{HEADER},points")
    done = shop.done("import", "sales", path)
    assert (done["imported"], done["skipped"], done["erased"]) == (1, 1, 1)
    assert (sales(shop)[-1].member_id, sales(shop)[-1].points) == (None, 0)
    shop.done("member", "add", "--name", "Ben Cramer", "--card", ANNA)
    shop.done("import", "sales", file(shop, f"R-3,2025-03-03 10:00,{ANNA},5.00,EUR"))
    assert sales(shop)[-1].member_id is None
    assert shop.done("ledger", "verify")["ok"]


def test_a_card_that_was_replaced_since_leads_to_its_member(shop: CommandLine) -> None:
    """It was good when the sale was made."""
    shop.done("member", "add", "--name", "Anna Bauer", "--card", ANNA)
    shop.done("card", "replace", ANNA, SPARE)
    shop.done("import", "sales", file(shop, f"R-1,2025-03-01 10:00,{ANNA},9.00,EUR,9", header=f"{HEADER},points"))
    assert shop.done("member", "show", SPARE)["balance"] == 9


def test_checking_changes_nothing_and_works_beside_an_open_till(shop: CommandLine) -> None:
    """Importing itself waits until the till is closed."""
    path = file(shop, f"R-1,2025-03-01 10:00,{ANNA},9.00,EUR")
    with open_store(shop.directory, clock=shop.clock, ids=shop.ids):
        found = shop.done("import", "sales", path, "--check")
        assert (found["imported"], found["checked"], found["copy"]) == (1, True, None)
        assert shop("import", "sales", path).error == "till_open"
    assert sales(shop) == []


def test_a_copy_from_before_brings_everything_back(shop: CommandLine) -> None:
    """For the wrong file: the copy is told, and restoring it is as if nothing had been imported."""
    shop.done("earn", ANNA, "5.00")
    done = shop.done(
        "import", "sales", file(shop, f"R-1,2025-03-01 10:00,{ANNA},9.00,EUR,9", header=f"{HEADER},points")
    )
    assert shop.done("member", "show", ANNA)["balance"] == 14
    shop.done("ledger", "restore", done["copy"])
    assert shop.done("member", "show", ANNA)["balance"] == 5
    assert shop.done("ledger", "verify")["ok"]


def test_only_the_newest_copies_are_kept(shop: CommandLine) -> None:
    """They hold card numbers in the clear."""
    for number in range(5):
        shop.done("earn", ANNA, "1.00")  # else it would be one import cut short
        shop.done("import", "sales", file(shop, f"R-{number},2025-03-01 10:00,{ANNA},1.00,EUR"))
    names = [path.name for path in (shop.directory / "backups").iterdir() if "-before-import-" in path.name]
    assert len([name for name in names if name.endswith(".backup")]) == 3
    assert len([name for name in names if name.endswith(".key")]) == 3


def test_copies_lie_where_the_settings_say(shop: CommandLine, tmp_path: Path) -> None:
    """Beside the till's other copies."""
    (shop.directory / "settings.toml").write_text(f'[backup]\nfolder = "{(tmp_path / "safe").as_posix()}"\n')
    done = shop.done("import", "sales", file(shop, f"R-1,2025-03-01 10:00,{ANNA},1.00,EUR"))
    assert Path(done["copy"]).parent == tmp_path / "safe"


def test_files_with_nothing_in_them(shop: CommandLine, tmp_path: Path) -> None:
    """A header alone is an export of nothing; no header is a mistake; a missing file is a known error."""
    done = shop.done("import", "sales", file(shop))
    assert (done["imported"], done["skipped"], done["errors"]) == (0, 0, [])
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    assert mistakes(shop, str(empty)) == [(0, "", "empty_file")]
    assert "The file is empty." in shop.said("import", "sales", str(empty)).out
    assert shop("import", "sales", str(tmp_path / "none.csv")).error == "file_unreadable"


def test_windows_files_are_read_and_said(shop: CommandLine, tmp_path: Path) -> None:
    """Semicolons, decimal commas, German days, CRLF and Windows-1252, as a spreadsheet writes them."""
    path = tmp_path / "sales.csv"
    text = f"{HEADER};category\r\nR-1;01.03.2025 10:00;{ANNA};1.234,50;EUR;Brötchen\r\n".replace(",", ";", 4)
    path.write_bytes(text.encode("cp1252"))
    done = shop.done("import", "sales", str(path))
    assert (done["imported"], done["encoding"], done["separator"]) == (1, "Windows-1252", "semicolon")
    assert (sales(shop)[0].amount_cents, sales(shop)[0].lines[0].category) == (123450, "Brötchen")
    assert "Windows-1252" in shop.said("import", "sales", str(path)).out
    assert shop("import", "sales", str(path), "--encoding", "klingon").code == 2


OLD_SALES = st.lists(
    st.tuples(
        st.integers(0, 10**9),
        st.sampled_from(["", ANNA, BEN, SPARE]),
        st.lists(
            st.tuples(
                st.integers(1, 99_999),
                st.integers(0, 500),
                st.text("abcäöüß ,;\"'\n", max_size=10).map(lambda text: " ".join(text.split())),
                st.integers(1, 9),
            ),
            min_size=1,
            max_size=4,
        ),
    ),
    max_size=8,
)


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(old=OLD_SALES, separator=st.sampled_from(",;\t"), seed=st.integers(0, 99))
def test_any_sales_come_out_as_they_went_in(
    bakery: Path, tmp_path_factory: pytest.TempPathFactory, old: list[Any], separator: str, seed: int
) -> None:
    """Whatever goods they have, with rows in any order; a second time nothing comes."""
    import csv
    import shutil

    folder = tmp_path_factory.mktemp("round")
    shop = CommandLine(Path(shutil.copytree(bakery, folder / "data")), seed=4)
    rows: list[list[object]] = []
    expected: dict[str, tuple[object, ...]] = {}
    for number, (ago_s, card, lines) in enumerate(old):
        at = datetime(2026, 11, 20, tzinfo=UTC) - timedelta(seconds=ago_s)
        goods = [(cents, points if card else 0, text, count) for cents, points, text, count in lines]
        rows += [
            [f"R-{number}", at.isoformat(), card, f"{cents / 100:.2f}", "eur", text, text, count, points]
            for cents, points, text, count in goods
        ]
        expected[f"R-{number}"] = (at, bool(card), sorted(goods))
    random.Random(seed).shuffle(rows)
    path = folder / "sales.csv"
    with path.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, delimiter=separator).writerows([FULL.split(","), *rows])
    done = shop.done("import", "sales", str(path))
    assert done["imported"] == len(old)
    found = {
        sale.receipt: (
            datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=sale.at_us),
            sale.member_id is not None,
            sorted((line.amount_cents, line.points, line.category, line.quantity) for line in sale.lines),
        )
        for sale in sales(shop)
    }
    assert found == expected
    assert shop.done("import", "sales", str(path))["skipped"] == len(old)
    assert shop.done("ledger", "verify")["ok"]
