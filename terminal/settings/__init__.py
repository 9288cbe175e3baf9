"""The till's own settings: declared once here, each with its type, default, range and one sentence.

The file is ``settings.toml`` in the data directory; it need not exist. What the programme decides (points, rewards,
limits) is not a setting: it is the same on every till of the programme.
"""

from __future__ import annotations

import tomllib
import typing
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec
from msgspec import Meta

from loyalty.document import Problem, convert_all, with_lines
from terminal.settings.backup import BackupSettings
from terminal.settings.display import DisplaySettings, PoleSettings, SoundSettings
from terminal.settings.printer import PrinterSettings
from terminal.settings.register import RegisterSettings
from terminal.settings.report import ReportSettings
from terminal.settings.retention import RetentionSettings
from terminal.settings.scanner import SCANNERS_MAX, FurtherScanner, ScannerSettings, clashes
from terminal.settings.wedge import WedgeSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SETTINGS_FILE: Final = "settings.toml"

SETTINGS_LENGTH_MAX: Final = 64 * 1024
"""The largest settings file that is read, in bytes."""


class SettingsWrong(Exception):
    """The settings file has mistakes, or can't be read; all are listed.

    Attributes:
        file: The settings file.
        problems: What is wrong with it.
    """

    code = "settings_wrong"

    def __init__(self, file: Path, problems: Sequence[Problem]) -> None:
        super().__init__(str(file), problems)
        self.file = file
        self.problems = tuple(problems)


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of one till."""

    language: Annotated[Literal["", "de", "en"], Meta(description="The till's language; empty takes the system's.")] = (
        ""
    )
    scanner: ScannerSettings = ScannerSettings()
    scanners: Annotated[tuple[FurtherScanner, ...], Meta(max_length=SCANNERS_MAX)] = ()
    wedge: WedgeSettings = WedgeSettings()
    printer: PrinterSettings = PrinterSettings()
    display: DisplaySettings = DisplaySettings()
    pole: PoleSettings = PoleSettings()
    sound: SoundSettings = SoundSettings()
    register: RegisterSettings = RegisterSettings()
    report: ReportSettings = ReportSettings()
    backup: BackupSettings = BackupSettings()
    retention: RetentionSettings = RetentionSettings()


class Setting(msgspec.Struct, frozen=True):
    """One declaration, for the settings screen and the documentation.

    Attributes:
        key: Its path in the file, such as ``scanner.baud``.
        values: What it may be, such as ``300 to 921600``.
        default: As it stands in TOML.
        sentence: What it does.
    """

    key: str
    values: str
    default: str
    sentence: str


def parse_settings(toml_text: str) -> Settings | list[Problem]:
    """Read settings, or list every mistake with its key path and line."""
    try:
        raw = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as error:
        return [Problem("(document)", f"Not valid TOML: {error}")]
    found = convert_all(raw, Settings)
    if isinstance(found, Settings):
        found = clashes(found.scanner, found.scanners) or found
    return with_lines(found, toml_text) if isinstance(found, list) else found


def read_settings(directory: Path) -> Settings | list[Problem]:
    """Read the settings of a data directory; without a file they are the defaults.

    Raises:
        OSError: If the file is there and can't be read.
    """
    try:
        with (directory / SETTINGS_FILE).open("rb") as file:
            raw = file.read(SETTINGS_LENGTH_MAX + 1)
    except (FileNotFoundError, NotADirectoryError):
        return Settings()
    if len(raw) > SETTINGS_LENGTH_MAX:
        return [Problem("(document)", f"Longer than {SETTINGS_LENGTH_MAX} bytes")]
    try:
        return parse_settings(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return [Problem("(document)", "Not UTF-8 text")]


def settings_of(directory: Path) -> Settings:
    """The settings of a data directory.

    Raises:
        SettingsWrong: If the file has mistakes or can't be read.
    """
    file = directory / SETTINGS_FILE
    try:
        found = read_settings(directory)
    except OSError as error:
        raise SettingsWrong(file, [Problem("(document)", f"Can't be read: {error.strerror}")]) from error
    if isinstance(found, list):
        raise SettingsWrong(file, found)
    return found


def declared() -> list[Setting]:
    """Every setting in the order of the declaration."""
    return list(_declared(Settings, ""))


def _declared(table: type[msgspec.Struct], path: str) -> typing.Iterator[Setting]:
    hints = typing.get_type_hints(table, include_extras=True)
    for field in msgspec.structs.fields(table):
        hint = hints[field.name]
        if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
            yield from _declared(hint, f"{path}{field.name}.")
            continue
        kind, meta = typing.get_args(hint)
        if typing.get_origin(kind) is tuple:  # a list of tables: [[scanners]]
            # Only what such a table has besides the one it continues: the rest reads there.
            row = typing.get_args(kind)[0]
            further = _declared(row, f"{path}{field.name}[].")
            yield from (each for each in further if each.key.rpartition(".")[2] in row.__annotations__)
            continue
        default = msgspec.json.encode(
            field.default
        ).decode()  # strings and whole numbers look the same in JSON and TOML
        yield Setting(path + field.name, _values(kind, meta), default, meta.description or "")


def _values(kind: object, meta: Meta) -> str:
    """What a setting may be, in words."""
    if typing.get_origin(kind) is Literal:
        return ", ".join(msgspec.json.encode(choice).decode() for choice in typing.get_args(kind))
    if kind is int:
        return f"{meta.ge} to {meta.le}"
    return f"text of up to {meta.max_length} characters"
