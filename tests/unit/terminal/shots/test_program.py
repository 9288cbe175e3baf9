"""The pictures' own small command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal.shots import program as shots


@pytest.mark.parametrize(("arguments", "folder"), [([], shots.DEFAULT_FOLDER), (["here"], Path("here"))])
def test_the_folder_is_the_only_argument(arguments: list[str], folder: Path) -> None:
    """Without one the pictures go where they are looked for."""
    assert shots.parser().parse_args(arguments).folder == folder


@pytest.mark.parametrize(("arguments", "code"), [(["--help"], 0), (["--small"], 2), (["-x"], 2), (["a", "b"], 2)])
def test_an_option_is_no_folder(
    arguments: list[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asking for help answers, a mistake is told, and neither leaves a folder of that name."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        shots.main(arguments)
    assert left.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_the_small_copies_go_where_the_documentation_has_its_own() -> None:
    """A folder that is computed from where a module lies moves when the module does."""
    assert (shots.SMALL_FOLDER.parent / "cli.md").exists()
