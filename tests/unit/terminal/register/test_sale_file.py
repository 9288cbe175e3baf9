"""Reading what registers export: as spreadsheets of this market write it, and everything that is no sale."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.sale import BasketLine
from terminal.register.sale_file import Fault, FileSale, NoSale, is_cut_off, moment_us, read_sale


def read(name: str, content: str | bytes) -> FileSale:
    """A file that is a sale."""
    found = read_sale(name, content if isinstance(content, bytes) else content.encode(), "EUR")
    assert isinstance(found, FileSale), found
    return found


def fault(name: str, content: str | bytes) -> Fault:
    """Why a file is none."""
    found = read_sale(name, content if isinstance(content, bytes) else content.encode(), "EUR")
    assert isinstance(found, NoSale), found
    return found.fault


LINES = (BasketLine("brot", "Backwaren", 2, 1850), BasketLine("kaffee", "Getränke", 1, 495))
ENGLISH = (
    "receipt,at,card,amount,currency,sku,category,quantity\n"
    "17,2026-11-22T14:30,2900000047118,18.50,EUR,brot,Backwaren,2\n"
    "17,2026-11-22T14:30,2900000047118,4.95,EUR,kaffee,Getränke,1\n"
)
GERMAN = (
    "Bonnummer;Datum;Kundenkarte;Betrag;Währung;Artikel;Warengruppe;Menge\r\n"
    "17;22.11.2026 14:30;2900000047118;18,50 €;EUR;brot;Backwaren;2,000\r\n"
    "17;22.11.2026 14:30;2900000047118;4,95 €;EUR;kaffee;Getränke;1\r\n"
)


@pytest.mark.parametrize(
    "raw",
    [
        ENGLISH.encode(),
        ENGLISH.replace(",", "\t").encode(),
        GERMAN.encode(),
        b"\xef\xbb\xbf" + GERMAN.encode(),
        GERMAN.encode("cp1252"),
        GERMAN.replace("\r\n", "\n\n").encode(),
        GERMAN.upper()
        .replace("BROT", "brot")
        .replace("KAFFEE", "kaffee")
        .replace("BACKWAREN", "Backwaren")
        .replace("GETRÄNKE", "Getränke")
        .encode(),
    ],
    ids=["commas", "tabs", "german", "with a mark", "windows", "empty lines", "capitals"],
)
def test_the_same_sale_in_the_ways_registers_write_it(raw: bytes) -> None:
    """Delimiters, decimal commas, code pages, German heads."""
    sale = read("17.csv", raw)
    assert (sale.basket.amount_cents, sale.basket.lines) == (2345, LINES)
    assert (sale.receipt, sale.card, sale.currency) == ("17", "2900000047118", "EUR")
    assert moment_us(sale.at, lambda _: 60) == 1_795_354_200_000_000


def test_an_amount_alone_is_a_sale() -> None:
    """The whole sale may stand in the first row only, and the last delimiter may have nothing behind it."""
    assert read("1.csv", "amount\n23,45\n").basket.lines == ()
    sale = read("1.csv", "receipt;card;amount;sku\n17;2900000047118;20,00;a\n;;3,45;\n")
    assert (sale.receipt, sale.card, sale.basket.amount_cents) == ("17", "2900000047118", 2345)


def test_json_has_the_same_parts() -> None:
    """Amounts as text or as numbers, whose digits are taken as they stand."""
    text = (
        '{"id":"k1-17","receipt":17,"at":"2026-11-22T14:30:00+01:00","card":"2900000047118","amount":23.45,'
        '"currency":"EUR","lines":[{"sku":"brot","category":"Backwaren","quantity":2,"amount":"18,50"},'
        '{"sku":"kaffee","category":"Getränke","amount":4.95}]}'
    )
    sale = read("17.JSON", text)
    assert (sale.sale_id, sale.receipt, sale.basket.lines) == ("k1-17", "17", LINES)
    assert moment_us(sale.at, lambda _: 0) == 1_795_354_200_000_000
    assert read("1.json", '{"amount": "23.45"}').basket.amount_cents == 2345


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", "", Fault.EMPTY),
        ("a.json", " \n", Fault.EMPTY),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00", Fault.NOT_TEXT),
        ("a.csv", "amount\n1\n".encode("utf-16"), Fault.NOT_TEXT),
        ("a.csv", b"amount\n1\x81\n", Fault.NOT_TEXT),
        ("a.csv", "amount\n", Fault.NO_HEADER),
        ("a.csv", "receipt;card\n1;2\n", Fault.NO_HEADER),
        ("a.csv", "amount;catgory\n1;x\n", Fault.UNKNOWN_COLUMN),
        ("a.csv", "amount;betrag\n1;1\n", Fault.UNKNOWN_COLUMN),
        ("a.csv", "amount;sku;receipt\n1\n", Fault.SHORT_ROW),
        ("a.csv", "amount;sku\n1;a;b\n", Fault.SHORT_ROW),
        ("a.csv", "amount,receipt\n12,50,17\n", Fault.SHORT_ROW),
        ("a.csv", "receipt;amount\n17;1\n18;2\n", Fault.SEVERAL_SALES),
        ("a.csv", "amount;card\n1;2900000047118\n1;2900000008157\n", Fault.SEVERAL_SALES),
        ("a.csv", "amount\nfree\n", Fault.BAD_AMOUNT),
        ("a.csv", "amount\n-5\n", Fault.BAD_AMOUNT),
        ("a.csv", "amount\n1.500\n", Fault.BAD_AMOUNT),
        ("a.csv", "amount\n0\n", Fault.BAD_AMOUNT),
        ("a.csv", "amount\n12 $\n", Fault.BAD_AMOUNT),
        ("a.csv", "amount;quantity\n1;0\n", Fault.BAD_QUANTITY),
        ("a.csv", "amount;quantity\n1;1,5\n", Fault.BAD_QUANTITY),
        ("a.csv", "amount;at\n1;yesterday\n", Fault.BAD_MOMENT),
        ("a.csv", "amount;at\n1;31.02.2026\n", Fault.BAD_MOMENT),
        ("a.csv", "amount;receipt\n1;no blanks\n", Fault.BAD_RECEIPT),
        ("a.csv", "amount;id\n1;a/b\n", Fault.BAD_RECEIPT),
        ("a.csv", f"amount;sku\n1;{'x' * 41}\n", Fault.BAD_ARTICLE),
        ("a.csv", "amount\n" + "1\n" * 500, Fault.TOO_MANY_LINES),
        ("a.csv", 'amount;sku\n1;"open\n', Fault.EMPTY),
        ("a.json", '{"amount": 1', Fault.NOT_JSON),
        ("a.json", '{"amount": 1, "totl": 2}', Fault.NOT_JSON),
        ("a.json", '{"amount": 1, "card": 2900000047118}', Fault.NOT_JSON),
        ("a.json", "[" * 100_000, Fault.NOT_JSON),
        ("a.json", '{"amount": 1, "amount": 2}', Fault.NOT_JSON),
        ("a.json", '{"amount": 2, "lines": [{"amount": 2, "sku": "a", "sk\\u0075": "b"}]}', Fault.NOT_JSON),
        ("a.json", '{"amount": 1, "receipt": ' + "9" * 5000 + "}", Fault.NOT_JSON),
        ("a.json", '{"amount": 23.456}', Fault.BAD_AMOUNT),
        ("a.json", '{"amount": true}', Fault.NOT_JSON),
        ("a.json", '{"amount": "5", "lines": [{"amount": "4"}]}', Fault.SUM_DIFFERS),
        ("a.json", '{"amount": "5", "lines": [{"amount": "x"}]}', Fault.BAD_AMOUNT),
        ("a.json", '{"amount": "5", "lines": [{"amount": "5", "quantity": 0}]}', Fault.NOT_JSON),
        ("a.json", '{"amount": "5", "receipt": "a b"}', Fault.BAD_RECEIPT),
    ],
)
def test_what_is_no_sale_is_told(name: str, content: str | bytes, why: Fault) -> None:
    """Each for its own reason, so that somebody can put it right."""
    assert fault(name, content) is why


def test_an_unknown_column_is_told_with_the_one_that_may_be_meant() -> None:
    """A misspelt column would otherwise cost points or money without a word."""
    assert read_sale("a.csv", b"amount;catgory\n1;x\n", "EUR") == NoSale(
        Fault.UNKNOWN_COLUMN, {"column": "catgory", "near": "category"}
    )


@pytest.mark.parametrize(
    ("raw", "cut_off"), [(b"amount\n12", True), (b"amount\n12\n", False), (b"amount\r12\r", False), (b"", True)]
)
def test_a_last_line_without_an_end_may_still_be_growing(raw: bytes, *, cut_off: bool) -> None:
    """12 could become 12,50."""
    assert is_cut_off("a.csv", raw) is cut_off


@pytest.mark.parametrize("text", ["", "0", "9999-12-31T23:59:59-23:59", "0001-01-01", "1.1.0001", "22.11.2026 25:00"])
def test_strange_moments_end_in_none_or_a_number(text: str) -> None:
    """Nothing that stands in a file makes the till stumble."""
    assert isinstance(moment_us(text, lambda _: 60), int | None)


@given(st.sampled_from(["a.csv", "a.json"]), st.binary(max_size=300))
def test_no_bytes_make_the_reader_stumble(name: str, raw: bytes) -> None:
    """Whatever lies in the folder is a sale or is none."""
    assert isinstance(read_sale(name, raw, "EUR"), FileSale | NoSale)


@given(
    st.sampled_from(["a.csv", "a.json"]),
    st.text("amountsku;,\t\n\r\"'{}[]:0123456789.-€äÄ \u00a0", max_size=80),
)
def test_no_text_makes_the_reader_stumble(name: str, text: str) -> None:
    """The same with the characters that such files are made of."""
    assert isinstance(read_sale(name, f"amount{text}".encode(), "EUR"), FileSale | NoSale)
    assert isinstance(read_sale(name, f'{{"amount": {text}'.encode(), "EUR"), FileSale | NoSale)
