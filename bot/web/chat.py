"""The chat page: Gradio components, in Chinese and English."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from bot.accept_language import preferred_language
from bot.assistant import Assistant
from bot.feedback.types import FeedbackStore
from bot.suggest import LIMIT, Suggestions
from bot.text import clean
from bot.types import LANGUAGES, Language, Policy
from bot.web.chat_feedback import FeedbackPanel, Updates
from bot.web.chat_turns import Conversation, Message, respond
from bot.web.markup import notice_html, waiting_html
from bot.wording import say

CSS = Path(__file__).with_name("chat.css")
_SCRIPT = Path(__file__).with_name("chat.js")

# no event is part of Gradio's own API, and none covers what it changes
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def chat_page(assistant: Assistant, feedback: FeedbackStore, suggest: Suggestions) -> gr.Blocks:
    """Return the chat page over ``assistant``; what is said of answers goes to ``feedback``."""
    title = " · ".join(say("page.title", one) for one in LANGUAGES)
    with gr.Blocks(title=title, analytics_enabled=False, fill_height=True) as page:
        _ChatPage(page, assistant, feedback, suggest)
    return page


class _Visit:
    """One visitor's page, shared by its events: how often it was started again."""

    restarts = 0


class _ChatPage:
    """The page's components, and what each event changes."""

    def __init__(
        self, page: gr.Blocks, assistant: Assistant, store: FeedbackStore, suggest: Suggestions
    ) -> None:
        self._assistant = assistant
        self._suggest = suggest
        self._conversation = gr.State(Conversation())
        self._visit = gr.State(_Visit())
        with gr.Row(elem_id="top"):
            self._title = gr.HTML(elem_id="title")
            self._language = gr.Radio(
                [(say("page.language_name", one), one) for one in LANGUAGES],
                value="zh",
                label=say("chat.language", "zh"),
                container=False,
                elem_id="language",
                min_width=160,
            )
        with gr.Column(elem_id="thread", scale=1):
            self._log = gr.Chatbot(
                value=[],
                show_label=False,
                container=False,
                elem_id="log",
                height="auto",
                buttons=[],
                feedback_options=None,
                layout="bubble",
                autoscroll=False,
                latex_delimiters=[],
            )
            self._panel = FeedbackPanel(store, assistant.policy, self._language)
            self._offers = _Offers(suggest)
        self._spoken = gr.HTML(elem_id="spoken")
        with gr.Row(elem_id="ask"):
            self._box = gr.Textbox(
                show_label=False,
                container=False,
                lines=1,
                max_lines=5,
                autofocus=True,
                scale=1,
                elem_id="box",
            )
            self._send = gr.Button(variant="primary", scale=0, elem_id="send", min_width=72)
            self._again = gr.Button(scale=0, elem_id="again", min_width=72)
        self._note = gr.HTML(elem_id="note")
        self._listen(page)

    def _listen(self, page: gr.Blocks) -> None:
        words = [
            self._title,
            self._language,
            self._log,
            self._box,
            self._send,
            self._again,
            self._note,
        ]
        words += [*self._panel.parts, *self._offers.parts]
        speak = "(language) => window.policybotChat.speak(language)"
        loaded = page.load(None, js=_script())
        greeted = loaded.then(self._greet, None, words, **_QUIET)
        greeted.then(None, self._language, js=speak)
        self._language.input(self._speak, [self._language, self._conversation], words, **_QUIET)
        self._language.input(None, self._language, js=speak)
        shown = [self._box, self._log, self._conversation, self._spoken]
        shown += [*self._panel.parts, *self._offers.parts]
        # A question sent while another is being answered waits for it.
        asks = [([self._box.submit, self._send.click], self._box, "always_last")]
        asks += [([button.click], button, "once") for button in self._offers.buttons]
        for triggers, source, when_busy in asks:
            gr.on(
                triggers,
                self._answer,
                [source, self._conversation, self._language, self._visit],
                shown,
                trigger_mode=when_busy,
                **_QUIET,
            ).then(None, js="() => window.policybotChat.offered()")
        self._log.change(None, js="() => window.policybotChat.showLatest()")
        # what was clicked is gone at once: the focus goes to where the answer comes
        for button in self._offers.buttons:
            button.click(None, js="() => window.policybotChat.focus('#thread')")
        self._again.click(self._start_again, [self._language, self._visit], shown, **_QUIET).then(
            None, js="() => window.policybotChat.focus('#box textarea')"
        )

    def _speak(self, chosen: Language, before: Conversation) -> Updates:
        placeholder = say("page.placeholder", chosen)
        updates = {
            self._language: gr.update(value=chosen, label=say("chat.language", chosen)),
            self._title: f"<h1>{say('page.title', chosen)}</h1>",
            self._log: gr.update(placeholder=say("page.greeting", chosen)),
            self._box: gr.update(label=placeholder, placeholder=placeholder),
            self._send: say("page.send", chosen),
            self._again: say("page.again", chosen),
            self._note: _note(chosen, self._assistant.policy),
            **self._panel.words(chosen),
        }
        # after an answer the suggestions are in its language
        return updates if before.messages else {**updates, **self._offers.open(chosen)}

    def _greet(self, request: gr.Request) -> Updates:
        chosen = preferred_language(request.headers.get("accept-language", ""))
        return self._speak(chosen, Conversation())

    def _answer(
        self, question: str, before: Conversation, chosen: Language, visit: _Visit
    ) -> Iterator[Updates]:
        if not clean(question):
            yield {self._box: "" if question else gr.skip()}
            return
        # cleared once: what is typed while the answer grows stays
        yield {self._box: "", self._spoken: "", **self._panel.hide(), **self._offers.hide()}
        after, restarts = before, visit.restarts
        for after in respond(self._assistant, question, before, chosen):
            if visit.restarts > restarts:
                return  # nobody waits for this answer any more
            yield {self._log: _shown(after, chosen), self._conversation: after}
        if after.latest is None:
            return
        answer = after.latest.answer
        questions = self._suggest.after(question, answer, before.turns)
        yield {
            self._spoken: notice_html(answer.lead or answer.text, answer.language),
            **self._panel.offer(after.latest),
            **self._offers.offer(questions, answer.language),
        }

    def _start_again(self, chosen: Language, visit: _Visit) -> Updates:
        visit.restarts += 1
        return {
            self._log: [],
            self._conversation: Conversation(),
            self._spoken: "",
            **self._panel.hide(),
            **self._offers.open(chosen),
        }


