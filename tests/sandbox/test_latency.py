"""How long answers take: a quick pace by default, the live service's figures as a scenario."""

import json
import statistics
from pathlib import Path
from typing import Any

import pytest

from studio.image_models import CATALOGUE, ImageModel, model_of
from studio.sandbox.ask import Job, examine
from studio.sandbox.scenarios.circumstance import CALM, Circumstance
from studio.sandbox.scenarios.faults import Fault
from studio.sandbox.scenarios.latency import live_figures
from studio.sandbox.script import compose
from studio.sandbox.signatures import Signer
from tests.sandbox_fixture import MODEL_21, SandboxClient, sandbox_app

FOX: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "a fox"}]}]}
LIVE = Circumstance(faults=(Fault("live_latency"),))
SIGNER = Signer(key=b"k" * 32, min_bytes=200, max_bytes=200)
SIZES = [(model, size) for model in CATALOGUE for size in model.pixels]
# gemini-api.md, from a public live study of 2026-09; 2.1 is assumed to be as quick as NB2.
SEEN_S = {
    ("gemini-3.1-flash-lite-image", "1K"): 4,
    ("gemini-2.5-flash-image", "1K"): 8,
    ("gemini-3.1-flash-image", "1K"): 11,
    ("gemini-3.1-flash-image", "4K"): 28,
    ("gemini-3-pro-image", "1K"): 19,
    ("gemini-3-pro-image", "4K"): 35,
    ("gemini-nano-banana-2.1", "1K"): 11,
    ("gemini-nano-banana-2.1", "4K"): 28,
}


def durations_s(model: ImageModel, size: str, circumstance: Circumstance, count: int = 300) -> list[float]:
    """The simulated seconds of so many answers."""
    body = FOX | ({"generationConfig": {"imageConfig": {"imageSize": size}}} if model.sizes else {})
    job = Job(model_id=model.id, version="v1", signer=SIGNER, wants_summary=False)
    ask = examine(json.dumps(body).encode(), job).ask
    assert ask is not None
    seeds = (nth.to_bytes(32, "big") for nth in range(count))
    return [compose(ask, seed=seed, circumstance=circumstance).duration_s for seed in seeds]


@pytest.mark.parametrize(("model", "size"), SIZES, ids=str)
def test_every_model_and_size_has_its_own_spread(model: ImageModel, size: str) -> None:
    figures = live_figures()[model.id][size]
    drawn = durations_s(model, size, LIVE)

    assert figures["low"] <= min(drawn) < max(drawn) <= figures["high"]
    assert statistics.median(drawn) == pytest.approx(figures["median"], rel=0.06)
    assert statistics.mean(drawn) >= statistics.median(drawn) * 0.98


@pytest.mark.parametrize(("model_id", "size"), SEEN_S)
def test_the_middle_is_what_was_seen_live(model_id: str, size: str) -> None:
    drawn = durations_s(model_of(model_id), size, LIVE)

    assert statistics.median(drawn) == pytest.approx(SEEN_S[model_id, size], rel=0.06)
    if model_id == "gemini-3-pro-image":
        assert max(drawn) <= 38


def test_by_default_an_answer_is_quick(client: SandboxClient) -> None:
    assert max(durations_s(model_of(MODEL_21), "4K", CALM)) < 5


def test_the_same_seed_takes_the_same_time() -> None:
    model = model_of(MODEL_21)

    assert durations_s(model, "1K", LIVE, 20) == durations_s(model, "1K", LIVE, 20)


@pytest.mark.anyio
async def test_the_pace_multiplies_the_live_seconds(data_dir: Path) -> None:
    client = SandboxClient(sandbox_app(data_dir, pace=0.02, scenarios=("live-latency",)))
    await client.generate(FOX)
    await client.generate(FOX, headers={"x-sandbox-scenario": "none"})
    live, quick = await client.journal()

    assert live["engine_s"] >= 0.02 * 6
    assert 0.02 * 1.6 <= quick["engine_s"] < live["engine_s"]
