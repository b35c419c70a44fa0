"""The chat page: Gradio components, in Chinese and English."""

import logging
import re
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr

from bot.assistant import Assistant, as_turn
from bot.text import clean, detect_language
from bot.types import LANGUAGES, Answer, Language, Status, Turn
from bot.web.markup import answer_parts, message_html, question_html
from bot.wording import say

CSS = Path(__file__).with_name("chat.css")
_SUGGESTIONS = 4
_TURNS_KEPT = 20
# One entry of an Accept-Language header with its weight (RFC 9110, sections 12.4.2 and 12.5.4).
_LANGUAGE_RANGE = re.compile(
    r"\s*([a-z]{1,8})(?:-[a-z0-9]{1,8})*\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?",
    re.ASCII | re.IGNORECASE,
)
# An answer is read from its beginning: the latest question goes to the top of the conversation.
_SHOW_LATEST_QUESTION = """() => requestAnimationFrame(() => {
    const asked = [...document.querySelectorAll("#log .user-row")].pop();
    const view = asked?.closest(".bubble-wrap");
    if (view) {
        view.scrollTop += asked.getBoundingClientRect().top - view.getBoundingClientRect().top - 8;
    }
})"""

_log = logging.getLogger(__name__)

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one visitor's page remembers: what is shown, and the turns behind it."""

    messages: tuple[Message, ...] = ()
    turns: tuple[Turn, ...] = field(default=())


def chat_page(assistant: Assistant) -> gr.Blocks:
    """Return the chat page over ``assistant``."""
    title_of_tab = " · ".join(say("page.title", one) for one in LANGUAGES)
    with gr.Blocks(title=title_of_tab, analytics_enabled=False, fill_height=True) as page:
        conversation = gr.State(Conversation())
        with gr.Row(elem_id="top"):
            title = gr.HTML(_title("zh"), elem_id="title")
            language = gr.Radio(
                [(say("page.language_name", one), one) for one in LANGUAGES],
                value="zh",
                show_label=False,
                container=False,
                elem_id="language",
                min_width=160,
            )
        log = gr.Chatbot(
            value=[],
            show_label=False,
            container=False,
            elem_id="log",
            buttons=[],
            feedback_options=None,
            placeholder=_greeting("zh"),
            scale=1,
            layout="bubble",
            autoscroll=False,
            latex_delimiters=[],
        )
        with gr.Row(elem_id="suggestions") as row:
            suggestions = [
                gr.Button(say(f"suggestion.{number}", "zh"), size="sm", elem_classes="suggestion")
                for number in range(1, _SUGGESTIONS + 1)
            ]
        with gr.Row(elem_id="ask"):
            box = gr.Textbox(
                label=say("page.placeholder", "zh"),
                placeholder=say("page.placeholder", "zh"),
                show_label=False,
                container=False,
                lines=1,
                max_lines=5,
                autofocus=True,
                scale=1,
                elem_id="box",
            )
            send = gr.Button(
                say("page.send", "zh"), variant="primary", scale=0, elem_id="send", min_width=72
            )
            again = gr.Button(say("page.again", "zh"), scale=0, elem_id="again", min_width=72)
        note = gr.HTML(_note("zh", assistant), elem_id="note")

        words = [title, log, *suggestions, box, send, again, note]

        def speak(chosen: Language) -> list[Any]:
            return [
                _title(chosen),
                gr.update(placeholder=_greeting(chosen)),
                *(say(f"suggestion.{number}", chosen) for number in range(1, _SUGGESTIONS + 1)),
                gr.update(
                    label=say("page.placeholder", chosen),
                    placeholder=say("page.placeholder", chosen),
                ),
                say("page.send", chosen),
                say("page.again", chosen),
                _note(chosen, assistant),
            ]

        def greet(request: gr.Request) -> list[Any]:
            chosen = preferred_language(request.headers.get("accept-language", ""))
            return [chosen, *speak(chosen)]

        def answer(
            question: str, before: Conversation, chosen: Language
        ) -> Iterator[tuple[Any, Any, Any, Any]]:
            if not clean(question):
                yield "" if question else gr.skip(), gr.skip(), gr.skip(), gr.skip()
                return
            # cleared once: what is typed while the answer grows stays
            typed: Any = ""
            for after in respond(assistant, question, before, chosen):
                yield typed, list(after.messages), after, gr.update(visible=False)
                typed = gr.skip()

        def start_again() -> tuple[list[Message], Conversation, Any]:
            return [], Conversation(), gr.update(visible=True)

        shown = [box, log, conversation, row]
        page.load(greet, None, [language, *words], api_visibility="private", show_progress="hidden")
        language.input(speak, language, words, api_visibility="private", show_progress="hidden")
        # A question sent while another is being answered waits for it.
        asks = [([box.submit, send.click], box, "always_last")]
        asks += [([button.click], button, "once") for button in suggestions]
        for triggers, source, when_busy in asks:
            gr.on(
                triggers,
                answer,
                [source, conversation, language],
                shown,
                trigger_mode=when_busy,
                show_progress="hidden",
                api_visibility="private",
            ).then(None, js=_SHOW_LATEST_QUESTION)
        again.click(
            start_again,
            None,
            [log, conversation, row],
            show_progress="hidden",
            api_visibility="private",
        )
    return page


def respond(
    assistant: Assistant, question: str, before: Conversation, chosen: Language
) -> Iterator[Conversation]:
    """Yield the conversation as the answer to ``question`` grows.

    Whatever breaks becomes an answer of status ``failed`` here, at the edge of the page. Where
    it broke is logged, without the error's message: it may hold what was typed.
    """
    asked = (*before.messages, {"role": "user", "content": question_html(question)})
    yield Conversation(asked, before.turns)
    try:
        answer = assistant.ask(question, before.turns, chosen)
        turn = as_turn(question, answer)
    except Exception as error:  # noqa: BLE001 - the page's outermost handler
        where = "".join(traceback.format_tb(error.__traceback__))
        _log.error("a question was not answered: %s\n%s", type(error).__name__, where)
        spoken = detect_language(clean(question)).answer or chosen
        answer = Answer(Status.FAILED, spoken, say("status.failed", spoken))
        turn = Turn(question, (), Status.FAILED)
    turns = (*before.turns, turn)[-_TURNS_KEPT:]
    parts: list[str] = []
    for part in answer_parts(answer, assistant.policy):
        parts.append(part)
        said = {"role": "assistant", "content": message_html(parts, answer.language)}
        yield Conversation((*asked, said), turns)


def preferred_language(accept_language: str) -> Language:
    """Return the one of our languages that the browser's header weighs highest, else English.

    Entries that are malformed, or of weight 0 ("not this one"), do not count.
    """
    weighed: list[tuple[float, Language]] = []
    for part in accept_language.split(","):
        entry = _LANGUAGE_RANGE.fullmatch(part)
        name = next((one for one in LANGUAGES if entry and entry[1].lower() == one), None)
        if entry and name and float(entry[2] or 1):
            weighed.append((float(entry[2] or 1), name))
    # the first of several with the same weight
    return max(weighed, key=lambda one: one[0], default=(0.0, "en"))[1]


def _title(language: Language) -> str:
    return f"<h1>{say('page.title', language)}</h1>"


def _greeting(language: Language) -> str:
    return say("page.greeting", language)


def _note(language: Language, assistant: Assistant) -> str:
    policy = assistant.policy
    text = say("page.note", language, version=policy.version, effective=policy.effective)
    return f"<p>{text}</p>"
