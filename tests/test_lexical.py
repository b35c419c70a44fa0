"""Search by words: tokens of both languages, and their scores."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lexical import LexicalIndex, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("护照", ["护照", "护", "照"]),
        ("照", ["照"]),
        ("collected collecting collects", ["collect", "collect", "collect"]),
        ("Selling, SOLD; sells!", ["sell", "sold", "sell"]),
        ("护照passport号", ["护照", "护", "照", "passport", "号"]),
        ("3.5.2", ["3", "5", "2"]),
        ("snake_case", ["snake", "case"]),
        ("café", ["café"]),
        ("", []),
        ("？！…  🙂", []),
    ],
)
def test_tokens_are_chinese_words_and_characters_and_english_stems(
    text: str, expected: list[str]
) -> None:
    assert tokens(text) == expected


def test_a_chinese_sentence_gives_its_words_and_every_character() -> None:
    found = tokens("警察要求提供身份证")
    assert {"警察", "要求", "提供", "身份证"} <= set(found)
    assert set("警察要求提供身份证") <= set(found)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("ＰＡＳＳＰＯＲＴ　１２３", "passport 123"),
        ("PassPort", "passport"),
        ("個人資訊會交給警察嗎", "个人资讯会交给警察吗"),
        ("身份證號碼", "身份证号码"),
        ("ﬁle", "file"),
    ],
)
def test_full_width_case_and_traditional_forms_are_one(written: str, plain: str) -> None:
    assert tokens(written) == tokens(plain)


@given(st.text(max_size=80))
@settings(deadline=None, max_examples=80)
def test_tokens_of_any_text_are_words_without_space_or_punctuation(text: str) -> None:
    assert all(token and not any(map(str.isspace, token)) for token in tokens(text))
    assert tokens(text) == tokens(text.replace("\u3000", " "))


@pytest.fixture
def index() -> LexicalIndex:
    return LexicalIndex(
        ["pass", "police", "zh"],
        ["We collect passport numbers.", "The police may ask.", "我们收集护照号。"],
    )


def test_the_text_that_shares_the_rarest_words_scores_best(index: LexicalIndex) -> None:
    scores = index.scores("is my passport number collected")
    assert max(scores, key=lambda one: scores[one]) == "pass"
    assert scores["zh"] == 0.0


def test_chinese_finds_chinese_in_either_script(index: LexicalIndex) -> None:
    assert index.scores("護照")["zh"] > 0
    assert index.scores("護照") == index.scores("护照")
    assert index.scores("护照")["pass"] == 0.0


@pytest.mark.parametrize("question", ["", "🙂", "zebra", "？"])
def test_no_shared_token_scores_nothing_and_every_id_is_there(
    index: LexicalIndex, question: str
) -> None:
    assert index.scores(question) == {"pass": 0.0, "police": 0.0, "zh": 0.0}


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=50)
def test_scores_are_never_below_zero(text: str) -> None:
    found = LexicalIndex(["a", "b"], ["We collect passports", text or "护照"]).scores(text)
    assert list(found) == ["a", "b"]
    assert all(score >= 0 for score in found.values())


def test_texts_without_any_token_can_be_indexed() -> None:
    assert LexicalIndex(["a", "b"], ["…", "🙂"]).scores("passport") == {"a": 0.0, "b": 0.0}
