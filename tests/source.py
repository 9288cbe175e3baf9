"""The project's own files, for the tests that read them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("loyalty", "texts", "storage", "hardware", "terminal", "headoffice")
FOLDERS = (*PACKAGES, "tests", "benchmarks", "packaging")


@cache
def modules() -> tuple[Path, ...]:
    """Return every Python file of the project."""
    found = [*ROOT.glob("*.py")]
    for folder in FOLDERS:
        found += (ROOT / folder).rglob("*.py")
    return tuple(sorted(found))


@cache
def tree(module: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(module.read_text("utf-8"), filename=str(module))


def texts() -> Iterator[Path]:
    """Yield every file that people read or machines follow, except locks, pictures and typefaces."""
    patterns = ("*.py", "*.md", "*.toml", "*.qss", "*.po", "*.sql", "*.json", "*.sh")
    for folder in (*FOLDERS, "docs"):
        for pattern in patterns:
            yield from (ROOT / folder).rglob(pattern)
    for pattern in (*patterns, "Makefile", ".ci/run"):
        yield from ROOT.glob(pattern)


def imported(module: Path) -> set[str]:
    """Return the dotted names of the modules that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names
