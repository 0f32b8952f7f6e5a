"""Made-up search results, shaped as the service's. They lead to example.com: the sandbox never searches."""

import html
import re
from typing import Final
from urllib.parse import quote

from studio.sandbox.google_errors import JsonObject

_QUERY_WORDS: Final = 8
_SOURCES: Final = ("An example source", "Another example source")


def grounding_metadata(prompt: str) -> JsonObject:
    """webSearchQueries, groundingChunks, searchEntryPoint (public recordings of grounded answers)."""
    words = re.findall(r"[\w'-]+", prompt)[:_QUERY_WORDS]
    query = " ".join(words) or "example"
    slug = quote("-".join(words).lower() or "example")
    chunks = [
        {"web": {"uri": f"https://example.com/{number}/{slug}", "title": f"{title} (sandbox)"}}
        for number, title in enumerate(_SOURCES, start=1)
    ]
    rendered = (
        '<div class="container"><div class="carousel">'
        f'<a class="chip" href="https://example.com/search?q={quote(query)}">{html.escape(query)}</a></div></div>'
    )
    return {
        "webSearchQueries": [query],
        "searchEntryPoint": {"renderedContent": rendered},
        "groundingChunks": chunks,
    }
