"""The page that the ``type`` of a problem leads to: what each means."""

from fastapi import APIRouter, Request, Response

from bot.api.guard import BODY_LIMIT
from bot.api.problems import Code, ProblemError, problem_object
from bot.types import LANGUAGES, Language
from bot.web.kept import forms_of, served
from bot.web.plain_pages import page_headers, page_html, page_language
from bot.wording import say


def problems_router() -> APIRouter:
    """Return the route ``/problems``."""
    router = APIRouter()
    pages = {language: forms_of(problems_page(language).encode()) for language in LANGUAGES}

    @router.api_route("/problems", methods=["GET", "HEAD"])
    async def problems(request: Request) -> Response:
        language = page_language(request)
        response = served(request, pages[language], "text/html; charset=utf-8")
        response.headers.update(page_headers(language))
        response.headers["Vary"] = "Accept-Encoding, Accept-Language"
        return response

    return router


def problems_page(language: Language) -> str:
    """Return the page: every problem with its title, its status and what to do."""
    # what stands in the blanks, as it could be
    examples = {
        "known": "shop",
        "limit": BODY_LIMIT // 1024,
        "field": "/question",
        "reason": say("field.missing", language),
    }
    return page_html(
        "problems.html",
        language,
        "./",
        title=say("clause_page.problems", language),
        about=say("clause_page.problems_about", language),
        problems=[problem_object(ProblemError(code, **examples), language) for code in Code],
    )
