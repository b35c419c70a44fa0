"""Put the pages together as one FastAPI application."""

import os

# before gradio is imported: no telemetry, nothing from other hosts
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from fastapi import FastAPI

from bot.assistant import Assistant
from bot.web.chat import CSS, chat_page

_FONTS = [
    "system-ui",
    "-apple-system",
    "Noto Sans",
    "Noto Sans CJK SC",
    "PingFang SC",
    "Microsoft YaHei",
    "sans-serif",
]


def create_application(assistant: Assistant) -> FastAPI:
    """Return the web application over ``assistant``, the chat page at ``/``."""
    application = FastAPI(title="policybot", docs_url=None, redoc_url=None, openapi_url=None)
    theme = gr.themes.Base(
        primary_hue="teal",
        neutral_hue="slate",
        font=_FONTS,
        font_mono=["ui-monospace", "monospace"],
    ).set(  # every text at a contrast of 4.5 to 1 at least
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_400",
        input_placeholder_color="*neutral_600",
        input_placeholder_color_dark="*neutral_300",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
    )
    gr.mount_gradio_app(
        application,
        chat_page(assistant),
        path="/",
        theme=theme,
        css_paths=CSS,
        footer_links=[],
        show_error=False,
        run_history=False,
        ssr_mode=False,
        enable_monitoring=False,
    )
    return application
