"""Turn a parsed TOML document into typed structs and report every mistake in it at once.

msgspec stops at the first error; a shop that edits its programme wants the whole list with key paths. This module walks
the types beside the data, from the leaves up, and lets msgspec convert each piece, so types are still declared once.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from typing import Annotated, Any, Final, TypeVar

import msgspec

T = TypeVar("T")

PROBLEMS_MAX: Final = 100
"""How many problems of one document are listed; beyond it the document is not a typo but another file."""

SUGGESTED_CENTS_MAX: Final = 1e9
"""Up to this sum in currency units a decimal amount is answered with the same amount in cents."""

NOTHING_ABOVE: Final = "(document)"
"""The path of a problem that concerns the whole document."""


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
        The value, or one problem per mistake: unknown keys with a suggestion, missing keys, wrong types, values out of
        range. A contradiction between two keys is looked for once each of them is right.
    """
    problems: list[Problem] = []
    _walk(raw, target, "", problems)
    return problems[:PROBLEMS_MAX] or msgspec.convert(raw, target)


def _walk(raw: object, target: Any, path: str, problems: list[Problem]) -> None:  # noqa: ANN401 - a type expression
    """Look at the parts of a value first and at the value itself once they are right, so that nothing is told twice."""
    before = len(problems)
    shape = _shape(target) if raw is not None else None
    origin = typing.get_origin(shape)
    if isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        _walk_table(raw, shape, path, problems)
    elif origin in (tuple, list) and isinstance(raw, list):
        for index, (item, item_type) in enumerate(zip(raw, _item_types(shape, len(raw)), strict=False)):
            _walk(item, item_type, f"{path}[{index}]", problems)
    elif origin is dict and isinstance(raw, dict):
        for key, value in raw.items():
            _walk(value, typing.get_args(shape)[1], _join(path, str(key)), problems)
    if len(problems) == before:
        try:
            msgspec.convert(raw, target)
        except (
            msgspec.ValidationError,
            UnicodeEncodeError,
        ) as error:  # the latter: half a surrogate pair in a JSON text
            problems.append(_problem(path, raw, error))


def _shape(target: Any) -> Any:  # noqa: ANN401 - type expressions
    """A type without its constraints and without "or nothing"; a union of several types stays as it is."""
    while typing.get_origin(target) is Annotated:
        target = typing.get_args(target)[0]
    if typing.get_origin(target) in (typing.Union, types.UnionType):
        options = [option for option in typing.get_args(target) if option is not types.NoneType]
        return _shape(options[0]) if len(options) == 1 else target
    return target


def _item_types(shape: Any, length: int) -> tuple[Any, ...]:  # noqa: ANN401 - type expressions
    """The type of each item of an array of this length: ``tuple[A, B]`` names each, other arrays have one for all."""
    arguments = typing.get_args(shape)
    if typing.get_origin(shape) is tuple and arguments[-1] is not Ellipsis:
        return arguments
    return (arguments[0],) * length


def _walk_table(raw: object, target: type[msgspec.Struct], path: str, problems: list[Problem]) -> None:
    if not isinstance(raw, dict):
        problems.append(Problem(path or NOTHING_ABOVE, f"Expected a table, got `{type(raw).__name__}`"))
        return
    fields = {field.encode_name: field for field in msgspec.structs.fields(target)}
    for key in raw:
        if key not in fields:
            near = difflib.get_close_matches(str(key), fields, n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            problems.append(Problem(_join(path, str(key)), f"Unknown key{hint}"))
    for name, field in fields.items():
        if name in raw:
            _walk(raw[name], field.type, _join(path, name), problems)
        elif field.required:
            problems.append(Problem(_join(path, name), "Required key is missing"))


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _problem(path: str, raw: object, error: Exception) -> Problem:
    """Word a failed conversion. msgspec's own path is dropped: ours is longer and starts at the top of the file."""
    message = re.sub(r" - at `[^`]*`$", "", str(error))
    if isinstance(raw, float) and path.endswith("_cents") and abs(raw) < SUGGESTED_CENTS_MAX:
        message = f"Expected whole cents, got {raw}; an amount of {raw:.2f} is written {round(raw * 100)}"
    elif isinstance(raw, float) and "Expected `int`" in message:
        message = f"Expected a whole number, got {raw}"
    return Problem(path or NOTHING_ABOVE, message)


def with_lines(problems: list[Problem], toml_text: str) -> list[Problem]:
    """Add to each problem the line of the TOML text its key stands on, where it can be told.

    Only the layout people write by hand is understood: ``[table]``, ``[[array of tables]]``, ``key = value`` lines and
    texts in triple quotes. What can't be found gets the line of the nearest table above it.
    """
    lines = _line_of_each_key(toml_text)
    return [msgspec.structs.replace(problem, line=_nearest_line(problem.path, lines)) for problem in problems]


def _line_of_each_key(toml_text: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    counts: dict[str, int] = {}
    table = ""
    in_text = False
    for number, text in enumerate(toml_text.split("\n"), start=1):
        if not in_text:
            if array := re.match(r"\s*\[\[\s*([\w.-]+)\s*\]\]", text):
                path = _indexed(array[1], counts)
                counts[path] = counts.get(path, -1) + 1
                table = f"{path}[{counts[path]}]"
                lines[table] = number
            elif header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", text):
                table = _indexed(f"{header[1]}.", counts)
                lines[table] = number
            elif key := re.match(r"\s*([\w.-]+)\s*=", text):
                lines.setdefault(_join(table, key[1]), number)
        quotes = text.count('"""') + text.count("'''")
        in_text ^= quotes % 2 == 1
    return lines


def _indexed(name: str, counts: dict[str, int]) -> str:
    """A table's name with the index of the latest item of each array on the way to it: ``rewards[1].name``."""
    path = ""
    *above, last = name.split(".")
    for part in above:
        path = _join(path, part)
        if path in counts:
            path = f"{path}[{counts[path]}]"
    return _join(path, last) if last else path


def _nearest_line(path: str, lines: dict[str, int]) -> int | None:
    """The line of the path itself or else of the nearest part above it."""
    while path:
        if path in lines:
            return lines[path]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return None
