"""An ask → the script of its answer: thoughts, drafts, pictures, refusal, waits. Pure: same seed, same script."""

import hashlib
import random
from dataclasses import dataclass, replace
from typing import Final, Literal

from studio.image_models import ImageModel, model_of
from studio.sandbox.ask import Ask
from studio.sandbox.canvas import Canvas
from studio.sandbox.google_errors import JsonObject
from studio.sandbox.grounding import grounding_metadata
from studio.sandbox.painting import PictureJob, Saying
from studio.sandbox.scenarios.circumstance import CALM, Circumstance
from studio.sandbox.scenarios.latency import live_s, quick_s
from studio.sandbox.usage import DrawnTokens, PromptTokens, draw, text_tokens

_DRAFT_SHRINK: Final = 4
_MIN_SIDE_PX: Final = 64
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
_ENDING_OF: Final = {
    "safety": "refuse_safety", "blocked": "refuse_prompt", "words_only": "text_only", "no_image": "no_image",
}  # fmt: skip
"""What a prompt alone can bring about, as the fault of the same effect."""
_ENDINGS: Final = (*_ENDING_OF.values(), "thoughts_only", "cut_after_thoughts", "truncated_stream")
_REFUSAL_WORDS: Final = "I'm unable to make that picture. Is there something else I can help you with?"


Bare = Literal["", "missing", "empty"]
"""How a candidate without parts shows its content: as its finish reason usually does, not at all, or as {}."""
_BARE: Final[dict[str, Bare]] = {"missing": "missing", "empty": "empty"}


@dataclass(frozen=True, slots=True)
class Ending:
    """How the candidate ends. `blocked` means that there is no candidate at all, only promptFeedback."""

    finish_reason: str | None = "STOP"
    finish_message: str | None = None
    words: str | None = None
    blocked: str | None = None
    shows_picture: bool = True
    bare: Bare = ""

    @property
    def paints(self) -> bool:
        return self.shows_picture and self.words is None and not self.blocked


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


def compose(ask: Ask, *, seed: bytes, circumstance: Circumstance = CALM) -> Script:
    """`seed` 32 bytes. A circumstance that does not bend answers has been dealt with before."""
    model = model_of(ask.model_id)
    dice = random.Random(seed)
    chosen = _canvas(ask, circumstance)
    final = _final_job(ask, model, dice, seed=seed, circumstance=circumstance)
    ending = _ending(ask, circumstance)
    must_think = circumstance.has("thoughts_only") and not ending.words and not ending.blocked
    drawn = _drawn(ask, model, seed=seed, blocked=bool(ending.blocked), must_think=must_think)
    thinks = (ask.include_thoughts and drawn.thoughts > 0 and not ending.blocked) or must_think
    second = replace(final, seed=_derived(seed, "second"), saying=None, may_speak=False)
    pictures = ((final, second) if circumstance.has("two_images") else (final,)) if ending.paints else ()
    drafts = tuple(_draft(final, f"draft {n}") for n in range(2 if ask.level == "high" else 1))
    extra_draft = replace(_draft(final, "unflagged"), thought=False, signed=model.signs_parts)
    live = circumstance.has("live_latency")
    return Script(
        model_id=model.id,
        prompt_tokens=ask.prompt_tokens,
        drawn=drawn,
        image_tokens=_image_tokens(model, chosen.size, circumstance),
        thoughts=_thoughts(ask) if thinks else (),
        drafts=drafts if thinks and ending.paints else (),
        extra_draft=extra_draft if circumstance.has("unflagged_draft") and ending.paints else None,
        pictures=pictures,
        ending=ending,
        grounding=grounding_metadata(ask.prompt) if ask.searches and ending.paints else None,
        duration_s=live_s(model.id, chosen.size, dice) if live else quick_s(chosen.size, dice),
        extra_s=circumstance.number("slow", "seconds", _DEFAULT_SLOW_S) if circumstance.has("slow") else 0.0,
        stream_error=circumstance.has("stream_error"),
    )


def _canvas(ask: Ask, circumstance: Circumstance) -> Canvas:
    """As asked; a wrong size is 1K, or where that was asked half of its sides, billed as 1K all the same."""
    asked, small = ask.asked_canvas, ask.small_canvas
    if not circumstance.has("wrong_size"):
        return asked
    return small if small != asked else replace(asked, width_px=asked.width_px // 2, height_px=asked.height_px // 2)


def _image_tokens(model: ImageModel, size: str, circumstance: Circumstance) -> int:
    told = circumstance.first("image_tokens")
    if told and (told.text("of", ""), told.text("size", "")) == (model.id, size):
        return int(told.number("tokens", 0))
    return model.image_tokens[size]


def _drawn(ask: Ask, model: ImageModel, *, seed: bytes, blocked: bool, must_think: bool) -> DrawnTokens:
    """A blocked prompt was never thought about; an answer of thoughts alone has some, whatever the level."""
    drawn = draw(model, level=ask.level, seed=seed)
    if blocked:
        return DrawnTokens(hidden=0, thoughts=0)
    if must_think and not drawn.thoughts:
        return replace(drawn, thoughts=sum(text_tokens(thought) for thought in _thoughts(ask)))
    return drawn


def _final_job(
    ask: Ask, model: ImageModel, dice: random.Random, *, seed: bytes, circumstance: Circumstance
) -> PictureJob:
    chosen = _canvas(ask, circumstance)
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
        saying="before" if circumstance.has("text_first") else saying if ask.wants_text else None,
        may_speak=ask.wants_text,
        opens=not circumstance.has("unflagged_draft"),
        cut=circumstance.has("corrupt_image"),
        garbled=circumstance.has("garbled_image"),
        drift=circumstance.number("drift", "amount", 0.0),
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
        garbled=False,
    )


def _ending(ask: Ask, circumstance: Circumstance) -> Ending:
    fault = circumstance.first(*_ENDINGS)
    kind = fault.kind if fault else _ENDING_OF.get(ask.refusal or "", "")
    if kind == "refuse_safety":
        reason = fault.text("reason", "IMAGE_SAFETY") if fault else "IMAGE_SAFETY"
        default = _REASON_MESSAGES.get(reason, _REASON_MESSAGES["IMAGE_SAFETY"])
        message = fault.text("message", default) if fault else default
        return Ending(reason, finish_message=message, shows_picture=False)
    if kind == "refuse_prompt":
        return Ending(None, blocked=fault.text("reason", "PROHIBITED_CONTENT") if fault else "PROHIBITED_CONTENT")
    if kind == "text_only":
        return Ending(words=_REFUSAL_WORDS)
    if kind == "no_image":
        bare = _BARE.get(fault.text("content", ""), "") if fault else ""
        return Ending("NO_IMAGE", shows_picture=False, bare=bare)
    if kind in ("truncated_stream", "cut_after_thoughts"):
        return Ending(None, shows_picture=kind == "truncated_stream")
    return Ending(shows_picture=kind != "thoughts_only")


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
