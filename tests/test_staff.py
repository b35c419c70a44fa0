"""The staff desk: what is found, how it is shown, and the reply that staff copy."""

import logging
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keyword_search import (
    HOSTILE,
    QUESTION_LIMIT,
    KeywordSearch,
    scripted_assistant,
    with_hostile_clause,
)

from bot.errors import FeedbackError, IndexingError
from bot.feedback.memory import MemoryFeedback
from bot.feedback.types import Feedback, KeptFeedback, Reason, Thumb
from bot.types import LANGUAGES, Clause, Hit, Language, Policy, Retrieval, Status
from bot.web.staff import Finder, Inbox, staff_page
from bot.web.staff_reply import reply_text
from bot.wording import say

TYPED = "my card is 4111"
MARKUP = '<script>ran</script><img src=x onerror="ran">${ran}{{ran}}\n"\' & \ud800'


@pytest.fixture
def search() -> KeywordSearch:
    police = (Hit("3.5.2", 0.9, ("meaning", "words")), Hit("3.1", 0.4), Hit("1.2.3", 0.2))
    many = tuple(Hit(f"2.{number}", 0.5) for number in range(1, 12))
    return KeywordSearch(
        {
            "police": Retrieval(police),
            "hostile": Retrieval((Hit("9.9", 0.9),)),
            "many": Retrieval((*many, *police)),
            "nothing": Retrieval(()),
            "break": RuntimeError(TYPED),
            "index": IndexingError("index_broken", what="the index", reason="disk full"),
        }
    )


@pytest.fixture
def finder(shop: Policy, search: KeywordSearch) -> Finder:
    return Finder(scripted_assistant(with_hostile_clause(shop), search))


class Elements(HTMLParser):
    """What a browser would make of HTML: tags, names of attributes, addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]


def find(
    finder: Finder,
    query: str,
    section: str = "",
    edition: Language = "en",
    spoken: Language = "en",
) -> tuple[str, list[str], str]:
    """Return the notice, the clauses' ids, and the HTML of the results."""
    notice, html = finder.find(query, section, edition, spoken)
    return notice, re.findall(r'<details class="clause" data-clause="([^"]+)"', html), html


def test_nothing_typed_lists_every_clause_in_order_and_closed(
    finder: Finder, search: KeywordSearch
) -> None:
    for query in ("", " \n", "\x00"):
        notice, ids, html = find(finder, query)
        assert ids == [one.id for one in finder.policy.clauses]
        assert f"{len(ids)}" in notice
        assert " open" not in "".join(re.findall(r"<details[^>]*>", html))
    assert search.asked == []


def test_words_bring_the_closest_first_and_open_it_with_the_reasons(finder: Finder) -> None:
    notice, ids, html = find(finder, "will the police see it?")
    assert ids == ["3.5.2", "3.1", "1.2.3"]
    assert say("staff.counted", "en", count=3) in notice
    assert html.count(" open>") == 1
    assert html.index(" open>") < html.index('data-clause="3.1"')
    for reason in ("meaning", "words"):
        assert html.count(say(f"reason.{reason}", "en")) == 1


def test_only_the_closest_ten_are_shown(finder: Finder) -> None:
    assert len(find(finder, "many")[1]) == 10


def test_the_section_filters_before_the_closest_are_taken(finder: Finder) -> None:
    assert find(finder, "many", section="3")[1] == ["3.5.2", "3.1"]
    assert find(finder, "", section="4")[1] == ["4.1", "4.2"]
    assert find(finder, "police", section="0")[1] == []


@pytest.mark.parametrize("number", ["3.5.2", "第3.5.2条", " clause 3.5.2 ", "３．５．２"])
def test_a_number_jumps_to_its_clause_without_a_search(
    finder: Finder, search: KeywordSearch, number: str
) -> None:
    _, ids, html = find(finder, number)
    assert ids == ["3.5.2"]
    assert say("reason.number", "en") in html
    assert search.asked == []


def test_a_sections_number_finds_all_below_it(finder: Finder) -> None:
    assert find(finder, "2")[1] == [f"2.{number}" for number in range(1, 12)]


