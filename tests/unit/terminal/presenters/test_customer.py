"""What customers see while the till works: their own purchase, never anybody's secret, and a question once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from hardware.pole import CodePage, fit
from loyalty.feedback import Ratings
from storage.errors import DiskFull
from terminal.presenters import customer_words as words
from terminal.presenters.customer import RESULT_SHOWN_MS, THANKS_SHOWN_MS, CustomerPresenter
from terminal.presenters.customer_states import Scene
from terminal.presenters.customer_words import OFFERS_MAX, first_name
from terminal.presenters.done import DONE_SHOWN_MS
from terminal.presenters.states import Screen
from terminal.settings.display import DisplaySettings
from tests.fakes.counter import ANNA, BEN, NEW_CARD, Counter, card_number

if TYPE_CHECKING:
    from terminal.presenters.customer_states import CustomerState


@pytest.fixture
def customer(counter: Counter) -> CustomerPresenter:
    """The display beside the counter, with a window."""
    return watching(counter)


def watching(counter: Counter, **settings: str) -> CustomerPresenter:
    """A display under some settings, with a window."""
    made = CustomerPresenter(counter.around, counter.shell, msgspec.convert(settings, DisplaySettings))
    made.window_shown(on=True)
    return made


def buy(counter: Counter, card: str = ANNA, amount: str = "23,45") -> None:
    """A whole purchase."""
    counter.scan(card)
    counter.shell.member.amount_typed(amount)
    counter.shell.member.confirm()


def scene(customer: CustomerPresenter) -> Scene:
    """What the display is about now."""
    return customer.state.scene


def two_lines(state: CustomerState) -> list[str]:
    """What the two-line display shows."""
    return [fit(row, CodePage.CP858).decode("cp858").rstrip() for row in (state.pole.upper, state.pole.lower)]


def ratings(counter: Counter) -> Ratings:
    """Today's stars on disk."""
    return counter.desk.reader.ratings(counter.clock.today())


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Anna Schneider", "Anna"),
        ("Anna-Lena von der Heide", "Anna-Lena"),
        ("Dr. Anna Schneider", "Anna"),
        ("Prof. Dr. Anna Schneider", "Anna"),
        ("Schneider, Anna", "Anna"),
        ("Schneider, Dr. Anna", "Anna"),
        ("Anna", "Anna"),
        ("Frau Schneider", ""),
        ("Mr. Smith", ""),
        ("Dr.", ""),
        ("Schneider,", ""),
        ("", ""),
    ],
)
def test_only_a_first_name_is_ever_taken_from_a_name(name: str, first: str) -> None:
    """Titles are no names, and what stands alone behind one is a surname."""
    assert first_name(name) == first


def test_nobody_is_served(customer: CustomerPresenter) -> None:
    """Shop and programme welcome, on both displays."""
    assert (customer.state.scene, customer.state.shop) == (Scene.WELCOME, "Bäckerei Morgenrot")
    assert two_lines(customer.state) == [" Bäckerei Morgenrot", "      Welcome!"]


def test_a_member_sees_what_is_there_and_what_it_is_good_for(counter: Counter, customer: CustomerPresenter) -> None:
    """Greeting, balance, worth, and the rewards in reach first."""
    counter.scan(ANNA)
    state = customer.state
    assert (state.scene, state.headline, state.balance, state.worth) == (
        Scene.MEMBER,
        "Hello Anna!",
        "1,284",
        "worth €12.84",
    )
    assert len(state.offers) == OFFERS_MAX
    assert all(offer.reachable for offer in state.offers)
    assert two_lines(state) == ["Anna    1,284 points", "worth €12.84"]


def test_what_is_missing_for_a_reward_is_said(counter: Counter, customer: CustomerPresenter) -> None:
    """Ben has 12 points: the nearest rewards follow what he can have."""
    counter.scan(BEN)
    states = [(offer.reachable, offer.cost) for offer in customer.state.offers]
    assert states == [(True, "from 1 point"), (False, "88 points to go"), (False, "288 points to go")]


