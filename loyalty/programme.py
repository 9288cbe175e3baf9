"""The programme document: the versioned, immutable rules of one loyalty programme.

A shop writes it as TOML. All mistakes in it are reported at once, each with its key path and line, and a record stores
the version it was made under, so nobody ever recomputes an old sale with new rules.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from loyalty.bounds import CATEGORY_LENGTH_MAX, POINTS_MAX
from loyalty.cards import CardRule, overlapping_rules, reads_payment_cards
from loyalty.document import NOTHING_ABOVE, Problem, convert_all, with_lines
from loyalty.money import AMOUNT_CENTS_MAX, CURRENCIES

PROGRAMME_FORMAT: Final = 1
"""The version of this document's layout. 1: first layout (2026-11-21)."""

DOCUMENT_LENGTH_MAX: Final = 256 * 1024
"""The largest programme document that is read, in characters."""

WITHOUT_POINTS: Final = "without-points"
"""The exclusion id of a sum the cashier typed as "of which without points"; no programme may use it for another."""

Identifier = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}\Z")]
CategoryName = Annotated[str, Meta(min_length=1, max_length=CATEGORY_LENGTH_MAX)]
Points = Annotated[int, Meta(ge=1, le=1_000_000)]
Cents = Annotated[int, Meta(ge=0, le=AMOUNT_CENTS_MAX)]
PositiveCents = Annotated[int, Meta(ge=1, le=AMOUNT_CENTS_MAX)]
Label = Annotated[str, Meta(min_length=1, max_length=80)]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text a customer reads, in the programme's two languages."""

    de: Label
    en: Label

    def in_language(self, language: str) -> str:
        """The text for a language code such as ``de`` or ``en_GB``; German, the first market, is the fallback."""
        return self.en if language.startswith("en") else self.de


class LongText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A longer text, such as the privacy notice."""

    de: Annotated[str, Meta(min_length=1, max_length=4000)]
    en: Annotated[str, Meta(min_length=1, max_length=4000)]

    def in_language(self, language: str) -> str:
        """The text for a language code; German is the fallback."""
        return self.en if language.startswith("en") else self.de


class EarnOn(StrEnum):
    """What the base rule looks at when a reward lowered what the customer pays."""

    PAID = "paid"
    FULL = "full"


class Earning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The base earning rule: so many points per so many cents, rounded down once per sale."""

    points: Points
    per_cents: PositiveCents
    on: EarnOn = EarnOn.PAID


class PointValue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What points are worth in money, for the screen and for the liability."""

    points: Points
    value_cents: PositiveCents


class Exclusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Goods that earn nothing and can't be paid with points: deposits, tobacco, price-fixed books, medicines.

    Attributes:
        id: The name records and explanations use.
        name: What people read.
        categories: The register's category names that fall under it; capitals make no difference.
    """

    id: Identifier
    name: Text
    categories: Annotated[tuple[CategoryName, ...], Meta(max_length=100)] = ()


class RewardKind(StrEnum):
    """What a reward is."""

    MONEY_OFF = "money_off"
    PRODUCT = "product"


