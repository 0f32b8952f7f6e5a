"""Things cut out of one picture and set into another: to scale, on its ground, in its light, with their shadow."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from PIL import Image

from studio.sandbox.painter.colour import LUMA, Field, mix, smoothstep, to_linear, to_srgb
from studio.sandbox.painter.edits.certainty import FAINT, is_outlined
from studio.sandbox.painter.filters.ashore import ashore
from studio.sandbox.painter.filters.background import own_colours
from studio.sandbox.painter.filters.matte import subject_alpha
from studio.sandbox.painter.finish import covered
from studio.sandbox.painter.given.board import rounded_card
from studio.sandbox.painter.given.footing import SceneLight, is_sure, light_of, table_top_of
from studio.sandbox.painter.noise import blurred, dice
from studio.sandbox.painter.scene import Canvas, Known

AS_CARD = "I could not tell a subject from its background in every picture given, so one is set in whole, as a card."
_MATTE_SIDE = 720
_SHARE = 0.46
"""The height of a thing in a scene, of the scene's, where it stands in the middle distance."""
_ACROSS = {
    "left": 0.24, "right": 0.76, "centre": 0.5, "top-left": 0.24, "bottom-left": 0.24, "beside-left": 0.24,
    "top-right": 0.76, "bottom-right": 0.76, "beside-right": 0.76,
}  # fmt: skip
_DEPTHS = {"foreground": 0.94, "front": 0.90, "bottom": 0.92, "bottom-left": 0.92, "bottom-right": 0.92,
           "background": 0.22, "behind": 0.28, "top": 0.2, "top-left": 0.2, "top-right": 0.2}  # fmt: skip
"""How near a named place is: 0 on the far edge of the ground, 1 at the foot of the picture."""
_USUAL_DEPTH = 0.72


@dataclass(frozen=True, slots=True)
class Cutout:
    """What is set in: colours (h, w, 3) and coverage (h, w), trimmed to it."""

    colour: Field
    alpha: Field
    standing: bool
    """Cut out along its outline; else a card, the whole picture."""
    to_bottom: bool = False
    """It runs out of its own picture at the foot, as a bust does."""
    aloft: bool = False
    """It hangs in the air and throws no shadow on the ground."""
    remark: str = ""
    """What is to be said of how well it could be cut out."""

    @property
    def ratio(self) -> float:
        """Width by height."""
        return float(self.alpha.shape[1] / self.alpha.shape[0])


@dataclass(frozen=True, slots=True)
class Wish:
    """Where something is to stand and how much larger than usual; place is one of whereabouts.PLACES."""

    place: str = ""
    size: float = 1.0
    middle: float | None = None
    """Across the picture, as a share of its width, where nothing else is said."""
    widest: float = 0.5
    """The share of the picture's width it may take."""
    share: float = _SHARE
    """Its height, of the picture's, in the middle distance."""
    names: tuple[str, ...] = ()
    """What it is called."""
    dry: bool = False
    """It is to stand on a shore or on grass, not in water."""
    depth: float | None = None
    """How near it stands, 0 on the far edge of the ground and 1 at the foot, where the place does not say it."""
    aloft: Literal["", "air", "edge"] = ""
    """Above the ground: in the air, or at the picture's upper edge."""


def cut_out(item: Image.Image) -> Cutout:
    """The subject of a picture; the whole picture as a card where none stands out."""
    factor = min(1.0, _MATTE_SIDE / max(item.size))
    picture = covered(item, width=max(8, round(item.width * factor)), height=max(8, round(item.height * factor)))
    alpha = subject_alpha(picture)
    if not is_sure(alpha):
        return Cutout(colour=picture, alpha=rounded_card(picture.shape[1], picture.shape[0]), standing=False)
    alpha = _joined_up(smoothstep(0.05, 0.97, alpha).astype(np.float32))
    clean = own_colours(picture, alpha)
    rows, columns = np.nonzero((alpha > 0.5).any(axis=1))[0], np.nonzero((alpha > 0.5).any(axis=0))[0]
    if rows.size == 0:
        return Cutout(colour=picture, alpha=rounded_card(picture.shape[1], picture.shape[0]), standing=False)
    area = (slice(max(0, rows[0] - 1), rows[-1] + 2), slice(max(0, columns[0] - 1), columns[-1] + 2))
    foot = float(alpha[-2:].mean())
    remark = "" if is_outlined(picture, alpha) else FAINT
    return Cutout(colour=clean[area], alpha=alpha[area], standing=True, to_bottom=foot > 0.18, remark=remark)


