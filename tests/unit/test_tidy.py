"""House rules of size and cleanliness that no linter checks."""

import ast
import re
from pathlib import Path

import pytest

from tests.source import ROOT, modules, texts, trees_with

MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
MODULES_MIN = 1_000
"""Fewer would mean that the tests look in the wrong place."""

ROOM_FOR_A_LONG_FUNCTION = re.compile(rf"(?:.*\n){{{FUNCTION_LINES_MAX}}}")
# A path that exists on one machine only: somebody's home, or the place of a checkout.
MACHINE_PATH = re.compile(r"(?<![\w./~-])(?:/root/|/home/\w+/|/Users/\w+/|/work/|[A-Z]:\\Users\\)")
ADDRESS = re.compile(r"://|^\s*(--index|--extra-index|--find-links|-i |-f )", re.MULTILINE)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_modules_are_small_rooms() -> None:
    """A module holds one idea; past some length it holds two."""
    lengths = {_name(module): len(module.read_text("utf-8").splitlines()) for module in modules()}
    assert len(lengths) > MODULES_MIN
    assert {name: lines for name, lines in lengths.items() if lines > MODULE_LINES_MAX} == {}


def test_functions_fit_on_a_screen() -> None:
    """A function can be read without scrolling; its docstring does not count."""
    long = {
        f"{_name(module)}:{name}": lines
        for module, tree in trees_with(ROOM_FOR_A_LONG_FUNCTION, modules())
        for name, lines in _function_lengths(tree)
        if lines > FUNCTION_LINES_MAX
    }
    assert long == {}


def test_a_long_function_would_be_found(tmp_path: Path) -> None:
    """The rule above finds a function one line too long, and lets the longest allowed pass."""
    module = tmp_path / "module.py"
    for lines in (FUNCTION_LINES_MAX, FUNCTION_LINES_MAX + 1):
        module.write_text("def told():\n" + '    """What it does."""\n' + "    pass\n" * (lines - 1), "utf-8")
        found = [pair for _, tree in trees_with(ROOM_FOR_A_LONG_FUNCTION, [module]) for pair in _function_lengths(tree)]
        assert found == [("told", lines)]


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
        for module, tree in trees_with(re.compile("sleep"), (ROOT / "tests").rglob("*.py"))
        for node in ast.walk(tree)
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