class _Offers:
    """Questions to click on: the openers, and after an answer what to ask next."""

    def __init__(self, suggest: Suggestions) -> None:
        self._suggest = suggest
        most = max([LIMIT, *(len(suggest.openers(one)) for one in LANGUAGES)])
        with gr.Column(elem_id="suggestions", visible=False) as self._column:
            self._heading = gr.HTML()
            with gr.Row(elem_id="suggested"):
                self.buttons = [
                    gr.Button(size="sm", elem_classes="suggestion", visible=False)
                    for _ in range(most)
                ]

    @property
    def parts(self) -> list[gr.blocks.Block]:
        """Return what the updates are for."""
        return [self._column, self._heading, *self.buttons]

    def open(self, language: Language) -> Updates:
        """Return the updates that offer the openers."""
        heading = notice_html(say("chat.openers", language), language)
        return self._offer(self._suggest.openers(language), heading)

    def offer(self, questions: Sequence[str], language: Language) -> Updates:
        """Return the updates that offer ``questions`` after an answer in ``language``."""
        return self._offer(questions, notice_html(say("chat.next", language), language))

    def hide(self) -> Updates:
        """Return the updates that offer nothing."""
        return {self._column: gr.update(visible=False)}

    def _offer(self, questions: Sequence[str], heading: str) -> Updates:
        filled = zip(self.buttons, questions, strict=False)
        return {
            self._column: gr.update(visible=bool(questions)),
            self._heading: heading,
            **dict.fromkeys(self.buttons, gr.update(visible=False)),
            **{button: gr.update(value=one, visible=True) for button, one in filled},
        }


def _shown(conversation: Conversation, chosen: Language) -> list[Message]:
    """Return the messages, with a sign of life where the answer is still to come."""
    messages = list(conversation.messages)
    if messages and messages[-1]["role"] == "user":
        messages.append({"role": "assistant", "content": waiting_html(chosen)})
    return messages


def _script() -> str:
    names = {
        one: {
            "log": say("chat.log", one),
            "question": say("chat.question", one),
            "answer": say("chat.answer", one),
        }
        for one in LANGUAGES
    }
    return f"() => ({_SCRIPT.read_text(encoding='utf-8')})({json.dumps(names)})"


def _note(language: Language, policy: Policy) -> str:
    text = say("page.note", language, version=policy.version, effective=policy.effective)
    return f"<p>{text}</p>"
