"""A clause's text as HTML: lists as lists, everything escaped, marks exactly where they belong."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyword_search import HOSTILE

from bot.types import LANGUAGES, Policy
from bot.web import clause_markup
from bot.web.clause_markup import Mark, found_marks, text_html

ELEMENTS = {"p", "br", "ul", "ol", "li", "mark", "span"}


class Reader(HTMLParser):
    """Reads HTML as a browser does, as far as it matters here."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.words = ""
        self.marked: list[str] = []
        self.differing: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "br":
            self.open.append(tag)
        if tag == "mark":
            self.marked.append("")
        if tag == "span":
            assert attrs == [("class", "differs")]
            self.differing.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data
        if "mark" in self.open:
            self.marked[-1] += data
        if "span" in self.open:
            self.differing[-1] += data


def marked(text: str, query: str) -> list[str]:
    return [text[one.start : one.end] for one in found_marks(text, query)]


def test_paragraphs_and_lines_stay_apart() -> None:
    assert text_html("one\n\ntwo\nthree") == "<p>one</p><p>two<br>three</p>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("* a\n+ b", "<ul><li>a</li><li>b</li></ul>"),
        ("3. a\n4. b", '<ol><li value="3">a</li><li value="4">b</li></ol>'),
        (
            "such as:\n\n1. a;\n2. b.\n\nAnd so on.",
            '<p>such as:</p><ol><li value="1">a;</li><li value="2">b.</li></ol><p>And so on.</p>',
        ),
        ("such as:\n- a\nand so on", "<p>such as:</p><ul><li>a</li></ul><p>and so on</p>"),
        ("- a\n1. b", '<ul><li>a</li></ul><ol><li value="1">b</li></ol>'),
        ("1.5 million\n-5 degrees", "<p>1.5 million<br>-5 degrees</p>"),
        ("1.", "<p>1.</p>"),
        ("a\r\n\r\nb", "<p>a</p><p>b</p>"),
        ("", ""),
        (" \n\u3000\n", ""),
    ],
)
def test_lists_become_lists_and_nothing_else_does(text: str, html: str) -> None:
    assert text_html(text) == html


def test_markup_in_a_clause_is_shown_as_text() -> None:
    read = Reader(text_html(HOSTILE, found_marks(HOSTILE, "script passport heading")))
    assert set(read.tags) <= ELEMENTS
    assert "<script>window.ran = 1</script>" in read.words
    assert read.marked == ["script", "script", "heading"]


def test_a_lone_surrogate_can_be_sent() -> None:
    assert "?" in text_html("a\ud800b", [Mark(0, 3)]).encode().decode()


def test_found_and_differing_words_may_overlap_and_cross_items() -> None:
    text = "within 30 days:\n- 14 days"
    html = text_html(text, [Mark(0, 14), Mark(7, 21, is_found=False)])
    read = Reader(html)
    assert "".join(read.marked) == "within 30 days"
    assert "".join(read.differing) == "30 days:14 "
    assert read.words == "within 30 days:14 days"


@pytest.mark.parametrize(
    ("text", "query", "words"),
    [
        ("We collect passport numbers.", "collecting PASSPORTS", ["collect", "passport"]),
        ("We may share it with partners.", "do you share it with partners", ["share", "partners"]),
        ("我们可能收集护照号。", "会收集护照吗", ["收集护照"]),
        ("我们可能收集護照號。", "护照", ["護照"]),
        ("我们可能收集护照号。", "護照", ["护照"]),
        ("用 ＶＩＰ 卡", "vip", ["ＶＩＰ"]),
        ("可能出售资料。卖给他人。", "卖吗", ["卖"]),
        ("您的信息", "我的", []),
        ("信赖好消息", "信息", []),
        ("Do as we say.", "what do you do", []),
        ("Why does any of its text matter?", "why does it, any of its", []),
        ("We collect it.", "", []),
        ("We collect it.", "<>&\"'", []),
        ("email地址", "email", ["email"]),
    ],
)
def test_words_of_the_query_are_marked_where_they_stand(
    text: str, query: str, words: list[str]
) -> None:
    assert marked(text, query) == words


def test_words_are_found_as_written_where_the_simple_form_is_of_another_length(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clause_markup, "normalise", lambda text: f"长{text}")
    assert marked("我们可能收集护照号。", "护照") == ["护照"]


PIECES = st.sampled_from(
    [
        "- ",
        "1. ",
        "\n",
        "\n\n",
        "护照",
        "passport ",
        "<b>",
        "&amp;",
        "\r\n",
        "\x0b",
        "2) ",
        " ",
        "收集",
    ]
)


@given(
    st.lists(PIECES | st.characters(codec="utf-8"), max_size=30).map("".join),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.booleans()), max_size=6),
)
def test_no_word_is_lost_added_or_run_as_markup_in_any_text(
    text: str, places: list[tuple[int, int, bool]]
) -> None:
    marks = [Mark(*sorted((start, end)), is_found) for start, end, is_found in places]
    plain, painted = Reader(text_html(text)), Reader(text_html(text, marks))
    assert plain.words == painted.words
    assert set(painted.tags) <= ELEMENTS
    assert painted.open == []
    # what goes are list marks and white space, nothing that says something
    spoken = [char for char in text if char.isalpha()]
    assert [char for char in painted.words if char.isalpha()] == spoken


@given(st.text(max_size=60) | st.text("收集护照 passport的", max_size=40), st.text(max_size=30))
def test_marks_stand_in_order_in_any_text_and_do_not_touch(text: str, query: str) -> None:
    end = -1
    for one in found_marks(text, query):
        assert end < one.start < one.end <= len(text)
        end = one.end


def test_the_shipped_clauses_keep_every_word(shop: Policy) -> None:
    for clause in shop.clauses:
        for language in LANGUAGES:
            text = clause.text[language]
            words = Reader(text_html(text)).words
            assert [char for char in words if char.isalpha()] == [
                char for char in text if char.isalpha()
            ]
