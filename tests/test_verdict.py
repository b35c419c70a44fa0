"""Yes, no and only if: by vote of the bank's nearest questions, and only where they agree."""

from collections.abc import Sequence

from bot.types import Passage, PassageKind, Verdict
from bot.verdict import conditional_clauses, verdicts

YES, NO, ONLY_IF = Verdict.YES, Verdict.NO, Verdict.ONLY_IF


def asked(clause: str, cast: Sequence[Verdict | None]) -> list[Passage]:
    return [
        Passage(f"{clause}-{n}", PassageKind.QUESTION, "en", "?", (clause, "9"), verdict=one)
        for n, one in enumerate(cast)
    ]


def near(
    clause: str, cast: Sequence[Verdict | None], similarity: float = 0.6
) -> list[tuple[Passage, float]]:
    return [(one, similarity) for one in asked(clause, cast)]


def test_seven_that_agree_make_a_verdict_on_the_first_clause_alone() -> None:
    assert verdicts(near("1", [YES] * 7), frozenset()) == {"1": YES}
    assert verdicts(near("1", [NO] * 7), frozenset()) == {"1": NO}


def test_fewer_than_seven_or_one_that_differs_make_none() -> None:
    assert verdicts(near("1", [YES] * 6), frozenset()) == {}
    assert verdicts(near("1", [*[YES] * 6, NO]), frozenset()) == {}


def test_only_the_nearest_seven_are_heard_and_those_without_a_verdict_are_not() -> None:
    cast = [None, YES, YES, None, *[YES] * 5, NO]
    assert verdicts(near("1", cast), frozenset()) == {"1": YES}


def test_a_clause_that_names_a_condition_answers_only_if_unless_all_agree() -> None:
    conditional = frozenset({"1", "2"})
    assert verdicts(near("1", [YES, NO, YES, YES, YES]), conditional) == {"1": ONLY_IF}
    assert verdicts(near("1", [NO] * 7), conditional) == {"1": NO}
    assert verdicts([], conditional) == {}


def test_a_clause_is_conditional_where_a_fifth_of_its_verdicts_are() -> None:
    bank = [*asked("1", [ONLY_IF, YES, YES, YES, YES]), *asked("2", [ONLY_IF, *[NO] * 9, None])]
    assert conditional_clauses(bank) == {"1"}
    assert conditional_clauses([]) == frozenset()


def test_questions_that_are_hardly_like_it_are_not_heard() -> None:
    assert verdicts(near("1", [YES] * 7, 0.39), frozenset()) == {}
    assert verdicts([*near("1", [YES] * 6), *near("1", [YES], 0.39)], frozenset()) == {}
    assert verdicts(near("1", [YES] * 7, 0.4), frozenset()) == {"1": YES}
