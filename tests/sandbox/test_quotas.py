"""Quotas that are counted, on a clock of the test's own; and what is forgotten as time goes by."""

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.image_models import NANO_BANANA_21, NANO_BANANA_PRO
from studio.sandbox.bill import usd_of
from studio.sandbox.google_errors import GoogleError, Refused
from studio.sandbox.history import Part
from studio.sandbox.scenarios.circumstance import Caller
from studio.sandbox.scenarios.director import Director
from studio.sandbox.scenarios.quotas import pacific, until_midnight_pacific_s
from studio.sandbox.scenarios.table import parse
from studio.sandbox.signatures import Signer
from studio.sandbox.usage import OutputTokens, PromptTokens
from tests.sandbox_fixture import MODEL_21, MODEL_PRO, SandboxClient, sandbox_app

CALLER = Caller(model_id=MODEL_21, key="k")
FOX: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "a fox"}]}]}
NOON_PACIFIC_S = datetime(2026, 11, 22, 20, 0, tzinfo=UTC).timestamp()


@dataclass(slots=True)
class Clock:
    now_s: float = NOON_PACIFIC_S

    def __call__(self) -> float:
        return self.now_s


def call(director: Director, caller: Caller = CALLER, usd: str = "0") -> GoogleError | None:
    """One call; the refusal it met."""
    try:
        with director.admitted(caller, director.meet(caller)) as bill:
            bill.charge(Decimal(usd))
    except Refused as refused:
        return refused.error
    return None


def refusal(director: Director) -> GoogleError:
    error = call(director)
    assert error is not None
    return error


def test_requests_a_minute_are_counted_and_the_wait_is_true() -> None:
    clock = Clock()
    director = Director(active=parse(["rpm:limit=3"]), clock=clock)
    for _ in range(3):
        assert call(director) is None
        clock.now_s += 10

    error = refusal(director)
    assert error.http_status == 429
    assert error.message.endswith("limit: 3, model: gemini-nano-banana-2.1\nPlease retry in 30s.")
    assert error.details[1]["violations"][0]["quotaId"] == "GenerateRequestsPerMinutePerProjectPerModel"
    assert error.details[1]["violations"][0]["quotaValue"] == "3"
    assert error.details[2]["retryDelay"] == "30s"
    clock.now_s += 29.75
    assert refusal(director).details[2]["retryDelay"] == "0.25s"
    clock.now_s += 0.25
    assert call(director) is None
    assert refusal(director).details[2]["retryDelay"] == "10s"


def test_a_quota_is_per_key_and_per_model() -> None:
    director = Director(active=parse(["rpm:limit=1"]), clock=Clock())

    assert call(director) is None
    assert call(director) is not None
    assert call(director, Caller(model_id=MODEL_PRO, key="k")) is None
    assert call(director, Caller(model_id=MODEL_21, key="another")) is None


def test_requests_a_day_end_at_midnight_in_california() -> None:
    clock = Clock()
    director = Director(active=parse(["rpd:limit=2"]), clock=clock)
    assert [call(director), call(director)] == [None, None]

    clock.now_s += 4.5 * 3600 + 8.25
    error = refusal(director)
    assert error.message.endswith("Please retry in 7h29m51.75s.")
    assert error.details[1]["violations"][0]["quotaId"] == "GenerateRequestsPerDayPerProjectPerModel"
    assert error.details[2]["retryDelay"] == "26991s"
    clock.now_s += 26991.5
    assert call(director) is not None
    clock.now_s += 0.5
    assert call(director) is None


