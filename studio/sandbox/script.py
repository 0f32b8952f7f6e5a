"""An ask → the script of its answer: thoughts, drafts, pictures, refusal, waits. Pure: same seed, same script."""

import hashlib
import random
from dataclasses import dataclass, replace
from typing import Final

from studio.image_models import ImageModel, model_of
from studio.sandbox.ask import Ask
from studio.sandbox.faults import Fault
from studio.sandbox.google_errors import JsonObject
from studio.sandbox.grounding import grounding_metadata
from studio.sandbox.painting import PictureJob, Saying
from studio.sandbox.usage import DrawnTokens, PromptTokens, draw, text_tokens

_DRAFT_SHRINK: Final = 4
_MIN_SIDE_PX: Final = 64
_DURATION_S: Final = {"512": 1.4, "1K": 2.0, "2K": 2.6, "4K": 3.4}
_DURATION_SPREAD: Final = (0.8, 1.3)
_DEFAULT_SLOW_S: Final = 5.0
_SAYING_CHANCES: Final[tuple[tuple[Saying | None, float], ...]] = ((None, 0.4), ("after", 0.4), ("before", 0.2))

_REASON_MESSAGES: Final = {
    "IMAGE_SAFETY": "Unable to show the generated image. The image was filtered out because it violated Google's "
    "[Generative AI Prohibited Use policy](https://policies.google.com/terms/generative-ai/use-policy). You will not "
    "be charged for blocked images. Try rephrasing the prompt. If you think this was an error, [send feedback]"
    "(https://ai.google.dev/gemini-api/docs/troubleshooting).",
    "IMAGE_OTHER": "Unable to show the generated image. The model could not generate the image based on the prompt "
    "provided. You will not be charged for this request. Try rephrasing the prompt.",
    "IMAGE_RECITATION": "Unable to show the generated image due to interests of third-party content providers. Please "
    "edit your prompt and try again. If you think this was an error, send feedback.",
}
_REFUSAL_WORDS: Final = "I'm unable to make that picture. Is there something else I can help you with?"


@dataclass(frozen=True, slots=True)
class Ending:
    """How the candidate ends. `blocked` means that there is no candidate at all, only promptFeedback."""

    finish_reason: str | None = "STOP"
    finish_message: str | None = None
    words: str | None = None
    blocked: str | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """Everything about one answer but the paint."""

    model_id: str
    prompt_tokens: PromptTokens
    drawn: DrawnTokens
    image_tokens: int
    """Output tokens of one picture."""
    thoughts: tuple[str, ...]
    drafts: tuple[PictureJob, ...]
    extra_draft: PictureJob | None
    """A draft that is not flagged as one: an unbilled picture before the real one."""
    pictures: tuple[PictureJob, ...]
    ending: Ending
    grounding: JsonObject | None
    duration_s: float
    """Simulated time from the request to the end of the answer, before `pace`."""
    extra_s: float
    """Waiting on top of it that `pace` does not shorten."""
    stream_error: bool


def compose(ask: Ask, *, seed: bytes, fault: Fault | None) -> Script:
    """`seed` 32 bytes. A fault that does not bend answers has been dealt with before."""
    model = model_of(ask.model_id)
    dice = random.Random(seed)
    kind = fault.kind if fault else ""
    chosen = ask.small_canvas if kind == "wrong_size" else ask.asked_canvas
    final = _final_job(ask, model, dice, seed=seed, kind=kind)
    ending = _ending(ask, fault)
    drawn = _drawn(ask, model, seed=seed, blocked=bool(ending.blocked), must_think=kind == "thoughts_only")
    paints = ending.words is None and ending.finish_reason in ("STOP", None) and not ending.blocked
    paints = paints and kind != "thoughts_only"
    thinks = (ask.include_thoughts and drawn.thoughts > 0 and not ending.blocked) or kind == "thoughts_only"
    second = replace(final, seed=_derived(seed, "second"), saying=None, may_speak=False)
    pictures = ((final, second) if kind == "two_images" else (final,)) if paints else ()
    drafts = tuple(_draft(final, f"draft {n}") for n in range(2 if ask.level == "high" else 1))
    low, high = _DURATION_SPREAD
    return Script(
        model_id=model.id,
        prompt_tokens=ask.prompt_tokens,
        drawn=drawn,
        image_tokens=model.image_tokens[chosen.size],
        thoughts=_thoughts(ask) if thinks else (),
        drafts=drafts if thinks and paints else (),
        extra_draft=replace(_draft(final, "unflagged"), thought=False, signed=model.signs_parts)
        if kind == "unflagged_draft"
        else None,
        pictures=pictures,
        ending=ending,
        grounding=grounding_metadata(ask.prompt) if ask.searches and paints else None,
        duration_s=_DURATION_S[chosen.size] * dice.uniform(low, high),
        extra_s=fault.number("seconds", _DEFAULT_SLOW_S) if fault and kind == "slow" else 0.0,
        stream_error=kind == "stream_error",
    )


