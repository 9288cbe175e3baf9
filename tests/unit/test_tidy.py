"""House rules of size and cleanliness that no linter checks."""

import ast
import re
from pathlib import Path

import pytest

from tests.source import ROOT, modules, texts, tree

MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
# A path that exists on one machine only: somebody's home, or the place of a checkout.
MACHINE_PATH = re.compile(r"(?<![\w./~-])(?:/root/|/home/\w+/|/Users/\w+/|/work/|[A-Z]:\\Users\\)")
ADDRESS = re.compile(r"://|^\s*(--index|--extra-index|--find-links|-i |-f )", re.MULTILINE)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("module", modules(), ids=_name)
def test_module_is_one_small_room(module: Path) -> None:
    """A module holds one idea; past some length it holds two."""
    lines = len(module.read_text("utf-8").splitlines())
    assert lines <= MODULE_LINES_MAX, f"{_name(module)} has {lines} lines: is it still one idea?"


@pytest.mark.parametrize("module", modules(), ids=_name)
def test_functions_fit_on_a_screen(module: Path) -> None:
    """A function can be read without scrolling; its docstring does not count."""
    long = {name: lines for name, lines in _function_lengths(tree(module)) if lines > FUNCTION_LINES_MAX}
    assert not long, f"in {_name(module)}"


def _function_lengths(module: ast.Module) -> list[tuple[str, int]]:
    lengths = []
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = node.body[0] if ast.get_docstring(node) else None
            said = (docstring.end_lineno or 0) - docstring.lineno + 1 if docstring else 0
            lengths.append((node.name, (node.end_lineno or 0) - node.lineno + 1 - said))
    return lengths


def test_tests_wait_for_events_and_not_for_time() -> None:
    """A sleep is too short on a busy machine and too long elsewhere; ``asyncio.sleep(0)`` only lets others go on."""
    sleeping = {
        f"{_name(module)}:{node.lineno}"
        for module in modules()
        if module.is_relative_to(ROOT / "tests")
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and _is_sleep(node)
    }
    assert not sleeping


def _is_sleep(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name != "sleep":
        return False
    return not (call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value == 0)


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    """What is checked in works in any folder on any machine."""
    own = Path(__file__)
    named = {
        _name(path): found[0]
        for path in texts()
        if path != own and (found := MACHINE_PATH.search(path.read_text("utf-8")))
    }
    assert not named


@pytest.mark.parametrize("lock", sorted(ROOT.glob("*.lock")), ids=_name)
def test_locks_hold_hashes_and_no_addresses(lock: Path) -> None:
    """Where packages come from is decided where they are installed; that they are the right ones, by their hashes."""
    text = lock.read_text("utf-8")
    assert not ADDRESS.search(text)
    pins = re.findall(r"^[A-Za-z0-9][^ ]*==", text, flags=re.MULTILINE)
    hashed = re.findall(r"^[A-Za-z0-9][^ ]*==.*\\\n    --hash=sha256:", text, flags=re.MULTILINE)
    assert pins
    assert len(hashed) == len(pins)


def test_both_locks_agree() -> None:
    """What is tested is what is run: the development lock holds every pin of the other one."""
    runtime, development = (
        set(re.findall(r"^[A-Za-z0-9][^\n]*==[^\\\n]*", (ROOT / name).read_text("utf-8"), flags=re.MULTILINE))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert runtime
    assert runtime <= development


def test_the_packaging_folder_is_no_package() -> None:
    """As a package it would hide the library of the same name, and pytest would not start."""
    assert not (ROOT / "packaging" / "__init__.py").exists()
