"""The staff desk: find a clause, see both editions, copy a cited reply. Gradio components."""

from pathlib import Path
from typing import Any

import gradio as gr

from bot.accept_language import preferred_language
from bot.assistant import Assistant
from bot.errors import PolicybotError
from bot.feedback.types import FeedbackStore
from bot.lookup import clause_number
from bot.structure import compare
from bot.text import clean
from bot.types import LANGUAGES, Clause, Language
from bot.web.chat import CSS as CHAT_CSS
from bot.web.chat_turns import log_failure
from bot.web.markup import notice_html
from bot.web.staff_markup import (
    Desk,
    every_clause_html,
    keys_html,
    results_html,
    unanswered_html,
)
from bot.wording import say

# what the desk shares with the chat page, and what it has of its own
CSS = [CHAT_CSS, Path(__file__).with_name("staff.css")]
_SCRIPT = Path(__file__).with_name("staff.js")

_SHOWN = 10
_UNANSWERED = 50
_EVERY_SECTION = ""

Updates = dict[Any, Any]

# no event is part of Gradio's own API, and none covers what it changes
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def staff_page(assistant: Assistant, feedback: FeedbackStore) -> gr.Blocks:
    """Return the staff desk over ``assistant``, with the questions that ``feedback`` holds."""
    title = " · ".join(say("staff.title", one) for one in LANGUAGES)
    with gr.Blocks(title=title, analytics_enabled=False) as page:
        _StaffPage(page, Finder(assistant), Inbox(feedback, assistant.policy.id))
    return page