@pytest.mark.parametrize("spoken", LANGUAGES)
@pytest.mark.parametrize("query", ["9.9.9", "nothing"])
def test_finding_nothing_is_said_with_what_to_do(
    finder: Finder, query: str, spoken: Language
) -> None:
    notice, ids, _ = find(finder, query, spoken=spoken)
    assert ids == []
    assert say("staff.nothing", spoken) in notice


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_what_breaks_is_told_without_its_cause_and_logged_without_what_was_typed(
    finder: Finder, caplog: pytest.LogCaptureFixture, spoken: Language
) -> None:
    with caplog.at_level(logging.ERROR):
        notice, ids, _ = find(finder, "break my passport", spoken=spoken)
    assert say("staff.failed", spoken) in unescape(notice)
    assert 'class="trouble"' in notice
    assert ids == []
    assert "RuntimeError" in caplog.text
    for hidden in (TYPED, "passport"):
        assert hidden not in caplog.text + notice


def test_an_error_that_may_be_shown_is_shown(finder: Finder) -> None:
    assert "disk full" in find(finder, "index")[0]
    assert f"{QUESTION_LIMIT}" in find(finder, "x" * (QUESTION_LIMIT + 1))[0]


@pytest.mark.parametrize("edition", LANGUAGES)
def test_both_editions_stand_side_by_side_the_chosen_one_first(
    finder: Finder, edition: Language
) -> None:
    _, _, html = find(finder, "3.5.2", edition=edition)
    order = re.findall(r'<figure lang="(..)">', html)
    assert order == [edition, next(one for one in LANGUAGES if one != edition)]
    for language in LANGUAGES:
        clause = finder.policy.clause("3.5.2")
        assert clause is not None
        assert clause.text[language] in unescape(re.sub("<[^>]+>", "", html))
    first_copy = re.search(r'data-does="copy" data-reply="([^"]{5})', html)
    assert first_copy is not None
    assert (first_copy[1][:5] == "Hello") == (edition == "en")


def test_the_words_typed_are_marked_where_they_stand(finder: Finder) -> None:
    _, _, html = find(finder, "police and orders")
    assert "<mark>orders</mark>" in html
    assert "<mark>and</mark>" not in html


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_a_difference_of_structure_is_told_and_marked_in_its_edition(
    shop: Policy, search: KeywordSearch, spoken: Language
) -> None:
    text: dict[Language, str] = {
        "zh": "我们保存三十天。",
        "en": "We keep it for sixty days. Then not.",
    }
    odd = replace(shop.clauses[0], text=text)
    changed = replace(shop, clauses=(odd, *shop.clauses[1:]))
    _, _, html = find(Finder(scripted_assistant(changed, search)), odd.id, spoken=spoken)
    assert '<span class="differs">三十天</span>' in html
    assert '<span class="differs">sixty days</span>' in html
    for aspect in ("quantities", "sentences"):
        told = say(f"structure.{aspect}", spoken, zh_count=1, en_count=1 + (aspect == "sentences"))
        assert told in unescape(html)
    assert say("structure.same", spoken) not in html


def test_equal_structure_is_said_too(finder: Finder) -> None:
    html = find(finder, "3.5.2")[2]
    assert say("structure.same", "en") in html
    assert "differs" not in html


def test_a_clause_full_of_markup_is_shown_as_text_only(finder: Finder) -> None:
    for query in ("hostile", "", "9.9"):
        html = find(finder, query)[2]
        assert "&lt;script&gt;" in html
        for evil in ("<script", "<img", "<i>", "<b>Section", "</blockquote></details><h2>out"):
            assert evil not in html
        [reply, *_] = re.findall(r'data-reply="([^"]*)" data-link="[^"]*9\.9', html)
        assert HOSTILE in unescape(reply)


