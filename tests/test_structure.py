"""What differs in structure between a clause's editions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quantities import quantities
from bot.structure import Aspect, compare
from bot.types import LANGUAGES, Clause, Language, Policy


def clause(zh: str, en: str, *, zh_path: int = 2, en_path: int = 2) -> Clause:
    path: dict[Language, tuple[str, ...]] = {"zh": ("上",) * zh_path, "en": ("above",) * en_path}
    return Clause("1.1", path, {"zh": zh, "en": en})


def values(text: str, language: Language) -> list[tuple[str, str, str]]:
    return [(text[one.start : one.end], one.value, one.unit) for one in quantities(text, language)]


def aspects(zh: str, en: str) -> list[str]:
    return [one.aspect.value for one in compare(clause(zh, en)).differences]


@pytest.mark.parametrize(
    ("zh", "en"),
    [
        ("我们保存三十天。", "We keep it for 30 days."),
        ("未满十四周岁的人", "anyone under fourteen years of age"),
        ("未满14岁的人", "anyone under 14"),
        ("自2026年11月22日起", "from 22 November 2026"),
        ("自2026年11月22日起", "from 2026-11-22"),
        ("两个工作日内", "within two working days"),
        ("百分之五十", "50 per cent"),
        ("５０％", "50%"),
        ("二十四小时", "twenty-four hours"),
        ("一百二十人", "one hundred and twenty people"),
        ("1,000元", "1000 yuan"),
        ("5万元", "50,000 yuan"),
        ("五万元", "50,000 yuan"),
        ("1.5万元", "15 thousand yuan"),
        ("200万人", "2 million people"),
        ("见第3.5.2条", "see clause 3.5.2"),
        (
            "信息对我们十分重要，第三方一定不知道",
            "it matters to us; no third party knows any one of it",
        ),
        ("先14，后14天", "14 days first, then 14 months"),
    ],
)
def test_the_same_figure_in_another_script_is_no_difference(zh: str, en: str) -> None:
    assert aspects(zh, en) == []


@pytest.mark.parametrize(
    ("zh", "en", "only_zh", "only_en"),
    [
        ("保存三十天。", "We keep it for 60 days.", ["三十天"], ["60 days"]),
        ("保存30天。", "We keep it for 30 months.", ["30天"], ["30 months"]),
        ("十五个工作日内。", "Within 15 days.", ["十五个工作日"], ["15 days"]),
        ("我们保存它。", "We keep it for two years.", [], ["two years"]),
        ("自2026年1月2日起。", "From 3 January 2026.", ["2026年1月2日"], ["3 January 2026"]),
        ("7天，再7天。", "7 days.", ["7天"], []),
    ],
)
def test_a_figure_without_its_equal_is_marked_where_it_stands(
    zh: str, en: str, only_zh: list[str], only_en: list[str]
) -> None:
    found = compare(clause(zh, en))
    assert [one.aspect for one in found.differences] == [Aspect.QUANTITIES]
    assert [zh[one.start : one.end] for one in found.only_in("zh")] == only_zh
    assert [en[one.start : one.end] for one in found.only_in("en")] == only_en


def test_sentences_items_and_headings_are_counted() -> None:
    zh = "一句。两句。\n\n1. 甲；\n2. 乙。"
    en = "One.\n\n1. this;\n2. that;\n3. more."
    found = compare(clause(zh, en, en_path=3))
    counted = {one.aspect: one.counts for one in found.differences}
    assert counted == {
        Aspect.SENTENCES: {"zh": 2, "en": 1},
        Aspect.ITEMS: {"zh": 2, "en": 3},
        Aspect.HEADINGS: {"zh": 2, "en": 3},
    }


def test_the_numbers_of_list_items_are_no_figures() -> None:
    assert aspects("有：\n\n1. 甲；\n2. 乙。", "There are:\n\n- this;\n- that.") == []


def test_a_clause_in_one_language_differs_by_its_edition_alone() -> None:
    alone = Clause("1.1", {"zh": ("上",)}, {"zh": "保存30天。"})
    [difference] = compare(alone).differences
    assert difference.aspect is Aspect.EDITION
    assert difference.counts == {"zh": 1, "en": 0}
    assert compare(alone).only_in("zh") == ()


def test_the_shipped_editions_have_the_same_structure(shop: Policy) -> None:
    assert {
        one.id: compare(one).differences for one in shop.clauses if compare(one).differences
    } == {}


@given(
    st.text("0123456789.,-年月日天百万十二两两个%a one two hundred May \n", max_size=60) | st.text()
)
def test_figures_stand_in_order_inside_the_text_and_never_overlap(text: str) -> None:
    for language in LANGUAGES:
        end = 0
        for one in quantities(text, language):
            assert end <= one.start < one.end <= len(text)
            assert text[one.start : one.end].strip()
            assert one.value
            end = one.end


@given(st.text("0123456789.年月日天 one hundred\n-", max_size=60))
def test_a_text_has_the_structure_of_itself(text: str) -> None:
    same = Clause("1.1", dict.fromkeys(LANGUAGES, ("x",)), dict.fromkeys(LANGUAGES, text))
    language: Language = "en"
    assert quantities(text, language) == quantities(text, language)
    kinds = {one.aspect for one in compare(same).differences}
    assert kinds <= {Aspect.QUANTITIES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_very_long_number_is_compared_and_breaks_nothing(language: Language) -> None:
    assert values("9" * 5000, language)
