"""The till's refusals as answers, in its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from terminal.messages import refusal_text
from texts.command_line import answers

if TYPE_CHECKING:
    from loyalty.outcomes import Refused
    from texts.command_line.answers import Answer
    from texts.i18n import Texts


def refusal(texts: Texts, refused: Refused) -> Answer:
    """A refusal as an answer: its reason for scripts, its sentence for both."""
    return answers.refusal(refused, refusal_text(texts, refused))
