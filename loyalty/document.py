"""Turn a parsed TOML document into typed structs and report every mistake in it at once.

msgspec stops at the first error; a shop that edits its programme wants the whole list with key paths. This module walks the
struct types and lets msgspec convert the leaves, so types are still declared once.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

PROBLEMS_MAX: typing.Final = 100
"""How many problems of one document are listed; beyond it the document is not a typo but another file."""


class Problem(msgspec.Struct, frozen=True):
    """One mistake in a document.

    Attributes:
        path: Where, as ``rewards[2].points``.
        message: What is wrong, in English, for the person who edits the file.
        line: The line of the file, counted from 1, or ``None`` where it can't be told.
    """

    path: str
    message: str
    line: int | None = None


def convert_all(raw: object, target: type[T]) -> T | list[Problem]:
    """Convert ``raw`` to ``target`` or list every problem.

    Args:
        raw: What a TOML or JSON parser returned.
        target: A msgspec struct type.

    Returns:
        The value, or one problem per mistake: unknown keys with a suggestion, missing keys, wrong types, values out of range.
    """
    problems: list[Problem] = []
    _walk(raw, target, "", problems)
    if problems:
        return problems[:PROBLEMS_MAX]
    try:
        return msgspec.convert(raw, target)
    except msgspec.ValidationError as error:  # a rule that spans keys, checked in __post_init__
        return [_problem("", str(error))]


def _walk(raw: object, target: Any, path: str, problems: list[Problem]) -> None:  # noqa: ANN401 - a type expression
    origin = typing.get_origin(target)
    if isinstance(target, type) and issubclass(target, msgspec.Struct):
        _walk_struct(raw, target, path, problems)
    elif origin in (tuple, list) and isinstance(raw, list):
        for index, item in enumerate(raw):
            _walk(item, typing.get_args(target)[0], f"{path}[{index}]", problems)
    elif origin in (typing.Union, types.UnionType) and raw is not None:
        options = [option for option in typing.get_args(target) if option is not types.NoneType]
        _walk(raw, options[0], path, problems)
    else:
        try:
            msgspec.convert(raw, target)
        except msgspec.ValidationError as error:
            problems.append(_problem(path, str(error)))


def _walk_struct(raw: object, target: type[msgspec.Struct], path: str, problems: list[Problem]) -> None:
    if not isinstance(raw, dict):
        problems.append(_problem(path, f"Expected a table, got `{type(raw).__name__}`"))
        return
    fields = {field.encode_name: field for field in msgspec.structs.fields(target)}
    for key in raw:
        if key not in fields:
            near = difflib.get_close_matches(str(key), fields, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            problems.append(_problem(_join(path, str(key)), f"Unknown key{hint}"))
    before = len(problems)
    for name, field in fields.items():
        if name in raw:
            _walk(raw[name], field.type, _join(path, name), problems)
        elif field.required:
            problems.append(_problem(_join(path, name), "Required key is missing"))
    if len(problems) == before and set(raw) <= set(fields):
        try:
            msgspec.convert(raw, target)
        except msgspec.ValidationError as error:
            problems.append(_problem(path, str(error)))


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _problem(path: str, message: str) -> Problem:
    """Drop msgspec's own path suffix: ours is longer and starts at the top of the file."""
    return Problem(path or "(document)", re.sub(r" - at `.*`$", "", message))


def with_lines(problems: list[Problem], toml_text: str) -> list[Problem]:
    """Add to each problem the line of the TOML text its key stands on, where it can be told.

    Only the layout people write by hand is understood: ``[table]``, ``[[array of tables]]`` and ``key = value`` lines.
    """
    lines = _line_of_each_key(toml_text)
    return [msgspec.structs.replace(problem, line=_nearest_line(problem.path, lines)) for problem in problems]


def _line_of_each_key(toml_text: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    for number, text in enumerate(toml_text.splitlines(), start=1):
        if array := re.match(r"^\s*\[\[\s*([\w.-]+)\s*\]\]", text):
            counts[array[1]] = counts.get(array[1], -1) + 1
            table = f"{array[1]}[{counts[array[1]]}]"
            lines[table] = number
        elif header := re.match(r"^\s*\[\s*([\w.-]+)\s*\]", text):
            table = header[1]
            lines[table] = number
        elif key := re.match(r"^\s*([\w.-]+)\s*=", text):
            lines.setdefault(_join(table, key[1]), number)
    return lines


def _nearest_line(path: str, lines: dict[str, int]) -> int | None:
    """The line of the path itself or else of the nearest part above it."""
    while path:
        if path in lines:
            return lines[path]
        path = path[: max(path.rfind("."), path.rfind("["))] if ("." in path or "[" in path) else ""
    return None
