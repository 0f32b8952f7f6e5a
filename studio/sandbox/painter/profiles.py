"""Colour management: a picture of any mode and profile as 8-bit sRGB, and the profile our own pictures carry."""

import io
import struct
from functools import cache
from typing import Final

import numpy as np
from PIL import Image, ImageCms, ImageOps

_MODES: Final = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
"""The mode whose pixels a profile's colour space describes."""
_MADE_AT: Final = slice(24, 36)
_MADE: Final = struct.pack(">6H", 2020, 1, 1, 0, 0, 0)
_SIXTEEN_BITS: Final = 255 * 257


@cache
def srgb_profile() -> bytes:
    """A small sRGB profile, the same bytes on every day: the library would write the time into it."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_MADE_AT] = _MADE
    return bytes(profile)


def as_srgb(opened: Image.Image) -> Image.Image:
    """8-bit RGB in sRGB, upright, over white; a profile that is broken or of another colour space is ignored.

    What is so already comes back as it is, loaded: a copy of a large picture takes as long as a filter.
    """
    profile = opened.info.get("icc_profile")
    ImageOps.exif_transpose(opened, in_place=True)
    flat = _over_white(_eight_bit(opened))
    converted = _converted(flat, profile) if isinstance(profile, bytes) and profile != srgb_profile() else None
    picture = converted or (flat if flat.mode == "RGB" else flat.convert("RGB"))
    picture.load()
    picture.info.pop("icc_profile", None)
    return picture


def _eight_bit(picture: Image.Image) -> Image.Image:
    """Deep grey scaled to 8 bits, where Pillow's own conversion would clip it."""
    if not (picture.mode in ("I", "F") or picture.mode.startswith("I;16")):
        return picture
    values = np.nan_to_num(np.asarray(picture, dtype=np.float32))
    top = float(values.max(initial=0.0))
    white = 1.0 if picture.mode == "F" and top <= 1 else _SIXTEEN_BITS if top > 255 or ";16" in picture.mode else 255.0
    grey = Image.fromarray(np.clip(values * np.float32(255 / white) + np.float32(0.5), 0, 255).astype(np.uint8))
    grey.info = {k: v for k, v in picture.info.items() if k != "transparency"}
    return grey


def _over_white(picture: Image.Image) -> Image.Image:
    """Grey, CMYK or RGB without transparency."""
    if not picture.has_transparency_data:
        return picture if picture.mode in _MODES.values() else picture.convert("L" if picture.mode == "1" else "RGB")
    over = picture.convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", over.size, (255, 255, 255, 255)), over)
    return flat.convert("L" if picture.mode in ("LA", "L") else "RGB")


def _converted(flat: Image.Image, profile: bytes) -> Image.Image | None:
    """None where the profile cannot be used on these pixels."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if _MODES.get(source.profile.xcolor_space) != flat.mode:
            return None
        return ImageCms.profileToProfile(
            flat, source, ImageCms.createProfile("sRGB"), renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB", flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )  # fmt: skip
    except (OSError, ImageCms.PyCMSError):
        return None
