"""Steps of the tests that use the chat page in a real browser, and what stands behind it."""

from collections.abc import Callable
from threading import Event
from typing import Any

from keyword_search import KeywordSearch
from playwright.sync_api import Locator, Page, expect

from bot.feedback.memory import MemoryFeedback
from bot.feedback.types import Feedback, KeptFeedback
from bot.types import Language
from bot.wording import say

POLICE: dict[Language, str] = {"zh": "警察要查我的订单怎么办？", "en": "will you tell the police?"}

Opens = Callable[..., Page]


class WaitingSearch(KeywordSearch):
    """Answers what has "slowly" in it only when it is let go."""

    def __init__(self, script: dict[str, Any]) -> None:
        super().__init__(script)
        self.let_go = Event()

    def __call__(self, question: str) -> Any:
        if "slowly" in question:
            assert self.let_go.wait(30)
        return super().__call__(question)


class BreakableFeedback(MemoryFeedback):
    """Feedback in memory that raises ``trouble`` while there is any."""

    def __init__(self) -> None:
        super().__init__(days=30)
        self.trouble: Exception | None = None

    def keep(self, feedback: Feedback) -> KeptFeedback:
        if self.trouble:
            raise self.trouble
        return super().keep(feedback)

    def all_of(self, question: str) -> list[Feedback]:
        """Return what was said of answers to ``question``."""
        return [one.feedback for one in self.every() if one.feedback.question == question]


def box_of(page: Page) -> Locator:
    """Return the box to type in."""
    return page.locator("#box textarea")


def send(page: Page, question: str) -> None:
    """Type ``question`` and press Enter."""
    box_of(page).fill(question)
    box_of(page).press("Enter")


def ask(page: Page, question: str) -> Locator:
    """Send ``question``; return its answer once it is complete."""
    before = page.locator(".answer").count()
    send(page, question)
    expect(page.locator(".answer")).to_have_count(before + 1)
    return page.locator(".answer").last


def suggested(page: Page) -> Locator:
    """Return the questions that are offered."""
    return page.locator("#suggestions .suggestion")


def speak(page: Page, language: Language) -> None:
    """Switch the page to ``language``."""
    page.get_by_text(say("page.language_name", language), exact=True).first.click()
    expect(page.locator("#send")).to_have_text(say("page.send", language))


def assert_fits(page: Page) -> None:
    """The page fills its screen and no more: all but the conversation is seen without scrolling."""
    width, height = page.evaluate("[innerWidth, innerHeight]")
    root = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert root[0] <= width
    assert root[1] <= height
    log = page.locator("#thread")
    assert log.evaluate("log => log.scrollWidth <= log.clientWidth")
    for part in ("h1", "#language", "#box textarea", "#send", "#again", "#note"):
        place = page.locator(part).bounding_box()
        assert place is not None
        assert place["x"] >= 0
        assert place["y"] >= 0
        assert place["x"] + place["width"] <= width
        assert place["y"] + place["height"] <= height
    assert place["y"] + place["height"] >= height - 40
