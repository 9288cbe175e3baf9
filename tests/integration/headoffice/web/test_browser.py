"""The pages in a real browser: what a person at head office clicks through, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.common.exceptions import WebDriverException
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.wait import WebDriverWait

from tests.fakes.chromium import WAIT_S, browser_path, chromium
from tests.fakes.serving import serving
from tests.fakes.staffed_office import ADMIN, MANAGER, MEMBER_NAME, PASSWORD, PROGRAMME, VIEWER, StaffedOffice

pytestmark = pytest.mark.skipif(browser_path() is None, reason="there is no Chromium with its driver on this machine")


class Clerk:
    """Somebody in front of the browser."""

    def __init__(self, browser: Chrome, address: str) -> None:
        self.browser = browser
        self.address = address

    def open(self, path: str) -> None:
        """Type an address."""
        self.browser.get(self.address + path)

    def see(self, selector: str) -> WebElement:
        """The first thing of a kind on the page."""
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def type(self, selector: str, text: str) -> None:
        """Fill in a field."""
        field = self.see(selector)
        field.clear()
        field.send_keys(text)

    def press(self, selector: str) -> None:
        """Press what leads to another page, and wait for that page.

        Asked in the very moment of the change, the driver may answer with an unknown error; the next question
        gets a real answer.
        """
        page = self.see("html")
        self.see(selector).click()
        WebDriverWait(self.browser, WAIT_S, ignored_exceptions=[WebDriverException]).until(staleness_of(page))

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        """Go through the sign-in."""
        self.open("/sign-in")
        self.type("input[name=name]", name)
        self.type("input[name=password]", password)
        self.press("main button.primary")

    @property
    def text(self) -> str:
        """What can be read on the page."""
        return self.see("body").text

    @property
    def path(self) -> str:
        """Where the browser is."""
        return self.browser.current_url.removeprefix(self.address)


@pytest.fixture
def clerk(office: StaffedOffice, tmp_path: Path) -> Iterator[Clerk]:
    """A person with an English browser."""
    with serving(office.app()) as address, chromium(tmp_path / "profile") as browser:
        yield Clerk(browser, address)


def _complaints(clerk: Clerk) -> list[str]:
    """What the browser found wrong with our pages: blocked styles, missing files, scripts. Our own no is none of it."""
    found = [entry["message"] for entry in clerk.browser.get_log("browser")]  # type: ignore[no-untyped-call] # its own
    return [message for message in found if not message.endswith(("(Unauthorized)", "(Unprocessable Entity)"))]


def test_a_manager_finds_a_member_and_corrects_the_balance(clerk: Clerk) -> None:
    """From the sign-in to the corrected balance, with what a person sees on the way."""
    clerk.sign_in(MANAGER, "falsches Passwort")
    assert "Name or password is wrong." in clerk.text
    clerk.sign_in(MANAGER)
    assert clerk.path == "/report"
    clerk.press("nav a[href='/members']")
    clerk.type("input[name=text]", "gross")
    clerk.press("main button.primary")
    clerk.press("tbody a")
    assert clerk.see("h1").text == MEMBER_NAME
    clerk.type("input[name=points]", "-20")
    clerk.type("input[name=reason]", "Kulanz")
    clerk.press("form[action$='/adjust'] button")
    assert "The balance is corrected." in clerk.text
    assert clerk.see(".figure").text == "100"
    assert _complaints(clerk) == []


def test_three_wrong_passwords_keep_even_the_right_one_waiting(clerk: Clerk, office: StaffedOffice) -> None:
    """And half a minute later it is let in."""
    for _ in range(3):
        clerk.sign_in(ADMIN, "falsches Passwort")
    assert "Wait 30 s" in clerk.text
    clerk.sign_in(ADMIN)
    assert clerk.path == "/sign-in"
    office.clock.advance(seconds=31)
    clerk.sign_in(ADMIN)
    assert clerk.path == "/report"


def test_an_administrator_publishes_settles_and_lets_a_till_join(
    clerk: Clerk, office: StaffedOffice, tmp_path: Path
) -> None:
    """A file with mistakes is refused with their lines, the right one is published; a conflict ends with its button."""
    clerk.sign_in(ADMIN)
    file = tmp_path / "programme.toml"
    clerk.open("/programmes")
    for text in (PROGRAMME.replace("per_cents = 100", "per_cents = 0"), PROGRAMME):
        file.write_text(text, encoding="utf-8")
        clerk.see("input[type=file]").send_keys(str(file))
        clerk.press("main form button")
        if text is not PROGRAMME:
            assert "Line 9 · earning.per_cents" in clerk.text
    assert "The programme is published." in clerk.text
    assert len(office.head_office.programmes()) == 2
    clerk.press("nav a[href='/matters']")
    assert "40 too many" in clerk.text
    clerk.press("form[action*='/conflicts/'] button")
    assert "40 too many" not in clerk.text
    clerk.press("nav a[href='/tills']")
    clerk.type("input[name=store]", "Nord")
    clerk.type("input[name=name]", "Kasse 3")
    clerk.press("form[action='/tills/enrol'] button")
    assert len(clerk.see("#code").text) == 19
    assert _complaints(clerk) == []


def test_shutting_out_and_forgetting_wait_for_a_tick(clerk: Clerk, office: StaffedOffice) -> None:
    """The browser itself holds the form back until the box is ticked."""
    clerk.sign_in(ADMIN)
    clerk.open(f"/members/{office.member_id}")
    details = clerk.browser.find_elements(By.CSS_SELECTOR, "details")[-1]
    details.find_element(By.TAG_NAME, "summary").click()
    details.find_element(By.TAG_NAME, "button").click()
    assert clerk.path == f"/members/{office.member_id}"
    details.find_element(By.NAME, "confirm").click()
    clerk.press("form[action$='/erase'] button")
    assert "This person was forgotten" in clerk.text
    assert MEMBER_NAME not in clerk.text


def test_a_viewer_sees_no_forms_and_is_refused_by_hand(clerk: Clerk, office: StaffedOffice) -> None:
    """The page of people is not offered, and its address is refused."""
    clerk.sign_in(VIEWER)
    assert not clerk.browser.find_elements(By.CSS_SELECTOR, "nav a[href='/people']")
    clerk.open(f"/members/{office.member_id}")
    assert not clerk.browser.find_elements(By.CSS_SELECTOR, "main form")
    clerk.open("/people")
    assert "Your role does not allow this" in clerk.text


def test_another_sites_page_can_do_nothing(clerk: Clerk, office: StaffedOffice, tmp_path: Path) -> None:
    """It sends the very form of ours from a signed-in browser; the cookie stays behind and the form is refused."""
    clerk.sign_in(ADMIN)
    evil = tmp_path / "evil.html"
    action = f"{clerk.address}/members/{office.member_id}/adjust"
    evil.write_text(
        f'<form method="post" action="{action}"><input name="points" value="500"><button>x</button></form>',
        encoding="utf-8",
    )
    clerk.browser.get(evil.as_uri())
    clerk.press("button")
    assert "Nothing was changed" in clerk.text
    member = office.head_office.member(office.member_id)
    assert member is not None
    assert member.statement.balance == 120


def test_the_language_follows_the_browser_and_the_switch(office: StaffedOffice, tmp_path: Path) -> None:
    """A German browser gets German; one click makes it English, for good."""
    with serving(office.app()) as address, chromium(tmp_path / "profile", "de") as browser:
        clerk = Clerk(browser, address)
        clerk.open("/sign-in")
        assert clerk.see("html").get_attribute("lang") == "de"
        clerk.press("a[hreflang=en]")
        assert clerk.see("html").get_attribute("lang") == "en"
        clerk.sign_in(VIEWER)
        assert clerk.see("html").get_attribute("lang") == "en"


@pytest.mark.parametrize("width", [400, 1366])
def test_pages_fit_a_phone_and_a_desk(clerk: Clerk, office: StaffedOffice, width: int) -> None:
    """No page is wider than the screen; wide tables scroll inside themselves. Every field and button has a name."""
    clerk.sign_in(ADMIN)
    clerk.browser.set_window_size(width, 900)
    paths = ("/report?store=Mitte", "/members", f"/members/{office.member_id}", "/matters", "/tills", "/programmes")
    for path in (*paths, "/people", "/account"):
        clerk.open(path)
        clerk.browser.execute_script("document.querySelectorAll('details').forEach(each => { each.open = true })")
        shown, needed = clerk.browser.execute_script(
            "return [document.documentElement.clientWidth, document.documentElement.scrollWidth]"
        )
        assert needed <= shown, path
        for control in clerk.browser.find_elements(By.CSS_SELECTOR, "main input:not([type=hidden]), select, button"):
            assert control.accessible_name, f"{path}: {control.get_attribute('outerHTML')}"
