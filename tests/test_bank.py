"""The question bank: how it is read, and what the shipped one holds."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.corpus.bank import FOLDER, Bank, read_bank
from bot.errors import CorpusError
from bot.settings import CORPUS
from bot.text import clean, normalise
from bot.types import LANGUAGES, Language, Policy, Status

GOOD = '{"language": "en", "question": "cops?", "clauses": ["2.1"], "round": "a"}'


@pytest.fixture(scope="module")
def shop_bank(shop: Policy) -> Bank:
    return read_bank(CORPUS / FOLDER, shop)


def write(folder: Path, *lines: str, name: str = "one.jsonl") -> Path:
    path = folder / name
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_folder_that_is_not_there_is_an_empty_bank(tmp_path: Path, small_policy: Policy) -> None:
    assert read_bank(tmp_path / "none", small_policy).questions == ()


def test_questions_come_in_the_order_of_files_and_lines(
    tmp_path: Path, small_policy: Policy
) -> None:
    write(tmp_path, GOOD.replace("cops?", "third"), name="b.jsonl")
    write(tmp_path, GOOD.replace("cops?", "first"), "", GOOD.replace("cops?", "second"))
    write(tmp_path, "not a bank", name="notes.txt")
    (tmp_path / "one.jsonl").rename(tmp_path / "a.jsonl")
    found = read_bank(tmp_path, small_policy).questions
    assert [one.question for one in found] == ["first", "second", "third"]


def test_a_question_keeps_its_clauses_and_status(tmp_path: Path, small_policy: Policy) -> None:
    silent = '{"language": "zh", "question": "存多久", "status": "silent", "round": "b"}'
    write(tmp_path, GOOD.replace('["2.1"]', '["2.1", "1.1"]'), silent)
    first, second = read_bank(tmp_path, small_policy).questions
    assert (first.clauses, first.status) == (("2.1", "1.1"), Status.ANSWERED)
    assert (second.clauses, second.status, second.language) == ((), Status.SILENT, "zh")


@pytest.mark.parametrize("separator", ["\u2028", "\x85", "\u2029"])
def test_a_separator_inside_a_question_does_not_end_its_line(
    tmp_path: Path, small_policy: Policy, separator: str
) -> None:
    write(tmp_path, GOOD.replace("cops?", f"a{separator}b"))
    (only,) = read_bank(tmp_path, small_policy).questions
    assert only.question == f"a{separator}b"


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "null",
        '"text"',
        '{"language": "en"}',
        GOOD.replace('"en"', '"fr"'),
        GOOD.replace("cops?", ""),
        GOOD.replace("cops?", " \\t\u3000"),
        GOOD.replace("cops?", "a" * 2001),
        GOOD.replace("cops?", "\\ud800"),
        GOOD.replace('"cops?"', "9" * 5000),
        GOOD.replace('"cops?"', "[" * 100_000),
        GOOD.replace('["2.1"]', "[]"),
        GOOD.replace('["2.1"]', '"2.1"'),
        GOOD.replace('"round": "a"', '"round": "a", "status": "silent"'),
        GOOD.replace('"clauses": ["2.1"]', '"status": "failed"'),
        GOOD.replace('"clauses": ["2.1"]', '"status": "unheard"'),
        GOOD.replace('"clauses": ["2.1"], ', ""),
        GOOD.replace(', "round": "a"', ""),
        GOOD.replace('"round": "a"', '"round": "a", "extra": 1'),
    ],
)
def test_a_line_that_cannot_be_read_is_named(
    tmp_path: Path, small_policy: Policy, line: str
) -> None:
    path = write(tmp_path, GOOD, "", line)
    with pytest.raises(CorpusError, match="Correct or remove the line") as caught:
        read_bank(tmp_path, small_policy)
    assert caught.value.key == "bank_line"
    assert str(caught.value).startswith(f"{path}, line 3: ")


def test_a_clause_the_policy_does_not_have_is_named(tmp_path: Path, small_policy: Policy) -> None:
    path = write(tmp_path, GOOD, GOOD.replace('"2.1"', '"1.1", "9.9"'))
    with pytest.raises(CorpusError, match="Correct or remove the line") as caught:
        read_bank(tmp_path, small_policy)
    assert (caught.value.key, caught.value.values["id"]) == ("bank_clause", "9.9")
    assert str(caught.value).startswith(f"{path}, line 2: ")


def test_a_bank_file_that_is_not_utf_8_is_refused_at_its_line(
    tmp_path: Path, small_policy: Policy
) -> None:
    path = tmp_path / "one.jsonl"
    path.write_bytes(GOOD.encode() + b"\n" + GOOD.replace("cops?", "警察").encode("gb18030"))
    with pytest.raises(CorpusError, match="Save the file as UTF-8") as caught:
        read_bank(tmp_path, small_policy)
    assert (caught.value.key, caught.value.values["line"]) == ("corpus_encoding", 2)


def test_a_bank_file_that_cannot_be_read_is_named(tmp_path: Path, small_policy: Policy) -> None:
    (tmp_path / "one.jsonl").mkdir()
    with pytest.raises(CorpusError, match=r"one\.jsonl") as caught:
        read_bank(tmp_path, small_policy)
    assert caught.value.key == "corpus_unreadable"


def test_the_fingerprint_tells_every_change(tmp_path: Path, small_policy: Policy) -> None:
    write(tmp_path, GOOD)
    before = read_bank(tmp_path, small_policy).fingerprint
    assert read_bank(tmp_path, small_policy).fingerprint == before
    write(tmp_path, GOOD.replace("cops", "police"))
    assert read_bank(tmp_path, small_policy).fingerprint != before


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_clause_has_forty_questions(
    shop: Policy, shop_bank: Bank, language: Language
) -> None:
    counts = Counter(
        clause_id
        for one in shop_bank.questions
        if one.language == language
        for clause_id in set(one.clauses)
    )
    few = {clause.id: counts[clause.id] for clause in shop.clauses if counts[clause.id] < 40}
    assert few == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", [one for one in Status if one is not Status.FAILED])
def test_the_shipped_bank_teaches_every_status(
    shop_bank: Bank, language: Language, status: Status
) -> None:
    found = [one for one in shop_bank.questions if (one.language, one.status) == (language, status)]
    assert len(found) >= 40


def test_no_shipped_question_stands_there_twice(shop_bank: Bank) -> None:
    counts = Counter((one.before, normalise(clean(one.question))) for one in shop_bank.questions)
    assert [question for question, count in counts.items() if count > 1] == []


def test_no_shipped_question_names_a_clause_twice(shop_bank: Bank) -> None:
    twice = [one for one in shop_bank.questions if len(set(one.clauses)) < len(one.clauses)]
    assert twice == []


def test_no_shipped_question_is_an_evaluation_case_of_the_test_half(shop_bank: Bank) -> None:
    alone = [one for one in shop_bank.questions if one.clauses and not one.before]
    known = {normalise(clean(one.question)) for one in alone}
    cases = (CORPUS.parent / "eval" / "cases").glob("*-test.jsonl")
    asked = [
        turn["question"]
        for path in cases
        for line in path.read_text(encoding="utf-8").splitlines()
        for turn in json.loads(line)["turns"]
        if turn["kind"] == "answerable"
    ]
    assert asked
    assert [question for question in asked if normalise(clean(question)) in known] == []
