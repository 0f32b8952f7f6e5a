"""Signatures: bound to their part, checked without having been stored, refused with 1-based positions."""

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.sandbox.google_errors import Refused
from studio.sandbox.history import Content, Part
from studio.sandbox.signatures import Signer, check_history, text_to_sign
from tests.sandbox_fixture import MODEL_PRO, SandboxClient, sandbox_app

DOCS = "Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
CORRUPTED = "Corrupted thought signature."
NOT_VALID = "Thought signature is not valid"

Parts = list[dict[str, Any]]


async def model_turn(client: SandboxClient, prompt: str, *, text_first: bool = False) -> Parts:
    await client.queue({"kind": "text_first"}) if text_first else None
    config = {} if text_first else {"generationConfig": {"responseModalities": ["IMAGE"]}}
    answer = await client.generate({"contents": [said(prompt)]} | config, model=MODEL_PRO)
    parts: Parts = answer.json()["candidates"][0]["content"]["parts"]
    return parts


def said(text: str) -> dict[str, Any]:
    return {"role": "user", "parts": [{"text": text}]}


async def replay(client: SandboxClient, *turns: Parts, model: str = MODEL_PRO) -> str | None:
    """The refusal's sentence after these model turns, or None when they were accepted."""
    contents = [item for parts in turns for item in (said("paint"), {"role": "model", "parts": parts})]
    answer = await client.generate({"contents": [*contents, said("warmer")]}, model=model)
    if answer.status_code == 200:
        return None
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"
    return str(answer.json()["error"]["message"])


def altered(part: dict[str, Any], change: Callable[[bytes], bytes]) -> dict[str, Any]:
    raw = change(base64.b64decode(part["thoughtSignature"]))
    return part | {"thoughtSignature": base64.b64encode(raw).decode()}


def without(part: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key != "thoughtSignature"}


@pytest.mark.anyio
async def test_a_turn_sent_back_as_it_came_is_accepted(client: SandboxClient) -> None:
    assert await replay(client, await model_turn(client, "a fox"), await model_turn(client, "a hen")) is None


@pytest.mark.anyio
async def test_another_model_of_the_family_accepts_it_too(client: SandboxClient) -> None:
    assert await replay(client, await model_turn(client, "a fox"), model="gemini-nano-banana-2.1") is None


@pytest.mark.anyio
async def test_a_missing_one_is_named_by_its_place(client: SandboxClient) -> None:
    [picture] = await model_turn(client, "a fox")
    lead = {"text": "Looking.", "thought": True}

    text = f"Image part is missing a thought_signature in content position 2, part position 1. {DOCS}"
    assert await replay(client, [without(picture)]) == text
    text = f"Image part is missing a thought_signature in content position 4, part position 2. {DOCS}"
    assert await replay(client, [picture], [lead, without(picture)]) == text


@pytest.mark.anyio
async def test_text_before_a_picture_needs_its_own(client: SandboxClient) -> None:
    text, picture = await model_turn(client, "a fox", text_first=True)

    assert await replay(client, [text, picture]) is None
    refusal = f"Text part is missing a thought_signature in content position 2, part position 1. {DOCS}"
    assert await replay(client, [without(text), picture]) == refusal


@pytest.mark.anyio
async def test_thoughts_and_later_text_need_none(client: SandboxClient) -> None:
    [picture] = await model_turn(client, "a fox")
    draft = without(picture) | {"thought": True}

    assert await replay(client, [{"text": "Hm.", "thought": True}, draft, picture, {"text": "Done."}]) is None


@pytest.mark.anyio
@pytest.mark.parametrize("place", [0, 10, 40, 1000, -1])
async def test_one_changed_bit_anywhere_is_noticed(client: SandboxClient, place: int) -> None:
    [picture] = await model_turn(client, "a fox")

    def flip(raw: bytes) -> bytes:
        changed = bytearray(raw)
        changed[place] ^= 1
        return bytes(changed)

    assert await replay(client, [altered(picture, flip)]) == CORRUPTED


