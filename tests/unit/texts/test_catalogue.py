"""The catalogues say everything the code says, in whole, and the compiled ones say the same."""

from __future__ import annotations

import ast
import gettext
import importlib.util
import io
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message

from tests import source
from texts.i18n import LANGUAGES, LOCALE_FOLDER

UNCHANGED = re.compile(
    r"\b(?:F\d{1,2}|M-\d{3}|Enter|JSON|TOML|Ctrl\+C|CARD|INTO|AMOUNT|24\.12\.1990|stammkunde init)\b"
)
"""Keys, codes and what is typed literally: a translation names exactly the same ones."""

SENTENCE_END = (".", "?", "!", ":")


def load_tool() -> ModuleType:
    """The tool as a module: its folder is no package."""
    spec = importlib.util.spec_from_file_location("catalogue_tool", source.ROOT / "packaging" / "texts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = load_tool()
TRANSLATED = sorted(set(LANGUAGES) - {"en"})


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """A sentence's plural forms, or its only one; empty where there is none."""
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def messages(catalogue: Catalog) -> list[Message]:
    """All sentences, without the header."""
    return [message for message in catalogue if message.id]


@pytest.fixture(scope="module")
def collected() -> Catalog:
    """The sentences of the code; nobody may change them."""
    found = TOOL.collect()
    assert isinstance(found, Catalog)
    return found


@pytest.fixture(scope="module", params=TRANSLATED)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    """Each catalogue as it lies in the repository."""
    found = TOOL.read(request.param)
    assert isinstance(found, Catalog)
    return found


def all_messages(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """Every English form beside its translation."""
    for message in messages(catalogue):
        yield from zip(forms(message.id), forms(message.string), strict=True)


def test_every_language_but_that_of_the_code_has_a_catalogue() -> None:
    """A language in the menu without sentences would be a broken promise."""
    assert TOOL.languages() == TRANSLATED


def test_it_holds_exactly_the_sentences_of_the_code(catalogue: Catalog, collected: Catalog) -> None:
    """When this fails, run packaging/texts.py and translate what it names."""
    code = {forms(message.id) for message in messages(collected)}
    kept = {forms(message.id) for message in messages(catalogue)}
    assert (sorted(code - kept), sorted(kept - code)) == ([], [])


def test_nothing_is_untranslated_fuzzy_or_obsolete(catalogue: Catalog) -> None:
    """Half a translation is a till that speaks two languages at once."""
    empty = [message.id for message in messages(catalogue) if not all(forms(message.string))]
    fuzzy = [message.id for message in messages(catalogue) if message.fuzzy]
    assert (empty, fuzzy, list(catalogue.obsolete)) == ([], [], [])


def test_a_sentence_with_a_count_has_all_plural_forms(catalogue: Catalog) -> None:
    """German has two."""
    wrong = [m.id for m in messages(catalogue) if m.pluralizable and len(forms(m.string)) != catalogue.num_plurals]
    assert wrong == []


def test_placeholders_are_the_same(catalogue: Catalog) -> None:
    """A placeholder more would break the till, one less would hide a number."""

    def names(text: str) -> list[str]:
        return sorted(name for _, name, _, _ in Formatter().parse(text) if name is not None)

    assert [pair for pair in all_messages(catalogue) if names(pair[0]) != names(pair[1])] == []


def test_keys_codes_and_literal_words_are_the_same(catalogue: Catalog) -> None:
    """Support asks for the code, and a command's argument has one name."""
    assert [p for p in all_messages(catalogue) if set(UNCHANGED.findall(p[0])) != set(UNCHANGED.findall(p[1]))] == []


def test_sentences_end_and_begin_as_in_english(catalogue: Catalog) -> None:
    """A full sentence stays one, a caption stays a caption, and nothing begins or ends with stray spaces."""
    ends = [p for p in all_messages(catalogue) if p[0].endswith(SENTENCE_END) != p[1].endswith(SENTENCE_END)]
    stray = [pair for pair in all_messages(catalogue) if pair[1] != pair[1].strip()]
    assert (ends, stray) == ([], [])


def test_german_sentences_address_people_formally(catalogue: Catalog) -> None:
    """Nobody at a counter is called "du"."""
    familiar = re.compile(r"\b(?:du|dir|dich|dein\w*)\b", re.IGNORECASE)
    assert [german for _, german in all_messages(catalogue) if familiar.search(german)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_says_the_same(language: str) -> None:
    """The till reads the compiled one; what a translator changed must have reached it."""
    fresh = gettext.GNUTranslations(io.BytesIO(TOOL.compiled(TOOL.read(language))))
    with (LOCALE_FOLDER / language / "LC_MESSAGES" / "stammkunde.mo").open("rb") as file:
        shipped = gettext.GNUTranslations(file)
    assert _entries(shipped)
    assert _entries(shipped) == _entries(fresh)


def _entries(translations: gettext.GNUTranslations) -> dict[object, object]:
    """What a compiled catalogue holds, without its header, which names the tool's version."""
    held: dict[object, object] = dict(vars(translations)["_catalog"])
    del held[""]
    return held


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_is_in_the_tools_own_form(language: str) -> None:
    """Order and line breaks are the tool's, so a later run changes only what has changed."""
    as_it_lies = [line for line in TOOL.path(language).read_text("utf-8").splitlines() if "Generated-By" not in line]
    as_written = TOOL.written(TOOL.read(language)).decode("utf-8").splitlines()
    assert [line for line in as_written if "Generated-By" not in line] == as_it_lies


def test_the_tool_names_what_is_not_translated() -> None:
    """An empty sentence and a missing plural form are both named by their English words."""
    catalogue = Catalog(locale="de")
    catalogue.add("One", "Eins")
    catalogue.add("Two", "")
    catalogue.add(("{n} thing", "{n} things"), ("{n} Ding", ""))
    assert TOOL.untranslated(catalogue) == ["Two", "{n} thing"]


def terminal_modules() -> list[Path]:
    """The modules whose sentences people read."""
    return [module for module in source.modules() if module.is_relative_to(source.ROOT / "terminal")]


def texts_modules() -> list[Path]:
    """The same with those that lay papers out."""
    papers = [module for module in source.modules() if module.is_relative_to(source.ROOT / "texts")]
    return [*terminal_modules(), *papers]


def called(call: ast.Call) -> str | None:
    """The last name of what a call calls."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)


def test_a_translating_function_has_no_name_the_tool_does_not_know() -> None:
    """``translate = texts._`` is collected because the tool knows the name; another name would lose its sentences."""
    unknown = [
        f"{module.name}: {ast.unparse(node)}"
        for module, tree in source.trees_with(re.compile(r"\.n?_\b"), terminal_modules())
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute) and node.value.attr in {"_", "n_"}
        if any(ast.unparse(target) not in TOOL.KEYWORDS for target in node.targets)
    ]
    assert unknown == []


def test_no_sentence_is_put_together_before_it_is_translated() -> None:
    """A sentence with a number already in it is in no catalogue; numbers come in after translation."""
    composed = [
        f"{module.name}: {ast.unparse(call)}"
        for module, tree in source.trees_with(re.compile(rf"\b({'|'.join(TOOL.KEYWORDS)})\b"), terminal_modules())
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and called(call) in TOOL.KEYWORDS
        if any(isinstance(argument, ast.JoinedStr | ast.BinOp) for argument in call.args)
    ]
    assert composed == []


def test_no_sentence_stands_inside_another_string() -> None:
    """The tool reads tokens, and sees none inside an f-string before Python 3.12: such a sentence stayed English."""
    hidden = [
        f"{module.name}: {ast.unparse(call)}"
        for module, tree in source.trees_with(re.compile(rf"\b({'|'.join(TOOL.KEYWORDS)})\b"), texts_modules())
        for string in ast.walk(tree)
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and called(call) in TOOL.KEYWORDS
        if any(isinstance(argument, ast.Constant) and isinstance(argument.value, str) for argument in call.args)
    ]
    assert hidden == []


def test_one_code_never_names_two_different_troubles(collected: Catalog) -> None:
    """The code in brackets is what support hears on the phone; the two numbers of one sentence are one trouble."""
    sentences: dict[str, set[str]] = {}
    for message in messages(collected):
        one = forms(message.id)[0]
        for code in re.findall(r"\((M-\d{3})\)", one):
            sentences.setdefault(code, set()).add(re.sub("fast|slow", "wrong", one))
    assert {code: texts for code, texts in sentences.items() if len(texts) > 1} == {}


def test_sentences_of_the_packages_below_are_not_shown_untranslated() -> None:
    """Their English is for logs; what people read comes from ``terminal.messages``, which is translated."""
    shown = re.compile(r"_\([\w.]*\.cashier\)")
    assert [module.name for module in terminal_modules() if shown.search(module.read_text("utf-8"))] == []
