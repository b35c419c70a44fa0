"""Make the widget's script: its sources, its style sheet and its words, joined into one file."""

import json
import re
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response

from bot.feedback.types import Reason
from bot.types import LANGUAGES, Language
from bot.web.demo import demo_router
from bot.web.kept import Forms, forms_of, served
from bot.wording import say

_FOLDER = Path(__file__).parent
# Every source, in the order of the script: what is used stands before what uses it.
SOURCES = (
    "dom.js",
    "events.js",
    "server.js",
    "asking.js",
    "memory.js",
    "colour.js",
    "feedback.js",
    "answer.js",
    "clause.js",
    "composer.js",
    "panel.js",
    "widget.js",
    "element.js",
    "start.js",
)
# Every text of the group [widget] in wording.toml: the script carries them all.
TEXTS = (
    "again",
    "asked",
    "back",
    "cancel",
    "cited",
    "clause",
    "clause_failed",
    "close",
    "comment",
    "count",
    "down",
    "feedback_failed",
    "feedback_send",
    "greeting",
    "helped",
    "launch",
    "log",
    "note",
    "openers",
    "opening",
    "opens",
    "permalink",
    "placeholder",
    "reason",
    "related",
    "retry",
    "send",
    "stop",
    "suggestions",
    "thanks",
    "thinking",
    "title",
    "trouble_busy",
    "trouble_cut",
    "trouble_failed",
    "trouble_network",
    "trouble_offline",
    "trouble_refused",
    "trouble_slow",
    "trouble_starting",
    "trouble_stopped",
    "understood",
    "up",
    "version",
    "waiting_busy",
    "waiting_cut",
    "waiting_network",
    "waiting_offline",
    "waiting_starting",
    "whole_policy",
)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@cache
def widget_script() -> bytes:
    """Return the widget as one classic script, in UTF-8.

    Comments that fill a line, indentation and empty lines are left out, nothing else: what the
    browser shows in an error still reads like the sources.
    """
    words = {language: _words(language) for language in LANGUAGES}
    parts = [
        '(() => {\n"use strict";',
        f"const WORDS = {json.dumps(words, ensure_ascii=False, separators=(',', ':'))};",
        f"const STYLE = {json.dumps(_short_css(_read('widget.css')), ensure_ascii=False)};",
        *(_short_script(_read(name)) for name in SOURCES),
        "})();\n",
    ]
    return "\n".join(parts).encode()


def widget_router() -> APIRouter:
    """Return the routes of the script, ``/widget.js``, and of the page that shows it, ``/demo``."""
    router = APIRouter()

    @router.api_route("/widget.js", methods=["GET", "HEAD"])
    def widget_js(request: Request) -> Response:
        return served(request, _forms(), "text/javascript; charset=utf-8")

    router.include_router(demo_router())
    return router


@cache
def _forms() -> Forms:
    return forms_of(widget_script())


def _words(language: Language) -> dict[str, str]:
    # Each blank is filled with itself: the script fills it when it knows with what.
    own = {
        name: say(
            f"widget.{name}",
            language,
            clause="{clause}",
            count="{count}",
            effective="{effective}",
            length="{length}",
            limit="{limit}",
            question="{question}",
            version="{version}",
        )
        for name in TEXTS
    }
    reasons = {f"reason_{one.value}": one.words(language) for one in Reason}
    return {**own, **reasons, "language_name": say("page.language_name", language)}


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _short_script(source: str) -> str:
    lines = (line.strip() for line in source.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _short_css(source: str) -> str:
    lines = (line.strip() for line in _CSS_COMMENT.sub("", source).splitlines())
    return "\n".join(line for line in lines if line)