class Reward(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something points buy.

    Attributes:
        id: The name records use.
        kind: Money off the purchase, or a product handed out.
        name: What people read.
        points: What it costs; for a flexible reward the exchange rate together with ``value_cents``.
        value_cents: Money taken off, or the product's value for reports.
        flexible: Whether the cashier may take any part of the points (money off only).
        minimum_purchase_cents: The purchase it needs, before anything is taken off.
    """

    id: Identifier
    kind: RewardKind
    name: Text
    points: Points
    value_cents: Cents
    flexible: bool = False
    minimum_purchase_cents: Cents = 0

    def __post_init__(self) -> None:
        """Refuse combinations that mean nothing."""
        if self.kind is RewardKind.PRODUCT and self.flexible:
            msg = "A product reward can't be flexible"
            raise ValueError(msg)
        if self.kind is RewardKind.MONEY_OFF and self.value_cents == 0:
            msg = "A money-off reward needs `value_cents` above 0"
            raise ValueError(msg)


class Offline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be redeemed while head office can't be asked; see ``loyalty.offline``.

    Attributes:
        points_per_redemption_max: In one redemption.
        points_per_member_max: Of one member since head office's last word on the account.
        redemptions_max: Redemptions of one member in a row without head office.
        statement_age_hours_max: How old head office's last word may be.
    """

    points_per_redemption_max: Points = 1_000
    points_per_member_max: Points = 2_000
    redemptions_max: Annotated[int, Meta(ge=0, le=1_000)] = 3
    statement_age_hours_max: Annotated[int, Meta(ge=1, le=24 * 366)] = 72


class RoundTo(StrEnum):
    """To what the last day of points is moved on."""

    DAY = "day"
    MONTH_END = "month_end"
    YEAR_END = "year_end"


class Expiring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long points live; without this table they live for ever.

    Attributes:
        months: From the day they were earned.
        since: The day the rule began; points from before begin their time on it, so nobody loses points by surprise.
        round_to: Up to the end of what.
        grace_days: How long points can be spent that come back to a lot whose time is over.
    """

    months: Annotated[int, Meta(ge=1, le=1_200)]
    since: date
    round_to: RoundTo = RoundTo.MONTH_END
    grace_days: Annotated[int, Meta(ge=0, le=400)] = 30


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Guards against slips at the till.

    Attributes:
        amount_max_cents: A sale above it is refused.
        amount_usual_cents: A sale above it is asked about once more.
        repeat_window_s: The same card and amount within these seconds is asked about once more.
        late_entry_days: How far back a forgotten sale may be entered.
        rewards_per_sale_max: How many rewards one sale may carry.
        offline: What may be redeemed while head office can't be asked.
    """

    amount_max_cents: PositiveCents = 1_000_000
    amount_usual_cents: PositiveCents = 20_000
    repeat_window_s: Annotated[int, Meta(ge=0, le=86_400)] = 120
    late_entry_days: Annotated[int, Meta(ge=0, le=400)] = 14
    rewards_per_sale_max: Annotated[int, Meta(ge=1, le=20)] = 5
    offline: Offline = Offline()


class Privacy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The privacy notice shown at enrolment; consent records name its version."""

    version: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{1,40}\Z")]
    notice: LongText


class Programme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All rules of one programme in one version."""

    format: int
    version: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    name: Label
    currency: str
    earning: Earning
    point_value: PointValue
    privacy: Privacy
    cards: Annotated[tuple[CardRule, ...], Meta(min_length=1, max_length=20)]
    exclusions: Annotated[tuple[Exclusion, ...], Meta(max_length=50)] = ()
    rewards: Annotated[tuple[Reward, ...], Meta(max_length=100)] = ()
    limits: Limits = Limits()
    expiry: Expiring | None = None

    def reward(self, reward_id: str) -> Reward | None:
        """The reward with this id, or ``None``."""
        return next((reward for reward in self.rewards if reward.id == reward_id), None)

    def exclusion_of(self, category: str) -> Exclusion | None:
        """The exclusion a register category falls under, or ``None`` when it earns.

        Registers spell their categories as they like, and a deposit must not earn because "Pfand" has a capital.
        """
        wanted = _same_category(category)
        return next((item for item in self.exclusions if wanted in _categories_of(item)), None)

    def value_of_points_cents(self, points: int) -> int:
        """The money value of points, rounded down, in cents; negative points (debt) are worth nothing."""
        return max(0, points) * self.point_value.value_cents // self.point_value.points


def parse_programme(toml_text: str) -> Programme | list[Problem]:
    """Read a programme document.

    Args:
        toml_text: The TOML text of at most ``DOCUMENT_LENGTH_MAX`` characters.

    Returns:
        The programme, or every problem found, with line numbers where they can be told.
    """
    if len(toml_text) > DOCUMENT_LENGTH_MAX:
        return [Problem(NOTHING_ABOVE, f"Longer than {DOCUMENT_LENGTH_MAX} characters")]
    try:
        raw = tomllib.loads(toml_text)
    except (ValueError, RecursionError) as error:  # besides its own error, tomllib passes on Python's own limits
        place = re.search(r"\(at line ([0-9]+), column [0-9]+\)$", str(error))
        return [Problem(NOTHING_ABOVE, f"Not valid TOML: {error}", int(place[1]) if place else None)]
    programme = convert_all(raw, Programme)
    if isinstance(programme, list):
        return with_lines(programme, toml_text)
    return with_lines(check_programme(programme), toml_text) or programme


def with_version(document: str, version: int) -> str:
    """The same document under another version: head office counts on where a till's own versions went further.

    Args:
        document: A programme without mistakes.
        version: The new number.
    """
    return re.sub(r"(?m)^(\s*version\s*=\s*)[0-9_]+", rf"\g<1>{version}", document, count=1)


def check_programme(programme: Programme) -> list[Problem]:
    """Find contradictions between the parts of a well-formed programme."""
    problems: list[Problem] = []
    if programme.format != PROGRAMME_FORMAT:
        problems.append(Problem("format", f"Only layout {PROGRAMME_FORMAT} is understood, not {programme.format}"))
    if programme.currency not in CURRENCIES:
        problems.append(Problem("currency", f"Not one of {', '.join(sorted(CURRENCIES))}"))
    if programme.limits.amount_usual_cents > programme.limits.amount_max_cents:
        problems.append(Problem("limits.amount_usual_cents", "Must not be above limits.amount_max_cents"))
    largest_award = programme.limits.amount_max_cents * programme.earning.points // programme.earning.per_cents
    if largest_award > POINTS_MAX:
        problems.append(Problem("earning", f"One sale could award {largest_award} points, more than {POINTS_MAX}"))
    for table, ids in (
        ("rewards", [reward.id for reward in programme.rewards]),
        ("exclusions", [exclusion.id for exclusion in programme.exclusions]),
        ("cards", [rule.id for rule in programme.cards]),
    ):
        problems += _repeated(table, ids)
    return problems + _exclusion_problems(programme.exclusions) + _card_problems(programme.cards)


def _repeated(table: str, ids: list[str]) -> list[Problem]:
    return [
        Problem(f"{table}[{index}].id", f"The id `{item}` is used twice")
        for index, item in enumerate(ids)
        if item in ids[:index]
    ]


def _exclusion_problems(exclusions: tuple[Exclusion, ...]) -> list[Problem]:
    problems: list[Problem] = []
    owner: dict[str, int] = {}
    for index, exclusion in enumerate(exclusions):
        if exclusion.id == WITHOUT_POINTS:
            problems.append(Problem(f"exclusions[{index}].id", f"`{WITHOUT_POINTS}` is what the cashier types in"))
        for category in sorted(_categories_of(exclusion)):
            first = owner.setdefault(category, index)
            if exclusions[first].id != exclusion.id:  # a repeated id is told once, as a repeated id
                message = f"`{category}` already belongs to exclusions[{first}]"
                problems.append(Problem(f"exclusions[{index}].categories", message))
    return problems


def _card_problems(rules: tuple[CardRule, ...]) -> list[Problem]:
    problems = [
        Problem(f"cards[{second}]", f"Reads the same numbers as cards[{first}]; a number must mean one thing")
        for first, second in overlapping_rules(rules)
    ]
    problems += [
        Problem(f"cards[{index}].prefix", "Would read payment cards; a longer prefix of its own is needed")
        for index, rule in enumerate(rules)
        if reads_payment_cards(rule)
    ]
    return problems


def _categories_of(exclusion: Exclusion) -> set[str]:
    return {exclusion.id, *map(_same_category, exclusion.categories)}


def _same_category(name: str) -> str:
    return name.strip().casefold()
