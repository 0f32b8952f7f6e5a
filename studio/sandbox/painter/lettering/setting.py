"""Words put into a picture: at the place asked, fitted, legible, in the style asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from studio.sandbox.painter.colour import Field, luma, mix, shifted, srgb
from studio.sandbox.painter.filters.matte import subject_alpha
from studio.sandbox.painter.lettering.contrast import Inking, readable
from studio.sandbox.painter.lettering.forms import facing_part, on_form
from studio.sandbox.painter.lettering.textplace import Placement, TextOrder, lexicon
from studio.sandbox.painter.lettering.typefaces import font
from studio.sandbox.painter.lettering.typography import Box, Style
from studio.sandbox.painter.lettering.wrapping import Block, Room, draw_block, fit
from studio.sandbox.painter.noise import blurred
from studio.sandbox.painter.scene import Canvas

_ROLE_SHARE = {"title": 1.0, "subtitle": 0.5, "small": 0.34}
_ANYWHERE = ("bottom", "top", "lower_third", "left", "right", "top_left", "top_right", "bottom_left")
_PROBE_SIDE = 128
_EASE = 0.86
_HALO_SHARE, _HALO_PX = 0.07, (4, 7)
"""How far a halo reaches from the letters: a share of their size, and at least and at most so many px."""
_LOWER = 0.03
"""Words on a thing stand a little below its middle: what is open at the top shows its inside there."""


@dataclass(frozen=True, slots=True)
class Written:
    """One line as it stands in the picture: its text, face, size and ink box (left, top, right, bottom px)."""

    text: str
    face: str
    size_px: int
    box: Box


@dataclass(frozen=True, slots=True)
class Lettering:
    """Coverage (h, w) of all letters and the lines it holds. Boxes of turned text are those of its turned place."""

    plane: Field
    lines: tuple[Written, ...]

    @property
    def size_px(self) -> int:
        return max(line.size_px for line in self.lines)


def set_lines(
    lines: Sequence[str], *, face: str, size_px: int, at: tuple[float, float], shape: tuple[int, int]
) -> Field:
    """Coverage (h, w) of centred lines, the first's ascender at (x, y) px."""
    plane = Image.new("L", (shape[1], shape[0]), 0)
    pen = ImageDraw.Draw(plane)
    for i, line in enumerate(lines):
        pen.text((at[0], at[1] + i * size_px * 1.04), line, font=font(face, size_px), fill=255, anchor="ma")
    return np.asarray(plane, dtype=np.float32) / np.float32(255)


def face_of(order: TextOrder) -> str:
    """The face asked, else one that suits: capitals in a bold grotesque, sentences in a serif."""
    if order.face:
        return order.face
    if order.effect == "neon":
        return "script" if not order.text.isupper() else "sans"
    return "bold" if order.text.upper() == order.text else "serif"


def _grown(place: Placement, scale: float) -> tuple[float, float, float, float]:
    """The place's box made larger towards the picture's middle when large letters were asked for."""
    left, top, right, bottom = place.box
    more = max(1.0, scale)
    high, wide = (bottom - top) * more, (right - left) * more
    if place.stand == "top":
        bottom = min(0.94, top + high)
    elif place.stand == "bottom":
        top = max(0.06, bottom - high)
    else:
        top, bottom = max(0.05, (top + bottom - high) / 2), min(0.93, (top + bottom + high) / 2)
    if place.align == "left":
        right = min(0.94, left + wide)
    elif place.align == "right":
        left = max(0.06, right - wide)
    return left, top, right, bottom


def _quiet_place(canvas: Canvas) -> str:
    """Where letters disturb least: calm, and away from the subject when it is known."""
    grey = Image.fromarray((np.clip(luma(canvas.picture), 0, 1) * 255).astype(np.uint8), mode="L")
    small = np.asarray(grey.resize((96, 96), Image.Resampling.BOX), dtype=np.float32) / 255
    detail = np.abs(np.diff(small, axis=1, prepend=small[:, :1])) + np.abs(np.diff(small, axis=0, prepend=small[:1]))
    if canvas.alpha is not None:
        mask = Image.fromarray((np.clip(canvas.alpha, 0, 1) * 255).astype(np.uint8), mode="L")
        detail = detail + 0.35 * np.asarray(mask.resize((96, 96), Image.Resampling.BOX), dtype=np.float32) / 255
    costs = {}
    for i, name in enumerate(_ANYWHERE):
        left, top, right, bottom = (round(96 * share) for share in lexicon().places[name].box)
        costs[name] = float(detail[top:bottom, left:right].mean()) + 0.004 * i
    return min(costs, key=lambda name: costs[name])


