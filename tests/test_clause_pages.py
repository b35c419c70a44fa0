"""The clauses' pages: plain, in both languages, at addresses that stay."""

import asyncio
import re
import time
from collections.abc import Callable
from html.parser import HTMLParser

import httpx
import pytest
from fastapi import FastAPI
from keyword_search import with_hostile_clause
from web_service import client_of

from bot.api.problems import Code
from bot.types import LANGUAGES, Clause, Language, Policy
from bot.web.clause_pages import _Pages, clause_router
from bot.web.plain_pages import POLICY
from bot.web.starting import starting_page
from bot.wording import say

Ask = Callable[..., httpx.Response]
VOID = {"meta", "link", "br", "input"}


class Reader(HTMLParser):
    """Reads a page strictly: every element that opens closes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, tag: str, name: str) -> list[str]:
        return [
            attributes[name] or ""
            for one, attributes in self.tags
            if one == tag and name in attributes
        ]


def asking(policy: Policy) -> Ask:
    application = FastAPI()
    application.include_router(clause_router(policy))

    def ask(path: str, language: str = "en", method: str = "GET", **headers: str) -> httpx.Response:
        async def call() -> httpx.Response:
            async with client_of(application, **{"Accept-Language": language}) as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(call())

    return ask


@pytest.fixture(scope="module")
def ask(shop: Policy) -> Ask:
    return asking(shop)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def worded(text: str) -> str:
    """Return a clause's text without the marks that a list shows in its margin."""
    return squeezed(re.sub(r"(?m)^\s*(?:\d+\.|-)\s+", "", text))


def test_every_clause_has_a_page_with_its_whole_text_in_both_languages(
    ask: Ask, shop: Policy
) -> None:
    for clause in shop.clauses:
        response = ask(f"/clauses/{clause.id}")
        assert response.status_code == httpx.codes.OK
        page = Reader(response.text)
        for language in LANGUAGES:
            assert worded(clause.text[language]) in squeezed(page.text), clause.id
            assert clause.heading(language) in page.text
        assert shop.version in page.text
        assert shop.effective in page.text


@pytest.mark.parametrize(
    ("asked", "browser", "shown"),
    [("", "zh-CN,en;q=0.5", "zh"), ("", "fr", "en"), ("?lang=en", "zh", "en"),
     ("?lang=zh", "en", "zh"), ("?lang=xx", "zh", "zh"), ("?lang=%00", "en", "en")],
)  # fmt: skip
def test_the_address_then_the_browser_says_which_language_is_first(
    ask: Ask, shop: Policy, asked: str, browser: str, shown: Language
) -> None:
    clause = shop.clause("3.5.2")
    assert clause is not None
    response = ask(f"/clauses/3.5.2{asked}", browser)
    page = Reader(response.text)
    other = next(one for one in LANGUAGES if one != shown)
    assert page.values("html", "lang") == [shown]
    assert [one for one in page.values("section", "lang") if one] == [shown, other]
    assert page.text.index(clause.text[shown]) < page.text.index(clause.text[other])
    assert response.headers["content-language"] == shown
    assert "Accept-Language" in response.headers["vary"]
    assert say("clause_page.next", shown) in page.text


def test_a_list_of_the_policy_is_a_list_of_the_page(ask: Ask) -> None:
    page = Reader(ask("/clauses/1.2.3").text)
    assert page.values("li", "value") == ["1", "2", "3", "4"] * 2


def test_a_page_leads_to_the_clauses_before_and_after_and_up(ask: Ask, shop: Policy) -> None:
    links = dict.fromkeys(Reader(ask("/clauses/3.5.2").text).values("a", "href"))
    assert {"3.5.1?lang=en", "3.5.3?lang=en", "../clauses?lang=en", "../"} <= set(links)
    first = Reader(ask(f"/clauses/{shop.clauses[0].id}").text)
    last = Reader(ask(f"/clauses/{shop.clauses[-1].id}").text)
    assert first.values("a", "rel") == ["next"]
    assert last.values("a", "rel") == ["prev"]


def test_every_link_of_every_page_leads_somewhere_here(ask: Ask, shop: Policy) -> None:
    pages = ["/clauses", "/problems", *(f"/clauses/{clause.id}" for clause in shop.clauses)]
    anchors: set[httpx.URL] = set()
    for path in pages:
        page = Reader(ask(path).text)
        found = page.values("a", "href") + page.values("link", "href")
        anchors |= {httpx.URL(f"http://policy.test{path}").join(one) for one in found}
    checked = {url.raw_path.decode(): url for url in anchors if url.path != "/"}
    for path, url in checked.items():
        assert url.host == "policy.test"
        assert ask(path).status_code == httpx.codes.OK, path
    listed = Reader(ask("/clauses").text)
    marks = {attributes.get("id") for _, attributes in listed.tags}
    assert {url.fragment for url in anchors if url.fragment and url.path == "/clauses"} <= marks


def test_the_list_names_every_clause_in_both_languages(ask: Ask, shop: Policy) -> None:
    for language in LANGUAGES:
        page = Reader(ask("/clauses", language).text)
        for clause in shop.clauses:
            assert f"clauses/{clause.id}?lang={language}" in page.values("a", "href")
            assert all(clause.heading(one) in page.text for one in LANGUAGES)


