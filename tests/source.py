"""The project's own files, for the tests that read them."""

import ast
import re
from collections.abc import Iterable, Iterator
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


def tree(module: Path) -> ast.Module:
    """Return a module's syntax tree.

    It is parsed anew each time: the trees of all modules are a million objects, and every later test would pay for
    keeping them whenever memory is tidied.
    """
    return ast.parse(module.read_text("utf-8"), filename=str(module))


def trees_with(sign: re.Pattern[str], among: Iterable[Path]) -> Iterator[tuple[Path, ast.Module]]:
    """Yield the modules whose text holds a sign of what is looked for, with their trees; the others need no parsing."""
    for module in among:
        text = module.read_text("utf-8")
        if sign.search(text):
            yield module, ast.parse(text, filename=str(module))


def texts() -> Iterator[Path]:
    """Yield every file that people read or machines follow, except locks, pictures and typefaces."""
    patterns = ("*.py", "*.md", "*.toml", "*.qss", "*.po", "*.sql", "*.json", "*.sh")
    for folder in (*FOLDERS, "docs"):
        for pattern in patterns:
            yield from (ROOT / folder).rglob(pattern)
    for pattern in (*patterns, "Makefile", ".ci/run"):
        yield from ROOT.glob(pattern)


@cache
def imported(module: Path) -> frozenset[str]:
    """Return the dotted names of the modules that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return frozenset(names)
