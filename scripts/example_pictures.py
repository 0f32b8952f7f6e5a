"""Paint the pictures of the three example prompts on the empty stage: `uv run scripts/example_pictures.py`."""

import hashlib
import sys
from pathlib import Path
from typing import Final

_HOME: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(_HOME))

from studio.sandbox.painter import PaintOrder, paint  # noqa: E402 - the path above comes first
from studio.ui.presets import EXAMPLES  # noqa: E402

_WIDTH_PX: Final = 720
_HEIGHT_PX: Final = 540
_SEED: Final = "example 3"


def main() -> int:
    """Write one JPEG for each example."""
    for example in EXAMPLES:
        order = PaintOrder(
            prompt=example.text,
            width_px=_WIDTH_PX,
            height_px=_HEIGHT_PX,
            mime_type="image/jpeg",
            seed=hashlib.sha256(f"{_SEED} {example.title}".encode()).digest(),
            source=None,
            references=(),
            subject_prompt=example.text,
        )
        path = _HOME / "assets" / "pictures" / example.picture.rsplit("/", 1)[-1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(paint(order).data)
        sys.stdout.write(f"{path.relative_to(_HOME)} {path.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
