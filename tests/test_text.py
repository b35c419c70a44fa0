"""Cleaning what users type, one form for matching, and telling languages apart."""

import json
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.corpus.bank import FOLDER, read_bank
from bot.settings import CORPUS
from bot.text import DetectedLanguage, clean, detect_language, has_words, normalise
from bot.types import LANGUAGES, Language, Policy, Status

ENGLISH = DetectedLanguage("en")
CHINESE = DetectedLanguage("zh")
FOREIGN = DetectedLanguage("en", foreign=True)
NO_LANGUAGE = DetectedLanguage(None)


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        ("  do you\tsell\r\nmy  info? \n", "do you sell my info?"),
        ("你们\u3000会卖\u00a0吗", "你们 会卖 吗"),
        ("a\u2028b\u2029c\x85d\x0ce", "a b c d e"),
        ("pass\x00po\x07rt\x1b", "passport"),
        ("pass\ud800po\udfffrt", "passport"),
        ("p\u200bass\u200cp\u200do\u2060r\ufefft\u00ad", "passport"),
        ("护\u200b照\u200d号", "护照号"),
        ("\u202edrop\u202c \u2066me\u2069\u200e\u200f", "drop me"),
        ("\U000e0041\U000e0042hidden", "hidden"),
        ("\ue000\U000f0000\U00010ffff\uffff", "f"),
        ("👨\u200d👩\u200d👧 👍🏽 ❤️", "👨\u200d👩\u200d👧 👍🏽 ❤️"),
        ("👩\u200d⚕️", "👩\u200d⚕️"),
        ("\U0001fae9", "\U0001fae9"),
        ("Ｄｏ ｙｏｕ？", "Ｄｏ ｙｏｕ？"),
        ("Résumé e\u0301", "Résumé e\u0301"),
        ("", ""),
        (" \t\u3000\n\u200b\x00\ud83d", ""),
    ],
)
def test_hidden_and_broken_characters_go_and_the_rest_stays(typed: str, cleaned: str) -> None:
    assert clean(typed) == cleaned


_ANY_TEXT = st.text(
    st.one_of(
        st.characters(),
        st.characters(categories=["Cs", "Cc", "Cf", "Zs"]),
        st.sampled_from("a护\u200d👍\u3000 é"),
    )
)


@settings(max_examples=300, deadline=None)
@given(_ANY_TEXT)
def test_cleaned_text_is_one_line_that_can_be_stored_and_stays_as_it_is(typed: str) -> None:
    cleaned = clean(typed)
    assert clean(cleaned) == cleaned
    assert len(cleaned.splitlines()) <= 1
    assert cleaned == cleaned.strip()
    assert "  " not in cleaned
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert not {unicodedata.category(char) for char in cleaned} & {"Cc", "Cs", "Zl", "Zp"}


@settings(max_examples=300, deadline=None)
@given(_ANY_TEXT)
def test_cleaning_loses_no_visible_word(typed: str) -> None:
    def visible(text: str) -> list[str]:
        return [char for char in text if char.isalnum() or char in ".?,。？，"]

    assert visible(clean(typed)) == visible(typed)


