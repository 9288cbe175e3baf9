"""The command line of the till."""

from terminal.cli.program import build_app, execute, run, say_failure
from terminal.cli.programs import Programs

__all__ = ["Programs", "build_app", "execute", "run", "say_failure"]
