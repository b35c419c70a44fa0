"""Cutting a clause into sentences and list items."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus.blocks import spans
from bot.types import LANGUAGES, Language, Policy


def cut(text: str) -> list[str]:
    return [text[one.start : one.end] for one in spans(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("我们收集护照号。我们不收集指纹！", ["我们收集护照号。", "我们不收集指纹！"]),
        ("他说：“可以。”然后走了。", ["他说：“可以。”", "然后走了。"]),
        ("We collect it. Do we sell it? No!", ["We collect it.", "Do we sell it?", "No!"]),
        ("He said “yes.” Then he left.", ["He said “yes.”", "Then he left."]),
        ("See clause 1.2.3 of this policy.", ["See clause 1.2.3 of this policy."]),
        ("真的？！是的。", ["真的？！", "是的。"]),
        ("一段。\n\n又一段", ["一段。", "又一段"]),
        ("一段。\n\n\u3000\n\n又一段。", ["一段。", "又一段。"]),
        ("One.\r\n\r\nTwo.", ["One.", "Two."]),
        ("One.\r\rTwo.", ["One.", "Two."]),
        ("没有句号", ["没有句号"]),
        ("", []),
        ("\u3000\n\xa0", []),
    ],
)
def test_text_is_cut_into_its_sentences(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


def test_each_list_item_is_one_piece_that_knows_the_sentence_before_the_list() -> None:
    text = "Hello. We collect:\n\n1. names. Both of them;\n2. numbers.\n\nThat is all."
    assert [(text[one.start : one.end], one.lead) for one in spans(text)] == [
        ("Hello.", ""),
        ("We collect:", ""),
        ("names. Both of them;", "We collect:"),
        ("numbers.", "We collect:"),
        ("That is all.", ""),
    ]


def test_a_nested_item_knows_every_item_above_it() -> None:
    text = "我们收集：\n\n- 证件：\n  1. 护照；\n     * 护照号；\n  2. 驾驶证。\n- 电话。"
    assert [(text[one.start : one.end], one.lead) for one in spans(text)] == [
        ("我们收集：", ""),
        ("证件：", "我们收集："),
        ("护照；", "我们收集： 证件："),
        ("护照号；", "我们收集： 证件： 护照；"),
        ("驾驶证。", "我们收集： 证件："),
        ("电话。", "我们收集："),
    ]


def test_a_second_list_is_led_by_its_own_sentence() -> None:
    text = "We collect:\n\n- names.\n\nWe never collect:\n\n- fingerprints."
    leads = {text[one.start : one.end]: one.lead for one in spans(text)}
    assert leads["names."] == "We collect:"
    assert leads["fingerprints."] == "We never collect:"


@pytest.mark.parametrize("mark", ["- ", "* ", "+ ", "1. ", "1) ", "12. ", "- - ", "1. - * "])
def test_list_marks_are_no_part_of_an_item(mark: str) -> None:
    assert cut(f"{mark}fax number") == ["fax number"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_the_shipped_clauses_is_lost_but_list_marks(
    shop: Policy, language: Language
) -> None:
    for clause in shop.clauses:
        text = clause.text[language]
        rest = text
        for one in reversed(spans(text)):
            rest = rest[: one.start] + rest[one.end :]
        assert not rest.strip(" \n-.1234567890"), clause.id


_PARTS = (
    "- ", "* ", "1. ", "2) ", "  ", "    ", "\n", "\n\n", "\r\n", "\r", "\t", "\u3000", "\xa0",
    "\u2028", "我们。", "不？", "“好。”", "a. ", "b c", "!", "1.2.3", "```\n", "> ", "<div>",
    "---\n", "# x",
)  # fmt: skip
_PIECES = st.lists(st.sampled_from(_PARTS), max_size=30).map("".join)


@settings(max_examples=400, deadline=None)
@given(_PIECES)
def test_pieces_follow_one_another_inside_the_text_and_have_no_outer_white_space(text: str) -> None:
    end = 0
    for one in spans(text):
        assert end <= one.start < one.end <= len(text)
        piece = text[one.start : one.end]
        assert piece == piece.strip()
        end = one.end


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["我们收集护照号。", "We sell nothing.", "真的？", "clause 1.2.3 says so!", "尾"]
        ),
        min_size=1,
    ),
    st.sampled_from(["", " ", "\n", "\n\n", "\r\n\r\n"]),
)
def test_sentences_joined_give_the_words_of_the_text_back(parts: list[str], gap: str) -> None:
    text = gap.join(parts)
    assert "".join("".join(cut(text)).split()) == "".join(text.split())
