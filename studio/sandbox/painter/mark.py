"""The sandbox's mark, a small label in the lower right corner: put on, found again by its pixels, and taken off.

Metadata is lost where a picture was saved anew, so that a mark is looked for in what can be seen, at the size it has
now: a picture may have been scaled since.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from studio.sandbox.painter.colour import LUMA, Bytes, Field
from studio.sandbox.painter.lettering.setting import set_lines
from studio.sandbox.painter.noise import blurred

_PLATE = 0.46
"""How dark the label is: on white its letters must still be read."""
_INK = 0.86
_MODELS_PX = (12, 8, 11, 17)
"""The sizes of letters at which a label is compared."""
_SMALLEST, _LARGEST, _SIZES = 0.0115, 0.053, 40
"""The letters of a label, as a share of the picture's shorter side, and how many sizes between are tried."""
_ALIKE = 0.71
"""How well a corner follows the word before it is taken for a mark that was scaled; other words stay below 0.7."""
_IN_PLACE, _TOLD = 0.60, 0.35
"""As `_ALIKE` for just where a mark is put, and where the file says that there is one."""
_PROMISING = 0.42
_LEAST_STEP = 45.0
"""How much lighter than their plate the letters are at least (0–255)."""

_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Label:
    """Where a mark lies, and its plate and its letters (h, w, 1), each 0–1."""

    rows: slice
    columns: slice
    plate: Field
    text: Field
    scaled: bool = False
    """Its edges are then not to be trusted to a pixel."""


def _drawn(size: int) -> tuple[Field, Field]:
    """The plate and the letters (h, w) for letters of a size in px."""
    wide, high = round(size * 5.4), round(size * 1.9)
    yy, xx = np.mgrid[0:high, 0:wide].astype(np.float32)
    r = high / 2
    dx = np.maximum(np.abs(xx - wide / 2) - (wide / 2 - r), 0)
    plate: Field = np.clip(r - np.hypot(dx, yy - high / 2), 0, 1)
    at = (wide / 2, high * 0.5 - size * 0.62)
    return plate, set_lines(["sandbox"], face="sans", size_px=size, at=at, shape=(high, wide))


def label(height: int, width: int) -> Label:
    """The mark of a picture of this size."""
    side = min(height, width, 3000)
    size = max(8, min(11, round(side * 0.0275)), round(side * 0.0165))
    plate, text = _drawn(size)
    high, wide = plate.shape
    gap = round(size * 0.9)
    top, left = max(0, height - high - gap), max(0, width - wide - gap)
    rows, columns = slice(top, min(height, top + high)), slice(left, min(width, left + wide))
    part = (slice(0, rows.stop - top), slice(0, columns.stop - left))
    return Label(rows, columns, plate[part][..., None], text[part][..., None])


def put_on(pixels: Bytes) -> None:
    """The word "sandbox" on a translucent label in the lower right corner, in place."""
    one = label(*pixels.shape[:2])
    place = (one.rows, one.columns)
    floats: Field = pixels[place].astype(np.float32)
    floats = floats * (1 - _PLATE * one.plate) + 20 * _PLATE * one.plate
    floats = floats * (1 - _INK * one.text) + 250 * _INK * one.text
    pixels[place] = np.clip(floats + 0.5, 0, 255).astype(np.uint8)


def _likeness(grey: Field, one: tuple[Field, Field]) -> float:
    """How well a corner (h, w, 0–255) follows the letters on their plate, −1 to 1; nought where they are no lighter."""
    plate, text = one
    inside = plate > 0.95
    seen, model = grey[inside], text[inside]
    seen, model = seen - seen.mean(), model - model.mean()
    power = float((model * model).sum())
    step = float((seen * model).sum()) / max(power, 1e-6)
    return 0.0 if step < _LEAST_STEP else step * float(np.sqrt(power / max(float((seen * seen).sum()), 1e-6)))


def _looked_at(corner: Image.Image, box: _Box, size: tuple[int, int]) -> Field | None:
    if box[0] < 0 or box[1] < 0 or box[2] > corner.width or box[3] > corner.height:
        return None
    return np.asarray(corner.resize(size, Image.Resampling.BILINEAR, box=box), dtype=np.float32)


def _boxed(corner: Image.Image, letters: float, at: tuple[float, float]) -> _Box:
    """Where a label with letters of a size in px lies in the corner, at (x, y) px further in than it is put."""
    right, bottom = corner.width - letters * 0.9 - at[0], corner.height - letters * 0.9 - at[1]
    return right - letters * 5.4, bottom - letters * 1.9, right, bottom


