"""The theme and what the page's head carries. Nothing comes from outside the machine."""

from string import Template
from typing import Any, Final

import gradio as gr

from studio.ui.page_files import PageFiles

_HEAD: Final = Template("""
<meta name="color-scheme" content="light dark">
<script src="$root/js/theme.js"></script>
<link rel="icon" type="image/svg+xml" href="$root/icon.svg">
<link rel="preload" href="$root/fonts/inter-latin-wght-normal.woff2" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="$root/studio.css">
$preloads
<script type="module" src="$root/studio.js"></script>
""")


def look(files: PageFiles) -> dict[str, Any]:
    """Arguments for mounting: a bare theme (the stylesheet sets its variables) and the head."""
    # Named beforehand, they are fetched side by side and not as each is found in the one before.
    modules = (f'<link rel="modulepreload" href="{address}">' for address in files.modules())
    styles = (f'<link rel="preload" as="style" href="{address}">' for address in files.styles())
    head = _HEAD.substitute(root=files.root, preloads="\n".join((*modules, *styles)))
    return {"theme": gr.themes.Base(font=["Inter", "system-ui", "sans-serif"]), "head": head, "footer_links": []}
