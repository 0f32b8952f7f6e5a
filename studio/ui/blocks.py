"""The page, top to bottom."""

import gradio as gr
from fastapi import FastAPI

from studio.ui.events import COMMANDS, functions_for
from studio.ui.guard import Owners
from studio.ui.handlers import Handlers
from studio.ui.look import look
from studio.ui.panels.place import place


def build_blocks(*, handlers: Handlers, owners: Owners) -> gr.Blocks:
    """The Blocks: a grid of places (assets/css/layout.css gives each its area)."""
    blocks: gr.Blocks
    with (
        gr.Blocks(title="Retake", analytics_enabled=False, fill_width=True, fill_height=True) as blocks,
        gr.Column(elem_id="app"),
    ):
        for name in COMMANDS:
            place(name, functions_for(name, handlers=handlers, owners=owners))
    return blocks


def mount_blocks(app: FastAPI, blocks: gr.Blocks) -> FastAPI:
    """Mount the Blocks at "/", after every route of our own."""
    mounted: FastAPI = gr.mount_gradio_app(
        app, blocks, path="/", show_error=False, enable_monitoring=False, run_history=False, ssr_mode=False, **look()
    )
    return mounted
