"""The theme and what the page's head carries. Nothing comes from outside the machine."""

from typing import Any, Final

import gradio as gr

_HEAD: Final = """
<meta name="color-scheme" content="light dark">
<script src="/ui/js/theme.js"></script>
<link rel="icon" type="image/svg+xml" href="/ui/icon.svg">
<link rel="preload" href="/ui/fonts/inter-latin-wght-normal.woff2" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="/ui/studio.css">
<script type="module" src="/ui/studio.js"></script>
"""


def look() -> dict[str, Any]:
    """Arguments for mounting: a bare theme (the stylesheet sets its variables) and the head."""
    return {"theme": gr.themes.Base(font=["Inter", "system-ui", "sans-serif"]), "head": _HEAD, "footer_links": []}
