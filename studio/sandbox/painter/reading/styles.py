"""Style words of a fresh prompt ("as a watercolour") as changes made to the finished picture."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.reading.finding import find_terms
from studio.sandbox.painter.reading.reading import cut_up

_QUOTED = re.compile('["“„«][^"”“»]{1,80}["”»]')
_BLURS_LETTERS = ("watercolour", "oil", "pencil", "ink", "comic", "posterise", "pixelate", "halftone")


@dataclass(frozen=True, slots=True)
class Style:
    """A look: the words that ask for it, how a caption names it, and the filters that make it."""

    name: str
    words: tuple[str, ...]
    phrase: str
    ops: tuple[Op, ...]


@cache
def styles() -> dict[str, Style]:
    """The looks of styles.toml by name."""
    table = tomllib.loads((Path(__file__).parent / "styles.toml").read_text(encoding="utf-8"))
    return {
        name: Style(
            name=name,
            words=tuple(row["words"]),
            phrase=row.get("phrase", ""),
            ops=tuple(Op(filter_name, float(amount), value) for filter_name, amount, value in row["ops"]),
        )
        for name, row in table.items()
    }


def find_styles(text: str) -> tuple[Style, ...]:
    """The looks a text asks for, in its order, each once."""
    hits = find_terms(text.lower(), {name: style.words for name, style in styles().items()})
    return tuple(styles()[name] for name in dict.fromkeys(hit.name for hit in hits))


def without_styles(text: str) -> str:
    """The text with its style words blanked, so that a pencil sketch holds no pencil; places stay as they were."""
    for hit in find_terms(text, {name: style.words for name, style in styles().items()}):
        text = text[: hit.start] + " " * (hit.end - hit.start) + text[hit.end :]
    return text


def styles_asked(prompt: str, *, lettered: bool) -> tuple[Style, ...]:
    """The looks a prompt asks for and does not exclude; lettered: the picture has words that must stay legible."""
    quoteless = _QUOTED.sub(" ", prompt)
    wish = cut_up(quoteless)
    refused = {style.name for style in find_styles(wish.left_out)}
    looks = [style for style in find_styles(wish.text) if style.name not in refused]
    return tuple(look for look in looks if not (lettered and any(op.name in _BLURS_LETTERS for op in look.ops)))
