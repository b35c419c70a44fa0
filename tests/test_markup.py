"""What stands in the page's messages: everything from outside as text, quotes marked."""

from collections.abc import Sequence
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keyword_search import HOSTILE, HOSTILE_CLAUSE, with_hostile_clause

from bot.types import LANGUAGES, Answer, Citation, Clause, Language, Policy, Status
from bot.web.markup import (
    answer_parts,
    citation_html,
    message_html,
    notice_html,
    question_html,
    waiting_html,
)
from bot.wording import say

VOID = {"br"}
LEAD = "Yes & no: <both>."


class Reader(HTMLParser):
    """Reads HTML as a browser does: text per element, tags and attributes seen."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text: dict[str, str] = {}
        self.texts: dict[str, list[str]] = {}
        self.languages: dict[str, list[str | None]] = {}
        self.links: list[str | None] = []
        self.unclosed: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.texts.setdefault(tag, []).append("")
        self.languages.setdefault(tag, []).append(dict(attrs).get("lang"))
        self.links += [value for name, value in attrs if name == "href"]
        if tag in VOID:
            self.handle_data("\n")
        else:
            self.unclosed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self.unclosed):
            self.text[tag] = self.text.get(tag, "") + data
            self.texts[tag][-1] += data


def read(markup: str) -> Reader:
    reader = Reader(markup)
    assert reader.unclosed == []
    return reader


def one_clause(text: str) -> Policy:
    """Return a policy of one clause without a section."""
    clause = Clause("1", dict.fromkeys(LANGUAGES, ("Only",)), dict.fromkeys(LANGUAGES, text))
    titles = dict.fromkeys(LANGUAGES, "Policy")
    return Policy("one", "1", "2026-01-02", titles, (clause,), "fingerprint")


def answered(clauses: Sequence[Citation], language: Language, text: str = "") -> Answer:
    return Answer(Status.ANSWERED, language, text, tuple(clauses), lead=LEAD)


def whole(policy: Policy, language: Language, *clause_ids: str) -> list[Citation]:
    """Return citations that quote all of each clause."""
    return [
        Citation(clause.id, clause.text[language])
        for clause in map(policy.clause, clause_ids)
        if clause is not None
    ]


TYPED = st.text(st.characters(exclude_characters="\r\v\f\x1c\x1d\x1e\x85\u2028\u2029\x00"))


@given(TYPED | st.text("<>&\"'/ \n*#`$[]()!-ab", max_size=40))
@settings(deadline=None, max_examples=200)
def test_whatever_is_typed_stands_there_as_text_and_nothing_else(typed: str) -> None:
    reader = read(question_html(typed))
    sendable = typed.strip().encode("utf-8", "replace").decode("utf-8")
    assert reader.text.get("div", "") == sendable
    assert set(reader.tags) <= {"div", "br"}
    assert reader.attributes == {"class"}


@pytest.mark.parametrize(
    "line_break", ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"]
)
def test_a_line_break_of_any_kind_cannot_begin_markdown(line_break: str) -> None:
    markup = question_html(f"a{line_break}{line_break}# b")
    assert len(markup.splitlines()) == 1
    assert "a<br><br># b" in markup


def test_a_lone_surrogate_can_be_sent_to_the_browser() -> None:
    assert "a?b" in question_html("a\ud800b")
    question_html("a\ud800b").encode("utf-8")


@given(st.text("ab <&\"'\n。中", min_size=1, max_size=60), st.data())
@settings(deadline=None, max_examples=200)
def test_the_clause_stands_whole_with_just_the_quote_marked(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    quote = text[start : data.draw(st.integers(start + 1, len(text)))]
    reader = read(citation_html(Citation("1", quote), one_clause(text), "en"))
    assert reader.texts["blockquote"] == [text, text]
    assert reader.text["mark"] == quote
    assert reader.tags.count("mark") == 1


def test_markup_in_a_clause_and_its_headings_is_text(shop: Policy) -> None:
    policy = with_hostile_clause(shop)
    citation = Citation("9.9", "**not bold**")
    reader = read(citation_html(citation, policy, "en"))
    assert reader.texts["blockquote"] == [HOSTILE, HOSTILE]
    assert reader.text["mark"] == "**not bold**"
    assert "<i>Heading</i> **two**" in reader.text["summary"]
    assert "<i>Heading</i> **two**" in reader.texts["figcaption"][1]
    assert reader.texts["p"][0] == "<b>Section</b>"
    tags = {"details", "summary", "span", "p", "blockquote", "mark", "br"}
    assert set(reader.tags) <= {*tags, "div", "figure", "figcaption", "b", "a"}
    assert reader.attributes <= {"class", "lang", "open", "href", "target", "rel"}


@pytest.mark.parametrize(("language", "other"), [("zh", "en"), ("en", "zh")])
def test_both_editions_stand_there_the_quoted_one_first_and_each_names_its_language(
    shop: Policy, language: Language, other: Language
) -> None:
    clause = shop.clause("3.5.2")
    assert clause is not None
    quote = clause.text[language][3:9]
    reader = read(citation_html(Citation("3.5.2", quote), shop, language))
    assert reader.texts["blockquote"] == [clause.text[language], clause.text[other]]
    assert reader.languages["blockquote"] == reader.languages["figure"] == [language, other]
    assert reader.languages["details"] == [language]
    assert reader.texts["mark"] == [quote]
    assert say("page.language_name", language) in reader.texts["figcaption"][0]
    assert say("page.language_name", other) in reader.texts["figcaption"][1]
    assert clause.heading(other) in reader.texts["figcaption"][1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clause_links_to_its_own_page_in_the_answers_language(
    shop: Policy, language: Language
) -> None:
    markup = citation_html(Citation("3.1", ""), shop, language)
    assert 'target="_blank" rel="noopener"' in markup
    reader = read(markup)
    assert reader.links == [f"clauses/3.1?lang={language}"]
    assert reader.text["a"] == say("chat.permalink", language, clause="3.1")


def test_an_id_with_markup_stays_inside_its_link() -> None:
    hostile = '"><script>/../?a#b'
    clause = Clause(hostile, dict.fromkeys(LANGUAGES, ("A",)), dict.fromkeys(LANGUAGES, "Text"))
    titles = dict.fromkeys(LANGUAGES, "Policy")
    policy = Policy("one", "1", "2026-01-02", titles, (clause,), "fingerprint")
    reader = read(citation_html(Citation(hostile, "Text"), policy, "en"))
    assert reader.links == ["clauses/%22%3E%3Cscript%3E%2F..%2F%3Fa%23b?lang=en"]
    assert "script" not in reader.tags


@pytest.mark.parametrize("language", LANGUAGES)
def test_waiting_is_told_in_the_pages_language(language: Language) -> None:
    reader = read(waiting_html(language))
    assert reader.text["p"] == say("chat.looking", language)
    assert reader.languages["p"] == [language]


@pytest.mark.parametrize(
    ("is_trouble", "attributes"), [(True, {"class", "lang"}), (False, {"lang"})]
)
def test_a_notice_is_text_and_trouble_is_marked(*, is_trouble: bool, attributes: set[str]) -> None:
    reader = read(notice_html("<b>no</b>", "en", is_trouble=is_trouble))
    assert reader.text["p"] == "<b>no</b>"
    assert reader.attributes == attributes


def test_a_clause_without_a_section_has_no_line_for_it() -> None:
    assert "path" not in citation_html(Citation("1", "text"), one_clause("text"), "en")


def test_a_clause_that_is_not_in_the_policy_shows_nothing(shop: Policy) -> None:
    assert citation_html(Citation("9.9", "quote"), shop, "en") == ""


def test_a_clause_without_the_language_is_shown_in_the_one_it_has(shop: Policy) -> None:
    clause = Clause("1", {"zh": ("甲", "乙")}, {"zh": "条文"})
    policy = Policy("zh", "1", "2026-01-02", {"zh": "政策"}, (clause,), "fingerprint")
    markup = citation_html(Citation("1", "条文"), policy, "en")
    assert read(markup).languages["blockquote"] == ["zh"]
    assert read(markup).languages["details"] == ["zh"]
    assert "乙" in markup


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_leads_with_its_sentence_then_the_clauses_in_order(
    shop: Policy, language: Language
) -> None:
    parts = answer_parts(answered(whole(shop, language, "3.5.2", "3.1"), language), shop)
    assert [part.split()[0] for part in parts] == ["<p", "<details", "<details"]
    assert read(parts[0]).text["p"] == LEAD
    assert "3.5.2" in read(parts[1]).text["summary"]
    assert "3.1" in read(parts[2]).text["summary"]


def test_a_whole_list_is_shown_as_one_group(shop: Policy) -> None:
    listed = [f"1.2.{number}" for number in range(1, 8)]
    parts = answer_parts(answered(whole(shop, "en", *listed), "en"), shop)
    assert [part.split()[0] for part in parts] == ["<p", "<section"]
    assert parts[1].startswith('<section class="group"><h2>')
    assert read(parts[1]).text["h2"] == "Information we may collect"
    assert parts[1].count("<details") == 7
    assert all(clause in read(parts[1]).text["summary"] for clause in listed)
    part = answer_parts(answered(whole(shop, "en", *listed[:4]), "en"), shop)
    assert not any("<section" in one for one in part)


def test_only_the_first_clause_is_open(shop: Policy) -> None:
    parts = answer_parts(answered(whole(shop, "en", "3.5.2", "3.1", "3.2"), "en"), shop)
    assert [" open>" in part for part in parts] == [False, True, False, False]


def test_a_question_in_a_third_language_is_told_so(shop: Policy) -> None:
    notice = say("answer.foreign", "en")
    citations = whole(shop, "en", "3.1")
    parts = answer_parts(answered(citations, "en", f"{notice}\n\nOn this …"), shop)
    assert read(parts[0]).text["p"] == notice
    assert not any(notice in part for part in answer_parts(answered(citations, "en"), shop))


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.ANSWERED])
def test_an_answer_without_citations_says_its_text_and_names_its_status(
    shop: Policy, status: Status
) -> None:
    parts = answer_parts(Answer(status, "en", "First <b>.\n\nSecond."), shop)
    assert [read(part).text["p"] for part in parts] == ["First <b>.", "Second."]
    assert all(f'class="said {status.value}"' in part for part in parts)


def test_silence_offers_related_clauses_closed_and_without_a_quote(shop: Policy) -> None:
    answer = Answer(Status.SILENT, "en", "Nothing on that.", related=("1.3.2",))
    shown = read(answer_parts(answer, shop)[-1])
    assert "1.3.2" in shown.text["summary"]
    assert "mark" not in shown.tags
    assert "open" not in shown.attributes


@pytest.mark.parametrize(
    ("status", "is_told"),
    [
        (Status.ANSWERED, True),
        (Status.SILENT, True),
        (Status.OFF_TOPIC, False),
        (Status.SMALL_TALK, False),
        (Status.REFUSED, False),
        (Status.FAILED, False),
    ],
)
def test_how_a_follow_up_was_understood_is_told_where_the_answer_rests_on_it(
    shop: Policy, status: Status, *, is_told: bool
) -> None:
    citations = tuple(whole(shop, "en", "3.1"))
    answer = Answer(status, "en", "Text.", citations, understood="you sell it? <i>why?</i>")
    said = [read(part).text.get("p", "") for part in answer_parts(answer, shop)]
    assert any("you sell it? <i>why?</i>" in one for one in said) is is_told


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_is_one_line_of_html_that_names_its_language(
    shop: Policy, language: Language
) -> None:
    policy = with_hostile_clause(shop)
    for clause in (*shop.clauses, HOSTILE_CLAUSE):
        parts = answer_parts(answered(whole(policy, language, clause.id), language), policy)
        message = message_html(parts, language)
        assert message.startswith(f'<div class="answer" lang="{language}">')
        assert len(message.splitlines()) == 1
        assert read(message).texts["blockquote"][0] == clause.text[language]
