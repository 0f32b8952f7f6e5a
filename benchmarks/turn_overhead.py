"""What the studio adds to a turn: from Send to the decoded picture in Chromium, less the engine's own time.

The engine is the sandbox, without simulated waiting; its own time is taken at the socket, from the last request byte
received to the last response byte sent. Building, encoding, uploading, parsing, storing, showing and decoding count as
ours. A stock app of the kind tutorials show runs beside the studio in the same run, on the same sandbox.

    uv run benchmarks/turn_overhead.py --help
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from tests.sandbox_fixture import SandboxProcess  # noqa: E402
from tests.support.browser_guard import BrowserGuard  # noqa: E402
from tests.support.chromium import obtain_chromium  # noqa: E402
from tests.support.environment import for_child  # noqa: E402
from tests.support.page import StudioPage  # noqa: E402
from tests.support.server import TEST_KEY, Studio, free_port, get  # noqa: E402

RATIO: Final = "16:9"
PROMPTS: Final = (
    "A ceramic mug on a wooden table by a window, soft morning light",
    "Warmer light",
    "Make the background darker",
    "Add a little steam",
    "More contrast",
)
REPORTED: Final = (1, len(PROMPTS))
OURS: Final = "studio"
THEIRS: Final = "stock app"
TURN_LIMIT_MS: Final = 240_000
GOAL_MS: Final = 50.0

# Presses Send and resolves with the milliseconds until the expected picture is loaded and decoded.
SEND: Final = """async ({selector, index}) => {
  const started = performance.now();
  document.querySelector('#send').click();
  const find = () => document.querySelectorAll(selector)[index];
  for (let image = find(); !(image?.complete && image.naturalWidth); image = find()) {
    await new Promise(requestAnimationFrame);
  }
  await find().decode();
  return performance.now() - started;
}"""


@dataclass(frozen=True, slots=True)
class Stall:
    """How late the event loop's tick was, and the part of it in which this process itself was at work."""

    late_ms: float
    own_ms: float


@dataclass(frozen=True, slots=True)
class Turn:
    """One measured turn. `total_s` from Send to decoded, `engine_s` the engine's own part of it."""

    who: str
    size: str
    number: int
    total_s: float
    engine_s: float
    sent_bytes: int
    stalls: tuple[Stall, ...]

    @property
    def overhead_s(self) -> float:
        return self.total_s - self.engine_s


@dataclass(frozen=True, slots=True)
class Bench:
    """What every measurement needs."""

    browser: Browser
    sandbox: SandboxProcess
    folder: Path
    model: str

    def turn(self, page: Page, *, who: str, size: str, number: int, shown: tuple[str, int], stalls: Path) -> Turn:
        """Press Send on a page whose prompt is filled, and wait for the picture at `shown` (selector, index)."""
        began_s = time.monotonic()
        total_ms: float = page.evaluate(SEND, {"selector": shown[0], "index": shown[1]})
        ended_s = time.monotonic()
        call: dict[str, Any] = self.sandbox.journal()[-1]
        if call["status"] != 200:
            raise RuntimeError(f"{who}, turn {number}: {call['verdict']}")
        sys.stderr.write(f"{who}, {size}, turn {number}: {total_ms / 1000:.2f} s, engine {call['engine_s']:.2f} s\n")
        held = [Stall(float(late), float(own)) for at, late, own in _lines(stalls) if began_s <= float(at) <= ended_s]
        return Turn(
            who=who,
            size=size,
            number=number,
            total_s=total_ms / 1000,
            engine_s=call["engine_s"],
            sent_bytes=call["body_bytes"],
            stalls=tuple(held),
        )

    @contextmanager
    def page(self) -> Iterator[Page]:
        context = self.browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        page.set_default_timeout(TURN_LIMIT_MS)
        yield page
        context.close()


class TickingStudio(Studio):
    """The studio with a ticker on its loop, in front of the benchmark's sandbox."""

    def __init__(self, *, data_dir: Path, engine_url: str, stalls: Path, environment: dict[str, str]) -> None:
        super().__init__(
            data_dir=data_dir, engine_url=engine_url, environment={"BENCHMARK_STALLS": str(stalls), **environment}
        )
        self.command[1] = str(ROOT / "benchmarks" / "ticking_studio.py")


def studio_turns(bench: Bench, *, who: str, size: str, history_mb: str | None) -> Iterator[Turn]:
    """One conversation of five turns in the studio. `history_mb` None leaves the default budget."""
    with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
        stalls = Path(folder) / "stalls"
        stalls.touch()
        extra = {"STUDIO_MODEL": bench.model} | ({"STUDIO_HISTORY_BUDGET_MB": history_mb} if history_mb else {})
        data_dir = Path(folder) / "data"
        server = TickingStudio(data_dir=data_dir, engine_url=bench.sandbox.base_url, stalls=stalls, environment=extra)
        with server, bench.page() as page:
            studio = StudioPage(page, url=server.url, guard=BrowserGuard(page.context)).open_new()
            studio.choose("aspect-ratio", RATIO)
            studio.choose("image-size", size)
            for number, text in enumerate(PROMPTS, start=1):
                studio.type_and_save(text)
                picture = f"#stage img.pic[data-version='{number}']"
                yield bench.turn(page, who=who, size=size, number=number, shown=(picture, 0), stalls=stalls)
                studio.wait_end()


