"""Plain HTML pages without any script: how they are made, and the headers they go with."""

from functools import cache
from http import HTTPStatus
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.accept_language import preferred_language
from bot.types import LANGUAGES, Language
from bot.wording import say

PAGES = Path(__file__).with_name("pages")
STYLE = "page.css"
# Nothing runs, nothing is embedded, nothing is sent.
POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)
# The same, for pages with a form of their own.
POLICY_WITH_FORM = POLICY.replace("form-action 'none'", "form-action 'self'")
# More steps than any page of ours is deep; an address may have thousands of slashes.
_DEEPEST = 32


def page_html(template: str, language: Language, root: str, **values: object) -> str:
    """Return a page: ``template`` filled with ``values``, all escaped, its frame in ``language``.

    ``root`` leads from the page to where the application begins ("../" from a clause's page).
    """
    other = next(one for one in LANGUAGES if one != language)
    page = _environment().get_template(template)
    frame = {
        "language": language,
        "root": root,
        "product": say("page.title", language),
        "skip": say("clause_page.skip", language),
        "other": other,
        "other_name": say("page.language_name", other),
    }
    return page.render({**frame, **values})


def page_language(request: Request) -> Language:
    """Return the language that the address asks for (``?lang=``), else the browser's."""
    asked = request.query_params.get("lang")
    named = next((one for one in LANGUAGES if one == asked), None)
    return named or preferred_language(request.headers.get("accept-language", ""))


def page_headers(language: Language, policy: str = POLICY) -> dict[str, str]:
    """Return the headers of every plain page."""
    return {
        "Content-Language": language,
        "Content-Security-Policy": policy,
        # not "no-referrer": a form's Origin header would be "null" (Fetch standard)
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }


def passing_page(
    html: str, status: HTTPStatus, language: Language, policy: str = POLICY
) -> HTMLResponse:
    """Return a page that is not kept: a form, or a word of what went wrong."""
    headers = {**page_headers(language, policy), "Cache-Control": "no-store"}
    return HTMLResponse(html, status, headers=headers)


def way_up(request: Request) -> str:
    """Return the way from the request's address to where the application begins: ``"../"`` s.

    Addresses are relative, so that they hold where a proxy serves the application below a path.
    """
    # what the browser resolves against: there an encoded slash is no step
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    path = raw.partition(b"?")[0].decode("latin-1")
    depth = path.removeprefix(request.scope.get("root_path", "")).count("/") - 1
    if depth > _DEEPEST:
        return "/"
    return "../" * depth or "./"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(PAGES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
