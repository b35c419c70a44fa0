"""The chat page in a real browser."""

import shutil
import socket
from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from keyword_search import (
    HOSTILE,
    QUESTION_LIMIT,
    KeywordSearch,
    answers,
    believing,
    scripted_assistant,
    with_hostile_clause,
)
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

from bot.errors import IndexingError
from bot.types import LANGUAGES, Language, Policy, Status
from bot.web.application import create_application
from bot.wording import say

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="chromium is not installed; apt-get install chromium installs it"
    ),
]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
LOCALES: dict[Language, str] = {"zh": "zh-CN", "en": "en-GB"}
POLICE: dict[Language, str] = {"zh": "警察要查我的订单怎么办？", "en": "will you tell the police?"}
WIDE = (1280, 860)
PHONE = (375, 760)
SUGGESTIONS = 4

# Contrast of an element's text with what lies behind it (WCAG 2.2, "contrast ratio").
CONTRAST = """(element, pseudo) => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const over = (colour, below) => {
        canvas.fillStyle = `rgb(${below})`; canvas.fillRect(0, 0, 1, 1);
        canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const chain = [];
    for (let one = element; one; one = one.parentElement) chain.unshift(getComputedStyle(one));
    const behind = chain.reduce((below, one) => over(one.backgroundColor, below), [255, 255, 255]);
    const style = getComputedStyle(element, pseudo || undefined);
    const front = over(style.color, behind);
    const opacity = chain.reduce((product, one) => product * one.opacity, style.opacity);
    const luminance = (colour) => colour
        .map((value) => value / 255)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
        .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
    const [dark, light] = [luminance(front), luminance(behind)].sort((a, b) => a - b);
    return opacity < 1 ? 0 : (light + 0.05) / (dark + 0.05);
}"""


