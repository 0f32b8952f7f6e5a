"""Changes to a finished picture of open country: another season, and landmarks set into it where the words say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from studio.sandbox.painter.colour import LUMA, Field, from_oklab, mix, smoothstep, to_oklab
from studio.sandbox.painter.filters.ops import Filters, Op, with_picture
from studio.sandbox.painter.filters.whereabouts import region_of
from studio.sandbox.painter.land.features import SEASONS, feature_table
from studio.sandbox.painter.land.heavens import paint_heavens
from studio.sandbox.painter.land.sky import View, air_of
from studio.sandbox.painter.land.sprites import Spot, ground_shadow, paint_feature
from studio.sandbox.painter.scene import Canvas, is_colour

SIDED = ("left", "right", "centre", "top-left", "top-right", "bottom-left", "bottom-right", "bottom", "foreground")
"""Places a landmark is held to; any other word leaves it where it looks best."""
_MOST = 5
_HORIZON = 0.56
_LOW_SKY = 0.44
"""Down to where things of the sky may hang, whatever the picture's own horizon is."""
_FEET: Mapping[str, float] = {"high": 0.66, "ground": 0.80, "water": 0.80, "span": 0.78, "near": 0.94, "sky": 0.34}
"""The row a landmark's foot is on, as a share of the height, by where such things are at home."""
_LEAVES: Mapping[str, tuple[float, float, float]] = {
    "spring": (2.20, 1.15, 0.05), "summer": (2.35, 1.20, 0.01), "autumn": (1.05, 1.45, 0.03),
    "winter": (4.3, 0.10, 0.16),
}  # fmt: skip
"""What green becomes: its hue in Oklab (radians), times its chroma, plus its lightness."""


@dataclass(frozen=True, slots=True)
class Landmark:
    """A feature of the table, set into a picture at a place."""

    name: str
    place: str = ""
    colour: str = ""
    count: int = 1
    seed: str = ""

    def text(self) -> str:
        """The line `landmark_from` reads."""
        return "|".join((self.name, self.place, self.colour, str(self.count), self.seed))


def landmark_from(text: str) -> Landmark | None:
    """The landmark of a line found in a file, which may be anything; None unless every value is one of ours."""
    fields = text.split("|")
    if len(fields) != len(("name", "place", "colour", "count", "seed")):
        return None
    name, place, colour, count, seed = fields
    good = (
        name in feature_table()
        and feature_table()[name].place != "terrain"
        and place in ("", *SIDED)
        and (colour == "" or is_colour(colour))
        and re.fullmatch(rf"[1-{_MOST}]", count) is not None
        and re.fullmatch(r"[0-9a-f]{0,16}", seed) is not None
    )
    return Landmark(name, place, colour, int(count), seed) if good else None


def is_season(value: str) -> bool:
    return value != "" and value in SEASONS


