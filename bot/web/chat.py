"""The chat page: Gradio components, in Chinese and English."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr

from bot.assistant import Assistant, as_turn
from bot.errors import PolicybotError
from bot.text import clean, detect_language
from bot.types import LANGUAGES, Answer, Language, Status, Turn
from bot.web.markup import answer_parts, message_html, question_html
from bot.wording import say, texts

CSS = Path(__file__).with_name("chat.css")
_SUGGESTIONS = 4
_TURNS_KEPT = 20

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Conversation:
    """What one visitor's page remembers: what is shown, and the turns behind it."""

    messages: tuple[Message, ...] = ()
    turns: tuple[Turn, ...] = field(default=())


def chat_page(assistant: Assistant) -> gr.Blocks:
    """Return the chat page over ``assistant``."""
    with gr.Blocks(
        title=say("page.title", "zh"), analytics_enabled=False, fill_height=True
    ) as page:
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
            height="calc(100dvh - 17rem)",
            layout="bubble",
        )
        with gr.Row(elem_id="suggestions") as row:
            suggestions = [
                gr.Button(say(f"suggestion.{number}", "zh"), size="sm", elem_classes="suggestion")
                for number in range(1, _SUGGESTIONS + 1)
            ]
        with gr.Row(elem_id="ask"):
            box = gr.Textbox(
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
                gr.update(placeholder=say("page.placeholder", chosen)),
                say("page.send", chosen),
                say("page.again", chosen),
                _note(chosen, assistant),
            ]

        def greet(request: gr.Request) -> list[Any]:
            chosen = preferred_language(request.headers.get("accept-language", ""))
            return [chosen, *speak(chosen)]

        def answer(
            question: str, before: Conversation, chosen: Language
        ) -> Iterator[tuple[str, list[Message], Conversation, Any]]:
            hidden = gr.update(visible=False)
            if not clean(question):
                yield "", list(before.messages), before, gr.skip()
                return
            for after in respond(assistant, question, before, chosen):
                yield "", list(after.messages), after, hidden

        def start_again() -> tuple[list[Message], Conversation, Any]:
            return [], Conversation(), gr.update(visible=True)

        shown = [box, log, conversation, row]
        page.load(greet, None, [language, *words], api_visibility="private", show_progress="hidden")
        language.input(speak, language, words, api_visibility="private", show_progress="hidden")
        gr.on(
            [box.submit, send.click],
            answer,
            [box, conversation, language],
            shown,
            show_progress="hidden",
            api_visibility="private",
        )
        for button in suggestions:
            button.click(
                answer,
                [button, conversation, language],
                shown,
                show_progress="hidden",
                api_visibility="private",
            )
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

    Errors become an answer of status ``failed`` here, at the edge of the page.
    """
    asked = (*before.messages, {"role": "user", "content": question_html(question)})
    yield Conversation(asked, before.turns)
    try:
        answer = assistant.ask(question, before.turns, chosen)
        turn = as_turn(question, answer)
    except PolicybotError:
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
    """Return the first of our languages that the browser's header names, by its weights."""
    weighed = []
    for place, part in enumerate(accept_language.split(",")):
        name, _, weight = part.partition(";q=")
        try:
            value = float(weight or 1)
        except ValueError:
            value = 0.0
        weighed.append((-value, place, name.strip().lower().split("-")[0]))
    for _, _, name in sorted(weighed):
        if name in LANGUAGES:
            return "zh" if name == "zh" else "en"
    return "en"


def suggestions_of(language: Language) -> tuple[str, ...]:
    """Return the suggested questions in ``language``."""
    return tuple(entry[language] for key, entry in texts().items() if key.startswith("suggestion."))


def _title(language: Language) -> str:
    return f"<h1>{say('page.title', language)}</h1>"


def _greeting(language: Language) -> str:
    return f"## {say('page.title', language)}\n\n{say('page.greeting', language)}"


def _note(language: Language, assistant: Assistant) -> str:
    policy = assistant.policy
    text = say("page.note", language, version=policy.version, effective=policy.effective)
    return f"<p>{text}</p>"
