"""Every text users see exists in both languages, with the same blanks, and is used."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import TypeGuard

import pytest

from bot import errors
from bot.api.problems import Code
from bot.corpus.bank_check import Problem
from bot.errors import PolicybotError, UsageError
from bot.form import Form
from bot.retrieve import Kind
from bot.settings import CORPUS
from bot.types import LANGUAGES, Language, Status, Verdict
from bot.wording import say, texts

KEYS = sorted(texts())
SOURCES = sorted(path for part in ("bot", "eval") for path in (CORPUS.parent / part).rglob("*.py"))
_HAN = re.compile(r"[\u4e00-\u9fff]")


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _key_pattern(node: ast.expr, names: set[str]) -> str | None:
    """Return what a call's first argument can be, blanks being one of ``names``, or None."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.escape(node.value)
    if isinstance(node, ast.JoinedStr):
        any_name = "|".join([r"\d+", *map(re.escape, sorted(names))])
        return "".join(
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else f"(?:{any_name})"
            for part in node.values
        )
    return None


def _names(tree: ast.AST) -> set[str]:
    """Return what a source can put into a key: its own strings, and the values of the enums."""
    own = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return own | {one.value for one in (*Status, *Kind, *Form, *Verdict, *Problem)}


def _is_problem(node: ast.AST) -> TypeGuard[ast.Call]:
    """Return whether a problem is made of a code that is named there."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "ProblemError"
        and isinstance(node.args[0], ast.Attribute)
    )


def _uses() -> Iterator[tuple[str, set[str], str]]:
    """Yield every use in the sources: the keys' pattern, the blanks filled, and where."""
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = _names(tree)
        for node in ast.walk(tree):
            if _is_problem(node):
                code = Code[node.args[0].attr].text
                filled = {one.arg for one in node.keywords if one.arg}
                yield rf"problem\.{code}", filled, f"{path.name}:{node.lineno}"
            if not isinstance(node, ast.Call) or not node.args:
                continue
            # a call that passes on what it was given fills any blanks and names no text
            if not isinstance(node.func, ast.Name) or any(one.arg is None for one in node.keywords):
                continue
            name, pattern = node.func.id, _key_pattern(node.args[0], names)
            kind = getattr(errors, name, None)
            is_error = isinstance(kind, type) and issubclass(kind, PolicybotError)
            if pattern is None or not (name == "say" or is_error):
                continue
            filled = {one.arg for one in node.keywords if one.arg}
            prefix = r"error\." if is_error else ""
            yield prefix + pattern, filled, f"{path.name}:{node.lineno}"


USES = list(_uses())


@pytest.mark.parametrize("key", KEYS)
def test_a_text_stands_in_both_languages_with_the_same_blanks(key: str) -> None:
    entry = texts()[key]
    assert set(entry) == set(LANGUAGES)
    assert all(text.strip() == text != "" for text in entry.values()) or key == "lead.and"
    assert blanks(entry["zh"]) == blanks(entry["en"])


@pytest.mark.parametrize("key", [key for key in KEYS if key != "lead.and"])
def test_the_chinese_text_is_chinese_and_the_english_is_not(key: str) -> None:
    entry = texts()[key]
    if key not in ("answer.quote", "lead.both"):
        assert _HAN.search(entry["zh"]) or not blanks(entry["zh"])
    assert not _HAN.search(entry["en"])


@pytest.mark.parametrize("key", KEYS)
def test_no_text_is_left_that_nothing_says(key: str) -> None:
    if key.startswith("problem."):  # codes are passed on, too
        assert key.removeprefix("problem.") in {code.text for code in Code}
        return
    assert any(re.fullmatch(pattern, key) for pattern, _, _ in USES)


@pytest.mark.parametrize(("pattern", "filled", "where"), USES, ids=[use[2] for use in USES])
def test_what_is_said_stands_in_the_file_with_just_these_blanks(
    pattern: str, filled: set[str], where: str
) -> None:
    keys = [key for key in KEYS if re.fullmatch(pattern, key)]
    assert keys, where
    wanted = set[str]().union(*(blanks(texts()[key]["en"]) for key in keys))
    assert wanted == filled, where


@pytest.mark.parametrize("key", [key for key in KEYS if key.startswith("error.")])
def test_an_error_says_more_than_its_cause(key: str) -> None:
    assert len(texts()[key]["en"].split()) >= 5


def test_an_error_speaks_both_languages_and_english_by_default() -> None:
    error = UsageError("unknown_policy", id="club", known="shop")
    assert "no policy called club; there are: shop" in str(error)
    assert "没有名为 club 的政策" in error.message("zh")
    assert (UsageError.exit_code, PolicybotError.exit_code) == (2, 1)


@pytest.mark.parametrize("value", ["{id}", "{", "a}b", "{0}", "%s", "{known.x}"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_fills_a_blank_is_shown_as_it_is(value: str, language: Language) -> None:
    assert value in say("error.unknown_policy", language, id=value, known="shop")


def test_an_unknown_key_or_an_open_blank_is_a_defect() -> None:
    with pytest.raises(KeyError):
        say("error.unheard", "en")
    with pytest.raises(KeyError):
        say("error.unknown_policy", "en", id="club")


def test_the_texts_of_the_file_are_read_without_loss() -> None:
    path = Path(errors.__file__).with_name("wording.toml")
    heads = re.findall(
        r"^\[([a-z_]+\.[a-z_0-9]+)\]$", path.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert sorted(heads) == KEYS