@given(moment=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)))  # noqa: DTZ001 - made UTC below
def test_california_s_clock_is_right_in_summer_and_winter(moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    zone = ZoneInfo("America/Los_Angeles")
    here = now.astimezone(zone)
    midnight = datetime.combine(here.date() + timedelta(days=1), datetime.min.time(), zone)

    assert pacific(now.timestamp()).utcoffset() == here.utcoffset()
    assert until_midnight_pacific_s(now.timestamp()) == pytest.approx((midnight.astimezone(UTC) - now).total_seconds())


@pytest.mark.parametrize("day", ["2026-03-08", "2026-11-01"])
def test_the_days_on_which_the_clocks_change_have_their_own_length(day: str) -> None:
    starts = datetime.combine(date.fromisoformat(day), datetime.min.time(), ZoneInfo("America/Los_Angeles"))
    hours = until_midnight_pacific_s(starts.timestamp()) / 3600

    assert hours == (23 if day == "2026-03-08" else 25)


def test_credits_run_down_with_the_bill_and_then_every_model_refuses() -> None:
    director = Director(active=parse(["credits:usd=0.5"]), clock=Clock())

    assert [call(director, usd="0.2") for _ in range(3)] == [None] * 3
    error = refusal(director)
    assert (error.http_status, error.details) == (429, ())
    assert error.message.startswith("Your prepayment credits are depleted.")
    assert call(director, Caller(model_id=MODEL_PRO, key="k")) is not None
    assert call(director, Caller(model_id=MODEL_21, key="another")) is None


def test_calls_at_once_are_counted_in_and_out() -> None:
    director = Director(active=parse(["concurrency:limit=2"]), clock=Clock())
    with ExitStack() as inside:
        for _ in range(2):
            inside.enter_context(director.admitted(CALLER, director.meet(CALLER)))
        assert "generate_content_concurrent_requests, limit: 2" in refusal(director).message

    assert call(director) is None


def test_the_bill_is_the_price_list_s_arithmetic() -> None:
    """A 1K picture of 2.1: $0.0336 for the picture (docs/pricing), text and thoughts at $7.50, the prompt at $1.50."""
    day = date(2026, 11, 22)
    output = OutputTokens(image=1120, other=200, thoughts=300)

    assert usd_of(NANO_BANANA_21, PromptTokens(text=0, image=0), OutputTokens(image=1120), day=day) == Decimal("0.0336")
    expected = Decimal("0.0336") + Decimal(500) * Decimal("7.5") / 10**6 + Decimal(1130) * Decimal("1.5") / 10**6
    assert usd_of(NANO_BANANA_21, PromptTokens(text=10, image=1120), output, day=day) == expected
    searched = usd_of(NANO_BANANA_PRO, PromptTokens(text=0, image=0), OutputTokens(), day=day, search_queries=2)
    assert searched == Decimal("0.028")
    assert usd_of(NANO_BANANA_21, PromptTokens(text=1, image=0), output, day=date(2026, 1, 1)) is None


@pytest.mark.anyio
async def test_the_served_bill_runs_the_credits_down(data_dir: Path) -> None:
    client = SandboxClient(sandbox_app(data_dir, scenarios=("credits:usd=0.1",)))
    met = [(await client.generate(FOX)).status_code for _ in range(5)]
    costs = [entry["cost_usd"] for entry in await client.journal()]

    paid = [Decimal(cost) for cost in costs if cost is not None]
    assert met == [200] * len(paid) + [429] * (5 - len(paid))
    assert sum(paid[:-1]) < Decimal("0.1") <= sum(paid)


@pytest.mark.anyio
async def test_blocked_pictures_cost_nothing(data_dir: Path) -> None:
    client = SandboxClient(sandbox_app(data_dir, scenarios=("credits:usd=0.01", "image-safety")))

    assert [(await client.generate(FOX)).status_code for _ in range(3)] == [200] * 3


@pytest.mark.anyio
async def test_only_sound_requests_are_counted(data_dir: Path) -> None:
    client = SandboxClient(sandbox_app(data_dir, scenarios=("rpm:limit=1",)))
    met = [(await client.generate(body)).status_code for body in ({}, {}, FOX, FOX)]

    assert met == [400, 400, 200, 429]


@pytest.mark.anyio
async def test_calls_at_once_are_limited_over_the_wire_too(data_dir: Path) -> None:
    client = SandboxClient(sandbox_app(data_dir, scenarios=("concurrency:limit=2", "slow:seconds=0.2")))
    met = [answer.status_code for answer in await asyncio.gather(*(client.generate(FOX) for _ in range(5)))]

    assert sorted(met) == [200, 200, 429, 429, 429]


async def history(client: SandboxClient) -> dict[str, Any]:
    """A request that replays a signed picture."""
    answer = await client.generate(FOX | {"generationConfig": {"responseModalities": ["IMAGE"]}})
    model = answer.json()["candidates"][0]["content"]
    return {"contents": [*FOX["contents"], model, {"role": "user", "parts": [{"text": "warmer"}]}]}


@pytest.mark.anyio
async def test_signatures_made_before_they_were_forgotten_are_refused_and_later_ones_are_not(
    client: SandboxClient,
) -> None:
    old = await history(client)
    assert (await client.generate(old)).status_code == 200
    await client.http.put("/control/scenarios", json="signatures-forgotten")

    refused = await client.generate(old)
    assert (refused.status_code, refused.json()["error"]["message"]) == (400, "Corrupted thought signature.")
    new = await history(client)
    assert (await client.generate(new)).status_code == 200
    asked = {"x-sandbox-scenario": "signatures-forgotten"}
    assert (await client.generate(new, headers=asked)).status_code == 400
    assert (await client.generate(old, headers={"x-sandbox-scenario": "none"})).status_code == 200


def test_a_signature_grows_old() -> None:
    signer = Signer(key=b"k" * 32, min_bytes=200, max_bytes=200)
    part = Part(kind="image", data=b"picture", mime_type="image/png")
    part = Part(kind="image", data=b"picture", mime_type="image/png", signature=signer.sign(part))
    clock = Clock(datetime.now(UTC).timestamp())
    director = Director(active=parse(["signature-lifetime:seconds=600"]), clock=clock)

    clock.now_s += 590
    director.meet(CALLER).forgetful(signer).check(part)
    clock.now_s += 20
    with pytest.raises(Refused, match="Corrupted"):
        director.meet(CALLER).forgetful(signer).check(part)
    signer.check(part)
