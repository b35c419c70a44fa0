"""Which language a browser's header asks for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.accept_language import preferred_language
from bot.types import LANGUAGES, Language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh", "zh"),
        ("ZH-cn", "zh"),
        ("zh-Hant-TW,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("zh;q=0.8,en;q=0.9", "en"),
        ("en;q=0.8, zh;q=0.9", "zh"),
        ("en ; q=0.2 , zh ; q=0.3", "zh"),
        ("zh; q=0.9, en; q=0.8", "zh"),
        ("en;Q=0.1,zh;Q=0.5", "zh"),
        ("fr-FR,fr;q=0.9", "en"),
        ("fr,de;q=0.9,zh;q=0.1", "zh"),
        ("zh,en", "zh"),
        ("en,zh", "en"),
        ("en;q=0,zh;q=0.1", "zh"),
        ("zh;q=0", "en"),
        ("zh;q=0.000", "en"),
        ("*", "en"),
        ("*;q=0.5,zh;q=0.1", "zh"),
        ("zh;q=high,en;q=0.1", "en"),
        ("zh;q=nan,en;q=0.1", "en"),
        ("zh;q=inf", "en"),
        ("zh;q=2,en", "en"),
        ("zh;q=-1", "en"),
        ("zh;q=", "en"),
        (";q=1,,zh", "zh"),
        (",,,", "en"),
        ("zhx,en;q=0.5", "en"),
        ("zh_CN", "en"),
        ("中文", "en"),
        ("z" * 10_000, "en"),
    ],
)
def test_the_language_that_the_browser_weighs_highest_is_preferred(
    header: str, language: Language
) -> None:
    assert preferred_language(header) == language


@given(st.text("zhen-;q=.,01* ", max_size=40) | st.text(max_size=40))
@settings(deadline=None, max_examples=300)
def test_any_header_gives_one_of_our_languages(header: str) -> None:
    assert preferred_language(header) in LANGUAGES
