"""Writing changed settings into the settings file of the shop, comments and all."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from loyalty.document import Problem
from terminal.app.files import write_file
from terminal.errors import FileUnreadable
from terminal.settings import SETTINGS_FILE, SETTINGS_LENGTH_MAX, Settings, SettingsWrong, parse_settings

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

Changes = Mapping[str, str | int]
"""New values by key path: ``scanner.terminator``, or ``scanners.NAME.terminator`` for a further scanner."""

BACKUP_FILE: Final = "settings.toml.before"
"""What the file was before the newest change."""

LIST: Final = "scanners"
NAME: Final = "name"


class Kept(msgspec.Struct, frozen=True):
    """The settings file holds the changes.

    Attributes:
        file: The settings file.
        settings: What it says now.
        backup: What it was before; ``None`` when there was none.
        in_use: Whether they are in force already; otherwise from the next start on.
    """

    file: Path
    settings: Settings
    backup: Path | None = None
    in_use: bool = False


class NotKept(msgspec.Struct, frozen=True):
    """Nothing was written: the file, or what it would become, has mistakes.

    Attributes:
        problems: Which.
    """

    problems: tuple[Problem, ...]


def keep_settings(directory: Path, changes: Changes) -> Kept | NotKept:
    """Change some settings and leave everything else in the file as it is, comments included.

    Args:
        directory: The data directory.
        changes: What to change.

    Returns:
        What was written, or what would have been wrong with it; then the file is untouched.

    Raises:
        FileUnreadable: The file is there and can't be read.
        FileUnwritable: The disk did not take it; what was there before stays.
    """
    file = directory / SETTINGS_FILE
    before = _read(file)
    found = parse_settings(before or "")
    if isinstance(found, list):
        return NotKept(tuple(found))
    after = changed(before or "", changes)
    result = parse_settings(after)
    if isinstance(result, list):
        return NotKept(tuple(result))
    backup = None if before is None else directory / BACKUP_FILE
    if backup is not None and before is not None:
        write_file(backup, before.encode())
    write_file(file, after.encode())
    return Kept(file, result, backup)


def keep_second_place(directory: Path, folder: Path) -> None:
    """Write where each copy of the ledger is kept once more.

    Raises:
        SettingsWrong: The file has mistakes; nothing was written.
        FileUnreadable: The file is there and can't be read.
        FileUnwritable: The disk did not take it; what was there before stays.
    """
    kept = keep_settings(directory, {"backup.second_folder": str(folder), "backup.second_is": "checked"})
    if isinstance(kept, NotKept):
        raise SettingsWrong(directory / SETTINGS_FILE, kept.problems)


def changed(toml_text: str, changes: Changes) -> str:
    """A settings file with other values; order, blank lines and comments stay."""
    import tomlkit

    document = tomlkit.parse(toml_text)
    for path, value in changes.items():
        *tables, key = path.split(".")
        _table(document, tables)[key] = value
    return tomlkit.dumps(document)


def _table(document: TOMLDocument, path: list[str]) -> Any:  # noqa: ANN401 - tomlkit's tables have no common type
    """The table at a path, made when it is missing; of a list the one with the name."""
    import tomlkit

    table: Any = document
    if path[:1] == [LIST]:
        _, name = path
        entries = document.setdefault(LIST, tomlkit.aot())
        for entry in entries:
            if entry.get(NAME, "second") == name:
                return entry
        entry = tomlkit.table()
        entry[NAME] = name
        entries.append(entry)
        return entries[-1]
    for key in path:
        if key not in table:
            table[key] = tomlkit.table()
        table = table[key]
    return table


def _read(file: Path) -> str | None:
    """The file's text; ``None`` when there is no file."""
    try:
        with file.open("rb") as opened:
            return opened.read(SETTINGS_LENGTH_MAX).decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise FileUnreadable(file, "not UTF-8 text") from error
    except OSError as error:
        raise FileUnreadable(file, error.strerror or "") from error
