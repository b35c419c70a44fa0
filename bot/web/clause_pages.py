"""The permalinks: a plain page for every clause, and one that lists them; made once and kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from starlette.convertors import Convertor, register_url_convertor

from bot.types import LANGUAGES, Clause, Language, Policy
from bot.web.clause_markup import sendable, text_html
from bot.web.kept import Forms, forms_of, served
from bot.web.plain_pages import (
    STYLE,
    page_headers,
    page_html,
    page_language,
    passing_page,
    way_up,
)
from bot.web.problem_pages import problems_router
from bot.wording import say

_HTML = "text/html; charset=utf-8"
_DESCRIPTION_LENGTH = 200
_LOCALES: dict[Language, str] = {"zh": "zh_CN", "en": "en_GB"}


class _AnyText(Convertor[str]):
    """What is left of an address, line breaks too, so that each is answered with a page."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("any_text", _AnyText())


@dataclass(frozen=True, slots=True)
class Linked:
    """A clause as a page links to it; ``translated`` is its heading in the other language."""

    id: str
    address: str
    heading: str
    translated: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """A clause's text in one language, as a page shows it."""

    language: Language
    name: str
    heading: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the policy: its heading, and the clauses below it."""

    anchor: str
    heading: str
    clauses: tuple[Linked, ...]


def clause_router(policy: Policy) -> APIRouter:
    """Return the routes ``/clauses``, ``/clauses/{id}``, ``/problems`` and ``/page.css``.

    Every page is made when it is first asked for, and sent from memory from then on.
    """
    router = problems_router()
    pages = _Pages(policy)

    @router.api_route("/clauses", methods=["GET", "HEAD"])
    async def every(request: Request) -> Response:
        language = page_language(request)
        return _kept_page(request, pages.every(language), language)

    @router.api_route("/clauses/{clause_id:any_text}", methods=["GET", "HEAD"])
    async def one(request: Request, clause_id: str) -> Response:
        if not clause_id:
            return RedirectResponse("../clauses", HTTPStatus.PERMANENT_REDIRECT)
        language = page_language(request)
        page = pages.one(clause_id, language)
        return _unknown(request, language) if page is None else _kept_page(request, page, language)

    @router.api_route(f"/{STYLE}", methods=["GET", "HEAD"])
    async def style(request: Request) -> Response:
        return served(request, _style(), "text/css; charset=utf-8")

    return router


class _Pages:
    """The pages of one policy; there are few, and each is kept."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._places = {clause.id: place for place, clause in enumerate(policy.clauses)}
        self._kept: dict[tuple[str, Language], Forms] = {}

    def every(self, language: Language) -> Forms:
        """Return the page that lists every clause."""
        if ("", language) not in self._kept:
            html = list_page(self._policy, language)
            self._kept["", language] = forms_of(html.encode())
        return self._kept["", language]

    def one(self, clause_id: str, language: Language) -> Forms | None:
        """Return the page of a clause, None where there is no such clause."""
        if clause_id not in self._places:
            return None
        if (clause_id, language) not in self._kept:
            html = clause_page(self._policy, self._places[clause_id], language)
            self._kept[clause_id, language] = forms_of(html.encode())
        return self._kept[clause_id, language]


def clause_page(policy: Policy, place: int, language: Language) -> str:
    """Return the page of the clause at ``place``, its frame in ``language``."""
    clause = policy.clauses[place]
    spoken = clause.language_of_text(language)
    text = " ".join(clause.text[spoken].split())
    is_cut = len(text) > _DESCRIPTION_LENGTH
    path = clause.path.get(language) or next(iter(clause.path.values()))
    title = _title(policy, language)
    words = {
        name: say(f"clause_page.{name}", language)
        for name in (
            "crumbs", "turn", "previous", "next", "policy", "version", "effective", "cite",
        )
    }  # fmt: skip
    return page_html(
        "clause.html",
        language,
        "../",
        clause=_linked(clause, language),
        heading=sendable(clause.heading(language)),
        above=[sendable(one) for one in path[:-1]],
        section_anchor=_anchor(clause),
        editions=_editions(clause, language),
        policy=policy,
        policy_title=title,
        description=sendable(text[:_DESCRIPTION_LENGTH] + ("…" if is_cut else "")),
        locale=_LOCALES[language],
        previous=_linked(policy.clauses[place - 1], language) if place else None,
        following=next((_linked(one, language) for one in policy.clauses[place + 1 :]), None),
        cite=cite_as(clause, policy, language),
        words=words,
    )


def list_page(policy: Policy, language: Language) -> str:
    """Return the page that lists every clause by section."""
    about = say("clause_page.about", language, version=policy.version, effective=policy.effective)
    return page_html(
        "clauses.html",
        language,
        "./",
        title=say("clause_page.every", language),
        policy_title=_title(policy, language),
        about=about,
        description=about,
        languages=policy.languages,
        locale=_LOCALES[language],
        sections=_parts(policy, language),
    )


def cite_as(clause: Clause, policy: Policy, language: Language) -> str:
    """Return how the clause is cited in a text."""
    return say(
        "clause_page.cite_as",
        language,
        title=_title(policy, language),
        version=policy.version,
        effective=policy.effective,
        clause=clause.id,
        heading=sendable(clause.heading(language)),
    )


def _parts(policy: Policy, language: Language) -> list[Part]:
    parts: dict[str, list[Clause]] = {}
    for clause in policy.clauses:
        parts.setdefault(_anchor(clause), []).append(clause)
    return [
        Part(
            anchor,
            sendable(clauses[0].section(language)),
            tuple(_linked(clause, language) for clause in clauses),
        )
        for anchor, clauses in parts.items()
    ]


def _linked(clause: Clause, language: Language) -> Linked:
    own, translated = sendable(clause.heading(language)), _translated(clause, language)
    return Linked(clause.id, quote(clause.id, safe=""), own, translated)


def _translated(clause: Clause, language: Language) -> str:
    other = next((one for one in clause.path if one != language and language in clause.path), None)
    return sendable(clause.heading(other)) if other else ""


def _editions(clause: Clause, language: Language) -> Sequence[Edition]:
    languages = sorted(clause.text, key=lambda one: (one != language, LANGUAGES.index(one)))
    return [
        Edition(
            one,
            say("page.language_name", one),
            sendable(clause.heading(one)),
            Markup(text_html(clause.text[one])),  # noqa: S704 - escaped there, character by character
        )
        for one in languages
    ]


def _title(policy: Policy, language: Language) -> str:
    return sendable(policy.title.get(language) or next(iter(policy.title.values())))


def _anchor(clause: Clause) -> str:
    return f"section-{clause.id.partition('.')[0]}"


def _kept_page(request: Request, page: Forms, language: Language) -> Response:
    response = served(request, page, _HTML)
    response.headers.update(page_headers(language))
    response.headers["Vary"] = "Accept-Encoding, Accept-Language"
    return response


def _unknown(request: Request, language: Language) -> Response:
    html = page_html(
        "notice.html",
        language,
        way_up(request),
        title=say("clause_page.unknown_title", language),
        text=say("clause_page.unknown", language),
        way_out=f"clauses?lang={language}",
        way_out_words=say("clause_page.every", language),
    )
    return passing_page(html, HTTPStatus.NOT_FOUND, language)


@cache
def _style() -> Forms:
    return forms_of((files("bot.web") / "pages" / STYLE).read_bytes())
