"""The thumbs below the latest answer: what a customer says of it, and where that goes."""

from typing import Any

import gradio as gr

from bot.errors import FeedbackError
from bot.feedback.prepare import COMMENT_LONGEST
from bot.feedback.types import Feedback, FeedbackStore, Reason, Thumb
from bot.types import Language, Policy, Status
from bot.web.chat_turns import Exchange, log_failure
from bot.web.markup import notice_html
from bot.wording import say

Updates = dict[Any, Any]

_FOCUS = "() => window.policybotChat.focus({!r})"


class FeedbackPanel:
    """Thumbs, and after a thumb down the reasons; one word on an answer, sent once."""

    def __init__(self, store: FeedbackStore, policy: Policy, language: gr.Radio) -> None:
        self._store = store
        self._policy = policy
        self._exchange = gr.State(None)
        with gr.Column(elem_id="feedback"):
            with gr.Row(elem_id="thumbs", visible=False) as self._thumbs:
                self._helped = gr.HTML(elem_id="helped")
                self._up = gr.Button(size="sm", scale=0, elem_id="up")
                self._down = gr.Button(size="sm", scale=0, elem_id="down")
            with gr.Column(elem_id="doubt", visible=False) as self._doubt:
                self._reason = gr.Radio(_reasons("zh"), elem_id="reason")
                self._comment = gr.Textbox(max_length=COMMENT_LONGEST, lines=2, elem_id="comment")
                with gr.Row(elem_id="doubt-buttons"):
                    self._submit = gr.Button(
                        variant="primary", size="sm", scale=0, elem_id="submit"
                    )
                    self._cancel = gr.Button(size="sm", scale=0, elem_id="cancel")
            self._said = gr.HTML(elem_id="feedback-said")
        self._listen(language)

    @property
    def parts(self) -> list[gr.blocks.Block]:
        """Return what the updates of ``words``, ``offer`` and ``hide`` are for."""
        rows = [self._thumbs, self._doubt, self._said, self._exchange]
        return [*rows, *self._words]

    def words(self, language: Language) -> Updates:
        """Return the updates that put the panel into ``language``."""
        return {
            self._helped: notice_html(say("chat.helped", language), language),
            self._up: gr.update(value=Thumb.UP.words(language)),
            self._down: gr.update(value=Thumb.DOWN.words(language)),
            self._reason: gr.update(label=say("chat.reason", language), choices=_reasons(language)),
            self._comment: gr.update(label=say("chat.comment", language)),
            self._submit: gr.update(value=say("chat.submit", language)),
            self._cancel: gr.update(value=say("chat.cancel", language)),
            self._said: "",
        }

    def offer(self, exchange: Exchange | None) -> Updates:
        """Return the updates that ask what ``exchange`` was worth; a failure is not asked about."""
        if exchange is None or exchange.answer.status is Status.FAILED:
            return self.hide()
        return {**self.hide(), self._exchange: exchange, self._thumbs: gr.update(visible=True)}

    def hide(self) -> Updates:
        """Return the updates after which nothing is asked and nothing can be sent."""
        closed = gr.update(visible=False)
        return {
            self._exchange: None,
            self._thumbs: closed,
            self._doubt: closed,
            self._reason: gr.update(value=None),
            self._comment: gr.update(value=""),
            self._said: "",
        }

    @property
    def _words(self) -> list[gr.blocks.Block]:
        labelled = [self._helped, self._up, self._down, self._reason, self._comment]
        return [*labelled, self._submit, self._cancel]

    def _listen(self, language: gr.Radio) -> None:
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        # one at a time: the second click of two finds that the first was sent
        once: dict[str, Any] = {**quiet, "trigger_mode": "once", "concurrency_id": "feedback"}
        sent = _FOCUS.format("#feedback-said")
        self._up.click(self._praise, [self._exchange, language], self.parts, **once).then(
            None, js=sent
        )
        words = [self._exchange, self._reason, self._comment, language]
        self._submit.click(self._doubted, words, self.parts, **once).then(None, js=sent)
        self._down.click(lambda: self._open(is_open=True), None, self.parts, **quiet).then(
            None, js=_FOCUS.format("#reason input")
        )
        self._cancel.click(lambda: self._open(is_open=False), None, self.parts, **quiet).then(
            None, js=_FOCUS.format("#down")
        )

    def _open(self, *, is_open: bool) -> Updates:
        return {
            self._thumbs: gr.update(visible=not is_open),
            self._doubt: gr.update(visible=is_open),
            self._reason: gr.update(value=None),
            self._comment: gr.update(value=""),
            self._said: "",
        }

    def _praise(self, exchange: Exchange | None, chosen: Language) -> Updates:
        said = word_on(exchange, self._policy, Thumb.UP) if exchange else None
        return self._sent(said, chosen)

    def _doubted(
        self, exchange: Exchange | None, reason: str | None, comment: str, chosen: Language
    ) -> Updates:
        named = Reason(reason) if reason else None
        if exchange is None:
            return self._sent(None, chosen)
        said = word_on(exchange, self._policy, Thumb.DOWN, named, comment)
        return self._sent(said, chosen)

    def _sent(self, said: Feedback | None, chosen: Language) -> Updates:
        if said is None:
            return {self._thumbs: gr.update(visible=False), self._doubt: gr.update(visible=False)}
        trouble = keep(self._store, said, chosen)
        if trouble:
            return {self._said: notice_html(trouble, chosen, is_trouble=True)}
        return {**self.hide(), self._said: notice_html(say("chat.thanks", chosen), chosen)}


def word_on(
    exchange: Exchange,
    policy: Policy,
    thumb: Thumb,
    reason: Reason | None = None,
    comment: str = "",
) -> Feedback:
    """Return what a customer says of ``exchange``, whose answer rests on ``policy``."""
    answer = exchange.answer
    return Feedback(
        question=exchange.question,
        language=answer.language,
        status=answer.status,
        clauses=tuple(citation.clause for citation in answer.citations),
        policy=policy.id,
        version=policy.version,
        thumb=thumb,
        reason=reason,
        comment=comment.strip()[:COMMENT_LONGEST],
    )


def keep(store: FeedbackStore, said: Feedback, chosen: Language) -> str:
    """Keep what was said; return what went wrong in ``chosen``, nothing if all went well.

    This is the panel's edge: whatever breaks is told, and logged without what was typed.
    """
    try:
        store.keep(said)
    except FeedbackError as error:
        return error.message(chosen)
    except Exception as error:  # noqa: BLE001 - the panel's outermost handler
        log_failure("feedback was not kept", error)
        return say("chat.feedback_failed", chosen)
    return ""


def _reasons(language: Language) -> list[tuple[str, str]]:
    return [(reason.words(language), reason.value) for reason in Reason]
