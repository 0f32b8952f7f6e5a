"""Scenarios: asked for in three ways, refused where there are none, composed in one order."""

from pathlib import Path
from typing import Any

import pytest

from studio.sandbox.scenarios import table as scenarios
from studio.sandbox.scenarios.faults import ALL_KINDS
from studio.sandbox.scenarios.table import UnknownScenario, When, parse
from studio.sandbox.server import main
from tests.sandbox_fixture import SandboxClient, sandbox_app

HEADER = "x-sandbox-scenario"
FOX: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "a fox"}]}]}
ALL_SCENARIOS = sorted(scenarios.known())


def told(text: str) -> dict[str, str]:
    return {HEADER: text}


async def statuses(client: SandboxClient, count: int, text: str = "") -> list[int]:
    return [(await client.generate(FOX, headers=told(text))).status_code for _ in range(count)]


# -- asking for them -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL_SCENARIOS)
def test_each_scenario_says_what_it_does_and_has_a_mechanism(name: str) -> None:
    scenario = scenarios.known()[name]

    assert scenario.says.endswith(".")
    assert scenario.kind in ALL_KINDS
    assert set(scenario.mix) <= set(scenarios.known())
    assert sum(scenario.mix.values()) <= 1
    assert scenarios.overview().count(f"  {name}\n") + scenarios.overview().count(f"  {name}:") == 1
    for param, choices in scenario.choices.items():
        assert scenario.params[param] in choices


def test_several_are_asked_for_with_commas_and_their_params_too() -> None:
    chosen = parse(["rpm:limit=7,overloaded:p=0.5,first=3", "no-image"])

    assert [one.text for one in chosen] == ["rpm:limit=7", "overloaded:first=3,p=0.5", "no-image"]
    assert chosen[0].params == {"limit": 7}
    assert chosen[1].when == When(p=0.5, first=3)


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ("sunny", "There is no scenario 'sunny'. Known scenarios: invalid-key, "),
        ("rpm:limt=5", "rpm does not take limt; it takes p, every, length, first, after, model, limit."),
        ("rpm:limit=five", "rpm: limit=five is not a whole number from 0 to 1e+09."),
        ("rpm:limit=-1", "rpm: limit=-1 is not a whole number from 0 to 1e+09."),
        ("drift:amount=nan", "drift: amount=nan is not a number from 0 to 10."),
        ("overloaded:p=2", "overloaded: p=2 is not a number from 0 to 1."),
        ("no-image:content=some", "no-image: content=some is not one of missing, empty."),
        ("limit=5,rpm", "'limit=5' stands before any scenario."),
        ("rpm:limit", "'rpm:limit' is not name:param=value."),
        ("rpm," * 1000, "A wish for scenarios has at most 2000 characters."),
    ],
)
def test_a_wish_that_is_none_is_answered_with_what_there_is(wish: str, why: str) -> None:
    with pytest.raises(UnknownScenario) as caught:
        parse([wish])

    assert str(caught.value).startswith(why)


def test_the_start_option_is_refused_in_one_line_that_lists_what_there_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data-dir", str(tmp_path), "--scenario", "overloaded:p=0.1", "--scenario", "sunny"]) == 1

    said = capsys.readouterr().err
    assert said.startswith("sandbox: There is no scenario 'sunny'. Known scenarios: ")
    assert all(name in said for name in ALL_SCENARIOS)
    assert said.count("\n") == 1


def test_the_scenarios_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list-scenarios"]) == 0

    said = capsys.readouterr().out
    assert "  burst-503:every=10,length=3\n      503 in bursts:" in said
    assert "      overloaded 6%, internal 3%," in said


@pytest.mark.anyio
async def test_a_header_is_for_its_own_call_only(client: SandboxClient) -> None:
    assert await statuses(client, 1, "overloaded") == [503]
    assert await statuses(client, 1) == [200]


@pytest.mark.anyio
async def test_a_header_that_is_none_is_refused_by_the_sandbox_in_its_own_name(client: SandboxClient) -> None:
    answer = await client.generate(FOX, headers=told("sunny"))

    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["status"] == "INVALID_ARGUMENT"
    assert error["message"].startswith("The sandbox, not Gemini, refuses the header x-sandbox-scenario. There is no ")


