"""Receipts on paper: finished lines become bytes, a queue on its own thread brings them to the printer."""