def _drawn(ask: Ask, model: ImageModel, *, seed: bytes, blocked: bool, must_think: bool) -> DrawnTokens:
    """A blocked prompt was never thought about; an answer of thoughts alone has some, whatever the level."""
    drawn = draw(model, level=ask.level, seed=seed)
    if blocked:
        return DrawnTokens(hidden=0, thoughts=0)
    if must_think and not drawn.thoughts:
        return replace(drawn, thoughts=sum(text_tokens(thought) for thought in _thoughts(ask)))
    return drawn


def _final_job(ask: Ask, model: ImageModel, dice: random.Random, *, seed: bytes, kind: str) -> PictureJob:
    chosen = ask.small_canvas if kind == "wrong_size" else ask.asked_canvas
    names, weights = zip(*_SAYING_CHANCES, strict=True)
    saying: Saying | None = dice.choices(names, weights)[0]
    return PictureJob(
        prompt=ask.prompt,
        subject_prompt=ask.subject_prompt,
        width_px=chosen.width_px,
        height_px=chosen.height_px,
        mime_type=model.output_mime_type,
        seed=seed,
        source=ask.source,
        references=ask.references,
        signed=model.signs_parts,
        saying="before" if kind == "text_first" else saying if ask.wants_text else None,
        may_speak=ask.wants_text,
        cut=kind == "corrupt_image",
    )


def _draft(final: PictureJob, name: str) -> PictureJob:
    """A quarter of the final picture's sides, another composition, no signature: thought parts carry none."""
    return replace(
        final,
        width_px=max(_MIN_SIDE_PX, final.width_px // _DRAFT_SHRINK),
        height_px=max(_MIN_SIDE_PX, final.height_px // _DRAFT_SHRINK),
        seed=_derived(final.seed, name),
        thought=True,
        signed=False,
        saying=None,
        may_speak=False,
        cut=False,
    )


def _ending(ask: Ask, fault: Fault | None) -> Ending:
    kind = fault.kind if fault else None
    if kind == "refuse_safety" or ask.refusal == "safety":
        reason = fault.text("reason", "IMAGE_SAFETY") if fault else "IMAGE_SAFETY"
        default = _REASON_MESSAGES.get(reason, _REASON_MESSAGES["IMAGE_SAFETY"])
        return Ending(reason, finish_message=fault.text("message", default) if fault else default)
    if kind == "refuse_prompt" or ask.refusal == "blocked":
        return Ending(None, blocked=fault.text("reason", "PROHIBITED_CONTENT") if fault else "PROHIBITED_CONTENT")
    if kind == "text_only" or ask.refusal == "words_only":
        return Ending(words=_REFUSAL_WORDS)
    if kind == "no_image" or ask.refusal == "no_image":
        return Ending("NO_IMAGE")
    return Ending(None) if kind == "truncated_stream" else Ending()


def _thoughts(ask: Ask) -> tuple[str, ...]:
    wish = " ".join(ask.prompt.split())[:160]
    looking = (
        "**Looking at the picture**\n\nThe current picture stays the base. I note its light, its palette and where the "
        "subject stands, so that only what was asked for changes.\n\n"
    )
    planning = (
        f"**Planning the composition**\n\nThe canvas is {ask.asked_canvas.width_px} by {ask.asked_canvas.height_px} "
        "pixels. I place the subject first, then the light, then the background around it.\n\n"
    )
    given = len(ask.references)
    noun = "picture" if given == 1 else "pictures"
    gathering = f"**Gathering the references**\n\n{given} {noun} came with the prompt; each has to be recognisable.\n\n"
    return (
        f"**Reading the request**\n\nThe sandbox was asked: {wish}\n\n",
        looking if ask.source else planning,
        *((gathering,) if ask.references else ()),
        "**Painting**\n\nA quick draft first, to see whether the balance is right, then the picture itself.\n\n",
    )


def _derived(seed: bytes, name: str) -> bytes:
    return hashlib.sha256(seed + name.encode()).digest()
