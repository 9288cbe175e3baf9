"""The screen of copies: how safe the till's data is, and where its copies are."""

from __future__ import annotations

from terminal.ui.status import StatusView


class BackupView(StatusView):
    """A state like others: the places with their newest copies are its figures."""
