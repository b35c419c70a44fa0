"""The demonstration: a small shop's page that embeds the widget, under a strict policy."""

from functools import cache

from fastapi import APIRouter, Request, Response

from bot.types import LANGUAGES, Language
from bot.web.kept import Forms, forms_of, served
from bot.web.plain_pages import PAGES, page_html, page_language
from bot.wording import say

# All that a host page must allow is its own; "style-src" is for the page's own sheet.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "require-trusted-types-for 'script'"
)
# What is on the shelf: the name in wording.toml, the drawing in the page, the price in yuan.
_SHELF = (
    ("tea_green", "leaf", 68),
    ("ware_pot", "pot", 420),
    ("tea_oolong", "ember", 86),
    ("ware_cup", "cups", 160),
    ("tea_white", "sun", 128),
    ("ware_caddy", "caddy", 210),
)


def demo_router() -> APIRouter:
    """Return the routes of the demonstration shop: ``/demo`` and its style sheet."""
    router = APIRouter()

    @router.api_route("/demo", methods=["GET", "HEAD"])
    def demo(request: Request) -> Response:
        language = page_language(request)
        headers = {
            "Content-Security-Policy": CONTENT_SECURITY_POLICY,
            "Content-Language": language,
            "Cache-Control": "no-cache",
            "Vary": "Accept-Language",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(_page(language), media_type="text/html; charset=utf-8", headers=headers)

    @router.api_route("/demo.css", methods=["GET", "HEAD"])
    def demo_css(request: Request) -> Response:
        return served(request, _style(), "text/css; charset=utf-8")

    return router


@cache
def _page(language: Language) -> str:
    shelf = [
        {
            "name": say(f"demo.{name}", language),
            "about": say(f"demo.{name}_about", language),
            "picture": picture,
            "price": f"¥{price}",
        }
        for name, picture, price in _SHELF
    ]
    return page_html(
        "demo.html",
        language,
        "./",
        names={one: say("page.language_name", one) for one in LANGUAGES},
        shelf=shelf,
        title=say("demo.title", language),
        shop=say("demo.shop", language),
        skip=say("demo.skip", language),
        menu=say("demo.menu", language),
        menu_tea=say("demo.menu_tea", language),
        menu_ware=say("demo.menu_ware", language),
        menu_help=say("demo.menu_help", language),
        switch=say("demo.switch", language),
        notice=say("demo.notice", language),
        headline=say("demo.headline", language),
        intro=say("demo.intro", language),
        browse=say("demo.browse", language),
        season=say("demo.season", language),
        care=say("demo.care", language),
        cares=[say(f"demo.care_{one}", language) for one in ("delivery", "returns", "privacy")],
        policy=say("demo.policy", language),
    )


@cache
def _style() -> Forms:
    return forms_of((PAGES / "demo.css").read_bytes())
