"""Numbers and dates are found in either language, wherever they count and nowhere else."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.quantities import quantities
from bot.types import LANGUAGES, Language, Policy

CASES: list[tuple[Language, str, list[tuple[str, str, str]]]] = [
    ("zh", "未满14周岁", [("14", "year", "14周岁")]),
    ("zh", "未满十四岁的儿童", [("14", "year", "十四岁")]),
    ("en", "children under 14", [("14", "", "14")]),
    ("en", "under fourteen years of age", [("14", "year", "fourteen years")]),
    ("zh", "两个工作日内", [("2", "working day", "两个工作日")]),
    ("en", "within two working days", [("2", "working day", "two working days")]),
    ("en", "a 30-day limit", [("30", "day", "30-day")]),
    ("zh", "３０ 天内", [("30", "day", "３０ 天")]),
    ("zh", "三百六十五日", [("365", "day", "三百六十五日")]),
    ("zh", "一万两千元", [("12000", "yuan", "一万两千元")]),
    ("en", "12,000 yuan", [("12000", "yuan", "12,000 yuan")]),
    ("en", "twelve thousand yuan", [("12000", "yuan", "twelve thousand yuan")]),
    ("en", "one hundred and five hours", [("105", "hour", "one hundred and five hours")]),
    ("en", "two hundred hours", [("200", "hour", "two hundred hours")]),
    ("zh", "百分之十", [("10", "percent", "百分之十")]),
    ("zh", "10％", [("10", "percent", "10％")]),
    ("en", "ten per cent", [("10", "percent", "ten per cent")]),
    ("en", "Twenty-Four Hours", [("24", "hour", "Twenty-Four Hours")]),
    ("zh", "一年", [("1", "year", "一年")]),
    ("en", "one year", [("1", "year", "one year")]),
    ("zh", "每月三次", [("3", "", "三")]),
    ("en", "0.5 percent", [("0.5", "percent", "0.5 percent")]),
    ("en", "007 days", [("7", "day", "007 days")]),
    ("zh", "第3.5.2条", [("3.5.2", "", "3.5.2")]),
    ("en", "clause 3.5.2.", [("3.5.2", "", "3.5.2")]),
    ("zh", "二〇二六年", [("2026", "year", "二〇二六年")]),
    ("zh", "2026年11月22日起", [("2026-11-22", "date", "2026年11月22日")]),
    ("en", "from 22 November 2026", [("2026-11-22", "date", "22 November 2026")]),
    ("en", "November 22nd, 2026", [("2026-11-22", "date", "November 22nd, 2026")]),
    ("zh", "2026-11-02", [("2026-11-2", "date", "2026-11-02")]),
    ("zh", "2026年 5月", [("2026-5", "date", "2026年 5月")]),
    ("en", "in May 2026", [("2026-5", "date", "May 2026")]),
    ("zh", "11月22日", [("-11-22", "date", "11月22日")]),
    ("en", "22 November", [("-11-22", "date", "22 November")]),
]
NONE: list[tuple[Language, str]] = [
    ("zh", "十分重要的第三方"),
    ("zh", "统一办理，一切照旧，万一出错"),
    ("zh", "一份名单、一个网站、一项服务"),
    ("zh", "双方、两者、三四家、三四天"),
    ("zh", "将来有一天"),
    ("zh", "千万不要"),
    ("en", "any one of its services"),
    ("en", "one another"),
    ("en", "It may one day be sold."),
    ("en", "someone often weighs tension"),
    ("en", "you may use it"),
    ("en", "March on"),
]


@pytest.mark.parametrize(("language", "text", "found"), CASES, ids=[text for _, text, _ in CASES])
def test_a_quantity_is_found_where_it_stands(
    language: Language, text: str, found: list[tuple[str, str, str]]
) -> None:
    assert [
        (one.value, one.unit, text[one.start : one.end]) for one in quantities(text, language)
    ] == found


@pytest.mark.parametrize(("language", "text"), NONE, ids=[text for _, text in NONE])
def test_what_only_looks_like_a_number_is_none(language: Language, text: str) -> None:
    assert quantities(text, language) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_numbers_of_list_items_do_not_count(language: Language) -> None:
    text = "1. x 7\n  2) y\n- 8 z"
    assert [one.value for one in quantities(text, language)] == ["7", "8"]


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("保存三年。", "kept for three years."),
        ("自2026年11月22日起三十天内", "within 30 days of 22 November 2026"),
        ("未满十八周岁，两次，百分之五", "under eighteen, two, 5%"),
    ],
)
def test_the_same_quantities_are_the_same_in_both_languages(chinese: str, english: str) -> None:
    first = sorted(quantities(chinese, "zh"), key=lambda one: one.value)
    second = sorted(quantities(english, "en"), key=lambda one: one.value)
    assert len(first) == len(second) > 0
    for one, other in zip(first, second, strict=True):
        assert one.equals(other, strictly=False)


def test_another_unit_makes_another_quantity() -> None:
    (days,) = quantities("3 days", "en")
    (working,) = quantities("3 working days", "en")
    (untold,) = quantities("3", "en")
    assert not days.equals(working, strictly=False)
    assert days.equals(untold, strictly=False)
    assert not days.equals(untold, strictly=True)


def test_the_shipped_policy_holds_the_same_quantities_in_both_editions(shop: Policy) -> None:
    for clause in shop.clauses:
        chinese, english = (
            sorted(one.value for one in quantities(clause.text[language], language))
            for language in LANGUAGES
        )
        assert chinese == english, clause.id


@given(st.integers(1, 99_999_999), st.sampled_from(LANGUAGES))
def test_any_number_in_digits_is_read_with_its_unit(number: int, language: Language) -> None:
    unit = {"zh": "天", "en": " days"}[language]
    for written in (str(number), f"{number:,}"):
        (found,) = quantities(f"({written}{unit})", language)
        assert (found.value, found.unit) == (str(number), "day")


def in_chinese(number: int) -> str:
    """Return ``number`` (below 10,000) as a Chinese numeral."""
    text = ""
    skipped = False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if not digit:
            skipped = bool(text)
            continue
        text += "零" * skipped + "零一二三四五六七八九"[digit] + name
        skipped = False
    return text.removeprefix("一") if text.startswith("一十") else text


@given(st.integers(1, 9999), st.integers(0, 9999))
def test_any_chinese_numeral_is_read(small: int, group: int) -> None:
    number = group * 10_000 + small
    zero = "零" if group and small < 1000 else ""
    written = (f"{in_chinese(group)}万{zero}" if group else "") + in_chinese(small)
    (found,) = quantities(f"共{written}元", "zh")
    assert (found.value, found.unit) == (str(number), "yuan")


@given(
    st.text("0123456789.,:- 年月日一二十百万有天\nMay oneday", max_size=80) | st.text(max_size=60)
)
@settings(deadline=None, max_examples=300)
def test_quantities_stand_in_order_in_any_text_and_do_not_overlap(text: str) -> None:
    for language in LANGUAGES:
        end = 0
        for one in quantities(text, language):
            assert end <= one.start < one.end <= len(text)
            end = one.end


@pytest.mark.parametrize(
    "piece", ["1", "1,111", "一", "十", "one ", "hundred and ", "1 ", "20 of "]
)
def test_long_texts_take_time_in_proportion(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        spent = []
        for _ in range(3):
            start = time.process_time()
            for language in LANGUAGES:
                quantities(text, language)
            spent.append(time.process_time() - start)
        return min(spent)

    # ten times the length; a hundred times the time would be its square
    assert seconds(80_000) < 40 * seconds(8_000)
