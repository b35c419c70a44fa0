"""The first sentence of an answer: to the question, and no firmer than the clause."""

import pytest

from bot.compose import choose_clauses
from bot.lead import lead
from bot.types import Citation, Clause, Hit, Policy, Question, Verdict


def said(policy: Policy, question: Question, verdict: Verdict | None, *clauses: str) -> str:
    return lead([Citation(one, "") for one in clauses], question, policy, verdict)


@pytest.mark.parametrize(
    ("asked", "verdict", "clause", "start"),
    [
        (Question("Would you tell the police?", "en"), Verdict.YES, "3.5.2", "Possibly, yes: "),
        (Question("会告诉警察吗", "zh"), Verdict.YES, "3.5.2", "有可能："),
        (Question("Does the policy cover all services?", "en"), Verdict.YES, "0.2", "On this, "),
        (Question("Does the policy cover the app?", "en"), Verdict.YES, "0.2", "Yes: "),
        (Question("Do you sell my data?", "en"), Verdict.NO, "3.1", "No, apart from exceptions: "),
        (Question("你们卖我的信息吗", "zh"), Verdict.NO, "3.1", "原则上不会，但有例外："),
        (
            Question("Will you text my friends?", "en"),
            Verdict.ONLY_IF,
            "2.9",
            "Only on a condition: ",
        ),
        (Question("小孩能买吗", "zh"), Verdict.NO, "4.1", "不可以："),
        (Question("是不是允许小孩买", "zh"), Verdict.NO, "4.1", "不是的："),
        (Question("小孩会被允许吗", "zh"), Verdict.NO, "4.1", "不会："),
        # nothing is said where the question turns round, or the bank does not agree
        (Question("You won't tell the police, will you?", "en"), Verdict.YES, "3.5.2", "On this, "),
        (Question("Would you tell the police?", "en"), None, "3.5.2", "On this, "),
        (Question("不会告诉警察吧", "zh"), Verdict.YES, "3.5.2", "关于这个问题"),
        # a verdict never answers who, why or when
        (
            Question(
                "and you would never tell", "en", understood="Tell courts? and you would never tell"
            ),
            Verdict.YES,
            "3.5.2",
            "On this, ",
        ),
        (Question("孩子可能直接下单吗", "zh"), Verdict.NO, "4.1", "不会："),
        # a sale is asked of what is only collected
        (Question("Do you sell my passport number?", "en"), Verdict.YES, "1.2.4", "On this, "),
        (Question("你们会卖我的身份证号吗", "zh"), Verdict.YES, "1.2.4", "关于这个问题"),
        (Question("Do you sell my information?", "en"), Verdict.NO, "3.1", "No, apart from "),
        (Question("Who gets my number?", "en"), Verdict.YES, "3.3", "As to who, "),
        (Question("为什么要我的电话", "zh"), Verdict.YES, "1.1", "为什么，"),
    ],
)
def test_the_lead_answers_what_was_asked(
    shop: Policy, asked: Question, verdict: Verdict | None, clause: str, start: str
) -> None:
    text = said(shop, asked, verdict, clause)
    assert text.startswith(start)
    assert clause in text


def test_a_follow_up_is_read_with_what_it_leans_on(shop: Policy) -> None:
    asked = Question("and the police", "en", understood="Do you tell courts? and the police")
    assert said(shop, asked, Verdict.YES, "3.5.2").startswith("Possibly, yes: ")


def test_a_yes_or_no_is_said_of_the_first_clause_alone(shop: Policy) -> None:
    text = said(shop, Question("Do you sell my data?", "en"), Verdict.NO, "3.1", "1.2.4")
    assert text.index("clause 3.1") < text.index("See also: ") < text.index("clause 1.2.4")


def test_part_of_a_list_is_not_called_the_whole_list(shop: Policy) -> None:
    text = said(shop, Question("What of these?", "en"), None, "2.1", "2.2", "2.3", "2.4")
    assert "items" not in text


def test_clauses_that_stand_under_nothing_are_no_list() -> None:
    clauses = tuple(
        Clause(str(n), {"en": (f"Head {n}",)}, {"en": f"Text {n}."}) for n in range(1, 9)
    )
    flat = Policy("flat", "1", "2026-01-01", {"en": "Flat"}, clauses, "f")
    ids = [one.id for one in clauses]
    assert "Head 1" in said(flat, Question("what?", "en"), None, *ids)
    hits = [Hit(one, 0.125) for one in ids]
    assert choose_clauses(hits, flat, 3) == ("1", "2", "3")


def test_at_most_three_headings_are_named(shop: Policy) -> None:
    text = said(shop, Question("what of my data?", "en"), None, "2.1", "3.1", "3.2", "3.3")
    assert "3.2" in text
    assert "3.3" not in text


def test_a_whole_list_is_named_by_its_heading_and_count(shop: Policy) -> None:
    clauses = [f"1.2.{number}" for number in range(1, 8)]
    text = said(shop, Question("what do you collect?", "en"), None, *clauses)
    assert "7 items" in text
    assert "Information we may collect" in text


def test_a_clause_in_one_language_is_named_in_it(shop: Policy) -> None:
    assert "clause 3.1" in said(shop, Question("会卖吗", "en"), None, "3.1")
