"""What the till's commands share, from the frame of both programs."""

from __future__ import annotations

from texts.command_line.commands import NumbersCommand, group

__all__ = ["NumbersCommand", "group"]
