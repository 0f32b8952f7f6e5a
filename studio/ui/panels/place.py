"""A place of the page: one `gr.HTML` whose DOM the page's script builds, and the commands it may call.

A factory, not a subclass: subclassing a Gradio component writes an interface file beside the module (6.31).
"""

from collections.abc import Sequence
from typing import Final

import gradio as gr

from studio.ui.events import ServerFunction

# The template is constant: data never passes through it, because Gradio would evaluate what looks like code in it.
_SKELETON: Final = '<div class="place"></div>'
# A list that assets/studio.js takes over when it comes: either may be the first.
_MOUNT: Final = """
const place = {{element, server: typeof server === "undefined" ? {{}} : server}};
(window.studioPlaces ??= []).push(["{name}", place]);
"""


def place(name: str, functions: Sequence[ServerFunction]) -> gr.HTML:
    """The place called `name`; its wrapper's id is `place-<name>`."""
    return gr.HTML(
        value="",
        html_template=_SKELETON,
        js_on_load=_MOUNT.format(name=name),
        elem_id=f"place-{name}",
        apply_default_css=False,
        server_functions=list(functions),
    )
