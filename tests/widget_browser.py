"""Steps of the tests that use the widget in a real browser."""

from dataclasses import dataclass, field
from typing import Any

from browser import AXE, WIDE
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from widget_server import WidgetServer

from bot.types import Language
from bot.wording import say

POLICE: dict[Language, str] = {"zh": "警察会看到我的订单吗？", "en": "will the police see it?"}

# Counts what a screen reader would say.
COUNT_ANNOUNCEMENTS = """() => {
    const {shadowRoot} = document.querySelector("policybot-widget");
    const live = shadowRoot.querySelector("[role=status]");
    window.said = [];
    new MutationObserver(() => live.textContent && window.said.push(live.textContent))
        .observe(live, {childList: true, characterData: true, subtree: true});
}"""


@dataclass(slots=True)
class Visits:
    """Opens pages as new visitors; remembers what they asked for and what went wrong."""

    browser: Browser
    server: WidgetServer
    errors: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    expected: tuple[str, ...] = ()

    def open(
        self,
        path: str = "/demo?lang=en",
        size: tuple[int, int] = WIDE,
        scheme: str = "light",
        **options: Any,
    ) -> Page:
        """Open a page of the server; its widget's launcher is there when this returns."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            **{"locale": "en-GB", "reduced_motion": "reduce", **options},
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: self.requested.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", lambda dialog: self.errors.append(f"dialog: {dialog.message}"))
        page.on("console", lambda told: told.type == "error" and self.errors.append(told.text))
        page.goto(self.server.address + path)
        return page

    def host(self, body: str, *, headers: dict[str, str] | None = None, **options: Any) -> Page:
        """Open a host page with this body."""
        head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Host</title>'
        name = f"page{len(self.server.pages)}"
        self.server.pages[name] = (f"{head}<body>{body}", headers or {})
        return self.open(f"/host/{name}", **options)


def words(key: str, language: Language = "en", **values: object) -> str:
    """Return a text of the widget."""
    return say(f"widget.{key}", language, **values)


def open_panel(page: Page) -> Locator:
    """Click the launcher; return the panel."""
    page.locator(".launcher").click()
    expect(page.locator(".panel")).to_be_visible()
    return page.locator(".panel")


def send(page: Page, question: str) -> None:
    """Type a question into the open panel and press Enter."""
    page.locator("#box").fill(question)
    page.locator("#box").press("Enter")


def ask(page: Page, question: str) -> Locator:
    """Send a question; return its answer when it is complete."""
    before = page.locator(".turn").count()
    send(page, question)
    expect(page.locator(".turn")).to_have_count(before + 1)
    expect(page.locator(".send")).to_have_attribute("data-does", "send")
    return page.locator(".turn").last.locator(".answer")


def focused(page: Page) -> str:
    """Return the class or id of what has the focus, inside the widget where it is there."""
    return page.evaluate(
        """() => {
            const outer = document.activeElement;
            const one = (outer.shadowRoot && outer.shadowRoot.activeElement) || outer;
            return one.id || one.className || one.tagName;
        }"""
    )


def assert_accessible(page: Page) -> None:
    """Let axe look at the page as it is; what it finds may be moderate at most."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then((result) => [result.passes.length, result.violations])")
    assert found[0] > 10
    serious = [
        (one["id"], [node["html"] for node in one["nodes"]])
        for one in found[1]
        if one["impact"] in ("serious", "critical")
    ]
    assert serious == [], serious


def kept(page: Page) -> str:
    """Return all that is stored for the page."""
    found: str = page.evaluate("Object.values(sessionStorage).join()")
    return found


def try_again(page: Page) -> None:
    """Press the button below what went wrong."""
    page.locator(".trouble").get_by_role("button", name=words("retry")).click()