@pytest.mark.parametrize("path", ["/clauses", "/clauses/3.5.2", "/problems", "/clauses/none"])
def test_a_page_runs_nothing_loads_nothing_else_and_says_so(ask: Ask, path: str) -> None:
    response = ask(path)
    page = Reader(response.text)
    assert response.headers["content-security-policy"] == POLICY
    assert response.headers["x-content-type-options"] == "nosniff"
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "style", "iframe", "img", "object", "base"}
    attributes = {name for _, found in page.tags for name in found}
    assert not [name for name in attributes if name.startswith("on") or name == "style"]


def test_a_page_tells_other_programs_what_it_is(ask: Ask, shop: Policy) -> None:
    clause = shop.clause("3.5.2")
    assert clause is not None
    page = Reader(ask("/clauses/3.5.2").text)
    told = {
        attributes.get("name") or attributes.get("property"): attributes.get("content")
        for tag, attributes in page.tags
        if tag == "meta"
    }
    assert told["description"] == told["og:description"]
    assert (told["description"] or "").rstrip("…") in clause.text["en"]
    assert clause.heading("en") in (told["og:title"] or "")
    canonical = [one for tag, one in page.tags if tag == "link" and one["rel"] == "canonical"]
    assert [one["href"] for one in canonical] == ["3.5.2"]
    assert set(page.values("link", "hreflang")) == set(LANGUAGES)
    assert clause.id in page.text[page.text.index(say("clause_page.cite", "en")) :]


@pytest.mark.parametrize(
    "path",
    ["../x", "%2e%2e", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "3.5.2%00", "3.5.2%0d%0aX-Evil:1", "%0a",
     "3.5.2/", "3.5", "３.5.2", "%ff%fe", "<script>", "9" * 10_000, "a/" * 3000, "3.5.2%20"],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_clause_gets_a_page_that_says_so(
    ask: Ask, path: str, language: Language
) -> None:
    response = ask(f"/clauses/{path}" if path != "../x" else "/clauses/%2e%2e/x", language)
    assert response.status_code == httpx.codes.NOT_FOUND
    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["cache-control"] == "no-store"
    assert "x-evil" not in response.headers
    page = Reader(response.text)
    assert say("clause_page.unknown_title", language) in page.text
    assert "passwd" not in response.text
    style = response.url.join(page.values("link", "href")[0])
    assert style.path == "/page.css"


def test_a_slash_too_many_leads_to_the_list(ask: Ask) -> None:
    response = ask("/clauses/")
    assert response.url.join(response.headers["location"]).path == "/clauses"


def test_markup_in_a_clause_is_shown_and_never_run(shop: Policy) -> None:
    hostile = with_hostile_clause(shop)
    for path in ("/clauses/9.9", "/clauses"):
        response = asking(hostile)(path)
        page = Reader(response.text)
        assert not {"script", "img", "i"} & {tag for tag, _ in page.tags}
        assert "<i>Heading</i>" in page.text
    assert not [one for one in page.values("a", "href") if "javascript" in one]


def test_a_number_with_odd_characters_is_linked_and_found(shop: Policy) -> None:
    odd = Clause('a"/?#&<', {"en": ("Odd", "One")}, {"en": "Text."})
    policy = Policy("odd", "1", "2026-01-01", {"en": "Odd policy"}, (odd,), "")
    ask = asking(policy)
    listed = Reader(ask("/clauses", "zh").text)
    link = next(one for one in listed.values("a", "href") if one.startswith("clauses/"))
    response = ask(f"/{link}")
    assert response.status_code == httpx.codes.OK
    assert 'a"/?#&<' in Reader(response.text).text


@pytest.mark.parametrize("path", ["/clauses", "/clauses/3.5.2", "/problems", "/page.css"])
def test_what_the_browser_has_is_not_sent_again(ask: Ask, path: str) -> None:
    first = ask(path)
    again = ask(path, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (httpx.codes.NOT_MODIFIED, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "max-age" in first.headers["cache-control"]
    other = ask(path, **{"If-None-Match": '"other"'})
    assert other.status_code == httpx.codes.OK


def test_the_two_languages_are_two_entities(ask: Ask) -> None:
    tags = {ask("/clauses/3.5.2", language).headers["etag"] for language in LANGUAGES}
    assert len(tags) == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_is_explained_at_the_address_its_type_names(
    ask: Ask, language: Language
) -> None:
    page = Reader(ask(f"/problems?lang={language}").text)
    marks = page.values("section", "id")
    assert marks == [code.text for code in Code]
    for code in Code:
        assert say(f"problem_title.{code.text}", language) in page.text
        assert f"HTTP {code.status.value}" in page.text
    assert "{" not in page.text


def test_a_page_comes_from_memory_in_less_than_a_millisecond(shop: Policy) -> None:
    pages = _Pages(shop)
    first = pages.one("3.5.2", "en")
    start = time.perf_counter()
    for _ in range(100):
        assert pages.one("3.5.2", "en") is first
    assert (time.perf_counter() - start) / 100 < 0.001


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_while_starting_asks_again_by_itself(language: Language) -> None:
    response = starting_page(language)
    page = Reader(bytes(response.body).decode())
    assert response.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert ("meta", {"http-equiv": "refresh", "content": "2"}) in page.tags
    assert say("problem.starting", language) in page.text
    assert response.headers["retry-after"] == "2"
