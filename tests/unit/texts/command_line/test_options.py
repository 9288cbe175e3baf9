"""What the global options say, before anything is opened."""

from pathlib import Path

import pytest
import typer

from texts.command_line.options import GlobalOptions


@pytest.fixture
def options() -> GlobalOptions:
    """Nothing said yet."""
    return GlobalOptions(lambda: Path("own"))


def test_without_a_word_the_users_own_directory_is_taken(options: GlobalOptions) -> None:
    """It is asked for only when it is needed."""
    options.take(None, None, as_json=False)
    assert (options.directory, options.as_json, options.asked_language) == (Path("own"), False, None)


def test_what_was_said_is_kept(options: GlobalOptions) -> None:
    """Directory, language and form of the answer."""
    options.take(Path("shop"), "de", as_json=True)
    assert (options.directory, options.as_json, options.asked_language) == (Path("shop"), True, "de")
    assert options.fallback_texts.language == "de"


def test_a_language_nobody_translated_is_a_usage_error(options: GlobalOptions) -> None:
    """The message names those that there are."""
    with pytest.raises(typer.BadParameter, match="de, en"):
        options.take(None, "fr", as_json=False)


@pytest.mark.parametrize(("as_json", "begins"), [(True, '{"version":"'), (False, "stammkunde-x ")])
def test_the_version_ends_the_run(
    options: GlobalOptions, capsys: pytest.CaptureFixture[str], as_json: bool, begins: str
) -> None:
    """No command runs after it."""
    options.take(None, None, as_json=as_json)
    with pytest.raises(typer.Exit):
        options.say_version("stammkunde-x")
    assert capsys.readouterr().out.startswith(begins)
