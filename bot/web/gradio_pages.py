"""Gradio's pages, the chat and the staff desk, as one application."""

import os

# before gradio is imported: no telemetry, nothing from other hosts
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from fastapi import FastAPI

from bot.assistant import Assistant
from bot.feedback.types import FeedbackStore
from bot.suggest import Suggestions
from bot.web.chat import CSS as CHAT_CSS
from bot.web.chat import chat_page
from bot.web.staff import CSS as STAFF_CSS
from bot.web.staff import staff_page

_FONTS = [
    "system-ui",
    "-apple-system",
    "Noto Sans",
    "Noto Sans CJK SC",
    "PingFang SC",
    "Microsoft YaHei",
    "sans-serif",
]
_LARGEST_UPLOAD = 1  # byte: no page takes files


def create_pages(
    assistant: Assistant, feedback: FeedbackStore, suggestions: Suggestions
) -> FastAPI:
    """Return the application with the staff desk at ``/staff`` and the chat page at ``/``."""
    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    # the chat page takes every address that is left
    for path, page, css in (
        ("/staff", staff_page(assistant, feedback), STAFF_CSS),
        ("/", chat_page(assistant, feedback, suggestions), CHAT_CSS),
    ):
        gr.mount_gradio_app(
            application,
            page,
            path=path,
            theme=_theme(),
            css_paths=css,
            footer_links=[],
            show_error=False,
            run_history=False,
            ssr_mode=False,
            enable_monitoring=False,
            max_file_size=_LARGEST_UPLOAD,
        )
    return application


def _theme() -> gr.themes.Base:
    """Return the look of both pages; every text has a contrast of 4.5 to 1 at least."""
    return gr.themes.Base(
        primary_hue="teal",
        neutral_hue="slate",
        font=_FONTS,
        font_mono=["ui-monospace", "monospace"],
    ).set(
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        input_placeholder_color="*neutral_600",
        input_placeholder_color_dark="*neutral_300",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
    )