def _inside(alpha: Field, aspect: float) -> Box | None:
    """The largest box of the aspect (width by height) wholly inside the coverage, nearest its middle, in px."""
    height, width = alpha.shape
    factor = _PROBE_SIDE / max(height, width)
    size = (max(2, round(width * factor)), max(2, round(height * factor)))
    mask = Image.fromarray((np.clip(alpha, 0, 1) * 255).astype(np.uint8), mode="L").resize(size, Image.Resampling.BOX)
    solid = np.asarray(mask) > 200
    if not solid.any():
        return None
    total = np.pad(np.cumsum(np.cumsum(solid, axis=0), axis=1), ((1, 0), (1, 0)))
    rows, columns = np.nonzero(solid)
    middle = (float(rows.mean()) + _LOWER * size[1], float(columns.mean()))
    largest = 0
    for wide in range(size[0], 3, -1):
        if largest and wide > largest * _EASE:
            continue  # a smaller box can sit nearer the middle
        high = max(2, round(wide / aspect))
        if high > size[1]:
            continue
        filled = total[high:, wide:] - total[:-high, wide:] - total[high:, :-wide] + total[:-high, :-wide]
        tops, lefts = np.nonzero(filled >= wide * high * 0.995)
        if len(tops) and not largest:
            largest = wide
        elif len(tops):
            gap = (tops + high / 2 - middle[0]) ** 2 + (lefts + wide / 2 - middle[1]) ** 2
            top, left = int(tops[gap.argmin()]), int(lefts[gap.argmin()])
            return left / factor, top / factor, (left + wide) / factor, (top + high) / factor
    return None


def _box_on_subject(canvas: Canvas, order: TextOrder) -> Box | None:
    alpha = facing_part(canvas) if canvas.alpha is not None else subject_alpha(canvas.picture)
    if not 0.004 < float(alpha.mean()) < 0.9:
        return None
    best: tuple[int, Box] | None = None
    for aspect in (4.0, 2.6, 1.7, 1.1, 0.7):
        box = _inside(alpha, aspect)
        if box is None:
            continue
        wide, high = (box[2] - box[0]) * 0.84, (box[3] - box[1]) * 0.84
        size = min(block.size_px for block in _blocks(order, width=wide, height=high, most_px=0.0))
        if best is None or size > best[0]:
            inset_x, inset_y = (box[2] - box[0]) * 0.08, (box[3] - box[1]) * 0.08
            best = size, (box[0] + inset_x, box[1] + inset_y, box[2] - inset_x, box[3] - inset_y)
    return best[1] if best else None


def _blocks(order: TextOrder, *, width: float, height: float, most_px: float) -> list[Block]:
    """The pieces one under another, each in proportion to the first."""
    shares = [_ROLE_SHARE[piece.role] for piece in order.pieces]
    gaps = 0.06 * height * (len(shares) - 1)
    blocks: list[Block] = []
    for piece, share in zip(order.pieces, shares, strict=True):
        face = face_of(order)
        style = Style(face if share == max(shares) or face not in ("condensed", "retro", "didone") else "bold")
        cap = most_px * share / max(shares) if most_px else 0.0
        if blocks:
            cap = min(cap or height, blocks[0].size_px * share / shares[0])
        room = Room(width, (height - gaps) * share / sum(shares), most_px=cap)
        blocks.append(fit(piece.text, style, room))
    return blocks


def _turned(plane: Image.Image, turn: int) -> Image.Image:
    return plane.transpose(Image.Transpose.ROTATE_90 if turn > 0 else Image.Transpose.ROTATE_270)


def lay_out(canvas: Canvas, order: TextOrder) -> Lettering:
    """Where the order's letters come to stand. Their ink is inside the place's box, and that inside the picture."""
    height, width = canvas.picture.shape[:2]
    box = _box_on_subject(canvas, order) if order.place == "subject" else None
    name = order.place if order.place in lexicon().places else _quiet_place(canvas)
    place = lexicon().places["centre" if box else name]
    if box is None:
        shares = _grown(place, order.scale)
        box = shares[0] * width, shares[1] * height, shares[2] * width, shares[3] * height
        most = min(height, width) * 0.17 * order.scale if name != "everywhere" else 0.0
    else:
        most = (box[3] - box[1]) * min(1.0, order.scale)
    wide, high = int(box[2] - box[0]), int(box[3] - box[1])
    local = (high, wide) if place.turn else (wide, high)
    blocks = _blocks(order, width=local[0] - 1, height=local[1] - 1, most_px=most)
    gap = 0.42 * blocks[0].size_px
    spare = local[1] - sum(block.height_px for block in blocks) - gap * (len(blocks) - 1)
    if spare < 0 and len(blocks) > 1:
        gap, spare = max(0.0, gap + spare / (len(blocks) - 1)), 0.0
    top = {"top": 0.0, "middle": spare / 2, "bottom": spare}[place.stand]
    sheet = Image.new("L", (max(1, local[0]), max(1, local[1])), 0)
    written: list[Written] = []
    for piece in blocks:
        lines = draw_block(sheet, piece, left=0, top=top, width=local[0] - 1, align=place.align)
        written += [
            Written(text, piece.style.face, piece.size_px, _moved(line, int(box[0]), int(box[1])))
            for text, line in zip(piece.texts, lines, strict=True)
        ]
        top += piece.height_px + gap
    plane = Image.new("L", (width, height), 0)
    plane.paste(_turned(sheet, place.turn) if place.turn else sheet, (int(box[0]), int(box[1])))
    return Lettering(np.asarray(plane, dtype=np.float32) / np.float32(255), tuple(written))