def stock_turns(bench: Bench, *, who: str, size: str) -> Iterator[Turn]:
    """One conversation of five turns in the stock app."""
    port = free_port()
    with tempfile.TemporaryDirectory(dir=bench.folder) as folder:
        environment = for_child(
            {
                "GOOGLE_GEMINI_BASE_URL": bench.sandbox.base_url,
                "GEMINI_API_KEY": TEST_KEY,
                "GRADIO_TEMP_DIR": folder,
                "GRADIO_ANALYTICS_ENABLED": "False",
            }
        )
        command = [
            sys.executable, str(ROOT / "benchmarks" / "stock_app.py"), "--port", str(port), "--model", bench.model,
            "--image-size", size, "--aspect-ratio", RATIO,
        ]  # fmt: skip
        app = subprocess.Popen(command, env=environment, cwd=folder)
        try:
            _wait_for(f"http://127.0.0.1:{port}/")
            with bench.page() as page:
                page.goto(f"http://127.0.0.1:{port}/")
                for number, text in enumerate(PROMPTS, start=1):
                    page.locator("#prompt textarea").fill(text)
                    shown = ("#chat .bot img", number - 1)
                    yield bench.turn(page, who=who, size=size, number=number, shown=shown, stalls=Path(os.devnull))
                    page.wait_for_function("document.querySelector('#prompt textarea').value === ''")
        finally:
            app.terminate()
            app.wait(15)


def main(arguments: Sequence[str]) -> int:
    """Measure, then write the tables."""
    options = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started is stopped then too
    turns: list[Turn] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        SandboxProcess(Path(folder) / "sandbox", signature_kb=1000, pace=0) as sandbox,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=obtain_chromium(), args=["--no-sandbox", "--disable-gpu"])
        bench = Bench(browser=browser, sandbox=sandbox, folder=Path(folder), model=options.model)
        for _ in range(options.runs):
            for size in options.sizes:
                turns += studio_turns(bench, who=OURS, size=size, history_mb="0")
                turns += studio_turns(bench, who="studio, default budget", size=size, history_mb=None)
                if not options.no_stock:
                    turns += stock_turns(bench, who=THEIRS, size=size)
        browser.close()
    sys.stdout.write(report(turns))
    return 0


def report(turns: Sequence[Turn]) -> str:
    """The medians of turns 1 and 5 by size and side, the ratios, and the event loop's stalls."""
    lines = [
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end; medians in seconds, longest stall in ms",
        "",
        (
            f"{'':24}{'size':>5}{'turn':>5}{'runs':>5}"
            f"{'total':>8}{'engine':>8}{'ours':>8}{'sent MB':>9}{'stall':>7}{'own':>6}"
        ),
    ]
    for who, size, number in dict.fromkeys((turn.who, turn.size, turn.number) for turn in turns):
        if number in REPORTED:
            same = [turn for turn in turns if (turn.who, turn.size, turn.number) == (who, size, number)]
            lines.append(f"{who:24}{size:>5}{number:>5}{_row(same)}")
    return "\n".join([*lines, "", *_ratios(turns), *_stalls(turns), ""])


def _row(same: Sequence[Turn]) -> str:
    times = zip(*((turn.total_s, turn.engine_s, turn.overhead_s) for turn in same), strict=True)
    medians = "".join(f"{statistics.median(column):8.2f}" for column in times)
    stalls = [stall for turn in same for stall in turn.stalls]
    late_ms = max((stall.late_ms for stall in stalls), default=0.0)
    own_ms = max((stall.own_ms for stall in stalls), default=0.0)
    sent_mb = statistics.median(turn.sent_bytes / 1e6 for turn in same)
    return f"{len(same):>5}{medians}{sent_mb:9.1f}{late_ms:7.0f}{own_ms:6.0f}"


def _ratios(turns: Sequence[Turn]) -> Iterator[str]:
    for size, number in dict.fromkeys((turn.size, turn.number) for turn in turns if turn.number in REPORTED):
        ours, theirs = (
            [turn.overhead_s for turn in turns if (turn.who, turn.size, turn.number) == (who, size, number)]
            for who in (OURS, THEIRS)
        )
        if ours and theirs:
            ratio = statistics.median(theirs) / statistics.median(ours)
            yield f"{size} turn {number}: the stock app adds {ratio:.1f} times as much"


def _stalls(turns: Sequence[Turn]) -> Iterator[str]:
    stalls = [stall for turn in turns for stall in turn.stalls]
    if not stalls:
        return
    for name, figures in (
        ("late", sorted((stall.late_ms for stall in stalls), reverse=True)),
        ("its own doing", sorted((stall.own_ms for stall in stalls), reverse=True)),
    ):
        longest = ", ".join(f"{ms:.0f}" for ms in figures[:8])
        over = sum(ms > GOAL_MS for ms in figures)
        yield f"event loop, {name}: {over} of {len(figures)} stalls over {GOAL_MS:.0f} ms; longest {longest} ms"


def _lines(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8") as file:
        yield from (line.split() for line in file)


def _wait_for(url: str) -> None:
    give_up_at_s = time.monotonic() + 60
    while time.monotonic() < give_up_at_s:
        try:
            get(url)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"nothing answers at {url}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="conversations per side and size (default %(default)s)")
    parser.add_argument("--sizes", nargs="+", default=["1K", "4K"], help="image sizes (default 1K 4K)")
    parser.add_argument("--model", default="gemini-3-pro-image", help="default %(default)s")
    parser.add_argument("--no-stock", action="store_true", help="leave the stock app out")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
