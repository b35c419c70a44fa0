"""The bank's checker: every fault it names is found, and the shipped bank has none."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus.bank import FOLDER, Bank, BankQuestion, read_bank
from bot.corpus.bank_check import (
    LEAST_A_CLAUSE,
    LEAST_OTHERS,
    LEAST_SILENT,
    Finding,
    Problem,
    check_bank,
    coverage,
)
from bot.settings import CORPUS
from bot.types import LANGUAGES, Clause, Language, Policy, Status

POLICY = Policy(
    "p",
    "1",
    "2026-01-01",
    dict.fromkeys(LANGUAGES, "P"),
    tuple(
        Clause(one, dict.fromkeys(LANGUAGES, ("H",)), dict.fromkeys(LANGUAGES, "T"))
        for one in ("1", "2")
    ),
    "f",
)
WORDS = ("apple", "bridge", "candle", "dragon", "engine", "forest", "guitar", "hammer", "island")


def asked(
    question: str, clause: str = "1", language: Language = "en", before: str = ""
) -> BankQuestion:
    return BankQuestion(language, question, (clause,), Status.ANSWERED, "r", None, before)


def whole() -> list[BankQuestion]:
    """Return a bank without a fault: enough of everything, no two alike."""
    wanted = {"1": LEAST_A_CLAUSE, "2": LEAST_A_CLAUSE, Status.SILENT: LEAST_SILENT}
    wanted[Status.OFF_TOPIC] = LEAST_OTHERS
    lines = []
    for language in LANGUAGES:
        for label, count in wanted.items():
            for number in range(count):
                text = f"{language}{label}{number}" + "".join(
                    WORDS[(number * step + len(lines)) % len(WORDS)] for step in (1, 2, 5, 7)
                )
                clauses = (label,) if label in ("1", "2") else ()
                status = Status.ANSWERED if clauses else Status(label)
                lines.append(BankQuestion(language, text, clauses, status, "r"))
    return lines


def found(questions: Sequence[BankQuestion]) -> list[Finding]:
    return list(check_bank(Bank(tuple(questions), "f"), POLICY))


def faults(questions: Sequence[BankQuestion]) -> list[Problem]:
    return [one.problem for one in found(questions) if one.is_fault]


def test_a_bank_with_enough_of_everything_has_no_fault() -> None:
    assert faults(whole()) == []


def test_the_same_words_twice_are_a_repetition_whatever_their_dress() -> None:
    lines = [*whole(), asked("Do you SELL it?"), asked("do you sell it")]
    assert faults(lines) == [Problem.REPEATED]


def test_the_same_words_that_lead_elsewhere_contradict() -> None:
    lines = [*whole(), asked("do you sell it?", "1"), asked("do you sell it?", "2")]
    assert faults(lines) == [Problem.CONTRADICTED]


def test_the_same_words_after_other_questions_are_no_repetition() -> None:
    lines = [*whole(), asked("why?", "1", before="one"), asked("why?", "2", before="two")]
    assert faults(lines) == []


def test_a_letter_s_difference_is_told_and_contradicts_where_it_leads_elsewhere() -> None:
    first = "would you ever hand my telephone number to the courier company"
    near = "would you ever hand my telephone number to the courier companyy"
    told = [one for one in found([*whole(), asked(first), asked(near)]) if not one.is_fault]
    assert [one.problem for one in told if first in one.about] == [Problem.NEARLY_REPEATED]
    assert faults([*whole(), asked(first, "1"), asked(near, "2")]) == [Problem.CONTRADICTED]


@pytest.mark.parametrize("label", ["1", Status.SILENT.value, Status.OFF_TOPIC.value])
def test_one_question_too_few_is_a_gap_that_is_named(label: str) -> None:
    lines = whole()
    first = next(
        one for one in lines if label in (*one.clauses, one.status.value) and one.language == "zh"
    )
    lines.remove(first)
    gaps = [one.about for one in found(lines) if one.problem is Problem.TOO_FEW]
    assert len(gaps) == 1
    assert gaps[0][0] == "zh"
    assert label in gaps[0][1]


def test_a_clause_or_language_far_ahead_of_another_is_uneven() -> None:
    many = [
        asked(f"{WORDS[n % 9]} {WORDS[n // 9 % 9]} {WORDS[n // 81]} {n * 7919}") for n in range(400)
    ]
    about = [one.about for one in found([*whole(), *many]) if one.problem is Problem.UNEVEN]
    assert ("en", "1", str(400 + LEAST_A_CLAUSE), "2", str(LEAST_A_CLAUSE)) in about
    assert len(about) == 2


def test_an_empty_bank_lacks_everything_and_breaks_nothing() -> None:
    assert set(faults([])) == {Problem.TOO_FEW}


@given(st.lists(st.text(max_size=30), max_size=12))
@settings(deadline=None, max_examples=40)
def test_any_questions_can_be_checked(texts: list[str]) -> None:
    assert isinstance(found([asked(text) for text in texts]), list)


def test_the_shipped_bank_has_no_fault(shop: Policy) -> None:
    bank = read_bank(CORPUS / FOLDER, shop)
    assert [one for one in check_bank(bank, shop) if one.is_fault] == []
    counts = coverage(bank)
    for language in LANGUAGES:
        assert all(counts[language][clause.id] >= LEAST_A_CLAUSE for clause in shop.clauses)
        refused = (Status.OFF_TOPIC, Status.SMALL_TALK, Status.REFUSED)
        assert counts[language][Status.SILENT.value] >= LEAST_SILENT
        assert sum(counts[language][one.value] for one in refused) >= LEAST_OTHERS
    hands = {one.round for one in bank.questions}
    assert len(hands) >= 10
