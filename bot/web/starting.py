"""The page that is shown while the models load; it asks again by itself."""

from http import HTTPStatus

from fastapi.responses import HTMLResponse

from bot.types import Language
from bot.web.plain_pages import page_html, passing_page
from bot.wording import say


def starting_page(language: Language, root: str = "/") -> HTMLResponse:
    """Return the page, in ``language``, with status 503; ``root`` leads to the application."""
    html = page_html(
        "starting.html",
        language,
        root,
        title=say("page.title", language),
        text=say("problem.starting", language),
    )
    page = passing_page(html, HTTPStatus.SERVICE_UNAVAILABLE, language)
    page.headers["Retry-After"] = "2"
    return page