def test_the_open_purchase_is_shown_as_it_grows(counter: Counter, customer: CustomerPresenter) -> None:
    """What it will bring and what is to pay; a chosen reward is marked and comes off."""
    counter.scan(ANNA)
    counter.shell.member.amount_typed("23,45")
    assert (customer.state.award, customer.state.to_pay) == ("+ 23 points", "€23.45")
    assert two_lines(customer.state)[1] == "+23 points    €23.45"
    money_off = next(reward for reward in counter.around.programme.rewards if reward.value_cents == 500)
    counter.shell.member.choose_reward(money_off.id)
    assert (customer.state.take_off, customer.state.to_pay) == ("Minus €5.00", "€18.45")
    assert [offer.chosen for offer in customer.state.offers] == [True, False, False]


@pytest.mark.parametrize("greeting", ["first_name", "neutral"])
def test_nothing_private_is_ever_shown(counter: Counter, greeting: str) -> None:
    """No surname, no card number, no phone in any field of any moment; under "neutral" no first name either."""
    customer = watching(counter, greeting=greeting)
    seen: list[str] = []
    customer.subscribe(lambda: seen.append(str(msgspec.to_builtins(customer.state))))
    for card in (ANNA, BEN):
        buy(counter, card)
        counter.shell.home()
    counter.shell.lock_till()
    counter.scan(NEW_CARD)
    told = " ".join(seen)
    secrets = ["Schneider", "Özdemir", "28817386", ANNA, BEN, ANNA[-4:], BEN[-4:], NEW_CARD]
    assert [secret for secret in secrets if secret in told] == []
    assert ("Anna" in told) is (greeting == "first_name")


def test_a_card_without_a_name_is_greeted_without_one(counter: Counter, customer: CustomerPresenter) -> None:
    """Points can be collected before anybody enrols."""
    card = card_number(77)
    counter.earn(card, 500)
    counter.scan(card)
    assert customer.state.headline == "Hello!"
    assert two_lines(customer.state)[0] == "Your points        5"


@pytest.mark.parametrize("screen", ["show_report", "show_find"])
def test_screens_about_others_show_nobody(counter: Counter, customer: CustomerPresenter, screen: str) -> None:
    """While the cashier looks for somebody or reads the day, the display welcomes."""
    counter.scan(ANNA)
    getattr(counter.shell, screen)(*(["Ben"] if screen == "show_find" else []))
    assert customer.state.scene is Scene.WELCOME


def test_the_result_stays_for_its_customer_after_the_till_has_gone_on(
    counter: Counter, customer: CustomerPresenter
) -> None:
    """Five seconds are the cashier's, twenty the customer's; then it welcomes the next one."""
    buy(counter)
    assert (customer.state.scene, customer.state.award, customer.state.balance) == (Scene.DONE, "+ 23 points", "1,307")
    counter.schedule.pass_ms(DONE_SHOWN_MS)
    assert counter.screen() is Screen.IDLE
    assert scene(customer) is Scene.DONE
    counter.schedule.pass_ms(RESULT_SHOWN_MS - DONE_SHOWN_MS)
    assert scene(customer) is Scene.WELCOME


def test_the_next_card_ends_the_result(counter: Counter, customer: CustomerPresenter) -> None:
    """And the old one does not come back when its time would be up."""
    buy(counter)
    counter.scan(BEN)
    assert customer.state.headline == "Hello Ben!"
    counter.schedule.pass_ms(RESULT_SHOWN_MS)
    assert customer.state.headline == "Hello Ben!"


def test_a_locked_till_shows_nobody(counter: Counter, customer: CustomerPresenter) -> None:
    """Neither the open purchase that waits behind the lock nor the last result."""
    counter.shell._has_people = True
    buy(counter)
    assert scene(customer) is Scene.DONE
    counter.shell.lock_till()
    assert scene(customer) is Scene.WELCOME


def test_what_was_undone_is_said_in_place_of_the_result(counter: Counter, customer: CustomerPresenter) -> None:
    """With the balance as it is now, and no question how it was."""
    buy(counter)
    counter.shell.undo_newest()
    assert (customer.state.headline, customer.state.balance) == ("Your points were corrected.", "1,284")
    assert customer.state.rating is None