@pytest.mark.anyio
async def test_a_cut_or_made_up_one_is_noticed(client: SandboxClient) -> None:
    [picture] = await model_turn(client, "a fox")

    assert await replay(client, [altered(picture, lambda raw: raw[:-1])]) == CORRUPTED
    assert await replay(client, [altered(picture, lambda _: b"made up")]) == CORRUPTED


@pytest.mark.anyio
async def test_a_moved_or_swapped_one_is_noticed(client: SandboxClient) -> None:
    [fox], [hen] = await model_turn(client, "a fox"), await model_turn(client, "a hen")
    swapped = (
        [fox | {"thoughtSignature": hen["thoughtSignature"]}],
        [hen | {"thoughtSignature": fox["thoughtSignature"]}],
    )

    assert await replay(client, *swapped) == NOT_VALID
    words, picture = await model_turn(client, "an owl", text_first=True)
    moved = words | {"thoughtSignature": picture["thoughtSignature"]}
    assert await replay(client, [moved, picture]) == NOT_VALID


@pytest.mark.anyio
async def test_one_on_a_part_of_its_own_is_refused(client: SandboxClient) -> None:
    [picture] = await model_turn(client, "a fox")

    refusal = await replay(client, [without(picture), {"thoughtSignature": picture["thoughtSignature"]}])
    assert refusal == (
        "* GenerateContentRequest.contents[1].parts[1].data: required oneof field 'data' must have one initialized "
        "field\n"
    )


@pytest.mark.anyio
async def test_one_of_another_sandbox_is_foreign(client: SandboxClient, data_dir: Path) -> None:
    other = SandboxClient(sandbox_app(data_dir / "other"))

    assert await replay(client, await model_turn(other, "a fox")) == CORRUPTED


@pytest.mark.anyio
async def test_a_restart_on_the_same_folder_still_accepts_old_turns(client: SandboxClient, data_dir: Path) -> None:
    again = SandboxClient(sandbox_app(data_dir))

    assert await replay(again, await model_turn(client, "a fox")) is None


