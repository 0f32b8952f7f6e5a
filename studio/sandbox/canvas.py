"""How many pixels an answer has: the asked ratio, the input picture's, or the model's own choice."""

import math
import re
from dataclasses import dataclass
from typing import Final

from studio.image_models import ImageModel, Pixels

DEFAULT_LANDSCAPE: Final[Pixels] = (1408, 768)
"""What 3.x paints at 1K when no ratio is given (public recordings)."""
DEFAULT_PORTRAIT: Final[Pixels] = (848, 1264)
_DEFAULT_25: Final[Pixels] = (1024, 1024)

_SIDE_STEP: Final = 16
_SAME_RATIO: Final = 0.0015
_MAX_RATIO: Final = 8.4
_SCALES: Final = {"512": 0.5, "1K": 1, "2K": 2, "4K": 4}
_PORTRAIT_WORDS: Final = re.compile(
    r"\b(portrait|vertical|tall|poster|phone wallpaper|lock ?screen|book cover|magazine cover|full[- ]body|headshot)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Canvas:
    width_px: int
    height_px: int
    size: str
    """The catalogue's size the picture is billed as: 512, 1K, 2K or 4K."""


def image_size_of(asked: str | None) -> str:
    """The catalogue's name of an accepted imageSize; "512P" and "512PX" are other spellings of 512."""
    if not asked:
        return "1K"
    return "512" if asked.startswith("512") else asked


def choose(model: ImageModel, *, ratio: str | None, size: str, source: Pixels | None, prompt: str) -> Canvas:
    """The canvas of one answer. `ratio` must be one of the model's; `source` is the picture to follow, if any."""
    tier = size if size in model.pixels else "1K"
    if ratio:
        width, height = model.pixels[tier][ratio]
        return Canvas(width, height, tier)
    if not model.signs_parts:
        width, height = _nearest(model, source) if source else _DEFAULT_25
        return Canvas(width, height, tier)
    if source:
        width, height = _follow(model, source, tier)
    else:
        default = DEFAULT_PORTRAIT if _PORTRAIT_WORDS.search(prompt) else DEFAULT_LANDSCAPE
        width, height = (round(side * _SCALES[tier]) for side in default)
    return Canvas(width, height, tier)


def _follow(model: ImageModel, source: Pixels, tier: str) -> Pixels:
    """The source's exact ratio at the tier's area: 1240×1754 gives 864×1222 at 1K (live, 2026-10)."""
    wanted = source[0] / source[1]
    scale = _SCALES[tier]
    defaults = [(round(w * scale), round(h * scale)) for w, h in (DEFAULT_LANDSCAPE, DEFAULT_PORTRAIT)]
    for width, height in (*defaults, *model.pixels[tier].values()):
        if abs(width / height / wanted - 1) < _SAME_RATIO:
            return width, height
    bounded = min(max(wanted, 1 / _MAX_RATIO), _MAX_RATIO)
    short = _SIDE_STEP * round(math.sqrt(1024 * 1024 / max(bounded, 1 / bounded)) / _SIDE_STEP)
    long = round(short * max(bounded, 1 / bounded))
    width, height = (long, short) if bounded > 1 else (short, long)
    return round(width * scale), round(height * scale)


def _nearest(model: ImageModel, source: Pixels) -> Pixels:
    wanted = math.log(source[0] / source[1])
    return min(model.pixels["1K"].values(), key=lambda size: abs(math.log(size[0] / size[1]) - wanted))
