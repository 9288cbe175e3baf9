"""What the commands of both programs share."""

import pytest
import typer
from typer.main import get_command

from texts.command_line.commands import NumbersCommand, group, whole


@pytest.mark.parametrize("number", ["-50", "-5,00", "-.5", "7"])
def test_a_negative_number_is_an_argument(number: str) -> None:
    """It is no option called 5."""
    app = whole("program", "Help.", "program -5")
    heard: list[str] = []

    @app.command(cls=NumbersCommand)
    def hear(points: str) -> None:
        heard.append(points)

    get_command(app).main([number], standalone_mode=False)
    assert heard == [number]


def test_a_group_without_a_command_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    """As plain text, without boxes."""
    app, below = whole("program", "Help.", "program"), group()
    below.command("list", help="List all.")(lambda: None)
    app.add_typer(below, name="card", help="Cards.")
    app.callback()(lambda: None)
    with pytest.raises(typer.TyperException) as shown:
        get_command(app).main(["card"], standalone_mode=False)
    said = shown.value.format_message() + "".join(capsys.readouterr())
    assert "List all." in said
    assert "\N{BOX DRAWINGS LIGHT HORIZONTAL}" not in said