@given(st.text(max_size=30) | st.sampled_from([MARKUP, "../" * 9, "9" * 500]), st.text(max_size=3))
@settings(max_examples=150, deadline=None)
def test_anything_typed_gives_html_that_can_be_sent_and_holds_no_script(
    query: str, section: str
) -> None:
    clause = Clause("1.1", {"en": (MARKUP, MARKUP)}, {"en": MARKUP})
    policy = Policy("shop", "1", "2026-01-02", {"en": MARKUP}, (clause,), "")
    found = Retrieval((Hit("1.1", 1.0, ("words",)),))
    finder = Finder(scripted_assistant(policy, KeywordSearch({"": found})))
    for spoken in LANGUAGES:
        html = "".join(finder.find(query, section, "zh", spoken))
        html.encode()
        elements = Elements()
        elements.feed(html)
        assert not elements.tags & {"script", "img", "style", "iframe"}
        assert not {one for one in elements.attributes if one.startswith("on")}
        assert all(one.startswith("../clauses/") for one in elements.addresses)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reply_greets_quotes_exactly_and_says_where_it_is_from(
    shop: Policy, language: Language
) -> None:
    for clause in shop.clauses:
        reply = reply_text(clause, shop, language, link="https://shop.example/clauses/1")
        quote = reply.partition("“")[2].rpartition("”")[0]
        assert quote
        assert quote in clause.text[language]
        assert reply.startswith({"zh": "您好", "en": "Hello"}[language])
        assert reply.endswith("https://shop.example/clauses/1")
        for part in (clause.id, shop.version, shop.effective, shop.title[language]):
            assert part in reply
        assert clause.heading(language) in reply


def test_a_long_clause_is_quoted_where_it_answers(shop: Policy) -> None:
    clause = shop.clause("3.3")
    assert clause is not None
    assert "payments" in reply_text(clause, shop, "en", "who handles payments?")
    assert "payments" not in reply_text(clause, shop, "en", "who sends letters?")


def test_a_reply_in_a_language_that_the_clause_lacks_quotes_the_edition_there_is(
    shop: Policy,
) -> None:
    alone = replace(shop.clauses[0], text={"zh": shop.clauses[0].text["zh"]})
    reply = reply_text(alone, shop, "en")
    assert reply.startswith("Hello")
    assert alone.text["zh"] in reply


def said(question: str, status: Status = Status.SILENT, policy: str = "shop") -> Feedback:
    reason = None if status is Status.SILENT else Reason.NOT_ANSWERED
    return Feedback(question, "en", status, (), policy, "1.0", Thumb.DOWN, reason)


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_questions_without_an_answer_are_listed_newest_first_and_masked(spoken: Language) -> None:
    store = MemoryFeedback(180)
    store.keep(said("how long, for 13912345678?"))
    store.keep(said("do you sell it?", Status.ANSWERED))
    store.keep(said("of another policy", policy="club"))
    html = Inbox(store, "shop").show(spoken)
    assert html.index("do you sell it?") < html.index("how long")
    assert "13912345678" not in html
    assert "another" not in html
    assert say("feedback.status_silent", spoken) in html
    assert Reason.NOT_ANSWERED.words(spoken) in html


def test_a_question_full_of_markup_is_text_and_searched_for_as_it_was() -> None:
    store = MemoryFeedback(180)
    store.keep(said(HOSTILE))
    html = Inbox(store, "shop").show("en")
    assert "<script" not in html
    assert "<img" not in html
    [query] = re.findall(r'data-query="([^"]*)"', html)
    assert '<img src=x onerror="window.ran = 2">' in unescape(query)


class BrokenFeedback(MemoryFeedback):
    """A store that cannot be read."""

    def __init__(self, error: Exception) -> None:
        super().__init__(180)
        self._error = error

    def unanswered(self, policy: str, limit: int) -> tuple[KeptFeedback, ...]:
        raise self._error


@pytest.mark.parametrize("spoken", LANGUAGES)
def test_a_store_that_cannot_be_read_is_told_with_the_remedy(
    caplog: pytest.LogCaptureFixture, spoken: Language
) -> None:
    html = Inbox(BrokenFeedback(RuntimeError(TYPED)), "shop").show(spoken)
    assert say("staff.unanswered_failed", spoken) in unescape(html)
    assert TYPED not in html + caplog.text
    known = FeedbackError("feedback_busy", where="the database", seconds=5)
    assert known.message(spoken) in unescape(Inbox(BrokenFeedback(known), "shop").show(spoken))


def test_no_feedback_is_said(shop: Policy) -> None:
    assert say("staff.no_unanswered", "zh") in Inbox(MemoryFeedback(180), "shop").show("zh")


def test_no_event_of_the_page_is_part_of_a_public_api(shop: Policy, search: KeywordSearch) -> None:
    page = staff_page(scripted_assistant(shop, search), MemoryFeedback(180))
    visible = [one["api_visibility"] for one in page.config["dependencies"] if one["backend_fn"]]
    assert visible
    assert set(visible) == {"private"}
