"""A real browser for tests: Chromium without a window, driven through its own driver, on this machine only."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
DRIVER: Final = "chromedriver"

FLAGS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-extensions",
    "--hide-scrollbars",
    "--force-device-scale-factor=1",
)
"""Without sandbox, because tests run in containers as root; it visits nothing but our own pages."""

WAIT_S: Final = 20
"""How long a page may take on a busy machine, in seconds."""


def browser_path() -> str | None:
    """Where the browser is, ``None`` when there is none or its driver is missing."""
    if shutil.which(DRIVER) is None:
        return None
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


@contextlib.contextmanager
def chromium(profile: Path, language: str = "en") -> Iterator[webdriver.Chrome]:
    """Start a browser with a fresh profile, and end it with its driver.

    Args:
        profile: An empty folder.
        language: What it asks pages for.
    """
    binary, driver = browser_path(), shutil.which(DRIVER)
    assert binary is not None
    assert driver is not None
    options = Options()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={profile}", f"--accept-lang={language}", "--window-size=1366,900"):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"intl.accept_languages": language})
    service = Service(driver)
    browser = webdriver.Chrome(options=options, service=service)
    try:
        browser.set_page_load_timeout(WAIT_S)
        yield browser
    finally:
        browser.quit()