def _joined_up(alpha: Field) -> Field:
    """The coverage with what parts it from side to side filled in: a white label on white is not a gap."""
    solid = alpha > 0.5
    found = np.nonzero(solid.any(axis=1))[0]
    steps = np.nonzero(np.diff(found) > 1)[0]
    if not steps.size:
        return alpha
    joined = alpha.copy()
    columns = np.arange(alpha.shape[1])
    for step in steps:
        above, below = int(found[step]), int(found[step + 1])
        # The rows next to a gap are ragged: the outline is taken a little further off.
        back = max(1, (below - above) // 8)
        upper = np.nonzero(solid[max(found[0], above - back)])[0]
        lower = np.nonzero(solid[min(found[-1], below + back)])[0]
        if not upper.size or not lower.size or lower[0] > upper[-1] or upper[0] > lower[-1]:
            continue
        for row in range(max(0, above - back), min(alpha.shape[0], below + back + 1)):
            t = (row - above) / (below - above)
            left, right = upper[0] + (lower[0] - upper[0]) * t, upper[-1] + (lower[-1] - upper[-1]) * t
            cover = np.clip(np.minimum(columns - left, right - columns) + 0.5, 0, 1)
            joined[row] = np.maximum(joined[row], cover)
    return joined


def scaled(cut: Cutout, *, width: int, height: int) -> Cutout:
    """The cut-out at another size in px."""
    colour = np.clip(np.stack([_resized(cut.colour[..., i], width, height) for i in range(3)], axis=-1), 0, 1)
    return replace(cut, colour=colour, alpha=np.clip(_resized(cut.alpha, width, height), 0, 1))


def _resized(plane: Field, width: int, height: int) -> Field:
    image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32), mode="F")
    return np.asarray(image.resize((width, height), Image.Resampling.LANCZOS), dtype=np.float32)


def _calmest(canvas: Canvas, *, foot: float, width: float, taken: Field) -> float:
    """The middle, in px, of the stretch of ground where least is going on; the middle of the picture among alike."""
    height, across = canvas.picture.shape[:2]
    rows = slice(int(max(0, foot - height * 0.34)), int(min(height, foot + 2)))
    grey = canvas.picture[rows] @ LUMA
    restless = np.abs(np.diff(grey, axis=1, append=grey[:, -1:])).mean(axis=0) * 6 + taken[rows].mean(axis=0) * 2
    span = max(3, min(across - 2, int(width * 1.06)))
    sums = np.concatenate([[0.0], np.cumsum(restless)])
    mean = (sums[span:] - sums[:-span]) / span
    middles = np.arange(len(mean)) + span / 2
    away = np.abs(middles - across / 2) / across
    return float(middles[int(np.argmin(mean + away * 0.10))])


@dataclass(frozen=True, slots=True)
class _Spot:
    """A cut-out's box in px: left, top, width and height; the row of its foot is top + height."""

    left: int
    top: int
    width: int
    height: int


def _table_top(canvas: Canvas, taken: Field) -> tuple[float, float, float] | None:
    """As `table_top_of`; things that were set in side by side make no table."""
    for one in canvas.known:
        taken = taken * (1 - one.cover)
    return table_top_of(taken)


