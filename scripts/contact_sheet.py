"""Paint the contact sheets of the sandbox shown in the docs: `uv run scripts/contact_sheet.py`.

Prompts and edits are data: contact_sheet.toml.
"""

import hashlib
import io
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

_HOME: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(_HOME))

from studio.sandbox.painter import PaintOrder, paint  # noqa: E402 - the path above comes first

_PAINTED_PX: Final = (1376, 768)
_TILE_PX: Final = (344, 192)
_GAP_PX: Final = 16
_CAPTION_PX: Final = 40
_FONT: Final = _HOME / "studio" / "sandbox" / "painter" / "lettering" / "fonts" / "Inter.ttf"
_PAPER, _INK, _QUIET = "#f6f5f3", "#1d1d1f", "#77756f"
_SEED: Final = "contact sheet"


@dataclass(frozen=True, slots=True)
class Tile:
    """An encoded picture and what it was asked with; `quiet` for a picture that an edit begins from."""

    data: bytes
    words: str
    quiet: bool = False


def painted(prompt: str, *, source: bytes | None = None, first: str = "") -> bytes:
    """The picture as the sandbox answers it at 1K, encoded."""
    order = PaintOrder(
        prompt=prompt,
        width_px=_PAINTED_PX[0],
        height_px=_PAINTED_PX[1],
        mime_type="image/jpeg",
        seed=hashlib.sha256(f"{_SEED} {first} {prompt}".encode()).digest(),
        source=source,
        references=(),
        subject_prompt=first or prompt,
    )
    return paint(order).data


def edit_tiles(rows: Sequence[dict[str, object]]) -> Iterator[Tile]:
    """Each row's picture, then its edits."""
    for row in rows:
        base, edits = str(row["base"]), row["edits"]
        source = painted(base)
        yield Tile(source, base, quiet=True)
        for edit in edits if isinstance(edits, list) else []:
            yield Tile(painted(edit, source=source, first=base), edit)


def sheet(tiles: Sequence[Tile], *, columns: int) -> Image.Image:
    """The tiles in rows, each with its words below it."""
    wide, high = _TILE_PX[0] + _GAP_PX, _TILE_PX[1] + _CAPTION_PX + _GAP_PX
    rows = -(-len(tiles) // columns)
    page = Image.new("RGB", (columns * wide + _GAP_PX, rows * high + _GAP_PX), _PAPER)
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(_FONT), 13)
    for index, tile in enumerate(tiles):
        left, top = _GAP_PX + index % columns * wide, _GAP_PX + index // columns * high
        with Image.open(io.BytesIO(tile.data)) as picture:
            page.paste(picture.convert("RGB").resize(_TILE_PX, Image.Resampling.LANCZOS), (left, top))
        for number, line in enumerate(wrapped(tile.words, font=font)[:2]):
            place = (left, top + _TILE_PX[1] + 6 + number * 16)
            pen.text(place, line, font=font, fill=_QUIET if tile.quiet else _INK)
    return page


def wrapped(words: str, *, font: ImageFont.FreeTypeFont) -> list[str]:
    """Lines no wider than a tile."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) > _TILE_PX[0]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def main() -> int:
    """Write both sheets into assets/pictures."""
    listed = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    prompts = [Tile(painted(prompt), prompt) for prompt in listed["prompts"]]
    sheets = {
        "sandbox-prompts.jpg": sheet(prompts, columns=4),
        "sandbox-edits.jpg": sheet(list(edit_tiles(listed["rows"])), columns=7),
    }
    for name, page in sheets.items():
        path = _HOME / "assets" / "pictures" / name
        page.save(path, quality=84, optimize=True, progressive=True)
        sys.stdout.write(f"{path.relative_to(_HOME)} {path.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
