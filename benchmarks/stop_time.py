"""How long Stop takes: from the click to the page's word that the turn has stopped, wherever the turn was.

Beside it, in the same run, the time of a click that only asks the server something (choosing a version): what is above
that is Stop's own.

    uv run benchmarks/stop_time.py --help
"""

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from tests.sandbox_fixture import SandboxProcess  # noqa: E402
from tests.support.browser_guard import BrowserGuard  # noqa: E402
from tests.support.chromium import obtain_chromium  # noqa: E402
from tests.support.page import StudioPage  # noqa: E402
from tests.support.server import Studio  # noqa: E402

GOAL_MS: Final = 500.0
STAGES: Final = ("before any answer", "while thoughts stream", "while waiting to retry")
CHOICE: Final = "choosing a version"

# Clicks and resolves with the milliseconds until the condition holds, looked at in every frame.
CLICK: Final = """async ({selector, holds}) => {
  const condition = new Function(`return ${holds}`);
  const started = performance.now();
  document.querySelector(selector).click();
  while (!condition()) await new Promise(requestAnimationFrame);
  return performance.now() - started;
}"""
STOPPED: Final = "document.querySelector('#status').dataset.state === 'cancelled'"
CHOSEN: Final = "document.querySelector('#stage img.pic').dataset.version === '1'"


def stops(page: StudioPage, engine: SandboxProcess, stage: str) -> float:
    """Milliseconds of one stop at a stage."""
    kind = "rate_minute" if stage == STAGES[2] else "slow"
    engine.queue([{"kind": kind, "count": 1, "params": {"seconds": 60}}])
    page.begin(f"A change, stopped {stage}")
    if stage == STAGES[2]:
        page.wait_state("retrying")
    elif stage == STAGES[1]:
        page.page.wait_for_function("document.querySelector('#stage .running .line')?.textContent")
    else:
        page.wait_state("waiting")
    taken_ms: float = page.page.evaluate(CLICK, {"selector": "#stop", "holds": STOPPED})
    return taken_ms


def choices(page: StudioPage) -> float:
    """Milliseconds until a chosen version is on the stage."""
    page.go_to(2)
    taken_ms: float = page.page.evaluate(CLICK, {"selector": "#versions [data-version='1']", "holds": CHOSEN})
    return taken_ms


def measure(runs: int) -> Iterator[tuple[str, float]]:
    """(what, milliseconds), `runs` of each."""
    with (
        tempfile.TemporaryDirectory() as folder,
        SandboxProcess(Path(folder) / "engine", pace=0.3) as engine,
        Studio(data_dir=Path(folder) / "data", engine_url=engine.base_url) as studio,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=obtain_chromium(), args=["--no-sandbox", "--disable-gpu"])
        tab = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page = StudioPage(tab, url=studio.url, guard=BrowserGuard(tab.context)).open_new()
        page.send("A ceramic mug")
        page.send("Warmer light")
        page.wait_version(2)
        for _ in range(runs):
            yield CHOICE, choices(page)
            for stage in STAGES:
                yield stage, stops(page, engine, stage)
        browser.close()


def report(taken: Sequence[tuple[str, float]]) -> str:
    """Median and longest of each, and the ratio to a plain click."""
    by_name = {name: [ms for each, ms in taken if each == name] for name in (CHOICE, *STAGES)}
    plain_ms = statistics.median(by_name[CHOICE])
    lines = [f"{'':28}{'median ms':>10}{'longest':>9}{'× a click':>11}"]
    for name, ms in by_name.items():
        median_ms = statistics.median(ms)
        lines.append(f"{name:28}{median_ms:10.0f}{max(ms):9.0f}{median_ms / plain_ms:11.1f}")
    slow = sum(ms > GOAL_MS for name, ms in taken if name in STAGES)
    return "\n".join([*lines, f"{slow} of {len(taken) - len(by_name[CHOICE])} stops took over {GOAL_MS:.0f} ms", ""])


def main(arguments: Sequence[str]) -> int:
    """Measure, then write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="stops at each stage (default %(default)s)")
    sys.stdout.write(report(tuple(measure(parser.parse_args(arguments).runs))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