@settings(max_examples=300, deadline=None)
@given(_ANY_TEXT)
def test_any_cleaned_text_can_be_matched_and_told_in_language(typed: str) -> None:
    cleaned = clean(typed)
    assert isinstance(normalise(cleaned), str)
    detected = detect_language(cleaned)
    assert detected.answer in (*LANGUAGES, None)
    assert not detected.foreign or detected.answer == "en"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＰＡＳＳＰＯＲＴ　１２３", "passport 123"),
        ("Passport", "PASSPORT"),
        ("護照號碼", "护照号码"),
        ("個人資訊會賣給別人嗎？", "个人资讯会卖给别人吗?"),
        ("第３．５．２條", "第3.5.2条"),
        ("ﬁnd my oﬃce", "find my office"),
        ("e\u0301", "é"),
        ("Straße", "STRASSE"),
    ],
)
def test_ways_of_writing_the_same_match(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


def test_traditional_chinese_is_matched_as_simplified() -> None:
    assert normalise("駕駛證號碼") == "驾驶证号码"


@pytest.mark.parametrize(("one", "other"), [("护照", "驾照"), ("sell", "cell"), ("3.5", "35")])
def test_different_words_do_not_match(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize("text", ["a", "护照", "3.5.2", "５", "👍 ok", "данные", "👍 1"])
def test_letters_and_digits_are_words(text: str) -> None:
    assert has_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "👍",
        "👍🏽😂❤️",
        "👨\u200d👩\u200d👧",
        "🇨🇳",
        "1️⃣2️⃣",
        "#️⃣",
        "ℹ️",
        "㊙️",
        "？！…",
        "——",
        ":)",
        "\U0001fae9",
    ],
)
def test_emoji_and_marks_are_no_words(text: str) -> None:
    assert not has_words(text)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("你们会出售我的信息吗", CHINESE),
        ("护照", CHINESE),
        ("你們會把我的資料交給警察嗎？", CHINESE),
        ("請問個人資料會保存多久", CHINESE),
        ("APP会收集IP地址和device ID吗", CHINESE),
        ("marketing email 会不会发到我 inbox", CHINESE),
        ("personalized recommendation 你们做不做的", CHINESE),
        ("backup 呢?", CHINESE),
        ("我の信息会被卖吗", CHINESE),
        ("ＡＢＣ公司会收集我的信息吗", CHINESE),
        ("第3.5.2条说什么", CHINESE),
        ("Do you sell my personal information?", ENGLISH),
        ("If the Public Security Bureau (公安) comes, do you hand over customer info?", ENGLISH),
        ("what do you mean by 个人信息?", ENGLISH),
        ("Ｄｏ ｙｏｕ ｓｅｌｌ ｍｙ ｉｎｆｏ？", ENGLISH),
        ("𝐃𝐨 𝐲𝐨𝐮 𝐬𝐞𝐥𝐥 𝐦𝐲 𝐢𝐧𝐟𝐨", ENGLISH),
        ("where's my résumé saved", ENGLISH),
        ("is café data kept?", ENGLISH),
        ("clause 3.3", ENGLISH),
        ("", NO_LANGUAGE),
        ("3.5.2", NO_LANGUAGE),
        ("👍👍", NO_LANGUAGE),
        ("？？？", NO_LANGUAGE),
        ("3 × 4 ÷ 2", NO_LANGUAGE),
    ],
)
def test_chinese_and_english_are_told_apart(text: str, language: DetectedLanguage) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "個人情報を販売しますか？",
        "データは誰に渡しますか",
        "ﾃﾞｰﾀを売りますか",
        "개인정보를 판매하나요?",
        "Вы продаёте мои данные?",
        "Ви продаєте мої дані?",
        "هل تبيعون بياناتي الشخصية؟",
        "क्या आप मेरा डेटा बेचते हैं?",
        "คุณขายข้อมูลของฉันไหม",
        "האם אתם מוכרים את המידע שלי?",
        "Πουλάτε τα δεδομένα μου;",
        "Verkauft ihr meine Daten?",
        "Welche Informationen sammeln Sie über mich?",
        "Est-ce que vous vendez mes données personnelles ?",
        "Quelles informations collectez-vous ?",
        "¿Venden ustedes mi información personal?",
        "¿Qué datos recopilan?",
        "Vocês vendem meus dados pessoais?",
        "Vendete le mie informazioni personali?",
        "Verkopen jullie mijn gegevens?",
        "Czy sprzedajecie moje dane osobowe?",
        "Bạn có bán thông tin cá nhân của tôi không?",
        "Kişisel verilerimi satıyor musunuz?",
        "Apakah Anda menjual data pribadi saya?",
    ],
)
def test_a_third_language_is_told_and_answered_in_english(text: str) -> None:
    assert detect_language(text) == FOREIGN


@pytest.mark.parametrize(
    "text",
    [
        "wot info u colect",
        "do u sel my dta to ppl",
        "were u get my adress",
        "pasport no?",
        "delet my acount plz",
        "can polis see",
        "y do u need my id",
        "cuki?",
        "de-dupe user lists",
        "paymnt detials",
        "whos ur 3rd partys",
        "wht abt cookis n tracking",
        "gimme ur polcy",
        "u gonna giv my numbr 2 marketers",
        "dunno if u sel info",
        "cn u shre my infrmation wth govmnt",
        "order data wot u keep",
        "event participation data",
        "questionnaire calls",
        "subcontractors?",
        "thx bye",
        "lol",
        "ok",
    ],
)
def test_short_english_with_typos_is_no_third_language(text: str) -> None:
    assert detect_language(text) == ENGLISH


def test_only_marked_cases_of_the_dev_half_are_taken_for_a_third_language() -> None:
    paths = (CORPUS.parent / "eval" / "cases").glob("*-dev.jsonl")
    questions = [
        turn["question"]
        for path in paths
        for line in path.read_text(encoding="utf-8").splitlines()
        if "third-language" not in (case := json.loads(line))["tags"]
        for turn in case["turns"]
    ]
    assert len(questions) >= 160
    assert [one for one in questions if detect_language(clean(one)).foreign] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_questions_of_the_shipped_bank_are_told_in_their_language(
    shop: Policy, language: Language
) -> None:
    questions = [
        clean(one.question)
        for one in read_bank(CORPUS / FOLDER, shop).questions
        if one.language == language and one.status is Status.ANSWERED and not one.before
    ]
    detected = [detect_language(one) for one in questions]
    assert not any(one.foreign for one in detected)
    # what is left over mixes both languages evenly
    wrong = sum(one.answer not in (language, None) for one in detected)
    assert wrong / len(questions) < 0.005