def _view_of(picture: Field) -> View:
    """The light a landmark is painted in, judged by the picture's upper part."""
    height, width = picture.shape[:2]
    top = picture[: max(2, height // 3) : 4, ::4]
    grey = float((top @ LUMA).mean())
    warm = float((top[..., 0] - top[..., 2]).mean())
    light = "night" if grey < 0.22 else "golden" if warm > 0.12 else "overcast" if abs(warm) < 0.03 else "noon"
    side = 1.0 if float((top[:, : top.shape[1] // 2] @ LUMA).mean()) < grey else -1.0
    sun = (width * (0.5 + 0.3 * side), height * 0.16)
    return View(height=height, width=width, horizon_px=int(height * _HORIZON), sun_px=sun, air=air_of(light), side=side)


def _spots(landmark: Landmark, view: View) -> list[Spot]:
    """One spot for each, inside the part of the picture that was named, the farthest first."""
    feature = feature_table()[landmark.name]
    left, top, right, bottom = region_of(landmark.place if landmark.place != "foreground" else "")
    near = 1.35 if landmark.place in ("foreground", "bottom") else 1.0
    third = 0.5 if (right - left) > 0.9 else (left + right) / 2
    middle = third if landmark.place else 0.5 - 0.22 * view.side
    row = float(np.clip(0.93 if near > 1 else _FEET.get(feature.place, 0.8), top + 0.2, bottom - 0.03))
    room = (right - left) * view.width * 0.86 / (1 + 0.5 * (landmark.count - 1))
    tall = min(feature.height * near * view.unit, room * 1.1, (row - top) * view.height * 0.95)
    step = room * 0.5
    spots = []
    for k in range(landmark.count):
        away = (k - (landmark.count - 1) / 2) * step
        small = 1 - 0.12 * (k % 2)
        spots.append(
            Spot(
                middle * view.width + away,
                row * view.height - 0.02 * view.height * (k % 2),
                tall * small,
                far=0.06,
                flip=k % 2 == 1,
            )
        )
    return sorted(spots, key=lambda spot: (spot.y, spot.x))


def _aim_of(place: str) -> tuple[float, float] | None:
    """Where in the sky a thing hangs when the words say where: its middle, as shares of width and height."""
    if place in ("", "foreground"):
        return None
    left, top, right, bottom = region_of(place)
    low = top > 0 or (place == "centre" and bottom >= 1)
    return (left + right) / 2, _LOW_SKY * (0.78 if low else 0.40)


def _landmark(canvas: Canvas, op: Op) -> Canvas:
    """The picture with the landmark in it; where it stands belongs to what stands out."""
    landmark = landmark_from(op.value)
    if landmark is None:
        raise ValueError(f"not a landmark: {op.value!r}")
    feature, view = feature_table()[landmark.name], _view_of(canvas.picture)
    picture, seed = canvas.picture.copy(), landmark.seed.encode().ljust(32, b"0")
    if feature.place == "heavens":
        view = replace(view, horizon_px=int(view.height * _LOW_SKY), aim=_aim_of(landmark.place))
        paint_heavens(picture, view, painter=feature.painter, colour=landmark.colour or feature.colour, seed=seed)
        return with_picture(canvas, picture)
    for spot in _spots(landmark, view):
        if feature.place in ("ground", "near"):
            ground_shadow(picture, view, spot, wide=0.4)
        paint_feature(picture, view, feature, spot=spot, colour=landmark.colour, seed=seed)
    changed = np.clip(np.abs(picture - canvas.picture).max(axis=-1) * 12 - 0.25, 0, 1)
    alpha = None if canvas.alpha is None else np.maximum(canvas.alpha, changed).astype(np.float32)
    return replace(with_picture(canvas, picture), alpha=alpha)


def _season(canvas: Canvas, op: Op) -> Canvas:
    """Leaves and grass as the season has them: what is green turns, all else keeps its colour but for the light."""
    hue_to, more, lighter = _LEAVES[op.value]
    lab = to_oklab(canvas.picture)
    chroma, hue = np.hypot(lab[..., 1], lab[..., 2]), np.arctan2(lab[..., 2], lab[..., 1])
    green = smoothstep(1.55, 1.85, hue) * (1 - smoothstep(2.75, 3.05, hue)) * smoothstep(0.015, 0.05, chroma)
    amount = (green * np.float32(min(1.0, op.amount)))[..., None]
    turned = hue_to + (hue - 2.2) * np.float32(0.45)
    light = lab[..., 0] + np.float32(lighter)
    if op.value == "winter":
        light = light + (0.97 - light) * np.float32(0.45)
    fresh = np.stack([light, np.cos(turned) * chroma * more, np.sin(turned) * chroma * more], axis=-1)
    return with_picture(canvas, mix(canvas.picture, from_oklab(fresh.astype(np.float32)), amount))


LANDMARKS: Filters = {"landmark": _landmark, "season": _season}