def _spot(canvas: Canvas, cut: Cutout, wish: Wish, *, horizon: float, taken: Field) -> _Spot:
    height, width = canvas.picture.shape[:2]
    depth = _DEPTHS.get(wish.place, _USUAL_DEPTH) if wish.depth is None else wish.depth
    far = horizon * height
    foot = min(far + depth * (height - far) * 0.93 + height * 0.03, height * 0.965)
    # On one plane a thing grows with its foot's distance below the horizon.
    near = np.clip((0.25 + depth) / (0.25 + _USUAL_DEPTH), 0.5, 1.35)
    tall = height * wish.share * (1.0 if wish.aloft else float(near)) * wish.size
    tall = min(tall, foot * 0.94, width * wish.widest * min(1.25, max(1.0, float(wish.size))) / cut.ratio)
    if cut.to_bottom and cut.standing:
        tall, foot = min(height * 0.80, width * 0.62 / cut.ratio), float(height + 1)
    if wish.aloft:
        tall = min(tall, height * 0.5)
        foot = tall + height * 0.045 if wish.aloft == "edge" else max(tall + height * 0.08, far * 0.86)
    wide = tall * cut.ratio
    top = (
        _table_top(canvas, taken)
        if wish.place not in ("foreground", "front", "below", "bottom", "background")
        else None
    )
    if top is not None and not cut.to_bottom and not wish.aloft:
        return _on_top(cut, wish, top, tall=min(tall, top[2] * 0.9, height * 0.38))
    if wish.place in _ACROSS:
        middle = _ACROSS[wish.place] * width
    elif wish.middle is not None:
        middle = wish.middle * width
    else:
        middle = _calmest(canvas, foot=foot, width=wide, taken=taken)
    middle = float(np.clip(middle, wide / 2 + width * 0.015, max(wide / 2 + 1, width * 0.985 - wide / 2)))
    if wish.dry and cut.standing:
        middle, foot, wide, tall = ashore(canvas.picture, (middle, foot, wide, tall))
    box = max(4, round(wide)), max(4, round(tall))
    return _Spot(left=round(middle - wide / 2), top=round(foot) - box[1], width=box[0], height=box[1])


def _on_top(cut: Cutout, wish: Wish, top: tuple[float, float, float], *, tall: float) -> _Spot:
    """A place on a table: (left, right, row) of its top in px."""
    left, right, row = top
    wide = min(tall * cut.ratio, (right - left) * (0.7 if wish.middle is None else wish.widest))
    tall = wide / cut.ratio
    share = (_ACROSS.get(wish.place, 0.5 if wish.middle is None else wish.middle) - 0.5) * 1.2 + 0.5
    middle = float(np.clip(left + (right - left) * share, left + wide * 0.55, right - wide * 0.55))
    box = max(4, round(wide)), max(4, round(tall))
    return _Spot(left=round(middle - wide / 2), top=round(row) - box[1], width=box[0], height=box[1])


