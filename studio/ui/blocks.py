"""The page, top to bottom."""

from typing import Final

import gradio as gr
from fastapi import FastAPI

from studio.ui.events import COMMANDS, functions_for
from studio.ui.guard import Owners
from studio.ui.handlers import Handlers
from studio.ui.look import look
from studio.ui.page_files import PageFiles
from studio.ui.panels.place import place

QUEUE_LOOKS_EVERY_S: Final = 1.0


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


def mount_blocks(app: FastAPI, blocks: gr.Blocks, files: PageFiles) -> FastAPI:
    """Mount the Blocks at "/", after every route of our own."""
    # No event of ours goes through Gradio's queue, which otherwise looks a thousand times a second (6.31).
    blocks._queue.sleep_when_free = blocks._queue.progress_update_sleep_when_free = QUEUE_LOOKS_EVERY_S  # noqa: SLF001
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        path="/",
        show_error=False,
        enable_monitoring=False,
        run_history=False,
        ssr_mode=False,
        **look(files),
    )
    return mounted
