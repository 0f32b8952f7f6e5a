"""When a scenario happens, a bad day, any composition: drawn by seed, never beyond what the protocol allows."""

import asyncio
import base64
import contextlib
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.sandbox.scenarios import table as scenarios
from studio.sandbox.scenarios.circumstance import Caller
from studio.sandbox.scenarios.director import HEADER, Director
from studio.sandbox.scenarios.table import UnknownScenario, parse
from tests.sandbox_fixture import MODEL_21, SandboxClient, sandbox_app

FOX: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "a fox"}]}]}
CALLER = Caller(model_id=MODEL_21, key="k")
ALL_SCENARIOS = sorted(scenarios.known())
QUICK = {"slow": "slow:seconds=0", "trickle": "trickle:bytes_per_s=1e9"}
OUR_STATUSES = {200, 400, 403, 404, 429, 500, 502, 503, 504}


def met(director: Director, count: int, caller: Caller = CALLER) -> list[tuple[str, ...]]:
    """The kinds each of so many calls meets."""
    return [tuple(fault.kind for fault in director.meet(caller)) for _ in range(count)]


def pixels(answer: httpx2.Response) -> bytes:
    parts = answer.json()["candidates"][0]["content"]["parts"]
    return base64.b64decode(parts[-1]["inlineData"]["data"])


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("burst-503:every=4,length=2", "..xx..xx..xx"),
        ("overloaded:first=3", "xxx........."),
        ("overloaded:after=10", "..........xx"),
        ("overloaded:after=2,first=3", "..xxx......."),
        ("overloaded:p=0", "............"),
        ("overloaded:model=gemini-3-pro-image", "............"),
    ],
)
def test_a_scenario_can_happen_to_some_calls_only(text: str, pattern: str) -> None:
    director = Director(active=parse([text]))

    assert "".join("x" if kinds else "." for kinds in met(director, 12)) == pattern


def test_a_probability_is_one() -> None:
    director = Director(seed=3, active=parse(["overloaded:p=0.3"]))

    assert 250 < sum(bool(kinds) for kinds in met(director, 1000)) < 350


def test_one_scenario_s_luck_does_not_depend_on_another_s() -> None:
    alone = met(Director(seed=5, active=parse(["overloaded:p=0.5"])), 50)
    joined = met(Director(seed=5, active=parse(["slow:p=0.5", "overloaded:p=0.5"])), 50)

    assert [tuple(kind for kind in kinds if kind == "overloaded") for kinds in joined] == alone


def test_setting_scenarios_anew_begins_to_count_anew() -> None:
    director = Director(seed=5, active=parse(["bad-day"]))
    first = met(director, 30)
    director.play(parse(["bad-day"]))

    assert met(director, 30) == first


SOME_DAYS = st.lists(
    st.builds("{}:p={},after={}".format, st.sampled_from(ALL_SCENARIOS), st.floats(0, 1), st.integers(0, 5)), max_size=4
)


@given(seed=st.integers(0, 2**64), wishes=SOME_DAYS)
@settings(max_examples=30)
def test_any_composition_is_the_same_for_the_same_seed(seed: int, wishes: list[str]) -> None:
    first, again = (met(Director(seed=seed, active=parse([*wishes, "bad-day"])), 40) for _ in range(2))

    assert first == again


def test_a_bad_day_is_mixed_as_documented_and_differs_by_seed() -> None:
    days = [met(Director(seed=seed, active=parse(["bad-day"])), 400) for seed in range(5)]
    drawn = [kinds for day in days for kinds in day]
    mix = scenarios.known()["bad-day"].mix

    assert len({tuple(day) for day in days}) == 5
    assert 0.22 < sum(bool(kinds) for kinds in drawn) / 2000 < 0.30
    assert {kinds[0] for kinds in drawn if kinds} == {scenarios.known()[name].kind for name in mix}
    assert 0.04 < drawn.count(("overloaded",)) / 2000 < 0.08


async def day_of(data_dir: Path, seed: int) -> list[object]:
    """Thirty calls' statuses and pictures on a bad day."""
    client = SandboxClient(sandbox_app(data_dir, seed=seed, scenarios=("bad-day",)))
    seen: list[object] = []
    for nth in range(30):
        body = {"contents": [{"parts": [{"text": f"fox {nth % 3}"}]}]}
        try:
            answer = await client.generate(body | {"generationConfig": {"responseModalities": ["IMAGE"]}})
        except ConnectionResetError:
            seen.append("reset")
        else:
            shown = answer.status_code == 200 and b"inlineData" in answer.content
            seen.append(pixels(answer) if shown else answer.status_code)
    return seen


@pytest.mark.anyio
async def test_the_same_seed_and_the_same_calls_have_the_same_answers_and_failures(data_dir: Path) -> None:
    first, again, other = [await day_of(data_dir, seed) for seed in (11, 11, 12)]

    assert first == again
    assert not {value for value in first if isinstance(value, bytes)} & {v for v in other if isinstance(v, bytes)}


# -- whatever is composed --------------------------------------------------------------------------------------------


def is_allowed(answer: httpx2.Response, *, stream: bool) -> bool:
    """Whether a client of the protocol may meet this: an error object, an answer, or a broken one where 200 began."""
    if answer.status_code not in OUR_STATUSES:
        return False
    if answer.headers["content-type"].startswith("text/html"):
        return b"Bad gateway" in answer.content
    if answer.status_code != 200:
        error = answer.json()["error"]
        return {"code", "message", "status"} <= set(error) and error["code"] == answer.status_code
    if stream and answer.headers["content-type"] == "text/event-stream":
        events = answer.content.split(b"\r\n\r\n")
        return all(event.startswith(b"data: ") for event in events[:-1]) and all(
            json.loads(event.removeprefix(b"data: ")) for event in events[:-1]
        )
    try:
        return bool({"candidates", "promptFeedback"} & set(answer.json()))
    except ValueError:
        return answer.content.startswith(b"{")


async def answered(client: SandboxClient, wish: str, *, stream: bool) -> httpx2.Response | None:
    """None where there is no answer: a reset connection, a caller who gave up."""
    try:
        async with asyncio.timeout(0.2 if "no-answer" in wish else 30):
            return await client.generate(FOX, headers={HEADER: wish}, stream=stream)
    except ConnectionResetError:
        return None
    except TimeoutError:
        assert "no-answer" in wish
        return None


WISHES = st.lists(st.sampled_from([QUICK.get(name, name) for name in ALL_SCENARIOS]), min_size=1, max_size=5)


@given(wishes=WISHES, stream=st.booleans())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_composition_answers_something_the_protocol_allows(
    data_dir: Path, caplog: pytest.LogCaptureFixture, wishes: list[str], *, stream: bool
) -> None:
    async def check() -> None:
        client = SandboxClient(sandbox_app(data_dir))
        answer = await answered(client, ",".join(wishes), stream=stream)
        assert answer is None or is_allowed(answer, stream=stream), answer.content[:500]
        await client.http.aclose()

    asyncio.run(check())
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


JUNK = st.text("abc-:=,.0123456789 noverload", max_size=40)


@given(wish=JUNK)
def test_any_text_is_a_wish_or_is_refused_as_none(wish: str) -> None:
    with contextlib.suppress(UnknownScenario):
        chosen = parse([wish])
        assert parse([",".join(one.text for one in chosen)]) == chosen


def test_a_wish_means_the_same_however_its_params_are_ordered() -> None:
    assert parse(["rpm:p=0.5,first=9,limit=4"]) == parse(["rpm:limit=4,p=0.5,first=9"])