def test_a_rating_is_written_once_and_thanked_for(counter: Counter, customer: CustomerPresenter) -> None:
    """The first tap counts, further ones do nothing; the thanks go away by themselves."""
    buy(counter)
    asked = customer.state.rating
    assert asked is not None
    assert asked.open
    customer.rate(4)
    customer.rate(1)
    rated = customer.state.rating
    assert rated is not None
    assert (rated.thanks, rated.open) == ("Thank you!", False)
    assert [star.stars for star in rated.stars if star.chosen] == [4]
    assert ratings(counter).counts == (0, 0, 0, 1, 0)
    counter.schedule.pass_ms(THANKS_SHOWN_MS)
    assert [customer.state.rating] == [None]
    assert scene(customer) is Scene.DONE


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_no_other_number_is_a_rating(counter: Counter, customer: CustomerPresenter, stars: int) -> None:
    """Whatever a key or a driver makes up."""
    buy(counter)
    customer.rate(stars)
    assert ratings(counter).count == 0


def test_nobody_is_asked_without_a_window_or_against_the_setting(counter: Counter) -> None:
    """A display of two lines can't be tapped."""
    shown = CustomerPresenter(counter.around, counter.shell)
    switched_off = watching(counter, rating="off")
    buy(counter)
    for presenter in (shown, switched_off):
        assert presenter.state.rating is None
        presenter.rate(5)
    assert ratings(counter).count == 0


def test_a_tap_with_nothing_to_rate_does_nothing(counter: Counter, customer: CustomerPresenter) -> None:
    """The finger came too late, or the till was locked meanwhile."""
    customer.rate(5)
    buy(counter)
    counter.schedule.pass_ms(RESULT_SHOWN_MS)
    customer.rate(5)
    assert ratings(counter).count == 0


def test_a_disk_that_takes_no_rating_is_the_tills_trouble(counter: Counter, customer: CustomerPresenter) -> None:
    """The question goes away, and the cashier reads what is wrong; the customer sees nothing of it."""
    buy(counter)
    counter.desk.breaks_with = DiskFull("scripted")
    customer.rate(5)
    assert counter.shell.state.fatal is not None
    assert (customer.state.scene, customer.state.rating) == (Scene.WELCOME, None)


def test_the_link_stands_in_for_a_receipts_code(counter: Counter) -> None:
    """Only where it is set, and only with a window; "off" is off."""
    with_link = watching(counter, link="https://morgenrot.example")
    without = watching(counter)
    off = watching(counter, link="https://morgenrot.example", qr="off")
    buy(counter)
    assert (with_link.state.qr, with_link.state.qr_caption) == ("https://morgenrot.example", "More about us")
    assert (without.state.qr, off.state.qr) == ("", "")


def test_a_change_of_language_reaches_the_customer(counter: Counter, customer: CustomerPresenter) -> None:
    """The shop speaks one language to both."""
    counter.scan(ANNA)
    counter.shell.language("de")
    assert (customer.state.language, customer.state.balance) == ("de", "1.284")


def test_a_till_without_a_display_does_nothing_for_one(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most tills have neither monitor nor pole; their scans and bookings must not pay for them."""
    asked: list[object] = []
    unseen = CustomerPresenter(counter.around, counter.shell, has_pole=False)
    monkeypatch.setattr(words, "serving", lambda *given, **_: asked.append(given))
    monkeypatch.setattr(words, "booked", lambda *given, **_: asked.append(given))
    counter.scan(ANNA)
    counter.shell.member.amount_typed("20.00")
    counter.shell.key("Enter")
    assert counter.screen() is Screen.DONE
    assert (asked, unseen.state.scene) == ([], Scene.WELCOME)


def test_a_monitor_that_is_plugged_in_later_shows_what_is_on(counter: Counter) -> None:
    """And one that is pulled out takes what it showed with it."""
    late = CustomerPresenter(counter.around, counter.shell, has_pole=False)
    counter.scan(ANNA)
    seen = [late.state.scene]
    for on in (True, False):
        late.window_shown(on=on)
        seen.append(late.state.scene)
    assert seen == [Scene.WELCOME, Scene.MEMBER, Scene.WELCOME]
