"""The widget on host pages: hostile styles, strict policies, attributes, injection, axe."""

from itertools import pairwise

import pytest
from browser import NEEDS_CHROMIUM, PHONE, TABLET, WIDE
from keyword_search import HOSTILE
from playwright.sync_api import Page, expect
from widget_browser import POLICE, Visits, ask, assert_accessible, open_panel, words
from widget_server import WidgetServer

from bot.types import LANGUAGES, Language

pytest_plugins = ["widget_fixtures"]
pytestmark = NEEDS_CHROMIUM

SCRIPT = '<script src="/widget.js" async></script>'
HOSTILE_STYLE = """<style>
    * { all: unset !important; }
    button, div, section, textarea { display: none !important; visibility: hidden !important; }
    body *, policybot-widget { display: none !important; opacity: 0 !important;
        color: red !important; font: 90px/0 cursive !important; direction: rtl !important;
        letter-spacing: 2em !important;
        transform: scale(3) !important; position: static !important; float: left !important; }
    html { font-size: 3px !important; }
</style>"""
# Only these two lines of a host page's policy have to name the widget's server.
STRICT = "default-src 'none'; script-src 'self'; connect-src 'self'"
LOOK = """() => {
    const {shadowRoot} = document.querySelector("policybot-widget");
    return [".panel", ".head h2", ".lead", ".card", ".send", "#box"].map((part) => {
        const one = shadowRoot.querySelector(part);
        const {x, y, width, height} = one.getBoundingClientRect();
        const {color, fontSize, lineHeight, letterSpacing, display} = getComputedStyle(one);
        return [x, y, width, height, color, fontSize, lineHeight, letterSpacing, display];
    });
}"""


def look_of(page: Page) -> list[object]:
    """Return where the parts of an answered panel stand, and how they look."""
    open_panel(page)
    ask(page, POLICE["en"])
    found: list[object] = page.evaluate(LOOK)
    return found


def test_hostile_styles_of_the_host_page_change_nothing(visits: Visits) -> None:
    plain = look_of(visits.host(SCRIPT))
    assert look_of(visits.host(HOSTILE_STYLE + SCRIPT)) == plain


