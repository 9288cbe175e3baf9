"""``cards`` and what ``card`` and ``member add`` do with fresh numbers: taken once, printed as they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from PIL import Image

from loyalty.cards import MemberCard, classify
from storage.store import open_store
from tests.fakes.clock import SeededIds
from tests.fakes.command_line import ANNA, BEN, CommandLine
from tests.fakes.ledger_joined import SERVER_EPOCH, head_office
from tests.fakes.pdf_words import words_of
from texts.sheets import SHEETS, SheetName

ORDER = "0198c0de-0000-4000-8000-000000000042"


def barcodes(file: Path) -> list[tuple[str, str]]:
    """Text and kind of every barcode in a file, card by card on A4 with ID-1 cards."""
    document = pypdfium2.PdfDocument(file.read_bytes())
    found: list[tuple[str, str]] = []
    for page in document:
        picture = page.render(scale=300 / 72).to_pil().convert("L")
        for index in range(SHEETS[SheetName.A4].cards):
            x, y, width, height = (side * 300 / 25.4 for side in SHEETS[SheetName.A4].cell(index))
            card = picture.crop((round(x), round(y), round(x + width), round(y + height)))
            found += [(each.text, str(each.format)) for each in zxingcpp.read_barcodes(card)]
    document.close()
    return found


def numbers(document: dict[str, Any]) -> list[str]:
    """The cards of an answer."""
    return [card["card"] for card in document["cards"]]


def join(shop: CommandLine, blocks: int = 0) -> None:
    """Let the till belong to a head office that has given it so many numbers."""
    from loyalty.numbering import Block, Series

    with open_store(shop.directory, clock=shop.clock, ids=SeededIds(99, shop.clock)) as store:
        store.join(head_office(), programme_key=bytes(32), profile_key=bytes(32))
        if blocks:
            with store.unit() as unit:
                unit.numbers.keep(Series.of(store.programme.cards[0]), Block(0, blocks - 1), SERVER_EPOCH)


@pytest.mark.parametrize(("symbology", "kind"), [("ean13", "EAN-13"), ("qr", "QR Code")])
def test_fresh_cards_are_printed_as_the_till_reads_them(
    shop: CommandLine, tmp_path: Path, symbology: str, kind: str
) -> None:
    """Twelve cards on two sheets; every one on paper is one of the answer, and a card of the programme."""
    file = tmp_path / "cards.pdf"
    document = shop.done("cards", "print", "--count", "12", "--symbology", symbology, "--out", str(file))
    assert (document["pages"], document["sheet"], document["repeated"]) == (2, "a4", False)
    assert barcodes(file) == [(number, kind) for number in numbers(document)]
    assert "Bäckerei Morgenrot" in words_of(file.read_bytes())
    with open_store(shop.directory, clock=shop.clock, ids=shop.ids, writable=False) as store:
        for number in numbers(document):
            assert isinstance(classify(number, store.programme.cards, symbology=symbology), MemberCard)


def test_the_same_order_is_the_same_cards(shop: CommandLine, tmp_path: Path) -> None:
    """Repeated after a paper jam; another order gets others, and another size under the same id is refused."""
    order = ("cards", "print", "--count", "3", "--id", ORDER, "--out")
    first = shop.done(*order, str(tmp_path / "first.pdf"))
    again = shop.done(*order, str(tmp_path / "again.pdf"))
    assert (again["cards"], again["id"], again["repeated"]) == (first["cards"], ORDER, True)
    assert (tmp_path / "first.pdf").read_bytes() == (tmp_path / "again.pdf").read_bytes()
    other = shop.done("cards", "print", "--count", "3", "--out", str(tmp_path / "other.pdf"))
    assert not set(numbers(first)) & set(numbers(other))
    assert UUID(other["id"]) != UUID(ORDER)
    ran = shop("cards", "print", "--count", "4", "--id", ORDER, "--out", str(tmp_path / "x.pdf"))
    assert ran.reason == "id_used_for_another_command"


def test_a_file_that_cannot_be_written_costs_no_numbers(shop: CommandLine, tmp_path: Path) -> None:
    """They are kept under the order's id, which is said."""
    ran = shop("cards", "print", "--count", "2", "--id", ORDER, "--out", str(tmp_path / "none" / "x.pdf"))
    assert ran.error == "file_unwritable"
    assert f"--id {ORDER}" in ran.err
    assert shop.done("cards", "print", "--count", "2", "--id", ORDER, "--out", str(tmp_path / "x.pdf"))["repeated"]


