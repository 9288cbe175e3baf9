"""What a command of the till answers: the forms of both programs, and its refusals in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal.messages import refusal_text
from texts.command_line import answers
from texts.command_line.answers import EXIT_BUG, EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, Answer, failure, json_text, no

if TYPE_CHECKING:
    from loyalty.outcomes import Refused
    from texts.i18n import Texts

__all__ = ["EXIT_BUG", "EXIT_DONE", "EXIT_REFUSED", "EXIT_USAGE", "Answer", "failure", "json_text", "no", "refusal"]


def refusal(texts: Texts, refused: Refused) -> Answer:
    """A refusal as an answer: its reason for scripts, its sentence for both."""
    return answers.refusal(refused, refusal_text(texts, refused))