def _scanned(corner: Image.Image, side: int) -> tuple[float, _Box]:
    """The best likeness to a mark that was scaled with its picture, and its box in the corner."""
    model = _drawn(_MODELS_PX[0])
    shifts = (-0.06, 0.0, 0.06)
    sizes = np.geomspace(_SMALLEST, _LARGEST, _SIZES) * side
    tries = [(size, (x * size, y * size)) for size in sizes for x in shifts for y in shifts]
    alike, (size, at) = _best(corner, model, tries)
    if alike < _PROMISING:
        return alike, _boxed(corner, size, at)
    # Letters are drawn on a grid of pixels, so that those of another size are a little different.
    fine = (-0.03, 0.0, 0.03)
    near = [
        (size * scale, (at[0] + x * size, at[1] + y * size))
        for scale in (0.96, 0.98, 1.0, 1.02, 1.04) for x in fine for y in fine
    ]  # fmt: skip
    alike, (size, at) = max(_best(corner, _drawn(letters), near) for letters in _MODELS_PX)
    return alike, _boxed(corner, size, at)


def _best(
    corner: Image.Image, model: tuple[Field, Field], tries: list[tuple[float, tuple[float, float]]]
) -> tuple[float, tuple[float, tuple[float, float]]]:
    """(likeness, (size, place)) of the try that follows the model best."""
    high, wide = model[0].shape
    found = []
    for size, at in tries:
        grey = _looked_at(corner, _boxed(corner, size, at), (wide, high))
        found.append((0.0 if grey is None else _likeness(grey, model), (size, at)))
    return max(found)


def _scaled(box: _Box, origin: tuple[int, int]) -> Label:
    """A label drawn into a box of fractions of pixels; origin: the (left, top) of what the box is in."""
    left, top = int(np.floor(box[0])) - 3, int(np.floor(box[1])) - 3
    right, bottom = int(np.ceil(box[2])) + 3, int(np.ceil(box[3])) + 3
    large = _drawn(max(24, 2 * round((box[3] - box[1]) / 1.9)))
    high, wide = large[0].shape
    sx, sy = wide / (box[2] - box[0]), high / (box[3] - box[1])
    pad = int(np.ceil(5 * max(sx, sy))) + 2
    view = ((left - box[0]) * sx + pad, (top - box[1]) * sy + pad,
            (right - box[0]) * sx + pad, (bottom - box[1]) * sy + pad)  # fmt: skip
    planes = []
    for plane in large:
        image = Image.fromarray(np.pad(plane, pad).astype(np.float32), mode="F")
        drawn = np.asarray(image.resize((right - left, bottom - top), Image.Resampling.BILINEAR, box=view))
        planes.append(np.clip(drawn, 0, 1).astype(np.float32)[..., None])
    x, y = origin[0] + left, origin[1] + top
    return Label(slice(y, y + bottom - top), slice(x, x + right - left), planes[0], planes[1], scaled=True)


def found_in(picture: Image.Image, *, told: bool = False, scaled: bool = True) -> Label | None:
    """The mark in a picture's corner, None where there is none; told: its file says that there is one; scaled: one
    that was scaled with its picture is looked for too, which takes longer."""
    one = label(picture.height, picture.width)
    area = picture.crop((one.columns.start, one.rows.start, one.columns.stop, one.rows.stop))
    grey = np.asarray(area, dtype=np.float32) @ LUMA
    exact = _likeness(grey, (one.plate[..., 0], one.text[..., 0]))
    if exact > (_TOLD if told else _IN_PLACE):
        return one
    if not scaled:
        return None
    side = min(picture.size)
    reach = min(side, round(side * _LARGEST * 7) + 4), min(side, round(side * _LARGEST * 3.5) + 4)
    origin = picture.width - reach[0], picture.height - reach[1]
    corner = picture.crop((*origin, picture.width, picture.height)).convert("F")
    best, box = _scanned(corner, side)
    if best < _ALIKE:
        return None
    found = _scaled(box, origin)
    inside = found.rows.start >= 0 and found.columns.start >= 0
    return found if inside and found.rows.stop <= picture.height and found.columns.stop <= picture.width else None


def taken_off(picture: Image.Image, one: Label) -> Image.Image:
    """The picture without the mark: its plate made clear again, what the letters hid filled in from round them."""
    area = np.array(picture.crop((one.columns.start, one.rows.start, one.columns.stop, one.rows.stop)), np.float32)
    bare = np.clip((area - 20 * _PLATE * one.plate) / (1 - _PLATE * one.plate), 0, 255)
    lost = np.clip(one.text * 6, 0, 1)
    if one.scaled:
        rim = (blurred(one.plate[..., 0], 1.0) * (1 - blurred(one.plate[..., 0], 1.0)) > 0.02)[..., None]
        lost = np.maximum(rim, np.clip(blurred(one.text[..., 0], 0.8)[..., None] * 9, 0, 1))
    known = (1 - lost).astype(np.float32)
    reach = max(1.0, area.shape[0] / 6)
    weight = np.maximum(blurred(known[..., 0], reach), 0.02)
    smooth = np.stack([blurred((bare * known)[..., i] / 255, reach) for i in range(3)], axis=-1) / weight[..., None]
    clean = np.clip(bare * known + smooth * 255 * (1 - known) + 0.5, 0, 255).astype(np.uint8)
    whole = picture.copy()
    whole.paste(Image.fromarray(clean, mode="RGB"), (one.columns.start, one.rows.start))
    return whole