def test_known_cards_are_printed_again_with_their_names(anna: CommandLine, tmp_path: Path) -> None:
    """As often as asked for, also while the till is open; a card nobody has yet has no name."""
    file = tmp_path / "cards.pdf"
    command = ("cards", "print", "--card", ANNA, "--card", BEN, "--names", "--out", str(file))
    with open_store(anna.directory, clock=anna.clock, ids=anna.ids):
        document = anna.done(*command)
    assert numbers(document) == [ANNA, BEN]
    assert document["id"] is None
    assert barcodes(file) == [(ANNA, "EAN-13"), (BEN, "EAN-13")]
    assert words_of(file.read_bytes()).count("Anna Bauer") == 1
    ran = anna("cards", "print", "--card", ANNA, "--out", str(tmp_path / "none" / "x.pdf"))
    assert (ran.error, ran.err) == ("file_unwritable", "")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--count", "1", "--symbology", "code128"], "symbology_not_allowed"),
        (["--count", "1", "--symbology", "qr", "--rule", "plastic"], "symbology_not_allowed"),
        (["--count", "1", "--rule", "wood"], "card_rule_unknown"),
        (["--count", "10001"], "numbers_too_many"),
        (["--card", ANNA, "--symbology", "qr"], "symbology_not_allowed"),
        (["--card", ANNA[:-1] + "0"], "card_check_digit"),
        (["--card", ANNA] * 10_001, "numbers_too_many"),
        (["--card", "4111 1111 1111 1111"], "payment_card"),
    ],
)
def test_cards_that_the_till_would_not_read_are_not_printed(
    shop: CommandLine, tmp_path: Path, options: list[str], reason: str
) -> None:
    """Each no has its reason, and leaves no file."""
    ran = shop("cards", "print", *options, "--out", str(tmp_path / "x.pdf"))
    assert ran.reason == reason
    assert "4111" not in ran.out + ran.err
    assert not (tmp_path / "x.pdf").exists()


def test_a_barcode_that_is_wider_than_the_card_is_refused_before_a_number_is_used(
    shop: CommandLine, tmp_path: Path
) -> None:
    """The next order begins with the number this one would have had."""
    text = shop.directory.parent / "wide.toml"
    with open_store(shop.directory, clock=shop.clock, ids=shop.ids, writable=False) as store, store.reader() as reader:
        document = reader.programme_document(1)
    assert document is not None
    wide = document.replace("version = 1", "version = 2", 1).replace(
        'symbologies = ["qr"]', 'symbologies = ["qr", "code128"]'
    )
    text.write_text(wide, encoding="utf-8")
    shop.done("programme", "use", str(text))
    small = ("--count", "1", "--symbology", "code128", "--sheet", "l7651")
    assert shop("cards", "print", *small, "--out", str(tmp_path / "x.pdf")).reason == "barcode_too_wide"
    large = shop.done("cards", "print", *small[:-1], "l7160", "--out", str(tmp_path / "x.pdf"))
    (number,) = numbers(large)
    assert number.endswith("000")
    ran = shop("cards", "print", "--card", number, *small[2:], "--out", str(tmp_path / "y.pdf"))
    assert ran.reason == "barcode_too_wide"


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--count", "0"],
        ["--count", "1", "--card", ANNA],
        ["--count", "1", "--first-cell", "11"],
        ["--count", "1", "--first-cell", "0"],
        ["--count", "1", "--sheet", "l9999"],
        ["--count", "1", "--symbology", "ean-13"],
        ["--count", "1", "--id", "mine"],
    ],
)
def test_an_order_that_means_nothing_is_a_mistake_of_usage(
    shop: CommandLine, tmp_path: Path, options: list[str]
) -> None:
    """Neither how many nor which, or both; places and sheets that there are not."""
    assert shop("cards", "print", *options, "--out", str(tmp_path / "x.pdf")).code == 2


