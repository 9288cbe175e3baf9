"""What is wrong with a file of sales: each mistake with its line, and nothing booked."""

from __future__ import annotations

import pytest

from tests.fakes.command_line import ANNA, BEN, CommandLine
from tests.fakes.old_sales import FULL, HEADER, file, mistakes, sales


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f",2025-03-01 10:00,{ANNA},1.00,EUR", ("receipt", "missing")),
        (f"R 1,2025-03-01 10:00,{ANNA},1.00,EUR", ("receipt", "receipt")),
        (f"R-1,,{ANNA},1.00,EUR", ("at", "missing")),
        (f"R-1,03/01/2025,{ANNA},1.00,EUR", ("at", "two_days_possible")),
        (f"R-1,2027-03-01 10:00,{ANNA},1.00,EUR", ("at", "future")),
        (f"R-1,1969-03-01 10:00,{ANNA},1.00,EUR", ("at", "before_1970")),
        ("R-1,2025-03-01 10:00,2.9E+12,1.00,EUR", ("card", "shortened_by_spreadsheet")),
        (f"R-1,2025-03-01 10:00,{ANNA[:-1]}0,1.00,EUR", ("card", "card_check_digit")),
        ("R-1,2025-03-01 10:00,4111111111111111,1.00,EUR", ("card", "payment_card")),
        (f"R-1,2025-03-01 10:00,{ANNA},,EUR", ("amount", "missing")),
        (f"R-1,2025-03-01 10:00,{ANNA},-1.00,EUR", ("amount", "amount_negative")),
        (f"R-1,2025-03-01 10:00,{ANNA},0.00,EUR", ("amount", "amount_zero")),
        (f"R-1,2025-03-01 10:00,{ANNA},1.500,EUR", ("amount", "amount_ambiguous")),
        (f"R-1,2025-03-01 10:00,{ANNA},9999999,EUR", ("amount", "amount_too_large")),
        (f"R-1,2025-03-01 10:00,{ANNA},1.00,CHF", ("currency", "currency")),
        (f"R-1,2025-03-01 10:00,{ANNA},1.00,", ("currency", "missing")),
        (f"R-1,2025-03-01 10:00,{ANNA},1.00,EUR,1E", ("", "fields")),
    ],
)
def test_every_mistake_has_its_line_and_column(shop: CommandLine, row: str, expected: tuple[str, str]) -> None:
    """And nothing of the file is imported, the good row neither."""
    path = file(shop, f"R-0,2025-03-01 09:00,{ANNA},1.00,EUR", row)
    assert mistakes(shop, path) == [(3, *expected)]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("R-1,2025-03-01 10:00,,1.00,EUR,,,,5", ("points", "points_without_card")),
        (f"R-1,2025-03-01 10:00,{ANNA},1.00,EUR,,,,-5", ("points", "points_negative")),
        (f"R-1,2025-03-01 10:00,{ANNA},1.00,EUR,,,,1.5", ("points", "points_fraction")),
        (f"R-1,2025-03-01 10:00,{ANNA},1.00,EUR,{'x' * 41},,,", ("sku", "too_long")),
        (f"R-1,2025-03-01 10:00,{ANNA},1.00,EUR,,{'x' * 41},,", ("category", "too_long")),
        (f'R-1,2025-03-01 10:00,{ANNA},1.00,EUR,,,"0,3",', ("quantity", "quantity")),
    ],
)
def test_mistakes_of_the_other_columns(shop: CommandLine, row: str, expected: tuple[str, str]) -> None:
    """They may be missing, but not be wrong."""
    assert mistakes(shop, file(shop, row, header=FULL)) == [(2, *expected)]


def test_all_mistakes_are_told_at_once(shop: CommandLine) -> None:
    """Also several on one line, in order, with the value and a sentence."""
    path = file(shop, f"R-1,soon,{ANNA},-1,CHF", f"R-1,2025-03-01 10:00,{ANNA},x,EUR")
    assert mistakes(shop, path) == [
        (2, "at", "moment"),
        (2, "amount", "amount_negative"),
        (2, "currency", "currency"),
        (3, "amount", "amount"),
    ]
    said = shop.said("import", "sales", path)
    assert said.code == 1
    assert said.out.splitlines()[0] == "The file has 4 mistakes. Nothing was imported. (M-450)"
    assert "Line 2, at: “soon” – This is no time." in said.out
    assert "Line 2, currency: “CHF” – The shop books in EUR." in said.out


def test_a_receipt_means_one_sale(shop: CommandLine) -> None:
    """Another time or card under the same number, in the file or in the ledger, names both."""
    path = file(
        shop,
        f"R-1,2025-03-01 10:00,{ANNA},1.00,EUR",
        f"R-1,2025-03-01 10:00,{BEN},1.00,EUR",
        f"R-2,2025-03-01 10:00,{BEN},1.00,EUR",
        f"R-1,2025-03-01 10:01,{ANNA},1.00,EUR",
    )
    assert mistakes(shop, path) == [(3, "card", "receipt_differs"), (5, "at", "receipt_differs")]
    shop.done("import", "sales", file(shop, f"R-1,2025-03-01 10:00,{ANNA},1.00,EUR"))
    for other in (f"2025-03-01 10:00,{ANNA},1.50", f"2025-03-01 10:00,{BEN},1.00", f"2025-03-02 10:00,{ANNA},1.00"):
        assert mistakes(shop, file(shop, f"R-1,{other},EUR")) == [(2, "receipt", "receipt_booked")]
    (error,) = shop("import", "sales", file(shop, f"R-1,2025-03-01 10:00,{ANNA},1.50,EUR")).document["errors"]
    assert str(sales(shop)[0].record_id) in error["message"]
    assert "2025-03-01 10:00:00" in error["message"]


def test_a_receipt_booked_at_the_till_is_not_booked_again(shop: CommandLine) -> None:
    """Unless its sale was wholly undone; an imported sale that was undone stays undone."""
    earned = shop.done("earn", ANNA, "5.00", "--receipt", "R-1")
    path = file(shop, f"R-1,2025-03-01 10:00,{ANNA},1.00,EUR")
    assert mistakes(shop, path) == [(2, "receipt", "receipt_booked")]
    shop.done("reverse", earned["record_id"], "--reason", "mistake")
    assert shop.done("import", "sales", path)["imported"] == 1
    shop.done("reverse", str(sales(shop)[-1].record_id), "--reason", "mistake")
    assert shop.done("import", "sales", path)["skipped"] == 1


def test_too_much_in_one_sale(shop: CommandLine) -> None:
    """What no record holds is told before anything is booked."""
    rows = [f"R-1,2025-03-01 10:00,{ANNA},1.00,EUR,0"] * 500
    rows += [f"R-2,2025-03-01 10:00,{ANNA},999999.00,EUR,1000000000"] * 2
    rows += [f"R-3,2025-03-01 10:00,{ANNA},1.00,EUR,1000000000"] * 2
    path = file(shop, *rows, header=f"{HEADER},points")
    codes = [code for _, _, code in mistakes(shop, path)]
    assert codes == ["sale_lines_too_many", "amount_too_large", "points_too_many"]
    path = file(shop, f"R-1,2025-03-01 10:00,{ANNA},900000.00,EUR")
    assert mistakes(shop, path, "--award") == [(2, "amount", "amount_above_limit")]
    assert shop.done("import", "sales", path)["imported"] == 1
