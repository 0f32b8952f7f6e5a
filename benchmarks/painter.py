"""What a picture costs the sandbox's painter: seconds and peak memory by size, over scenes, edits and references.

Every row is painted in a process of its own, so that its peak memory is its own. Beside each size a plain picture is
made in the same run: Pillow's noise, encoded as JPEG. The ratio to it says more than seconds on an unknown machine.

    uv run benchmarks/painter.py --help
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402

from studio.sandbox.painter import PaintOrder, paint  # noqa: E402

SIZES: Final[Mapping[str, tuple[int, int]]] = {
    "512": (688, 384), "1K": (1376, 768), "2K": (2752, 1536), "4K": (5504, 3072), "8:1": (2928, 352),
}  # fmt: skip
"""(width, height) in pixels; but for the last, 16:9."""
SUBJECT: Final = "A ceramic mug on a wooden table by a window, soft morning light"
SCENES: Final = {
    "still life": SUBJECT,
    "product": "A perfume bottle on a seamless grey backdrop, rim light",
    "food": "A bowl of ramen on a dark table",
    "many things": "A teapot, two cups, a vase, a plate of cookies, a book, a candle and an apple on a table",
    "things outdoors": "A busy street with cars and trees at sunset",
    "landscape": "A mountain lake at dawn with mist and pine trees",
    "aurora": "Northern lights over a snowy valley at night",
    "city": "A city skyline at night in the rain with neon",
    "interior": "A living room with a sofa and big windows, evening light",
    "portrait": "Portrait of a woman with curly red hair, studio light",
    "poster": 'A poster with the words "Slow Sunday" in art deco style',
}
EDITS: Final = {
    "edit, own": "Warmer light",
    "edit, own, added": "Add a plant on the left",
    "edit, own, swapped": "Replace the mug with a vase",
    "edit, own, unshaded": "Remove the shadow",
    "edit, photo": "Make it black and white",
    "edit, photo, night": "Night, neon light",
    "edit, photo, blurred": "Blur the background",
    "edit, photo, oil": "Make it an oil painting",
}
BOARDS: Final = {"1 reference": 1, "2 references": 2, "14 references": 14}
CASES: Final = (*SCENES, *EDITS, *BOARDS)
PLAIN: Final = "plain"


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture: what it took, and the most memory its process ever held."""

    case: str
    size: str
    wall_s: float
    cpu_s: float
    peak_mb: float
    """0 where it was not the process's first picture, whose peak it would be."""


def main(arguments: Sequence[str]) -> int:
    """Measure, then write the table; or, in a process of its own, one row's samples as JSON."""
    options = _parser().parse_args(arguments)
    if options.painted:
        sys.stdout.buffer.write(paint(_order(*options.painted)).data)
        return 0
    if options.child:
        case, size = options.child
        sys.stdout.write(json.dumps([asdict(sample) for sample in _measured(case, size, options.runs)]))
        return 0
    samples: list[Sample] = []
    for size in options.sizes:
        for case in (PLAIN, *(options.cases or CASES)):
            sys.stderr.write(f"{size}, {case}\n")
            samples += _in_child(case, size, options.runs)
    sys.stdout.write(report(samples))
    return 0


def report(samples: Sequence[Sample]) -> str:
    """Median and worst wall time, median processor time, peak memory and the ratio to a plain picture, by row."""
    heading = f"{'size':>5}  {'':22}{'runs':>5}{'median':>8}{'worst':>8}{'cpu':>8}{'peak MB':>9}{'x plain':>9}"
    lines = [
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end; seconds; one thread paints",
        "", heading, *_rows(samples), "", *_worst(samples), "",
    ]  # fmt: skip
    return "\n".join(lines)


