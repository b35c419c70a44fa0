"""How a host page sets the widget up: language, colours, custom properties, events."""

import re

import pytest
from browser import NEEDS_CHROMIUM, WIDE
from playwright.sync_api import Page, expect
from widget_browser import POLICE, Visits, ask, assert_accessible, focused, open_panel, words

from bot.types import Language

pytest_plugins = ["widget_fixtures"]
pytestmark = NEEDS_CHROMIUM


SCRIPT = '<script src="/widget.js" async></script>'


@pytest.mark.parametrize(
    ("page_language", "locale", "attribute", "expected"),
    [
        ("zh-Hant", "en-GB", "auto", "zh"),
        ("en", "zh-CN", "auto", "en"),
        ("fr", "zh-CN", "auto", "zh"),
        ("fr", "fr-FR", "auto", "en"),
        ("en", "en-GB", "zh", "zh"),
    ],
)
def test_the_language_is_the_attributes_then_the_pages_then_the_browsers(
    visits: Visits, page_language: str, locale: str, attribute: str, expected: Language
) -> None:
    body = (
        f"<script>document.documentElement.lang = '{page_language}'</script>"
        f'<script src="/widget.js" data-lang="{attribute}" async></script>'
    )
    page = visits.host(body, locale=locale)
    expect(page.locator(".launcher")).to_have_text(words("launch", expected))


def test_the_host_page_can_change_attributes_later(visits: Visits) -> None:
    page = visits.host(SCRIPT)
    open_panel(page)
    page.locator(".switch").click()
    page.evaluate(
        "Object.assign(document.querySelector('policybot-widget').dataset,"
        "{lang: 'en', title: 'Ask us', greeting: 'Hello', side: 'left'})"
    )
    expect(page.locator("#box")).to_have_attribute("placeholder", words("placeholder", "en"))
    expect(page.get_by_role("dialog", name="Ask us")).to_be_visible()
    expect(page.locator(".greeting")).to_have_text("Hello")
    panel = page.locator(".panel").bounding_box()
    assert panel
    assert panel["x"] < 40


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "colour", ["#ffe600", "#101010", "rebeccapurple", "oklch(70% 0.15 30)", "white", "#777"]
)
def test_text_is_legible_with_any_accent(visits: Visits, scheme: str, colour: str) -> None:
    page = visits.host(
        f'<script src="/widget.js" data-color="{colour}" async></script>', scheme=scheme
    )
    open_panel(page)
    ask(page, POLICE["en"])
    assert_accessible(page)
    assert contrast(page, ".send", "color", "backgroundColor") >= 4.5
    assert contrast(page, ".note a", "color", "backgroundColor", ".panel") >= 4.5


def contrast(page: Page, part: str, front: str, back: str, behind: str = "") -> float:
    """Return the contrast of two colours of the page (WCAG 2.2, "contrast ratio")."""
    read = "(one, name) => getComputedStyle(one)[name]"
    shades = []
    for selector, name in ((part, front), (behind or part, back)):
        found = re.findall(r"[\d.]+", page.locator(selector).first.evaluate(read, name))
        parts = [float(one) / 255 for one in found[:3]]
        linear = [
            one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
        ]
        shades.append(sum(a * b for a, b in zip(linear, (0.2126, 0.7152, 0.0722), strict=True)))
    light, dark = max(shades), min(shades)
    return (light + 0.05) / (dark + 0.05)


def test_custom_properties_of_the_host_page_theme_it(visits: Visits) -> None:
    style = """<style>policybot-widget { --policybot-accent: rgb(136 19 55);
        --policybot-radius: 2px; --policybot-accent-text: rgb(255 228 230);
        --policybot-font: monospace;
        --policybot-z-index: 7; --policybot-offset-x: 60px; --policybot-offset-y: 40px; }</style>"""
    page = visits.host(style + SCRIPT)
    launcher = page.locator(".launcher")
    expect(launcher).to_have_css("background-color", "rgb(136, 19, 55)")
    expect(launcher).to_have_css("color", "rgb(255, 228, 230)")
    expect(launcher).to_have_css("font-family", "monospace")
    expect(page.locator("policybot-widget")).to_have_css("z-index", "7")
    box = launcher.bounding_box()
    assert box
    assert (box["x"] + box["width"], box["y"] + box["height"]) == (WIDE[0] - 60, WIDE[1] - 40)
    expect(open_panel(page)).to_have_css("border-radius", "2px")


@pytest.mark.parametrize(("theme", "scheme"), [("dark", "light"), ("light", "dark")])
def test_a_theme_goes_before_the_browsers_scheme(visits: Visits, theme: str, scheme: str) -> None:
    page = visits.host(
        f'<script src="/widget.js" data-theme="{theme}" async></script>', scheme=scheme
    )
    shade = "rgb(15, 23, 42)" if theme == "dark" else "rgb(255, 255, 255)"
    expect(open_panel(page)).to_have_css("background-color", shade)


def test_the_dark_scheme_is_followed_when_it_changes(visits: Visits) -> None:
    page = visits.host(SCRIPT)
    panel = open_panel(page)
    page.emulate_media(color_scheme="dark")
    expect(panel).to_have_css("background-color", "rgb(15, 23, 42)")


def test_the_host_page_can_open_ask_and_close_and_hears_of_it(visits: Visits) -> None:
    page = visits.host(f'<button id="help">help</button>{SCRIPT}')
    page.evaluate("""() => {
        window.heard = [];
        for (const name of ["open", "answer", "close"]) {
            document.addEventListener(`policybot:${name}`, (event) =>
                window.heard.push([name, event.detail]));
        }
        document.addEventListener("keydown", (event) => window.heard.push(["key", event.key]));
        help.onclick = () => document.querySelector("policybot-widget").ask("the police? 4111");
    }""")
    page.locator("#help").click()
    expect(page.locator(".card")).to_have_count(3)
    page.locator("#box").press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    clauses = ["3.5.2", "3.1", "3.2"]
    assert page.evaluate("window.heard") == [  # no key pressed in the widget, no question
        ["open", None],
        ["answer", {"status": "answered", "clauses": clauses}],
        ["close", None],
    ]
    assert focused(page) == "help"


def test_data_open_opens_it_without_taking_the_focus(visits: Visits) -> None:
    page = visits.host(
        '<input id="field" autofocus><script src="/widget.js" data-open async></script>'
    )
    expect(page.locator(".panel")).to_be_visible()
    assert focused(page) == "field"
