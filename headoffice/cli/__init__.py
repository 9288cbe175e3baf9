"""``stammkunde-headoffice``: head office from the command line."""

from headoffice.cli.program import execute, run

__all__ = ["execute", "run"]
