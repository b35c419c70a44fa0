"""The widget's script as it is made and sent, and the page that shows it."""

import gzip
import json
import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

import bot.web.widget.build as built
from bot.feedback.types import Reason
from bot.types import LANGUAGES, Language
from bot.web.demo import CONTENT_SECURITY_POLICY
from bot.web.widget.build import SOURCES, TEXTS, widget_router, widget_script
from bot.wording import say, texts

FOLDER = Path(built.__file__).parent
LIMIT = 20 * 1024
READ = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.js")}
STYLE = (FOLDER / "widget.css").read_text(encoding="utf-8")


@pytest.fixture
def client() -> TestClient:
    application = FastAPI()
    application.include_router(widget_router())
    return TestClient(application, headers={"Accept-Encoding": "identity"})


def test_the_script_stays_within_its_size() -> None:
    assert len(gzip.compress(widget_script(), 9)) <= LIMIT


def test_the_script_holds_every_source_once_and_in_a_scope_of_its_own() -> None:
    script = widget_script().decode()
    assert script.startswith('(() => {\n"use strict";')
    assert script.endswith("})();\n")
    assert sorted(SOURCES) == sorted(READ)
    for source in READ.values():
        for line in re.findall(r"^(?:async )?(?:function\*?|class) .*$", source, re.MULTILINE):
            assert script.count(line) == 1


@pytest.mark.parametrize("name", sorted(READ))
def test_leaving_out_comments_and_indentation_cannot_change_a_source(name: str) -> None:
    for number, line in enumerate(READ[name].splitlines(), 1):
        assert line.count("`") % 2 == 0, f"{name}:{number}: a template over several lines"
        assert "/*" not in line, f"{name}:{number}: a comment that is not a line's"
    assert len(READ[name].splitlines()) < 300


def test_the_style_sheet_has_no_comment_sign_in_a_string_and_fetches_nothing() -> None:
    assert not re.search(r'"[^"\n]*/\*', STYLE)
    assert "url(" not in STYLE
    assert "@import" not in STYLE


def test_the_sources_make_no_markup_of_text_and_know_no_other_host() -> None:
    joined = "\n".join(READ.values())
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "cookie",
        "localStorage",
        'setAttribute("style"',
    ):
        assert word not in joined
    assert re.findall(r"https?://[^\s\"']+", joined) == ["http://www.w3.org/2000/svg"]


def test_the_words_of_the_script_are_those_of_the_wording_file() -> None:
    own = {key.removeprefix("widget.") for key in texts() if key.startswith("widget.")}
    assert set(TEXTS) == own
    found = re.search(r"^const WORDS = (.*);$", widget_script().decode(), re.MULTILINE)
    assert found
    carried = json.loads(found[1])
    for language in LANGUAGES:
        assert carried[language] == {
            **{name: texts()[f"widget.{name}"][language] for name in TEXTS},
            **{f"reason_{one.value}": one.words(language) for one in Reason},
            "language_name": say("page.language_name", language),
        }


def test_what_the_sources_say_is_there_and_all_that_is_there_is_said() -> None:
    joined = "\n".join(READ.values())
    quoted = set(re.findall(r'"([a-z_]+)"', joined))
    kinds = set(
        re.findall(r'"(network|offline|starting|busy|slow|cut|failed|refused|stopped)"', joined)
    )
    said = {*quoted, *(f"trouble_{kind}" for kind in kinds)}
    patience = re.search(r"^const PATIENCE = \{(.*)\}", READ["asking.js"], re.MULTILINE)
    reasons = re.search(r"^const REASONS = \[(.*)\]", READ["feedback.js"], re.MULTILINE)
    assert patience
    assert reasons
    said |= {f"waiting_{kind}" for kind in re.findall(r"(\w+):", patience[1])}
    assert re.findall(r'"(\w+)"', reasons[1]) == [one.value for one in Reason]
    assert set(TEXTS) <= said
    direct = set(
        re.findall(r'\b(?:this\.#widget\.|widget\.|this\.)?say\((?:\w+, )?"(\w+)"', joined)
    )
    assert direct <= {*TEXTS, "language_name"}


def test_the_script_is_sent_as_what_it_is(client: TestClient) -> None:
    response = client.get("/widget.js")
    assert response.content == widget_script()
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"
    assert response.headers["cache-control"] == "public, max-age=300"
    assert response.headers["vary"] == "Accept-Encoding"
    head = client.head("/widget.js")
    assert head.headers["etag"] == response.headers["etag"]
    assert head.content == b""


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("identity", None),
        ("", None),
        ("gzip;q=0", None),
        ("br, gzip; q=0.000, deflate", None),
    ],
)
def test_the_script_is_compressed_where_that_is_accepted(
    client: TestClient, accepted: str, coding: str | None
) -> None:
    response = client.get("/widget.js", headers={"Accept-Encoding": accepted})
    assert response.headers.get("content-encoding") == coding
    assert response.content == widget_script()


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
def test_what_a_browser_has_is_not_sent_again(client: TestClient, accepted: str) -> None:
    tag = client.get("/widget.js", headers={"Accept-Encoding": accepted}).headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        headers = {"Accept-Encoding": accepted, "If-None-Match": known}
        response = client.get("/widget.js", headers=headers)
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["etag"] == tag
    other = client.get(
        "/widget.js", headers={"Accept-Encoding": accepted, "If-None-Match": '"other"'}
    )
    assert other.status_code == 200


def test_each_form_of_the_script_has_a_tag_of_its_own(client: TestClient) -> None:
    tags = {
        client.get("/widget.js", headers={"Accept-Encoding": one}).headers["etag"]
        for one in ("gzip", "identity")
    }
    assert len(tags) == 2


@pytest.mark.parametrize(
    ("address", "header", "language"),
    [
        ("/demo?lang=zh", "en", "zh"),
        ("/demo?lang=en", "zh", "en"),
        ("/demo", "zh-CN,zh;q=0.9", "zh"),
        ("/demo", "fr", "en"),
        ("/demo?lang=%22%3E%3Cscript%3E", "zh", "zh"),
    ],
)
def test_the_shop_speaks_the_visitors_language(
    client: TestClient, address: str, header: str, language: Language
) -> None:
    response = client.get(address, headers={"Accept-Language": header})
    assert f'<html lang="{language}">' in response.text
    assert f'data-lang="{language}"' in response.text
    assert say("demo.headline", language) in response.text
    assert response.headers["content-language"] == language
    assert "%22" not in response.text


def test_the_shop_proves_its_strict_policy(client: TestClient) -> None:
    response = client.get("/demo")
    assert response.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script>|https?://", response.text)
    assert client.get("/demo.css").headers["content-type"] == "text/css; charset=utf-8"
    assert "url(" not in client.get("/demo.css").text