def test_a_page_that_reads_from_right_to_left_is_left_alone(visits: Visits) -> None:
    page = visits.host(f'<div dir="rtl"><p id="text">text</p></div>{SCRIPT}')
    page.evaluate("document.documentElement.dir = 'rtl'")
    before = page.locator("#text").bounding_box()
    open_panel(page)
    ask(page, POLICE["en"])
    assert page.locator("#text").bounding_box() == before
    assert page.locator(".lead").evaluate("one => getComputedStyle(one).direction") == "ltr"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_two_lines_of_a_strict_policy_are_all_it_needs(visits: Visits) -> None:
    policy = f"{STRICT}; require-trusted-types-for 'script'; trusted-types 'none'"
    page = visits.host(SCRIPT, headers={"Content-Security-Policy": policy})
    open_panel(page)
    ask(page, POLICE["en"]).locator(".opens").first.click()
    expect(page.locator(".edition mark")).to_be_visible()
    panel = page.locator(".panel").bounding_box()
    assert panel
    assert panel["x"] > WIDE[0] / 4  # its style sheet is there
    page.get_by_role("button", name=words("back")).click()
    page.get_by_role("button", name=words("down")).click()
    expect(page.locator(".reasons")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_serious(
    visits: Visits, language: Language, size: tuple[int, int], scheme: str
) -> None:
    page = visits.open(f"/demo?lang={language}", size, scheme)
    assert_accessible(page)
    open_panel(page)
    expect(page.locator(".offer")).to_have_count(4)
    assert_accessible(page)
    answer = ask(page, POLICE[language])
    assert_accessible(page)
    answer.get_by_role("button", name=words("down", language)).click()
    page.locator(".chip input").first.check()
    assert_accessible(page)
    answer.locator(".opens").first.click()
    expect(page.locator(".edition")).to_have_count(2)
    assert_accessible(page)


def test_axe_sees_inside_the_widget(visits: Visits) -> None:
    page = visits.host(SCRIPT)
    open_panel(page)
    page.locator("#box").evaluate("box => box.removeAttribute('aria-label')")
    page.locator("#box").evaluate("box => box.removeAttribute('placeholder')")
    with pytest.raises(AssertionError, match="label"):
        assert_accessible(page)


@pytest.mark.parametrize(
    "typed",
    [
        "<script>window.ran = 1</script> police",
        '<img src="x" onerror="window.ran = 1"> police',
        "police {clause} ${7 * 7} </textarea><b>",
        "javascript:window.ran=1 police",
    ],
)
def test_markup_in_a_question_is_text(visits: Visits, typed: str) -> None:
    page = visits.open()
    open_panel(page)
    ask(page, typed)
    assert page.locator(".asked").inner_text().endswith(typed)
    assert page.locator(".asked *:not(.unseen)").count() == 0
    page.reload()
    open_panel(page)
    assert page.locator(".asked").inner_text().endswith(typed)
    assert page.evaluate("window.ran") is None


def test_markup_in_a_clause_is_text(visits: Visits) -> None:
    page = visits.open()
    open_panel(page)
    answer = ask(page, "hostile?")
    assert answer.locator("blockquote").text_content() == HOSTILE
    answer.locator(".opens").click()
    assert page.locator(".edition mark").text_content() == HOSTILE
    expect(page.locator(".edition h3").first).to_have_text("<i>Heading</i> **two**")
    expect(page.locator(".path")).to_have_text("<b>Section</b>")
    assert page.locator(".edition blockquote *:not(mark)").count() == 0
    assert page.evaluate("window.ran") is None


def test_markup_in_an_attribute_is_text_and_nothing_runs(visits: Visits) -> None:
    evil = "&lt;img src=x onerror=window.ran=1&gt;"
    page = visits.host(
        f'<policybot-widget data-title="{evil}" data-greeting="{evil}" data-lang="{evil}"'
        f' data-color="red;background:url(//elsewhere.example/)" data-side="{evil}"'
        f' data-policy="../../{evil}" data-server="javascript://x/%0awindow.ran=1//"'
        f' data-theme="{evil}">'
        f"</policybot-widget>{SCRIPT}"
    )
    open_panel(page)
    expect(page.locator(".head h2")).to_have_text("<img src=x onerror=window.ran=1>")
    expect(page.locator(".greeting")).to_have_text("<img src=x onerror=window.ran=1>")
    ask(page, POLICE["en"])
    assert page.locator("policybot-widget img").count() == 0
    href = page.locator(".note a").get_attribute("href")
    assert href == f"{visits.server.address}/clauses"
    assert page.evaluate("window.ran") is None


def test_two_widgets_on_one_page_do_not_mix(visits: Visits, server: WidgetServer) -> None:
    page = visits.host(
        '<policybot-widget id="one" data-server="/" data-lang="en" data-policy="shop">'
        '</policybot-widget><policybot-widget id="two" src="/widget.js" data-lang="zh"'
        f' data-side="left"></policybot-widget>{SCRIPT}'
    )
    expect(page.locator("policybot-widget")).to_have_count(2)  # the script added no third
    one, two = page.locator("#one"), page.locator("#two")
    left, right = two.locator(".launcher").bounding_box(), one.locator(".launcher").bounding_box()
    assert left
    assert right
    assert left["x"] + left["width"] < WIDE[0] / 2 < right["x"]
    for widget, question in ((one, POLICE["en"]), (two, POLICE["zh"])):
        widget.locator(".launcher").click()
        widget.locator("#box").fill(question)
        widget.locator("#box").press("Enter")
        expect(widget.locator(".card")).to_have_count(3)
    expect(one.locator(".asked")).to_contain_text(POLICE["en"])
    assert [asked.get("policy") for asked in server.asked] == ["shop", None]
    assert server.asked[1]["history"] == []
    page.reload()
    expect(one.locator(".asked")).to_contain_text(POLICE["en"])
    expect(two.locator(".asked")).to_contain_text(POLICE["zh"])


def test_launchers_on_one_side_stand_beside_each_other(visits: Visits) -> None:
    page = visits.host(f"<policybot-widget></policybot-widget>{SCRIPT}")
    page.evaluate("document.body.append(document.createElement('policybot-widget'))")
    first, second = (one.bounding_box() for one in page.locator(".launcher").all())
    assert first
    assert second
    assert second["x"] + second["width"] <= first["x"]


def test_the_script_twice_makes_one_widget(visits: Visits) -> None:
    page = visits.host(f'{SCRIPT}<script src="/widget.js"></script>{SCRIPT}')
    page.wait_for_load_state("networkidle")
    expect(page.locator("policybot-widget")).to_have_count(1)
    open_panel(page)


def test_a_manual_script_places_nothing(visits: Visits) -> None:
    page = visits.host('<script src="/widget.js" data-manual></script>')
    expect(page.locator("policybot-widget")).to_have_count(0)
    page.evaluate("document.body.append(document.createElement('policybot-widget'))")
    open_panel(page)


def test_an_element_that_moves_or_goes_leaves_no_trace(visits: Visits) -> None:
    page = visits.host(f'<div id="there"></div>{SCRIPT}')
    open_panel(page)
    ask(page, POLICE["en"])
    page.evaluate("there.append(document.querySelector('policybot-widget'))")
    expect(page.locator(".launcher")).to_have_count(1)
    open_panel(page)
    expect(page.locator(".card")).to_have_count(3)
    page.evaluate("document.querySelector('policybot-widget').remove()")
    expect(page.locator(".launcher")).to_have_count(0)


def test_the_server_is_the_folder_of_the_script(visits: Visits, server: WidgetServer) -> None:
    page = visits.host(
        f'<policybot-widget src="{server.address}/under/path/widget.js"></policybot-widget>{SCRIPT}'
    )
    with page.expect_request("**/under/path/api/suggestions?language=en"):
        page.locator(".launcher").first.click()
    visits.expected = ("404",)


def test_reduced_motion_and_forced_colours_are_respected(visits: Visits) -> None:
    page = visits.host(SCRIPT, reduced_motion="no-preference")
    panel = open_panel(page)
    expect(panel).to_have_css("animation-name", "rise")
    page.emulate_media(reduced_motion="reduce", forced_colors="active")
    expect(panel).to_have_css("animation-name", "none")
    ask(page, POLICE["en"])
    expect(page.locator(".send")).to_have_css("border-top-width", "1px")


@pytest.mark.parametrize("size", [WIDE, TABLET])
def test_zoomed_to_twice_its_size_the_panel_still_works(
    visits: Visits, size: tuple[int, int]
) -> None:
    page = visits.host(SCRIPT, size=(size[0] // 2, size[1] // 2))  # what zooming to 200 % leaves
    open_panel(page)
    answer = ask(page, POLICE["en"])
    for part in (page.locator(".head"), answer.locator(".lead"), page.locator(".send")):
        expect(part).to_be_in_viewport(ratio=0.9)
    tops = [one.bounding_box() for one in (page.locator(".head"), page.locator(".composer"))]
    assert all(first and second and first["y"] < second["y"] for first, second in pairwise(tops))
