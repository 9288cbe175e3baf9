"""The codes behind sentences: whoever names one on the phone means one thing."""

import ast
import re
from collections import defaultdict

from tests.source import ROOT, modules, trees_with

CODE = re.compile(r"\bM-\d{3}\b")
SPOKEN = ("terminal", "headoffice", "texts")


def codes(tree: ast.Module) -> set[str]:
    """The codes in a module's sentences; what its docstrings give as examples is not meant."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return {
        code
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
        for code in CODE.findall(node.value)
    }


def test_a_code_is_given_in_one_place_only() -> None:
    """Two parts of the program that use the same code for different troubles would send support astray."""
    places = defaultdict(list)
    spoken = (module for module in modules() if module.relative_to(ROOT).parts[0] in SPOKEN)
    for module, tree in trees_with(CODE, spoken):
        for code in codes(tree):
            places[code].append(module.relative_to(ROOT).as_posix())
    assert len(places) > 150
    assert {code: found for code, found in places.items() if len(found) > 1} == {}