@pytest.mark.anyio
@pytest.mark.parametrize("word", ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"])
@pytest.mark.parametrize("encoded", [False, True])
async def test_the_documented_bypasses_stand_for_any(client: SandboxClient, word: str, *, encoded: bool) -> None:
    [picture] = await model_turn(client, "a fox")
    signature = base64.b64encode(word.encode()).decode() if encoded else word

    assert await replay(client, [picture | {"thoughtSignature": signature}]) is None


@pytest.mark.anyio
async def test_undecodable_base64_is_a_schema_error(client: SandboxClient) -> None:
    [picture] = await model_turn(client, "a fox")

    refusal = await replay(client, [picture | {"thoughtSignature": "not*base64"}])
    assert refusal == "Invalid value at 'contents[1].parts[0].thought_signature' (TYPE_BYTES), Base64 decoding failed"


@pytest.mark.anyio
async def test_a_picture_under_the_name_of_another_type_still_needs_one(client: SandboxClient) -> None:
    [picture] = await model_turn(client, "a fox")
    relabelled = without(picture) | {"inlineData": picture["inlineData"] | {"mimeType": "application/pdf"}}
    capitals = picture | {"inlineData": picture["inlineData"] | {"mimeType": "IMAGE/JPEG"}}

    assert await replay(client, [relabelled]) == (
        f"Image part is missing a thought_signature in content position 2, part position 1. {DOCS}"
    )
    assert await replay(client, [capitals]) is None


@pytest.mark.anyio
async def test_a_user_s_picture_needs_none(client: SandboxClient) -> None:
    [picture] = await model_turn(client, "a fox")
    body = {"contents": [{"role": "user", "parts": [{"text": "bluer"}, without(picture)]}]}

    assert (await client.generate(body)).status_code == 200


SIGNER = Signer(key=b"k" * 32, min_bytes=150, max_bytes=200)

_parts = st.builds(
    Part,
    kind=st.just("text"),
    text=st.text(max_size=8),
    thought=st.booleans(),
) | st.builds(Part, kind=st.just("image"), data=st.binary(max_size=8), thought=st.booleans())  # fmt: skip
_turns = st.lists(st.lists(_parts, min_size=1, max_size=4), min_size=1, max_size=4)


def issued(parts: list[Part]) -> tuple[Part, ...]:
    """The parts as the sandbox would have sent them: pictures and leading text signed, thoughts not."""
    lead = text_to_sign(parts)
    return tuple(
        replace(part, signature=SIGNER.sign(part))
        if part is lead or (part.kind == "image" and not part.thought)
        else part
        for part in parts
    )


def history(turns: list[list[Part]]) -> list[Content]:
    return [
        content
        for parts in turns
        for content in (Content("user", (Part("text", "paint"),)), Content("model", issued(parts)))
    ]


def verdict(contents: list[Content]) -> str | None:
    try:
        check_history(contents, SIGNER)
    except Refused as refused:
        return refused.error.message
    return None


@given(_turns, st.data())
def test_a_history_passes_as_issued_and_fails_with_any_signature_harmed(
    turns: list[list[Part]], data: st.DataObject
) -> None:
    contents = history(turns)
    assert verdict(contents) is None
    signed = [
        (content, part)
        for content, whole in enumerate(contents)
        for part, held in enumerate(whole.parts)
        if held.signature is not None
    ]
    if not signed:
        return
    content, place = data.draw(st.sampled_from(signed))
    part = contents[content].parts[place]
    foreign = replace(part, text=f"{part.text}!", data=part.data + b"!", signature=None)
    harms: dict[str | None, Part] = {
        "missing": replace(part, signature=None),
        CORRUPTED: replace(part, signature=(part.signature or b"")[::-1]),
        NOT_VALID: replace(part, signature=SIGNER.sign(foreign)),
    }
    expected = data.draw(st.sampled_from(sorted(str(name) for name in harms)))
    parts = list(contents[content].parts)
    parts[place] = harms[expected]
    contents[content] = Content("model", tuple(parts))

    kind = "Text" if part.kind == "text" else "Image"
    missing = (
        f"{kind} part is missing a thought_signature in content position {content + 1}, part position {place + 1}."
    )
    assert verdict(contents) == (f"{missing} {DOCS}" if expected == "missing" else expected)


def test_no_two_signatures_of_one_part_are_alike() -> None:
    part = Part(kind="image", data=b"pixels")
    assert SIGNER.sign(part) != SIGNER.sign(part)


def test_a_damaged_key_file_is_an_error_not_a_new_key(data_dir: Path) -> None:
    (data_dir / "sandbox-signing.key").write_bytes(b"short")
    with pytest.raises(ValueError, match="damaged: 5 bytes instead of 32"):
        sandbox_app(data_dir)


@pytest.mark.anyio
async def test_a_signature_moved_into_a_user_turn_is_refused(client: SandboxClient) -> None:
    """What the popular guides write: the signature beside the new prompt, which the SDK folds into a user turn."""
    [image] = await model_turn(client, "a fox")
    moved = {"role": "user", "parts": [{"text": "warmer", "thoughtSignature": image["thoughtSignature"]}]}
    answer = await client.generate({"contents": [moved]}, model=MODEL_PRO)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, NOT_VALID)
    kept = {"role": "user", "parts": [image, {"text": "warmer"}]}
    assert (await client.generate({"contents": [kept]}, model=MODEL_PRO)).status_code == 200


@given(st.binary(max_size=200), st.binary(min_size=32, max_size=32))
def test_a_part_is_always_signed_as_long_so_a_replay_always_counts_the_same(data: bytes, key: bytes) -> None:
    signer = Signer(key=key, min_bytes=200, max_bytes=4_000)
    part = Part(kind="image", data=data)
    first, second = signer.sign(part), Signer(key=bytes(32), min_bytes=200, max_bytes=4_000).sign(part)
    assert len(first) == len(second)
    assert first != second
