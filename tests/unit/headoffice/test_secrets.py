"""The keys: made once, private, never shown, and missed when they are gone."""

from pathlib import Path

import pytest

from headoffice.errors import FolderUnusable, KeysMissing
from headoffice.secrets import FOLDER, KEY_BYTES, KEY_FILES, load_secrets, make_secrets


def test_keys_are_made_once(tmp_path: Path) -> None:
    """All three different, and the same ever after."""
    made = make_secrets(tmp_path)
    assert len({made.programme_key, made.profile_key, made.signing_key}) == 3
    assert load_secrets(tmp_path) == make_secrets(tmp_path) == made


def test_keys_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    """So is their folder."""
    make_secrets(tmp_path)
    folder = tmp_path / FOLDER
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {(folder / name).stat().st_mode & 0o777 for name in KEY_FILES} == {0o600}


def test_keys_show_in_no_log(tmp_path: Path) -> None:
    """Neither as text nor in hex."""
    made = make_secrets(tmp_path)
    assert repr(made) == str(made) == "Secrets(…)"


@pytest.mark.parametrize("name", KEY_FILES)
def test_a_missing_or_cut_off_key_is_said(tmp_path: Path, name: str) -> None:
    """By its name, because somebody has to find it in a backup."""
    make_secrets(tmp_path)
    path = tmp_path / FOLDER / name
    path.write_bytes(bytes(KEY_BYTES - 1))
    with pytest.raises(KeysMissing, match=name):
        load_secrets(tmp_path)
    path.unlink()
    with pytest.raises(KeysMissing, match=name):
        load_secrets(tmp_path)


def test_a_folder_that_is_none_is_said(tmp_path: Path) -> None:
    """A file stands where the keys belong."""
    (tmp_path / FOLDER).write_text("")
    with pytest.raises(FolderUnusable):
        make_secrets(tmp_path)
