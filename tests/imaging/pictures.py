"""Pictures made for the tests: every format, with and without what intake has to take out."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pillow_heif
from PIL import Image, ImageCms, PngImagePlugin

SECRETS = (b"Canary Street 7", b"canary-xmp", b"canary-iptc", b"canary-comment", b"canary-trailer")
"""Must never be found in what intake hands on."""

GPS_IFD = 0x8825
ORIENTATION = 0x0112
IMAGE_DESCRIPTION = 0x010E
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><!-- canary-xmp --></x:xmpmeta>"


def scene(width: int = 48, height: int = 32, *, mode: str = "RGB") -> Image.Image:
    """Smooth gradients, different in each corner, so that turning and mirroring show."""
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    planes = np.stack([across, down, (across + down) / 2, 255 - across / 2], axis=-1).round().astype(np.uint8)
    if mode == "RGBA":
        return Image.fromarray(planes)
    image = Image.fromarray(planes[:, :, :3].copy())
    return image if mode == "RGB" else image.convert(mode)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def heic(image: Image.Image, *, orientation: int = 1, **options: object) -> bytes:
    """The orientation goes in as a camera writes it: as EXIF and as the container's own rotation."""
    buffer = BytesIO()
    file = pillow_heif.from_bytes(image.mode, image.size, image.tobytes())
    if orientation != 1:
        file.info["exif"] = exif(orientation=orientation).tobytes()
    file.save(buffer, quality=90, **options)
    return buffer.getvalue()


def pixels(data: bytes) -> np.ndarray:
    """As stored, no orientation applied."""
    image: Image.Image = Image.open(BytesIO(data))
    if image.mode in {"P", "1"}:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    return np.asarray(image)


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif(*, orientation: int = 1, gps: bool = True) -> Image.Exif:
    block = Image.Exif()
    block[ORIENTATION] = orientation
    if gps:
        block[IMAGE_DESCRIPTION] = "Canary Street 7"
        block[GPS_IFD] = {1: "N", 2: (52.0, 30.0, 59.0), 3: "E", 4: (13.0, 22.0, 39.0)}
    return block


def jpeg_segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def jpeg_with(data: bytes, *segments: bytes) -> bytes:
    """The segments right behind the start of image."""
    return data[:2] + b"".join(segments) + data[2:]


def loaded_jpeg(*, orientation: int = 1) -> bytes:
    """A JPEG with all that cameras and editors put into one, and a second picture behind its end."""
    plain = encoded(
        scene(),
        "JPEG",
        quality=92,
        exif=exif(orientation=orientation),
        icc_profile=srgb_profile(),
        comment="canary-comment",
    )
    return jpeg_with(
        plain,
        jpeg_segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        jpeg_segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0bcanary-iptc\0"),
        jpeg_segment(0xE5, b"canary-trailer"),
    ) + encoded(scene(16, 16), "JPEG", comment="canary-trailer")


def png_chunk(name: bytes, content: bytes) -> bytes:
    body = name + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def png_with(data: bytes, *chunks: bytes) -> bytes:
    """The chunks right behind IHDR."""
    return data[:33] + b"".join(chunks) + data[33:]


def png_chunk_names(data: bytes) -> list[bytes]:
    names, at = [], 8
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        names.append(name)
        at += 12 + size
    return names


def loaded_png(*, orientation: int = 1, image: Image.Image | None = None) -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "canary-comment")
    text.add_text("Raw profile type iptc", "canary-iptc", zip=True)
    text.add_itxt("XML:com.adobe.xmp", XMP.decode())
    plain = encoded(
        image or scene(),
        "PNG",
        pnginfo=text,
        exif=exif(orientation=orientation),
        icc_profile=srgb_profile(),
        dpi=(300, 300),
    )
    return png_with(plain, png_chunk(b"tIME", b"\x07\xea\x0b\x16\0\0\0"), png_chunk(b"prVt", b"canary-trailer")) + (
        b"PK\x03\x04canary-trailer"
    )


def loaded_webp(*, orientation: int = 1, image: Image.Image | None = None, lossless: bool = False) -> bytes:
    return (
        encoded(
            image or scene(),
            "WEBP",
            lossless=lossless,
            exif=exif(orientation=orientation),
            xmp=XMP,
            icc_profile=srgb_profile(),
        )
        + b"canary-trailer"
    )


def webp_chunk_names(data: bytes) -> list[bytes]:
    names, at = [], 12
    while at < len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        names.append(name)
        at += 8 + size + size % 2
    return names


def animated(kind: str) -> bytes:
    """Three frames, each its own shade; the first is dark."""
    frames = [Image.new("RGB", (24, 16), (shade, shade // 2, 10)) for shade in (40, 140, 240)]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)


def deep_grey(values: list[int]) -> bytes:
    return encoded(Image.fromarray(np.array([values], dtype=np.uint16)), "PNG")


def deep_png(samples: np.ndarray, *chunks: bytes) -> bytes:
    """A 16-bit PNG, which Pillow cannot write for colour: samples are rows × columns × channels (2–4)."""
    height, width, channels = samples.shape
    colour_type = {2: 4, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)
    body = (png_chunk(b"IHDR", header), *chunks, png_chunk(b"IDAT", zlib.compress(rows)), png_chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


def cmyk_profile() -> bytes:
    """A small printing profile (ICC.1:2001, lut8): inks darken multiplicatively, and cyan is a printer's dull blue."""
    inks = [(0.55, 0.42, 0.30), (0.50, 0.65, 0.47), (0.92, 0.48, 0.80), (0.20, 0.50, 0.50)]  # L, a, b of full ink
    grid = bytearray()
    for corner in range(16):
        lab = np.array([1.0, 0.5, 0.5])
        for ink, (light, green_red, blue_yellow) in enumerate(inks):
            if corner & (8 >> ink):
                lab = np.array([lab[0] * light, lab[1] + green_red - 0.5, lab[2] + blue_yellow - 0.5])
        grid += (lab.clip(0, 1) * 255).round().astype(np.uint8).tobytes()
    ramp = bytes(range(256))
    identity = b"".join(struct.pack(">i", 65_536 if at % 4 == 0 else 0) for at in range(9))
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + identity + ramp * 4 + bytes(grid) + ramp * 3
    white = b"XYZ \0\0\0\0" + struct.pack(">iii", 0xF6D6, 0x10000, 0xD32D)
    text = b"text\0\0\0\0made for a test\0"
    name = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + b"\0" * 78
    tags = {b"desc": name, b"cprt": text, b"wtpt": white, b"A2B0": table}
    at, index, body = 132 + 12 * len(tags), b"", b""
    for tag, content in tags.items():
        padded = content + b"\0" * (-len(content) % 4)
        index += tag + struct.pack(">II", at + len(body), len(content))
        body += padded
    header = struct.pack(
        ">I4sI4s4s4s12s4s", at + len(body), b"lcms", 0x02100000, b"prtr", b"CMYK", b"Lab ", b"", b"acsp"
    )
    header += b"\0" * 28 + struct.pack(">iii", 0xF6D6, 0x10000, 0xD32D) + b"\0" * 48
    return header + struct.pack(">I", len(tags)) + index + body
