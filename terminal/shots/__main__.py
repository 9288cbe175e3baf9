"""Lets ``python -m terminal.shots`` take the pictures."""

from __future__ import annotations

from terminal.shots.program import main

if __name__ == "__main__":
    raise SystemExit(main())
