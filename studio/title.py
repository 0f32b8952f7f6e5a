"""The title a conversation gets from its first prompt."""

from typing import Final

UNTITLED: Final = "Untitled"
_MAX_CHARS: Final = 60
_LOOSE_ENDS: Final = " ,;:.…—–-"


def title_from(text: str) -> str:
    """The prompt on one line; a long one ends at a word, with an ellipsis. At most 60 characters."""
    line = " ".join(text.split())
    if len(line) <= _MAX_CHARS:
        return line.rstrip(_LOOSE_ENDS) or UNTITLED
    room = line[:_MAX_CHARS]  # one character of it is the ellipsis'
    words = room.rpartition(" ")[0].rstrip(_LOOSE_ENDS)
    return f"{words or room[:-1]}…"