class Server(uvicorn.Server):
    """Tells when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = Event()

    async def startup(self, *arguments: Any, **options: Any) -> None:
        await super().startup(*arguments, **options)
        self.ready.set()


class WaitingSearch(KeywordSearch):
    """Answers what has "slowly" in it only when it is let go."""

    def __init__(self, script: dict[str, Any]) -> None:
        super().__init__(script)
        self.let_go = Event()

    def __call__(self, question: str) -> Any:
        if "slowly" in question:
            assert self.let_go.wait(30)
        return super().__call__(question)


@pytest.fixture(scope="module")
def search() -> WaitingSearch:
    return WaitingSearch(
        {
            "break": RuntimeError("secret cause"),
            "index": IndexingError("index_broken", what="/srv/index", reason="disk full"),
            "how long": believing(Status.SILENT, "1.3.2"),
            "hostile": believing(Status.ANSWERED, "9.9"),
            **answers(["police", "警察"], "3.5.2", "3.1", "3.2"),
            **answers(["sell", "出售"], "3.1"),
            **answers(["collect", "收集"], *(f"1.2.{number}" for number in range(1, 8))),
            **answers(["child", "孩子"], "4.2"),
        }
    )


@pytest.fixture(scope="module")
def address(shop: Policy, search: WaitingSearch) -> Iterator[str]:
    """Serve the page over a scripted search; return its address."""
    application = create_application(scripted_assistant(with_hostile_clause(shop), search))
    server = Server(uvicorn.Config(application, log_level="error", access_log=False))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert server.ready.wait(60)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def context_for(browser: Browser) -> Iterator[Callable[[str, str], BrowserContext]]:
    """Return what gives the browser context of a locale and a colour scheme, each made once."""
    contexts: dict[tuple[str, str], BrowserContext] = {}

    def context(locale: str, scheme: str) -> BrowserContext:
        if (locale, scheme) not in contexts:
            made = browser.new_context(
                locale=locale, color_scheme="dark" if scheme == "dark" else "light"
            )
            made.set_default_timeout(15_000)
            contexts[locale, scheme] = made
        return contexts[locale, scheme]

    yield context
    for one in contexts.values():
        one.close()


@pytest.fixture
def opens(context_for: Callable[[str, str], BrowserContext], address: str) -> Iterator[Opens]:
    """Return what opens the page as a new visitor; no page may report an error or go elsewhere."""
    pages: list[Page] = []
    requested: list[str] = []
    errors: list[str] = []

    def visit(
        language: Language = "en",
        size: tuple[int, int] = WIDE,
        scheme: str = "light",
        locale: str = "",
    ) -> Page:
        page = context_for(locale or LOCALES[language], scheme).new_page()
        pages.append(page)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.on("request", lambda request: requested.append(request.url))
        page.on("websocket", lambda opened: requested.append(opened.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: errors.append(f"dialog: {dialog.message}"))
        page.on(
            "console",
            lambda message: errors.append(message.text) if message.type == "error" else None,
        )
        page.goto(address)
        expect(page.locator("h1")).to_have_text(say("page.title", language))
        return page

    yield visit
    for page in pages:
        page.close()
    assert errors == []
    hosts = {urlsplit(url).netloc for url in requested if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(address).netloc}


def box_of(page: Page) -> Locator:
    return page.locator("#box textarea")


def ask(page: Page, question: str) -> Locator:
    """Type ``question``, press Enter, and return its answer once it is complete."""
    before = page.locator(".answer").count()
    box_of(page).fill(question)
    box_of(page).press("Enter")
    expect(page.locator(".answer")).to_have_count(before + 1)
    return page.locator(".answer").last


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_leads_and_cites_with_the_quote_marked(opens: Opens, language: Language) -> None:
    answer = ask(opens(language), POLICE[language])
    expect(answer.locator("details.clause")).to_have_count(3)
    expect(answer.locator(".said")).to_contain_text("3.5.2")
    first, second = answer.locator("details.clause").nth(0), answer.locator("details.clause").nth(1)
    expect(first.locator("mark")).to_be_visible()
    expect(second.locator("mark")).to_be_hidden()
    second.locator("summary").click()
    expect(second.locator("mark")).to_be_visible()
    expect(second.locator("blockquote")).to_have_attribute("lang", language)
    assert second.locator("mark").inner_text() in second.locator("blockquote").inner_text()


def test_the_question_stands_there_while_its_answer_is_looked_for(
    opens: Opens, search: WaitingSearch
) -> None:
    page = opens()
    search.let_go.clear()
    box_of(page).fill("slowly, will you tell the police?")
    box_of(page).press("Enter")
    expect(page.locator(".asked")).to_have_text("slowly, will you tell the police?")
    expect(box_of(page)).to_have_value("")
    expect(page.locator("#suggestions")).to_be_hidden()
    assert page.locator(".answer").count() == 0
    search.let_go.set()
    expect(page.locator(".answer details.clause")).to_have_count(3)


@pytest.mark.parametrize(
    ("locale", "language"),
    [("zh-CN", "zh"), ("zh-TW", "zh"), ("en-US", "en"), ("fr-FR", "en")],
)
def test_the_page_opens_in_the_browsers_language(
    opens: Opens, locale: str, language: Language
) -> None:
    page = opens(language, locale=locale)
    expect(page.locator("#send")).to_have_text(say("page.send", language))
    expect(page.locator(f"#language input[value={language}]")).to_be_checked()


def assert_speaks(page: Page, language: Language) -> None:
    expect(page.locator("h1")).to_have_text(say("page.title", language))
    expect(box_of(page)).to_have_attribute("placeholder", say("page.placeholder", language))
    expect(page.get_by_label(say("page.placeholder", language))).to_be_visible()
    expect(page.locator("#send")).to_have_text(say("page.send", language))
    expect(page.locator("#again")).to_have_text(say("page.again", language))
    expect(page.locator("#note")).to_contain_text(
        say("page.note", language, version="1.0", effective="")[:12]
    )
    expect(page.locator("#log")).to_contain_text(say("page.greeting", language))
    expect(page.locator("#suggestions .suggestion")).to_have_text(
        [say(f"suggestion.{number}", language) for number in range(1, SUGGESTIONS + 1)]
    )


def test_the_switch_changes_every_text_and_back(opens: Opens) -> None:
    page = opens("zh")
    assert_speaks(page, "zh")
    page.get_by_text(say("page.language_name", "en"), exact=True).click()
    assert_speaks(page, "en")
    page.get_by_text(say("page.language_name", "zh"), exact=True).click()
    assert_speaks(page, "zh")


def test_the_switch_keeps_the_conversation_and_sets_the_language_of_what_has_no_words(
    opens: Opens,
) -> None:
    page = opens("en")
    ask(page, POLICE["en"])
    page.get_by_text(say("page.language_name", "zh"), exact=True).click()
    expect(page.locator("#send")).to_have_text(say("page.send", "zh"))
    expect(page.locator(".asked")).to_have_text([POLICE["en"]])
    expect(ask(page, "👋")).to_have_text(say("status.small_talk", "zh"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_suggestion_asks_itself_and_all_are_hidden_until_start_again(
    opens: Opens, language: Language
) -> None:
    page = opens(language)
    suggestions = page.locator("#suggestions .suggestion")
    for place in range(SUGGESTIONS):
        expect(suggestions).to_have_count(SUGGESTIONS)
        suggestions.nth(place).click()
        expect(page.locator(".asked")).to_have_text(say(f"suggestion.{place + 1}", language))
        expect(page.locator(".answer .said.answered")).to_be_visible()
        expect(page.locator("#suggestions")).to_be_hidden()
        page.locator("#again").click()
        expect(suggestions.nth(0)).to_be_visible()
        expect(page.locator(".asked")).to_have_count(0)


def test_what_is_typed_while_an_answer_is_looked_for_stays_and_can_be_sent(
    opens: Opens, search: WaitingSearch
) -> None:
    page = opens()
    search.let_go.clear()
    box_of(page).fill("slowly, will you tell the police?")
    box_of(page).press("Enter")
    expect(box_of(page)).to_have_value("")
    box_of(page).fill("how long do you keep it all?")
    search.let_go.set()
    expect(page.locator(".answer details.clause")).to_have_count(3)
    expect(box_of(page)).to_have_value("how long do you keep it all?")
    box_of(page).press("Enter")
    expect(page.locator(".answer .said.silent").first).to_be_visible()


def test_a_follow_up_leans_on_the_conversation_until_it_starts_again(opens: Opens) -> None:
    page = opens()
    ask(page, POLICE["en"])
    follow_up = ask(page, "and why?")
    expect(follow_up.locator(".understood")).to_contain_text(f"{POLICE['en']} and why?")
    expect(follow_up.locator("details.clause")).to_have_count(3)
    page.locator("#again").click()
    expect(page.locator(".answer")).to_have_count(0)
    expect(ask(page, "and why?").locator(".said.off_topic")).to_be_visible()


def test_two_visitors_do_not_share_a_conversation(opens: Opens) -> None:
    first, second = opens(), opens()
    ask(first, POLICE["en"])
    expect(second.locator(".answer")).to_have_count(0)
    expect(ask(second, "and why?").locator(".said.off_topic")).to_be_visible()


@pytest.mark.parametrize("typed", ["", "   ", "\u200b"])
def test_a_question_without_content_does_nothing(opens: Opens, typed: str) -> None:
    page = opens()
    box_of(page).fill(typed)
    page.locator("#send").click()
    expect(box_of(page)).to_have_value("")
    expect(page.locator("#suggestions .suggestion").first).to_be_visible()
    ask(page, POLICE["en"])
    expect(page.locator(".asked")).to_have_text([POLICE["en"]])


def test_too_long_a_question_is_refused_with_the_reason(opens: Opens) -> None:
    page = opens(size=PHONE)
    answer = ask(page, "x" * (QUESTION_LIMIT + 1))
    expect(answer.locator(".said.refused")).to_have_text(
        say("status.too_long", "en", length=QUESTION_LIMIT + 1, limit=QUESTION_LIMIT)
    )
    expect(page.locator(".asked")).to_have_text("x" * (QUESTION_LIMIT + 1))
    assert_fits(page)


MARKUP = [
    "<script>window.ran = 1</script>",
    '<img src="x" onerror="window.ran = 1">',
    "<b>bold</b> &amp; </div></details>",
    "**bold** _it_ `code` [link](https://elsewhere.example/)",
    "![picture](https://elsewhere.example/picture.png)",
    "# heading",
    "a < b && b > c",
    "$$x^2$$ and $y$",
    "https://elsewhere.example/",
    "{{ 7 * 7 }} ${7 * 7}",
    ":smile: <thinking>no</thinking>",
    "| a | b |",
]


def test_markup_that_is_typed_is_shown_as_it_was_typed(opens: Opens) -> None:
    page = opens()
    for typed in MARKUP:
        ask(page, typed)
        assert page.locator(".asked").last.inner_text() == typed
    assert page.locator(".asked").all_inner_texts() == MARKUP
    assert page.locator(".asked *").count() == 0
    assert page.evaluate("window.ran") is None


def test_a_line_break_in_a_question_is_kept_and_begins_no_markdown(opens: Opens) -> None:
    page = opens()
    ask(page, "first\n\n# second\n- third")
    assert page.locator(".asked").inner_text() == "first\n\n# second\n- third"
    assert set(page.locator(".asked *").evaluate_all("all => all.map(one => one.tagName)")) == {
        "BR"
    }


def test_a_lone_surrogate_breaks_nothing(opens: Opens) -> None:
    page = opens()
    box_of(page).evaluate(
        """box => {
            box.value = "will the police \\ud800 ask?";
            box.dispatchEvent(new Event("input", {bubbles: true}));
        }"""
    )
    box_of(page).press("Enter")
    expect(page.locator(".answer .said.answered")).to_be_visible()


def test_markup_in_the_policy_is_shown_as_text(opens: Opens) -> None:
    page = opens()
    answer = ask(page, "hostile?")
    quote = answer.locator("blockquote")
    assert quote.inner_text() == HOSTILE
    expect(answer.locator("summary")).to_contain_text("<i>Heading</i> **two**")
    expect(answer.locator(".path")).to_have_text("<b>Section</b>")
    assert set(quote.locator("*").evaluate_all("all => all.map(one => one.tagName)")) == {
        "MARK",
        "BR",
    }
    assert page.evaluate("window.ran") is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", ["break", "index"])
def test_an_error_inside_is_told_as_a_failure(opens: Opens, language: Language, word: str) -> None:
    page = opens(language)
    question = {"zh": f"你们会不会 {word}", "en": f"will it {word} today?"}[language]
    expect(ask(page, question)).to_have_text(say("status.failed", language))
    text = page.locator("body").inner_text()
    for hidden in ("Traceback", "secret cause", "RuntimeError", "/srv/index"):
        assert hidden not in text
    expect(ask(page, POLICE[language]).locator("details.clause")).to_have_count(3)


def assert_fits(page: Page) -> None:
    """The page fills its screen and no more: all but the conversation is seen without scrolling."""
    width, height = page.evaluate("[innerWidth, innerHeight]")
    root = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert root[0] <= width
    assert root[1] <= height
    log = page.locator("#log .bubble-wrap")
    assert log.evaluate("log => log.scrollWidth <= log.clientWidth")
    for part in ("h1", "#language", "#box textarea", "#send", "#again", "#note"):
        place = page.locator(part).bounding_box()
        assert place is not None
        assert place["x"] >= 0
        assert place["y"] >= 0
        assert place["x"] + place["width"] <= width
        assert place["y"] + place["height"] <= height
    assert place["y"] + place["height"] >= height - 40


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [WIDE, PHONE, (320, 640)])
def test_the_page_fits_its_screen_before_and_after_a_long_answer(
    opens: Opens, language: Language, size: tuple[int, int]
) -> None:
    page = opens(language, size)
    assert_fits(page)
    for suggestion in page.locator("#suggestions .suggestion").all():
        expect(suggestion).to_be_in_viewport(ratio=1)
    answer = ask(page, {"zh": "你们都收集哪些信息？", "en": "what do you collect?"}[language])
    expect(answer.locator("details.clause")).to_have_count(7)
    assert_fits(page)


def test_a_long_answer_is_shown_from_its_question_on(opens: Opens) -> None:
    page = opens(size=PHONE)
    for count, question in enumerate((POLICE["en"], "what do you collect from me today?"), 1):
        answer = ask(page, question)
        expect(page.locator(".asked")).to_have_count(count)
        expect(page.locator(".asked").last).to_be_in_viewport(ratio=1)
        expect(answer.locator(".said")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_the_page_works_by_keyboard_alone(opens: Opens, key: str) -> None:
    page = opens()
    expect(box_of(page)).to_be_focused()
    page.keyboard.type(POLICE["en"])
    page.keyboard.press("Enter")
    clauses = page.locator("details.clause")
    expect(clauses).to_have_count(3)
    expect(box_of(page)).to_be_focused()
    for _ in range(12):
        page.keyboard.press(key)
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    focused = page.locator("summary:focus")
    outline = focused.evaluate("one => getComputedStyle(one).outlineStyle")
    assert outline == "solid"
    clause = focused.locator("xpath=..")
    was_open = clause.get_attribute("open") is not None
    page.keyboard.press("Enter")
    expect(clause.locator("blockquote")).to_be_visible(visible=not was_open)
    page.keyboard.press("Enter")
    expect(clause.locator("blockquote")).to_be_visible(visible=was_open)


def test_shift_enter_begins_a_new_line_and_asks_nothing(opens: Opens) -> None:
    page = opens()
    box_of(page).focus()
    page.keyboard.type("first")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second")
    expect(box_of(page)).to_have_value("first\nsecond")
    expect(page.locator(".asked")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_is_legible(opens: Opens, scheme: str) -> None:
    page = opens(scheme=scheme)
    for part in ("h1", "#language label span", "#log .placeholder p", ".suggestion", "#note p"):
        assert page.locator(part).first.evaluate(CONTRAST) >= 4.5, part
    for part in ("#send", "#again"):
        assert page.locator(part).evaluate(CONTRAST) >= 4.5, part
    assert box_of(page).evaluate(CONTRAST, "::placeholder") >= 4.5
    ask(page, POLICE["en"])
    ask(page, "and why?")
    for part in (".asked", ".said", ".understood", "summary", ".number", ".path", "mark"):
        assert page.locator(part).first.evaluate(CONTRAST) >= 4.5, part


def test_the_dark_page_is_dark(opens: Opens) -> None:
    shade = "getComputedStyle(document.querySelector('gradio-app')).backgroundColor"
    light, dark = (
        [int(part) for part in opens(scheme=scheme).evaluate(shade)[4:-1].split(",")[:3]]
        for scheme in ("light", "dark")
    )
    assert min(light) > 200
    assert max(dark) < 50