class Finder:
    """Finds clauses for what staff type, and says so in HTML."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant
        self.policy = assistant.policy
        self._structures = {one.id: compare(one) for one in self.policy.clauses}

    def sections(self, language: Language) -> list[tuple[str, str]]:
        """Return the sections as they are called in ``language``, with what names them."""
        names = {_section(one): one.section(language) for one in self.policy.clauses}
        every = (say("staff.every_section", language), _EVERY_SECTION)
        return [every, *((f"{key} {name}", key) for key, name in names.items())]

    def find(
        self, query: str, section: str, edition: Language, spoken: Language
    ) -> tuple[str, str]:
        """Return a notice of what was found and the clauses, both as HTML in ``spoken``.

        Nothing typed finds every clause. Whatever breaks is told in the notice, and logged
        without what was typed: this is the desk's edge.
        """
        cleaned = clean(query)
        desk = Desk(self.policy, self._structures, spoken, edition, cleaned)
        try:
            if not cleaned:
                clauses = [one for one in self.policy.clauses if _is_in(one.id, section)]
                counted = say("staff.counted_all", spoken, count=len(clauses))
                return notice_html(counted, spoken), every_clause_html(clauses, desk)
            hits = self._assistant.look_up(query, len(self.policy.clauses))
            hits = tuple(hit for hit in hits if _is_in(hit.clause, section))
            # a number finds what stands under it, all of it
            shown = hits if clause_number(cleaned) else hits[:_SHOWN]
            if not shown:
                return notice_html(say("staff.nothing", spoken), spoken), ""
            counted = say("staff.counted", spoken, count=len(shown))
            return notice_html(counted, spoken), results_html(shown, desk)
        except PolicybotError as error:
            return notice_html(error.message(spoken), spoken, is_trouble=True), ""
        except Exception as error:  # noqa: BLE001 - the desk's outermost handler
            log_failure("a staff search broke", error)
            return notice_html(say("staff.failed", spoken), spoken, is_trouble=True), ""


class Inbox:
    """The recent questions of one policy that were not answered."""

    def __init__(self, store: FeedbackStore, policy: str) -> None:
        self._store = store
        self._policy = policy

    def show(self, spoken: Language) -> str:
        """Return the questions as HTML in ``spoken``, or what went wrong."""
        try:
            return unanswered_html(self._store.unanswered(self._policy, _UNANSWERED), spoken)
        except PolicybotError as error:
            return notice_html(error.message(spoken), spoken, is_trouble=True)
        except Exception as error:  # noqa: BLE001 - the panel's outermost handler
            log_failure("unanswered questions were not read", error)
            return notice_html(say("staff.unanswered_failed", spoken), spoken, is_trouble=True)


class _StaffPage:
    """The page's components, and what each event changes."""

    def __init__(self, page: gr.Blocks, finder: Finder, inbox: Inbox) -> None:
        self._finder = finder
        self._inbox = inbox
        self._spoken = gr.State("")
        with gr.Row(elem_id="top"):
            self._title = gr.HTML(elem_id="title")
            self._language = _language_choice("language", say("staff.language", "zh"))
        with gr.Row(elem_id="search-row"):
            self._search = gr.Textbox(
                show_label=False,
                container=False,
                lines=1,
                max_lines=1,
                autofocus=True,
                scale=1,
                elem_id="search",
            )
            self._section = gr.Dropdown(
                finder.sections("zh"),
                value=_EVERY_SECTION,
                label=say("staff.section", "zh"),
                filterable=False,
                container=False,
                scale=0,
                min_width=200,
                elem_id="section",
            )
            self._edition = _language_choice("edition", say("staff.edition", "zh"))
        self._found = gr.HTML(elem_id="found")
        with gr.Row(elem_id="desk"):
            self._results = gr.HTML(elem_id="results", js_on_load=None)
            with gr.Column(elem_id="inbox", scale=0, min_width=260):
                self._heading = gr.HTML(elem_id="inbox-title")
                self._unanswered = gr.HTML(elem_id="unanswered", js_on_load=None)
                self._refresh = gr.Button(size="sm", elem_id="refresh")
        with gr.Row(elem_id="foot"):
            self._about = gr.HTML(elem_id="about")
            self._keys = gr.HTML(elem_id="help", js_on_load=None)
        self._listen(page)

    def _listen(self, page: gr.Blocks) -> None:
        asked = [self._search, self._section, self._edition, self._language, self._spoken]
        shown = [self._found, self._results]
        words = [self._title, self._search, self._section, self._edition, self._heading]
        words += [self._unanswered, self._refresh, self._about, self._keys, self._spoken]
        page.load(None, js=_script())
        speak = "(language) => window.policybotStaff.speak(language)"
        page.load(self._greet, asked[:3], [self._language, *words, *shown], **_QUIET).then(
            None, self._language, js=speak
        )
        # One event for all that changes what is found: while one search runs, only the latest of
        # those behind it waits, so that no older one can end after it.
        gr.on(
            [
                # not "input", which Gradio sends for key presses alone: none for what is pasted,
                # deleted, or written with an input method
                self._search.change,
                self._search.submit,
                self._section.input,
                self._edition.input,
                self._language.input,
            ],
            self._find,
            asked,
            [*words, *shown],
            trigger_mode="always_last",
            **_QUIET,
        )
        self._language.change(None, self._language, js=speak)
        self._refresh.click(self._inbox.show, self._language, self._unanswered, **_QUIET)

    def _greet(self, query: str, section: str, edition: str, request: gr.Request) -> Updates:
        chosen = preferred_language(request.headers.get("accept-language", ""))
        return {self._language: chosen, **self._find(query, section, edition, chosen, "")}

    def _find(
        self, query: str, section: str, edition: str, chosen: Language, spoken: str
    ) -> Updates:
        """Return what is found; with a new language, the page's words too, and its edition."""
        words: Updates = {}
        first: Language = "zh" if edition == "zh" else "en"
        if chosen != spoken:
            words, first = self._words(chosen), chosen
        notice, results = self._finder.find(query, section, first, chosen)
        return {**words, self._found: notice, self._results: results}

    def _words(self, chosen: Language) -> Updates:
        policy = self._finder.policy
        about = say(
            "staff.about",
            chosen,
            title=policy.title.get(chosen) or next(iter(policy.title.values())),
            version=policy.version,
            effective=policy.effective,
            count=len(policy.clauses),
        )
        button = '<button type="button" data-does="inbox" aria-expanded="true">'
        heading = say("staff.unanswered", chosen)
        about_them = notice_html(say("staff.unanswered_about", chosen), chosen)
        return {
            self._title: f"<h1>{say('staff.title', chosen)}</h1>",
            self._search: gr.update(
                label=say("staff.search", chosen), placeholder=say("staff.placeholder", chosen)
            ),
            self._section: gr.update(
                label=say("staff.section", chosen), choices=self._finder.sections(chosen)
            ),
            self._edition: gr.update(label=say("staff.edition", chosen), value=chosen),
            self._heading: f"<h2>{button}{heading}</button></h2>{about_them}",
            self._unanswered: self._inbox.show(chosen),
            self._refresh: say("staff.refresh", chosen),
            self._about: notice_html(about, chosen),
            self._keys: keys_html(chosen),
            self._spoken: chosen,
        }


def _language_choice(name: str, label: str) -> gr.Radio:
    return gr.Radio(
        [(say("page.language_name", one), one) for one in LANGUAGES],
        value="zh",
        label=label,
        container=name == "edition",
        scale=0,
        elem_id=name,
        min_width=160,
    )


def _section(clause: Clause) -> str:
    return clause.id.partition(".")[0]


def _is_in(clause_id: str, section: str) -> bool:
    return section in (_EVERY_SECTION, clause_id.partition(".")[0])


def _script() -> str:
    return f"() => ({_SCRIPT.read_text(encoding='utf-8')})()"