@pytest.mark.anyio
async def test_the_control_endpoint_sets_lists_and_clears(client: SandboxClient) -> None:
    listed = (await client.http.get("/control/scenarios")).json()
    assert listed["active"] == []
    assert [known["name"] for known in listed["known"]] == list(scenarios.known())

    for method, wanted in (("PUT", "overloaded"), ("POST", ["unavailable", "slow:seconds=0"])):
        answer = await client.http.request(method, "/control/scenarios", json={"scenarios": wanted})
        assert answer.json()["active"] == ([wanted] if isinstance(wanted, str) else wanted)
        assert await statuses(client, 2) == [503, 503]

    assert (await client.http.delete("/control/scenarios")).json()["active"] == []
    assert await statuses(client, 1) == [200]


@pytest.mark.anyio
@pytest.mark.parametrize("wanted", ["sunny", {"scenarios": 3}, [1], None, {"names": "overloaded"}])
async def test_the_control_endpoint_refuses_what_is_no_scenario(client: SandboxClient, wanted: object) -> None:
    answer = await client.http.put("/control/scenarios", json=wanted)

    assert (answer.status_code, answer.json()["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert (await client.http.get("/control/scenarios")).json()["active"] == []


@pytest.mark.anyio
@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000])
async def test_the_control_endpoint_refuses_what_is_no_json(client: SandboxClient, body: bytes) -> None:
    assert (await client.http.put("/control/scenarios", content=body)).status_code == 400
    assert (await client.http.post("/control/faults", content=body)).status_code == 400


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/control/scenarios", "/control/faults", "/control/requests"])
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1.evil.example:8787"},
        {"host": "["},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
    ],
    ids=str,
)
async def test_a_page_from_elsewhere_can_neither_read_nor_steer(
    client: SandboxClient, path: str, headers: dict[str, str]
) -> None:
    assert (await client.http.get(path, headers=headers)).status_code == 403
    assert (await client.http.delete(path, headers=headers)).status_code == 403
    assert (
        await client.http.get(path, headers={"host": "[::1]:8787", "origin": "http://[::1]:8787"})
    ).status_code == 200


@pytest.mark.anyio
async def test_without_control_there_is_nothing_to_steer_but_a_header_still_works(data_dir: Path) -> None:
    client = SandboxClient(sandbox_app(data_dir, control=False))

    assert (await client.http.get("/control/scenarios")).status_code == 404
    assert await statuses(client, 1, "overloaded") == [503]


# -- composition -----------------------------------------------------------------------------------------------------


@pytest.mark.anyio
async def test_a_header_adds_to_what_is_active_unless_it_says_none(client: SandboxClient) -> None:
    await client.http.put("/control/scenarios", json="text-first")
    both = await client.generate(FOX, headers=told("two-images"))
    kinds = [next(iter(part)) for part in both.json()["candidates"][0]["content"]["parts"]]

    assert kinds == ["text", "inlineData", "inlineData"]
    await client.http.put("/control/scenarios", json="overloaded")
    assert await statuses(client, 1, "none") == [200]
    assert await statuses(client, 1, "none,deadline") == [504]
    assert await statuses(client, 1, "deadline") == [503]
    assert [entry["scenarios"] for entry in await client.journal()][-3:] == [
        [],
        ["deadline"],
        ["overloaded", "deadline"],
    ]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("text", "body", "status"),
    [
        ("overloaded,permission", FOX, 403),  # who calls is asked first
        ("overloaded,html", FOX, 502),  # then it has to get through
        ("permission", {}, 403),
        ("html", {}, 502),
        ("overloaded", {}, 400),  # then the request is read
        ("rpm:limit=0", {}, 400),
        ("overloaded,rpm:limit=0", FOX, 429),  # then quotas are counted
        ("no-image,overloaded", FOX, 503),  # then the service may fail
        ("no-image,two-images", FOX, 200),
    ],
)
async def test_what_applies_first_does_not_depend_on_the_order_of_the_wish(
    client: SandboxClient, text: str, body: object, status: int
) -> None:
    for wish in (text, ",".join(reversed(text.split(",")))):
        assert (await client.generate(body, headers=told(wish))).status_code == status


@pytest.mark.anyio
async def test_a_key_that_is_none_is_refused_before_any_scenario(client: SandboxClient) -> None:
    answer = await client.generate(FOX, headers=told("overloaded,permission,html") | {"x-goog-api-key": "bad"})

    assert answer.json()["error"]["message"].startswith("API key not valid.")
