"""Token counts: their arithmetic on the wire, and spreads that agree with what the studio tells designers to expect."""

import base64
import statistics
from typing import Any

import pytest

from studio.image_models import CATALOGUE, ImageModel, TokenPrior
from studio.sandbox.usage import DrawnTokens, draw, thinking_level
from tests.sandbox_fixture import MODEL_21, MODEL_PRO, SandboxClient, picture_bytes

DRAWS = 4000


def user(text: str, **more: object) -> dict[str, Any]:
    return {"contents": [{"role": "user", "parts": [{"text": text}]}], **more}


@pytest.mark.anyio
@pytest.mark.parametrize("model", [model.id for model in CATALOGUE])
async def test_the_total_is_prompt_and_candidates_and_thoughts(client: SandboxClient, model: str) -> None:
    for nth in range(4):
        usage = (await client.generate(user(f"fox {nth}"), model=model)).json()["usageMetadata"]

        thoughts = usage.get("thoughtsTokenCount", 0)
        assert usage["totalTokenCount"] == usage["promptTokenCount"] + usage["candidatesTokenCount"] + thoughts
        assert usage["promptTokenCount"] == sum(detail["tokenCount"] for detail in usage["promptTokensDetails"])
        [image] = usage["candidatesTokensDetails"]
        assert image["modality"] == "IMAGE"
        assert usage["candidatesTokenCount"] > image["tokenCount"]
        assert usage["serviceTier"] == "standard"


@pytest.mark.anyio
async def test_pictures_and_text_of_the_prompt_are_told_apart(client: SandboxClient) -> None:
    picture = {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(picture_bytes()).decode()}}
    body = {"contents": [{"parts": [{"text": "x" * 400}, picture, picture]}]}
    usage = (await client.generate(body, model=MODEL_PRO)).json()["usageMetadata"]

    assert usage["promptTokensDetails"] == [
        {"modality": "TEXT", "tokenCount": 100}, {"modality": "IMAGE", "tokenCount": 1120},
    ]  # fmt: skip


@pytest.mark.anyio
async def test_the_system_instruction_is_part_of_the_prompt(client: SandboxClient) -> None:
    body = user("x" * 40, systemInstruction={"parts": [{"text": "y" * 400}]})

    assert (await client.generate(body)).json()["usageMetadata"]["promptTokenCount"] == 110


@pytest.mark.anyio
async def test_a_replayed_signature_counts_as_input(client: SandboxClient) -> None:
    picture = {
        "inlineData": {"mimeType": "image/png", "data": base64.b64encode(picture_bytes()).decode()},
        "thoughtSignature": base64.b64encode(b"s" * 40_960).decode(),
    }
    body = {"contents": [{"role": "model", "parts": [picture]}, *user("x" * 40)["contents"]]}
    usage = (await client.generate(body, model="gemini-2.5-flash-image")).json()["usageMetadata"]

    assert usage["promptTokensDetails"][0] == {"modality": "TEXT", "tokenCount": 10 + 10}


@pytest.mark.anyio
async def test_minimal_thinking_leaves_the_thought_count_out(client: SandboxClient) -> None:
    config = {"thinkingConfig": {"thinkingLevel": "MINIMAL"}}
    usage = (await client.generate(user("a fox", generationConfig=config), model=MODEL_21)).json()["usageMetadata"]

    assert "thoughtsTokenCount" not in usage


def drawn(model: ImageModel, level: str | None) -> list[DrawnTokens]:
    return [draw(model, level=level, seed=number.to_bytes(4, "big")) for number in range(DRAWS)]


def agrees(counts: list[int], prior: TokenPrior) -> bool:
    """The middle is the likely figure, and 1–4 % lie above the one that is usually enough."""
    above = sum(count > prior.usually_under for count in counts) / len(counts)
    return abs(statistics.median(counts) / prior.likely - 1) < 0.2 and 0.01 <= above <= 0.04


@pytest.mark.parametrize("model", CATALOGUE, ids=lambda model: model.id)
def test_hidden_tokens_spread_as_designers_are_told(model: ImageModel) -> None:
    assert agrees([each.hidden for each in drawn(model, model.default_thinking_level)], model.hidden_tokens)


@pytest.mark.parametrize("model", CATALOGUE, ids=lambda model: model.id)
def test_thoughts_spread_as_designers_are_told(model: ImageModel) -> None:
    for asked, prior in model.thought_tokens.items():
        counts = [each.thoughts for each in drawn(model, thinking_level(model, asked))]
        assert agrees(counts, prior) if prior.likely else set(counts) == {0}


def test_the_same_seed_draws_the_same() -> None:
    model = CATALOGUE[0]
    assert draw(model, level=None, seed=b"a") == draw(model, level=None, seed=b"a")
    assert len({draw(model, level=None, seed=bytes([n])).hidden for n in range(50)}) > 30


def test_pro_thinks_alike_at_any_level() -> None:
    assert thinking_level(CATALOGUE[0], "HIGH") is None
