"""Lines of the log are JSON, and an error leaves its place there, not its words."""

import io
import json
import logging
from typing import Any

from headoffice.api.logs import CAUSES_MAX, Log, ServerMessages


def _written(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_has_a_time_a_level_and_what_was_said() -> None:
    """Times are UTC, whoever reads them wherever."""
    stream = io.StringIO()
    log = Log(stream)
    log.say("request", status=200)
    log.warning("feed unknown", reason="database_away")
    first, second = _written(stream)
    assert (first["event"], first["status"], first["level"]) == ("request", 200, "info")
    assert (second["event"], second["level"]) == ("feed unknown", "warning")
    assert first["timestamp"].endswith("Z")


def test_an_errors_causes_are_named_without_their_words() -> None:
    """What a library says of a value stays out; what kinds of errors met is in."""
    stream = io.StringIO()
    try:
        try:
            int("Erika Mustermann")
        except ValueError as error:
            raise RuntimeError("Erika Mustermann") from error
    except RuntimeError as error:
        Log(stream).bug(error, request_id="ab")
    (line,) = _written(stream)
    assert line["error"] == ["RuntimeError", "ValueError"]
    assert "test_logs.py" in line["trace"][0]
    assert "Erika" not in stream.getvalue()


def test_a_long_chain_of_causes_is_cut() -> None:
    """An error may even be its own cause."""
    stream = io.StringIO()
    error = ValueError()
    error.__cause__ = error
    Log(stream).bug(error)
    assert len(_written(stream)[0]["error"]) == CAUSES_MAX


def test_the_servers_own_messages_come_along() -> None:
    """The HTTP library's warnings are lines like the others; its exceptions are bugs like the others."""
    stream = io.StringIO()
    handler = ServerMessages(Log(stream))
    handler.handle(logging.LogRecord("uvicorn", logging.WARNING, "f", 1, "Invalid HTTP request received.", (), None))
    error = ValueError("Erika")
    handler.handle(logging.LogRecord("uvicorn", logging.ERROR, "f", 1, "x", (), (ValueError, error, None)))
    first, second = _written(stream)
    assert (first["event"], first["message"]) == ("http", "Invalid HTTP request received.")
    assert (second["event"], second["error"]) == ("bug", ["ValueError"])
    assert "Erika" not in stream.getvalue()
