"""Where the private key lies, and what a joining code or an address may look like."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from terminal.sync.errors import Broken
from terminal.sync.joining import read_code
from terminal.sync.keys import KEY_SUFFIX, KeyStore
from terminal.sync.line import checked_address
from terminal.sync.status import KeyPlace, SyncTrouble

TERMINAL = UUID(int=1, version=4)
KEY = bytes(range(32))


class MemoryKeyring:
    """A keyring, which may be locked."""

    def __init__(self, *, locked: bool = False) -> None:
        self._kept: dict[tuple[str, str], str] = {}
        self._locked = locked

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self._locked:
            raise RuntimeError("locked")
        self._kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self._kept[service, username]


def test_a_keyring_keeps_the_key_off_the_disk(tmp_path: Path) -> None:
    """Nothing of it is in the data folder, so a copy of the folder is not the till."""
    store = KeyStore(tmp_path, MemoryKeyring())
    assert store.keep(TERMINAL, KEY) is KeyPlace.KEYRING
    assert store.find(TERMINAL) == (KEY, KeyPlace.KEYRING)
    assert not list(tmp_path.iterdir())


def test_without_a_usable_keyring_a_private_file_holds_it(tmp_path: Path) -> None:
    """No keyring, or a locked one, is no reason not to join."""
    store = KeyStore(tmp_path, MemoryKeyring(locked=True))
    assert store.keep(TERMINAL, KEY) is KeyPlace.FILE
    assert KeyStore(tmp_path, None).find(TERMINAL) == (KEY, KeyPlace.FILE)
    assert (tmp_path / f"{TERMINAL}{KEY_SUFFIX}").stat().st_mode & 0o077 == 0


def test_a_key_that_is_gone_is_said(tmp_path: Path) -> None:
    """The till has to join again."""
    store = KeyStore(tmp_path, MemoryKeyring())
    store.keep(TERMINAL, KEY)
    store.forget(TERMINAL)
    with pytest.raises(Broken) as broken:
        store.find(TERMINAL)
    assert broken.value.why is SyncTrouble.KEYS_MISSING


def test_a_code_is_read_as_people_type_it() -> None:
    """Blanks, small letters, and the letters that look like digits."""
    code = read_code(" 7k2m 9qxr-4tvb-c8dO.mzxw 6ytb oi2d gnbv gy3t qojqgf ".replace("f ", "e "))
    assert code.secret == "7K2M-9QXR-4TVB-C8D0"
    assert len(code.fingerprint) == 16


@pytest.mark.parametrize("text", ["", "7K2M", "7K2M-9QXR-4TVB-C8D0.short", "UUUU-9QXR-4TVB-C8D0"])
def test_what_is_no_code_is_refused(text: str) -> None:
    """Before anything is asked over the network."""
    with pytest.raises(Broken) as broken:
        read_code(text)
    assert broken.value.why is SyncTrouble.CODE_UNREADABLE


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("office.example:8470", "https://office.example:8470"),
        (" https://Office.example/ ", "https://office.example"),
        ("http://127.0.0.1:80", "http://127.0.0.1:80"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_addresses_are_stored_bare(typed: str, stored: str) -> None:
    """Encrypted unless it says otherwise; without encryption only to this machine."""
    assert checked_address(typed) == stored


@pytest.mark.parametrize(
    "typed", ["", "http://office.example", "http://127.0.0.1.example", "https://a/b", "ftp://a", "https://u@a"]
)
def test_other_addresses_are_refused(typed: str) -> None:
    """Nothing is sent to them."""
    with pytest.raises(Broken):
        checked_address(typed)
