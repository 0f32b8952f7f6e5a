"""A prompt in, a new picture out: its scene, the changes it asks for with it, and what is said of both."""

from dataclasses import dataclass

from studio.sandbox.painter.edits.textedits import notice_of
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.registry import apply_op
from studio.sandbox.painter.lettering.textplace import notice_of_length, read_text_orders, to_value
from studio.sandbox.painter.reading.brief import describe, read_brief
from studio.sandbox.painter.reading.styles import styles_asked
from studio.sandbox.painter.reading.unknown import notice_of_unknown
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Canvas, Scene


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new picture, its caption and a notice, "" for none."""

    scene: Scene
    ops: tuple[Op, ...]
    canvas: Canvas
    caption: str
    notice: str


def painted_afresh(prompt: str, seed: bytes, *, size: tuple[int, int]) -> Fresh:
    """The picture the words describe; size: (width, height) px."""
    scene = read_brief(prompt, seed)
    looks = styles_asked(prompt, lettered=bool(scene.text))
    written = () if scene.kind == "poster" else read_text_orders(prompt)
    ops = (*(op for look in looks for op in look.ops), *(Op("text", 1.0, to_value(words)) for words in written))
    canvas = render(scene, width=size[0], height=size[1])
    for op in ops:
        canvas = apply_op(canvas, op)
    phrases = [look.phrase for look in looks if look.phrase] + [f"with the words “{words.text}”" for words in written]
    caption = ", ".join([describe(scene)[:-1], *phrases]) + "."
    unread = notice_of(" ".join([scene.text, *(words.text for words in written)]))
    notice = " ".join(filter(None, (unread, notice_of_length(prompt), notice_of_unknown(prompt, scene))))
    return Fresh(scene, ops, canvas, caption, notice)