def _moved(box: Box, right: int, down: int) -> Box:
    return box[0] + right, box[1] + down, box[2] + right, box[3] + down


def _near(plane: Field, reach_px: float) -> Field:
    """1 at the letters and close to them, fading out softly."""
    near: Field = np.clip(blurred(np.clip(blurred(plane, reach_px) * 9, 0, 1), reach_px) * 2.2, 0, 1)
    return near


def _neon(picture: Field, plane: Field, *, colour: Field, size_px: int) -> Field:
    lit = picture
    for reach, power in ((1.6, 0.34), (0.55, 0.5), (0.16, 0.75)):
        glow = np.clip(blurred(plane, max(1.0, size_px * reach)) * (1.0 + reach), 0, 1) * power
        lit = 1 - (1 - lit) * (1 - colour * glow[..., None])
    return mix(lit, mix(colour, np.ones(3, dtype=np.float32), 0.82), plane[..., None])


def _outlined(plane: Field, size_px: int) -> Field:
    side = max(3, int(size_px / 16) | 1)
    solid = Image.fromarray((plane * 255).astype(np.uint8), mode="L")
    inner = np.asarray(solid.filter(ImageFilter.MinFilter(min(side, 15))), dtype=np.float32) / np.float32(255)
    rim: Field = np.clip(plane - inner, 0, 1)
    return rim


def set_text(canvas: Canvas, order: TextOrder) -> Canvas:
    """The canvas with the order's words on it, legible: contrast at least 4.5 to what lies next to them."""
    laid = lay_out(canvas, order)
    picture, plane, size = canvas.picture, laid.plane, laid.size_px
    if order.place == "subject":
        plane = on_form(plane, canvas)
    halo = _halo(plane, _reach(size))
    ground = picture[halo > 0.5]
    if not len(ground):
        return canvas
    inking = readable(ground, order.colour)
    if order.effect == "neon":
        glow = srgb(order.colour or "#ff4fa3")
        dark = mix(picture, srgb("#0b0a14"), (0.78 * _near(plane, size * 0.7))[..., None])
        lit = _neon(dark, plane, colour=shifted(glow, light=0.04, chroma=1.15), size_px=size)
        return replace(canvas, picture=np.clip(lit, 0, 1).astype(np.float32))
    if inking.strength > 0:
        picture = mix(picture, inking.scrim, (inking.strength * halo)[..., None])
    if order.effect == "shadow":
        drop = np.roll(blurred(plane, max(1.0, size * 0.06)), (max(1, size // 22), max(1, size // 30)), (0, 1))
        picture = picture * (1 - 0.6 * drop)[..., None]
    if order.effect == "outline":
        plane = _outlined(plane, size)
    inked = mix(picture, _shaded(canvas, order, inking), plane[..., None])
    return replace(canvas, picture=np.clip(inked, 0, 1).astype(np.float32))


def _halo(plane: Field, reach_px: int) -> Field:
    """A rim around the letters that ends softly after so many px: nothing else of the picture is touched."""
    letters = Image.fromarray((plane * 255).astype(np.uint8), mode="L")
    grown = letters.filter(ImageFilter.MaxFilter(2 * reach_px + 1))
    soft = np.asarray(grown.filter(ImageFilter.GaussianBlur(0.25 * reach_px)), dtype=np.float32) / np.float32(255)
    rim: Field = np.clip(soft * np.float32(1.4), 0, 1)
    return rim


def _reach(size_px: int) -> int:
    """How far the halo of letters of the size goes, in px."""
    return int(np.clip(round(size_px * _HALO_SHARE), *_HALO_PX))


def _shaded(canvas: Canvas, order: TextOrder, inking: Inking) -> Field:
    """The ink; on a thing it takes part in the thing's light and shade."""
    if order.place != "subject":
        return inking.colour
    grey = blurred(luma(canvas.picture), max(2.0, min(canvas.picture.shape[:2]) / 40))
    shade = np.clip(grey / max(float(np.median(grey)), 0.05), 0.9, 1.06)
    return np.clip(inking.colour * shade[..., None], 0, 1)