def relit(cut: Cutout, light: SceneLight, *, seed: bytes, strength: float = 1.0) -> Cutout:
    """The cut-out in the scene's light: white balance and exposure softly, shade away from the key, a rim towards it,
    its foot a little darker, the scene's grain."""
    height, width = cut.alpha.shape
    lin = to_linear(cut.colour)
    solid = cut.alpha > 0.6
    own = float(np.median((lin @ LUMA)[solid])) if solid.any() else 0.3
    tint = mix(np.ones(3, dtype=np.float32), light.tint, 0.36 * strength)
    exposure = float(np.clip((light.level / 0.24) ** 0.55, 0.30, 1.12)) if own > 0.02 else 1.0
    exposure = 1 + (exposure - 1) * strength
    soft = blurred(np.pad(cut.alpha, max(2, width // 8)), max(1.0, min(height, width) / 9))
    pad = max(2, width // 8)
    slope = np.gradient(soft, axis=1)[pad:-pad, pad:-pad] * min(height, width) / 3
    turned = np.clip(-slope * light.side, -1, 1) + np.linspace(-0.35, 0.35, width, dtype=np.float32) * light.side
    shade = 1 + 0.26 * light.contrast * strength * turned
    foot = 1 - 0.20 * strength * smoothstep(0.80, 1.0, np.linspace(0, 1, height, dtype=np.float32))[:, None]
    rim = np.clip(cut.alpha - np.roll(cut.alpha, round(-light.side * max(1, width // 90)), axis=1), 0, 1)
    lit = lin * (tint * np.float32(exposure)) * np.clip(shade * foot, 0.3, 1.5)[..., None]
    lit = lit + (blurred(rim, 1.0) * 0.16 * light.contrast * strength)[..., None] * light.tint * np.float32(light.level)
    colour = to_srgb(np.clip(lit, 0, 1))
    if light.grain > 0.003:
        noise = dice(seed, "grain of a cut-out").standard_normal(cut.alpha.shape, dtype=np.float32)
        colour = np.clip(colour + (noise * np.float32(light.grain * 0.8))[..., None], 0, 1)
    return replace(cut, colour=colour)


def _cast(alpha: Field, *, side: float, reach: int) -> Field:
    """The shadow on level ground (h, w) of an outline standing on the lowest row, thrown away from the light.

    The plane is the outline's own, `reach` px wider on both sides and a quarter of its height lower.
    """
    height, width = alpha.shape
    low = height // 4
    y = np.arange(height + low, dtype=np.float32)[:, None]
    x = np.arange(width + 2 * reach, dtype=np.float32)[None, :]
    # Thrown backwards: each row of the outline falls a fifth of its height up the picture and further to the side.
    up = np.maximum((height - 1 - y) / 0.20, 0)
    rows = height - 1 - up
    columns = x - reach + side * up * 0.92
    inside = (rows >= 0) & (columns >= 0) & (columns <= width - 1) & (y <= height - 1)
    thrown = np.where(
        inside, alpha[np.clip(rows, 0, height - 1).astype(int), np.clip(columns, 0, width - 1).astype(int)], 0.0
    )
    far = np.clip(up / height, 0, 1)
    near, wide = blurred(thrown, max(1.0, height * 0.012)), blurred(thrown, max(1.5, height * 0.045))
    return np.asarray(mix(near, wide, far**0.6) * (1 - 0.55 * far), dtype=np.float32)


def _contact(alpha: Field, *, reach: int) -> Field:
    """The dark line where the foot meets the ground, along the outline's lower edge, on the plane of `_cast`."""
    height, width = alpha.shape
    plane = np.zeros((height + height // 4, width + 2 * reach), dtype=np.float32)
    low = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    foot = alpha * smoothstep(0.86, 0.93, low)
    down = max(1, round(height * 0.014))
    plane[down : down + height, reach : reach + width] = foot
    soft = blurred(plane, max(1.2, height * 0.026))
    close = blurred(plane, max(0.8, height * 0.008))
    return np.asarray(np.clip(soft * 0.75 + close * 0.35, 0, 1))


def _window(spot_left: int, spot_top: int, shape: tuple[int, int], frame: tuple[int, int]) -> tuple[
    tuple[slice, slice], tuple[slice, slice]
]:  # fmt: skip
    """(the part of the frame a plane put there covers, the same part of the plane)."""
    top, left = max(0, spot_top), max(0, spot_left)
    bottom, right = min(frame[0], spot_top + shape[0]), min(frame[1], spot_left + shape[1])
    bottom, right = max(top, bottom), max(left, right)
    return (slice(top, bottom), slice(left, right)), (
        slice(top - spot_top, bottom - spot_top),
        slice(left - spot_left, right - spot_left),
    )


def laid(canvas: Canvas, cut: Cutout, *, left: int, top: int, side: float) -> Canvas:
    """The cut-out, at its final size, on the picture with its corner there; its shadow first. Nothing else changes."""
    frame = (canvas.picture.shape[0], canvas.picture.shape[1])
    picture = canvas.picture.copy()
    alpha = np.zeros(frame, dtype=np.float32) if canvas.alpha is None else canvas.alpha.copy()
    shadow = np.zeros(frame, dtype=np.float32) if canvas.shadow is None else canvas.shadow.copy()
    if not cut.to_bottom and not cut.aloft:
        reach = round(cut.alpha.shape[0] * 0.95) + 4
        plane = (
            np.maximum(_cast(cut.alpha, side=side, reach=reach) * 0.95, _contact(cut.alpha, reach=reach))
            if cut.standing
            else _under_card(cut.alpha, reach=reach)
        )
        area, own = _window(left - reach, top, (plane.shape[0], plane.shape[1]), frame)
        shade = plane[own][..., None]
        dark = to_srgb(to_linear(picture[area]) * (1 - np.float32(0.80) * shade))
        picture[area] = np.where(shade > 0.004, dark, picture[area])
        shadow[area] = np.maximum(shadow[area], plane[own])
    area, own = _window(left, top, (cut.alpha.shape[0], cut.alpha.shape[1]), frame)
    cover, colour = cut.alpha[own], cut.colour[own]
    if cover.size:
        # Along its edge a thing takes on some of what is behind it.
        edge = np.clip(1 - blurred(cover, 1.6), 0, 1) * (cover > 0) * 0.35
        around = np.stack([blurred(picture[area][..., i], 6.0) for i in range(3)], axis=-1)
        colour = mix(colour, around, edge[..., None])
        picture[area] = np.where(cover[..., None] > 0, mix(picture[area], colour, cover[..., None]), picture[area])
        alpha[area] = np.maximum(alpha[area], cover)
    return Canvas(picture=np.clip(picture, 0, 1).astype(np.float32), alpha=alpha, shadow=shadow)


def _under_card(alpha: Field, *, reach: int) -> Field:
    """The shadow of a flat card lying on the picture, on the plane of `_cast`."""
    height, width = alpha.shape
    plane = np.zeros((height + height // 4, width + 2 * reach), dtype=np.float32)
    down = max(1, round(height * 0.02))
    plane[down : down + height, reach : reach + width] = alpha
    return blurred(plane, max(2.0, min(height, width) * 0.035)) * 0.5


def set_into(canvas: Canvas, item: Image.Image, wish: Wish, *, horizon: float, seed: bytes) -> Canvas:
    """The item's subject standing in the scene; horizon as `horizon_of` finds it, before anything was set in."""
    return set_cut(canvas, cut_out(item), wish, horizon=horizon, seed=seed)


def set_cut(canvas: Canvas, cut: Cutout, wish: Wish, *, horizon: float, seed: bytes) -> Canvas:
    """As `set_into`, of what is cut out already."""
    height, width = canvas.picture.shape[:2]
    taken = np.zeros((height, width), dtype=np.float32) if canvas.alpha is None else canvas.alpha
    spot = _spot(canvas, cut, wish, horizon=horizon, taken=taken)
    light = light_of(canvas)
    ready = scaled(cut, width=spot.width, height=spot.height)
    if cut.standing:
        ready = relit(replace(ready, aloft=bool(wish.aloft)), light, seed=seed)
    return set_down(canvas, ready, wish.names, at=(spot.left, spot.top), side=light.side)


def set_down(canvas: Canvas, ready: Cutout, names: tuple[str, ...], *, at: tuple[int, int], side: float) -> Canvas:
    """As `laid`, with the thing known afterwards; at: (left, top)."""
    shape = (canvas.picture.shape[0], canvas.picture.shape[1])
    cover = np.zeros(shape, dtype=np.float32)
    area, own = _window(at[0], at[1], (ready.alpha.shape[0], ready.alpha.shape[1]), shape)
    cover[area] = ready.alpha[own]
    known = [replace(one, cover=one.cover * (1 - cover)) for one in canvas.known]
    done = laid(replace(canvas, shadow=None), ready, left=at[0], top=at[1], side=side)
    shade = cover * 0 if done.shadow is None else done.shadow
    shadow = shade if canvas.shadow is None else np.maximum(canvas.shadow, shade)
    remark = canvas.remark or (ready.remark if ready.standing else AS_CARD)
    return replace(done, shadow=shadow, known=(*known, Known(names=names, cover=cover, shade=shade)), remark=remark)
