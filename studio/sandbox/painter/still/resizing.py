"""The subject of a still life drawn larger or smaller than it was, on its foot, in the same place."""

from dataclasses import replace
from math import sin

from studio.sandbox.painter.scene import Scene
from studio.sandbox.painter.still.arrangement import Spot
from studio.sandbox.painter.still.cutout import screen_box
from studio.sandbox.painter.still.studio_set import Frame, Size, foot_shift, spot_pitch

_EDGE = 0.03
"""What is kept free along the frame, as a share of its sides."""
_Box = tuple[float, float, float, float]


def _boxes(spots: list[Spot], frame: Frame) -> _Box:
    """The box (left, top, right, bottom; px) round the things."""
    found = []
    for spot in spots:
        pitch = spot_pitch(spot, frame.pitch)
        left, bottom, right, top = (side * spot.unit_cm * frame.scale for side in screen_box(spot.thing, pitch))
        x, y = frame.foot(spot)
        y += foot_shift(spot, frame.pitch) * sin(frame.pitch) * frame.scale
        found.append((x + left, y - top, x + right, y - bottom))
    lefts, tops, rights, bottoms = zip(*found, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _are_subject(scene: Scene, spots: list[Spot]) -> list[Spot]:
    return [spot for spot in spots if 0 <= spot.number < scene.count]


def _room(box: _Box, size: Size) -> float:
    """The factor that makes what has this box fill the frame."""
    height, width = size
    free = 1 - 2 * _EDGE
    return min(free * height / (box[3] - box[1]), free * width / (box[2] - box[0]))


def room_for(scene: Scene, spots: list[Spot], frame: Frame, *, size: Size) -> float:
    """The factor at which the scene's subject fills the frame, 1 at least."""
    own = _are_subject(scene, spots)
    return max(1.0, _room(_boxes(own, frame), size)) if own else 1.0


def _grown(spot: Spot, factor: float) -> Spot:
    return replace(
        spot, unit_cm=spot.unit_cm * factor, half_width=spot.half_width * factor, half_depth=spot.half_depth * factor,
        height=spot.height * factor,
    )  # fmt: skip


def _kept_clear(spot: Spot, own: list[Spot], factor: float) -> Spot:
    """Another thing of the scene: upon the subject at its new height, beside it as far off as it was."""
    main = own[0]
    if spot.base_z is not None and spot.y > main.y and main.base_z is None:
        return replace(spot, y=main.y + (spot.y - main.y) * factor)
    if spot.base_z is not None or factor <= 1 or spot.y > 0 or main.base_z is not None:
        return spot
    reach = main.half_width * (factor - 1) * (1.0 if spot.x >= main.x else -1.0)
    return replace(spot, x=spot.x + reach)


def resized(scene: Scene, spots: list[Spot], frame: Frame, *, size: Size) -> tuple[list[Spot], Frame]:
    """(the things with the subject at its size, the camera moved where it would else be cut off)."""
    own = _are_subject(scene, spots)
    if scene.size == 1 or not own:
        return spots, frame
    factor = min(scene.size, room_for(scene, spots, frame, size=size))
    grown = [
        replace(_grown(spot, factor), x=own[0].x + (spot.x - own[0].x) * factor)
        if spot in own
        else _kept_clear(spot, own, factor)
        for spot in spots
    ]
    left, top, right, bottom = _boxes(_are_subject(scene, grown), frame)
    height, width = size
    across = max(0.0, _EDGE * width - left) + min(0.0, (1 - _EDGE) * width - right)
    down = max(0.0, _EDGE * height - top) + min(0.0, (1 - _EDGE) * height - bottom)
    if factor < 1:
        across = down = 0.0
    return grown, replace(frame, origin=(frame.origin[0] + across, frame.origin[1] + down))
