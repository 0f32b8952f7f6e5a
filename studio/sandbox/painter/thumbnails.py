"""Small pictures of pictures, for the inspector."""

import io
from typing import Final

from PIL import Image, ImageOps

_SIDE_PX: Final = 240
_QUALITY: Final = 58
_MOST_PIXELS: Final = 120_000_000
"""A picture that says it is larger is not decoded."""


def thumbnail(data: bytes) -> bytes | None:
    """A WebP of at most 240 px a side, about 6 KB; None for what does not decode: what came from outside may be
    anything, and half a picture has no small one."""
    try:
        with Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                return None
            # Pillow lets the JPEG decoder skip what is thrown away: 4K in 20 ms or so.
            opened.thumbnail((_SIDE_PX * 2, _SIDE_PX * 2))
            upright = ImageOps.exif_transpose(opened)
            upright.thumbnail((_SIDE_PX, _SIDE_PX))
            held = io.BytesIO()
            upright.convert("RGBA" if upright.has_transparency_data else "RGB").save(held, "WEBP", quality=_QUALITY)
            return held.getvalue()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