def test_a_begun_sheet_is_used_on(shop: CommandLine, tmp_path: Path) -> None:
    """Two cards from the last place on are two pages."""
    options = ("--count", "2", "--first-cell", "10", "--crop-marks")
    assert shop.done("cards", "print", *options, "--out", str(tmp_path / "x.pdf"))["pages"] == 2


def test_sheets_are_listed_with_their_sizes(shop: CommandLine) -> None:
    """And where the sizes are from."""
    sheets = {sheet["sheet"]: sheet for sheet in shop.done("cards", "sheets")["sheets"]}
    assert set(sheets) == set(SHEETS)
    assert sheets["l7160"]["card_mm"] == ["63.5", "38.1"]
    assert all(sheet["source"] for sheet in sheets.values())
    assert "Avery L7160" in shop.said("cards", "sheets").out


def test_people_see_the_first_numbers_and_the_last(shop: CommandLine, tmp_path: Path) -> None:
    """A box of cards does not fill the screen."""
    ran = shop.said("cards", "print", "--count", "20", "--out", str(tmp_path / "x.pdf"))
    assert ran.code == 0
    assert len(ran.out.splitlines()) == 15


# ------------------------------------------------------------------------------ handing out fresh numbers


def test_a_further_card_can_have_a_fresh_number(anna: CommandLine) -> None:
    """Handed out at once; with the same id it stays one card."""
    issue = ("card", "issue", ANNA, "--id", ORDER)
    first = anna.done(*issue)
    assert len(first["cards"]) == 2
    assert anna.done(*issue)["cards"] == first["cards"]
    (new,) = set(numbers(first)) - {ANNA}
    assert anna.done("member", "show", new)["member"]["name"] == "Anna Bauer"
    replaced = anna.done("card", "replace", new)
    assert {card["status"] for card in replaced["cards"]} == {"active", "replaced"}
    assert len(replaced["cards"]) == 3


def test_a_member_can_be_enrolled_without_a_card_at_hand(shop: CommandLine) -> None:
    """With a number to be printed; a retry names the same, and a refusal costs none."""
    add = ("member", "add", "--name", "Anna", "--id", ORDER)
    first = shop.done(*add)
    again = shop.done(*add)
    assert (again["card"], again["repeated"]) == (first["card"], True)
    assert shop("member", "add", "--name", "Ben", "--referred-by", BEN).reason == "member_unknown"
    second = shop.done("member", "add", "--name", "Ben")
    assert int(second["card"][:-1]) == int(first["card"][:-1]) + 1


def test_a_till_without_numbers_says_what_to_do(shop: CommandLine, tmp_path: Path) -> None:
    """A joined till has none before head office was asked, and no more than it gave."""
    join(shop, 2)
    ran = shop("cards", "print", "--count", "5", "--out", str(tmp_path / "x.pdf"))
    assert ran.reason == "numbers_not_given"
    assert ran.document["refused"]["left"] == 2
    assert shop.done("cards", "print", "--count", "2", "--out", str(tmp_path / "x.pdf"))["pages"] == 1
    assert shop("member", "add", "--name", "Anna").reason == "numbers_not_given"


# ----------------------------------------------------------------------------------------- cards on phones


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_a_card_for_a_phone_is_a_qr_code(shop: CommandLine, tmp_path: Path, ending: str) -> None:
    """Only of cards the till reads as one."""
    card = numbers(shop.done("cards", "print", "--count", "1", "--symbology", "qr", "--out", str(tmp_path / "x.pdf")))[
        0
    ]
    file = tmp_path / f"card.{ending}"
    assert numbers(shop.done("card", "qr", card, "--out", str(file))) == [card]
    if ending == "png":
        with Image.open(file) as picture:
            assert [found.text for found in zxingcpp.read_barcodes(picture.convert("L"))] == [card]
    else:
        assert b"<svg" in file.read_bytes()


def test_a_card_that_is_no_qr_code_is_not_made_one(shop: CommandLine, tmp_path: Path) -> None:
    """Nor is what is no card, nor a picture of another kind."""
    assert shop("card", "qr", ANNA, "--out", str(tmp_path / "x.png")).reason == "symbology_not_allowed"
    assert shop("card", "qr", "17", "--out", str(tmp_path / "x.png")).reason == "card_invalid"
    assert shop("card", "qr", ANNA, "--out", str(tmp_path / "x.jpg")).code == 2
