"""The size of a request before it is sent: close to the bytes on the wire, and never a surprise upwards."""

import json
from dataclasses import replace

import pytest
from hypothesis import given as for_any
from hypothesis import strategies as st

from studio.branch import path_to
from studio.errors import InputError
from studio.image_models import NANO_BANANA_PRO
from studio.parts import OpaquePart, Part, TextPart
from studio.prompt import Prompt
from studio.request import Content, ImageRequest, body_bytes, compose
from tests.factories import a_prompt
from tests.stories import UNLIMITED, Story, given, picture, sized, stories, wire_body

MEGABYTE = 1_000_000


def request_to(story: Story, version_number: int, *, prompt: Prompt | None = None) -> ImageRequest:
    path = path_to(story.tree, story.tree.version(version_number))
    return compose(model=NANO_BANANA_PRO, path=path, prompt=prompt or a_prompt("next"), budget=UNLIMITED)


@for_any(story=stories(), data=st.data(), text=st.text(max_size=2_000))
def test_the_size_is_that_of_the_body_on_the_wire(story: Story, data: st.DataObject, text: str) -> None:
    version = data.draw(st.sampled_from(story.tree.versions))
    prompt = a_prompt(text, references=(given("mug"),), current_image=sized("current", 30_000))
    request = request_to(story, version.number, prompt=prompt)
    real = len(wire_body(request))
    assert real - 1_000 <= request.body_bytes <= real * 1.02 + 1_000


@pytest.mark.parametrize("size_bytes", [299_999, 300_000, 300_001, 2_182_381])
def test_the_size_of_pictures_as_they_really_are_is_within_two_percent(size_bytes: int) -> None:
    story = Story()
    first = story.one(parts=(picture("first", size_bytes=size_bytes),))
    story.one(parent=first, parts=(picture("second", size_bytes=size_bytes),))
    request = request_to(story, 2)
    real = len(wire_body(request))
    assert real <= request.body_bytes <= real * 1.02


def test_other_scripts_and_opaque_parts_are_measured_as_they_are_escaped() -> None:
    opaque = OpaquePart(json=json.dumps({"executableCode": {"code": "赤いマグ" * 500}}, ensure_ascii=False))
    story = Story()
    story.one("赤いマグ" * 500, parts=(opaque, TextPart('say "茶"\n' * 500), picture("mug")))
    request = request_to(story, 1)
    real = len(wire_body(request))
    assert real - 1_000 <= request.body_bytes <= real * 1.02 + 1_000


@pytest.mark.parametrize(("size_bytes", "shown"), [(90 * MEGABYTE, "120.1"), (75 * MEGABYTE, "100.1")])
def test_a_request_of_more_than_100_mb_is_refused_with_both_sizes(size_bytes: int, shown: str) -> None:
    with pytest.raises(InputError) as caught:
        compose(
            model=NANO_BANANA_PRO,
            path=(),
            prompt=a_prompt("next", current_image=sized("huge", size_bytes)),
            budget=UNLIMITED,
        )
    assert caught.value.facts.category == "request_too_large"
    assert str(caught.value) == (
        f"This request would be {shown} MB; Gemini takes 100 MB at most. "
        "Remove some references or use smaller files, then send again."
    )


@pytest.mark.parametrize("part", [TextPart("{}"), OpaquePart("{}")], ids=lambda part: part.kind)
def test_a_signature_adds_to_the_size_and_the_tokens(part: Part) -> None:
    signed = replace(part, signature=sized("signature", 3_000))

    def request_with(answer: Part) -> ImageRequest:
        story = Story()
        story.one("a mug", parts=(answer, picture("mug")))
        return request_to(story, 1)

    assert request_with(signed).body_bytes - request_with(part).body_bytes >= 4_000
    assert request_with(signed).prompt_tokens > request_with(part).prompt_tokens


def test_more_parts_make_a_larger_body() -> None:
    one = Content(role="user", parts=(TextPart("a"),))
    assert body_bytes(()) < body_bytes((one,)) < body_bytes((one, one))
