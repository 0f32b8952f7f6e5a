"""Pixels of any mode Pillow opens → 8-bit RGB, grey or palette, and into sRGB through the picture's own profile."""

from io import BytesIO
from typing import Final

from PIL import Image, ImageCms

from studio.errors import PictureRefused

_EIGHT_BIT_MODES: Final = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
_DEEP_GREY_MODES: Final = frozenset({"I;16", "I;16B", "I;16L", "I;16N"})
# 65,535 is 255 × 257, so dividing maps white to white; Pillow's own convert() clips at 255 instead.
_SIXTEEN_TO_EIGHT: Final = tuple((value + 128) // 257 for value in range(65_536))
_PROFILE_SPACES: Final = {"CMYK": "CMYK", "RGB": "RGB ", "RGBA": "RGB ", "L": "GRAY"}


def to_eight_bit(image: Image.Image) -> Image.Image:
    """An image of a mode PNG holds at 8 bits or fewer. PictureRefused for 32-bit samples, whose range is unknown.

    A colour profile stays in `info` unless the pixels left its colour space.
    """
    if image.mode in _EIGHT_BIT_MODES:
        return image
    if image.mode in _DEEP_GREY_MODES:
        return _eight_bit_grey(image)
    if image.mode in {"CMYK", "LAB"}:
        return in_srgb(image)
    if image.mode in {"I", "F"}:
        raise PictureRefused("This picture has 32-bit samples; export it with 8 or 16 bits per channel.")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def in_srgb(image: Image.Image) -> Image.Image:
    """RGB or RGBA in sRGB, without a profile; a missing or broken profile leaves the plain conversion."""
    pixels = image
    if image.has_transparency_data or image.mode not in {"CMYK", "LAB", "L"}:
        pixels = image.convert("RGBA" if image.has_transparency_data else "RGB")
    source = _profile_of(image, mode=pixels.mode)
    mode = "RGBA" if pixels.mode == "RGBA" else "RGB"
    converted = None if source is None else _through(pixels, source=source, mode=mode)
    result = converted or pixels.convert(mode)
    result.info.pop("icc_profile", None)
    return result


def _profile_of(image: Image.Image, *, mode: str) -> ImageCms.ImageCmsProfile | None:
    if mode == "LAB":
        return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    icc = image.info.get("icc_profile")
    if not isinstance(icc, bytes) or not icc:
        return None
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(icc))
    except (OSError, ImageCms.PyCMSError):
        return None
    return profile if profile.profile.xcolor_space == _PROFILE_SPACES.get(mode) else None


def _through(image: Image.Image, *, source: ImageCms.ImageCmsProfile, mode: str) -> Image.Image | None:
    """None where the profile can be read but not used as a source."""
    try:
        return ImageCms.profileToProfile(
            image,
            source,
            ImageCms.createProfile("sRGB"),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode=mode,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except ImageCms.PyCMSError:
        return None


def _eight_bit_grey(image: Image.Image) -> Image.Image:
    grey = image.convert("I").point(_SIXTEEN_TO_EIGHT, "L")
    grey.info = dict(image.info)
    key = grey.info.get("transparency")
    if isinstance(key, int):
        grey.info["transparency"] = _SIXTEEN_TO_EIGHT[min(key, 65_535)]
    return grey