def _rows(samples: Sequence[Sample]) -> Iterator[str]:
    for size, case in dict.fromkeys((sample.size, sample.case) for sample in samples):
        same = [sample for sample in samples if (sample.size, sample.case) == (size, case)]
        walls = [sample.wall_s for sample in same]
        cpu_s, peak_mb = statistics.median(s.cpu_s for s in same), max(s.peak_mb for s in same)
        yield (
            f"{size:>5}  {case:22}{len(same):>5}{statistics.median(walls):8.2f}{max(walls):8.2f}"
            f"{cpu_s:8.2f}{peak_mb:9.0f}{cpu_s / _plain_s(samples, size):9.1f}"
        )


def _worst(samples: Sequence[Sample]) -> Iterator[str]:
    for size in dict.fromkeys(sample.size for sample in samples):
        same = [sample for sample in samples if sample.size == size and sample.case != PLAIN]
        slowest, largest = max(same, key=lambda s: s.cpu_s), max(same, key=lambda s: s.peak_mb)
        yield (
            f"{size}: slowest {slowest.case}, {slowest.cpu_s:.2f} s of processor time; "
            f"largest {largest.case}, {largest.peak_mb:.0f} MB"
        )


def _plain_s(samples: Sequence[Sample], size: str) -> float:
    return statistics.median(s.cpu_s for s in samples if s.size == size and s.case == PLAIN)


def _in_child(case: str, size: str, runs: int) -> list[Sample]:
    command = [sys.executable, __file__, "--runs", str(runs), "--child", case, size]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return [Sample(**row) for row in json.loads(done.stdout)]


def _measured(case: str, size: str, runs: int) -> Iterator[Sample]:
    """The first picture tells the peak."""
    work = _work(case, size)
    for run in range(runs):
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        work(run)
        wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 if run == 0 else 0.0
        yield Sample(case=case, size=size, wall_s=wall_s, cpu_s=cpu_s, peak_mb=peak_mb)


def _work(case: str, size: str) -> Callable[[int], object]:
    width, height = SIZES[size]
    if case == PLAIN:
        return lambda _: _plain(width, height)
    order = _order(width, height)
    # Tables, fonts and the vocabulary are read once in a process's life, and not by the picture measured.
    paint(replace(order, width_px=256, height_px=160))
    order = _ordered(order, case)
    return lambda run: paint(replace(order, seed=bytes([run]) * 32))


def _order(width: int, height: int) -> PaintOrder:
    return PaintOrder(
        prompt=SUBJECT, width_px=width, height_px=height, mime_type="image/jpeg", seed=bytes(32), source=None,
        references=(), subject_prompt=SUBJECT,
    )  # fmt: skip


def _ordered(order: PaintOrder, case: str) -> PaintOrder:
    if case in SCENES:
        return replace(order, prompt=SCENES[case])
    if case in BOARDS:
        photo = _plain(order.width_px, order.height_px)
        return replace(order, prompt="Combine these", references=(photo,) * BOARDS[case])
    source = _plain(order.width_px, order.height_px) if "photo" in case else _painted_before(order)
    return replace(order, prompt=EDITS[case], source=source)


def _plain(width: int, height: int) -> bytes:
    """Noise as a JPEG of the painter's quality: the least that any painter does."""
    out = BytesIO()
    noise = Image.effect_noise((width // 8, height // 8), 60).resize((width, height), Image.Resampling.BICUBIC)
    noise.convert("RGB").save(out, "JPEG", quality=92, subsampling="4:2:0")
    return out.getvalue()


def _painted_before(order: PaintOrder) -> bytes:
    """The sandbox's own picture, painted in a process whose memory does not count."""
    command = [sys.executable, __file__, "--painted", str(order.width_px), str(order.height_px)]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=2, help="pictures per row (default %(default)s)")
    parser.add_argument("--sizes", nargs="+", default=["512", "1K", "4K"], choices=SIZES, help="default 512, 1K, 4K")
    parser.add_argument("--cases", nargs="+", choices=CASES, help="rows to measure (default all)")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--painted", nargs=2, type=int, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
