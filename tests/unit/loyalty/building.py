"""Programmes, records and strategies that the tests of the rules share."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from hypothesis import strategies as st

from loyalty.lines import RedemptionLine, SaleLine
from loyalty.programme import Programme, parse_programme
from loyalty.records import Redemption, Sale

DAY = date(2026, 11, 21)
MEMBER = UUID(int=0xA)
TERMINAL = UUID(int=0xF)

PROGRAMME_TOML = """\
format = 1
version = 7
name = "Test"
currency = "EUR"

[earning]
points = 1
per_cents = 100

[point_value]
points = 100
value_cents = 100

[privacy]
version = "1"
notice = { de = "Text", en = "Text" }

[[cards]]
id = "plastic"
prefix = "29"
length = 13
check = "gs1"
symbologies = ["ean13"]

[[exclusions]]
id = "deposit"
name = { de = "Pfand", en = "Deposit" }
categories = ["Leergut"]

[[exclusions]]
id = "tobacco"
name = { de = "Tabak", en = "Tobacco" }

[[rewards]]
id = "coffee"
kind = "product"
name = { de = "Kaffee", en = "Coffee" }
points = 300
value_cents = 290

[[rewards]]
id = "sticker"
kind = "product"
name = { de = "Aufkleber", en = "Sticker" }
points = 10
value_cents = 0

[[rewards]]
id = "off-5"
kind = "money_off"
name = { de = "5 € Rabatt", en = "5 € off" }
points = 500
value_cents = 500
minimum_purchase_cents = 1000

[[rewards]]
id = "flexible"
kind = "money_off"
name = { de = "Mit Punkten zahlen", en = "Pay with points" }
points = 100
value_cents = 100
flexible = true
"""


def programme_of(toml_text: str = PROGRAMME_TOML) -> Programme:
    """A programme that is known to be right."""
    programme = parse_programme(toml_text)
    assert isinstance(programme, Programme), programme
    return programme


def with_rate(points: int, per_cents: int, *, on: str = "paid", amount_max_cents: int = 1_000_000) -> Programme:
    """The test programme with another base rule."""
    earning = f'points = {points}\nper_cents = {per_cents}\non = "{on}"'
    limits = f"[limits]\namount_usual_cents = 1\namount_max_cents = {amount_max_cents}\n\n[point_value]"
    text = PROGRAMME_TOML.replace("points = 1\nper_cents = 100", earning).replace("[point_value]", limits)
    return programme_of(text)


def sale_of(
    lines: tuple[SaleLine, ...] = (SaleLine(1, 2345, 23),),
    redemptions: tuple[RedemptionLine, ...] = (),
    *,
    number: int = 1,
    member_id: UUID | None = MEMBER,
    at_us: int = 0,
) -> Sale:
    """A sale record; its id is its number, so that records are told apart."""
    return Sale(
        record_id=UUID(int=number),
        member_id=member_id,
        at_us=at_us,
        business_day=DAY,
        utc_offset_min=60,
        programme_version=7,
        command_digest="",
        currency="EUR",
        amount_cents=sum(line.amount_cents for line in lines),
        lines=lines,
        redemptions=redemptions,
    )


def redemption_of(line: RedemptionLine, *, number: int = 1, at_us: int = 0) -> Redemption:
    """A reward taken without a purchase."""
    return Redemption(
        record_id=UUID(int=number),
        member_id=MEMBER,
        at_us=at_us,
        business_day=DAY,
        utc_offset_min=60,
        programme_version=7,
        command_digest="",
        redemption=line,
    )


@st.composite
def sales(draw: st.DrawFn) -> Sale:
    """Sales of one to five lines and up to two rewards, with any points, whoever awarded them."""
    amounts = draw(st.lists(st.integers(0, 5_000), min_size=1, max_size=5).filter(any))
    lines = tuple(
        SaleLine(number, cents, draw(st.integers(0, 20_000)) if cents else 0) for number, cents in enumerate(amounts, 1)
    )
    count = draw(st.integers(0, 2))
    redemptions = tuple(
        RedemptionLine(len(lines) + 1 + index, "off-5", draw(st.integers(1, 3_000)), draw(st.integers(0, 900)), False)
        for index in range(count)
    )
    return sale_of(lines, redemptions)
