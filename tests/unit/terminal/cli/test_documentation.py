"""``docs/cli.md`` says what there is."""

import re

from typer.core import TyperGroup
from typer.main import get_command

from terminal.cli import build_app
from terminal.settings import declared
from tests.source import ROOT

TEXT = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def test_every_command_is_in_the_table() -> None:
    """A command nobody can look up is not there."""
    root = get_command(build_app())
    assert isinstance(root, TyperGroup)
    names: list[str] = []
    for name, command in root.commands.items():
        names += [f"{name} {below}" for below in command.commands] if isinstance(command, TyperGroup) else [name]
    assert len(names) > 30
    assert not [name for name in names if not re.search(rf"`{name}[ `]", TEXT)]


def test_every_setting_is_in_the_table_as_declared() -> None:
    """The declaration is the one source; whoever changes it changes this table."""
    rows = [f"| `{each.key}` | {each.values} | `{each.default}` | {each.sentence} |" for each in declared()]
    assert "\n".join(rows) in TEXT
