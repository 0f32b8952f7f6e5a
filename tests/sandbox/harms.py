"""What a client may do to a conversation that it sends back, rightly or wrongly; each says what must follow."""

import base64
import copy
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

from hypothesis import assume

from tests.sandbox.histories import (
    BYPASSES,
    CORRUPTED,
    FILE,
    NOT_VALID,
    PICTURE,
    History,
    Json,
    Place,
    encoded,
    held_by,
    inline,
    is_image,
    missing,
    part_at,
    places,
    said,
    signed_places,
)

Item = TypeVar("Item")
Outcome = Literal["refused", "accepted", "as the rules say"]


@dataclass(frozen=True, slots=True)
class Harmed:
    """A history and what must come of it. `says` is the refusal where what was done settles it by itself."""

    history: History
    outcome: Outcome
    says: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What a harm works on: a copy of a conversation, two others like it, and the example's choices.

    `stranger` was had with a sandbox of another key, `old` with a model that signs nothing.
    """

    history: History
    stranger: History
    old: History
    dice: random.Random

    def pick(self, items: Sequence[Item]) -> Item:
        """One of them; an example that has none is another example's business."""
        assume(items)
        return self.dice.choice(items)

    def place(self) -> Place:
        return self.pick(signed_places(self.history))

    def model_turn(self, *, parts: int = 1) -> Json:
        """A content of the model with at least so many parts."""
        return self.pick([each for each in self.history if each["role"] == "model" and len(each["parts"]) >= parts])


Harm = Callable[[Case], Harmed]


def kind_of(part: Json) -> str:
    return "Image" if is_image(part) else "Text"


def dropped(case: Case) -> Harmed:
    place = case.place()
    part = part_at(case.history, place)
    del part["thoughtSignature"]
    return Harmed(case.history, "refused", missing(kind_of(part), place))


def emptied(case: Case) -> Harmed:
    place = case.place()
    part_at(case.history, place)["thoughtSignature"] = ""
    return Harmed(case.history, "refused", missing(kind_of(part_at(case.history, place)), place))


def altered(case: Case) -> Harmed:
    part = part_at(case.history, case.place())
    raw = base64.b64decode(part["thoughtSignature"])
    place = case.dice.randrange(len(raw))
    flipped = raw[:place] + bytes([raw[place] ^ 1 << place % 8]) + raw[place + 1 :]
    more = case.dice.randbytes(case.dice.randint(1, 40))
    changed = case.pick((flipped, raw[: max(1, place)], raw[place:] + raw[:place] + b"\0", raw + more, more, raw[1:]))
    part["thoughtSignature"] = encoded(changed)
    return Harmed(case.history, "refused", CORRUPTED)


def undecodable(case: Case) -> Harmed:
    content, place = case.place()
    part = part_at(case.history, (content, place))
    part["thoughtSignature"] = case.pick(("not*base64", "A", part["thoughtSignature"] + "AAAAé"))
    path = f"contents[{content}].parts[{place}].thought_signature"
    return Harmed(case.history, "refused", f"Invalid value at '{path}' (TYPE_BYTES), Base64 decoding failed")


def moved(case: Case) -> Harmed:
    source = case.place()
    target = case.pick([place for place in places(case.history) if place != source])
    part_at(case.history, target)["thoughtSignature"] = part_at(case.history, source).pop("thoughtSignature")
    return Harmed(case.history, "refused")


def on_a_part_of_its_own(case: Case) -> Harmed:
    content, place = case.place()
    signature = part_at(case.history, (content, place)).pop("thoughtSignature")
    case.history[content]["parts"].append({"thoughtSignature": signature})
    path = f"contents[{content}].parts[{len(case.history[content]['parts']) - 1}]"
    text = f"* GenerateContentRequest.{path}.data: required oneof field 'data' must have one initialized field\n"
    return Harmed(case.history, "refused", text)


def swapped(case: Case) -> Harmed:
    one = part_at(case.history, case.place())
    others = [part_at(case.history, place) for place in signed_places(case.history)]
    other = case.pick([part for part in others if held_by(part) != held_by(one)])
    one["thoughtSignature"], other["thoughtSignature"] = other["thoughtSignature"], one["thoughtSignature"]
    return Harmed(case.history, "refused", NOT_VALID)


def of_another_key(case: Case) -> Harmed:
    foreign = part_at(case.stranger, case.pick(signed_places(case.stranger)))
    part_at(case.history, case.place())["thoughtSignature"] = foreign["thoughtSignature"]
    return Harmed(case.history, "refused", CORRUPTED)


def of_a_model_that_signs_nothing(case: Case) -> Harmed:
    index = case.pick([i for i, content in enumerate(case.history) if content["role"] == "model"])
    turn = case.pick(
        [content for content in case.old if content["role"] == "model" and any(map(is_image, content["parts"]))]
    )
    case.history[index] = copy.deepcopy(turn)
    return Harmed(case.history, "refused")


def changed_under_its_signature(case: Case) -> Harmed:
    part = part_at(case.history, case.place())
    if is_image(part):
        part |= inline(case.pick((PICTURE, FILE, base64.b64decode(part["inlineData"]["data"]) + b"\0")))
    else:
        part["text"] = case.pick((part["text"] + " ", part["text"].strip("."), ""))
    return Harmed(case.history, "refused", NOT_VALID)


def texts_joined(case: Case) -> Harmed:
    turn = case.model_turn(parts=2)
    texts = [part for part in turn["parts"] if "text" in part and not part.get("thought")]
    assume(texts)
    signature = {key: texts[0][key] for key in ("thoughtSignature",) if key in texts[0]}
    joined = {"text": "".join(part["text"] for part in texts) + "\n"} | signature
    turn["parts"] = [joined if part is texts[0] else part for part in turn["parts"] if part not in texts[1:]]
    return Harmed(case.history, "refused" if signature else "as the rules say")


def contents_joined(case: Case) -> Harmed:
    first, _, second = case.pick([case.history[i : i + 3] for i in range(1, len(case.history) - 2, 2)])
    first["parts"] += second["parts"]
    return Harmed([content for content in case.history if content is not second], "as the rules say")


def reordered(case: Case) -> Harmed:
    turn = case.model_turn(parts=2)
    case.dice.shuffle(turn["parts"])
    return Harmed(case.history, "as the rules say")


def given_another_role(case: Case) -> Harmed:
    content = case.pick(case.history)
    role = case.pick(("other", "assistant"))
    if role == "assistant":
        content["role"] = role
        return Harmed(case.history, "refused", "Please use a valid role: user, model.")
    content["role"] = {"user": "model", "model": "user"}[content["role"]]
    return Harmed(case.history, "as the rules say")


def shown_as_a_thought(case: Case) -> Harmed:
    part = part_at(case.history, case.place())
    del part["thoughtSignature"]
    part["thought"] = True
    return Harmed(case.history, "as the rules say")


def turns_left_out(case: Case) -> Harmed:
    kept = [case.history[i : i + 2] for i in range(0, len(case.history), 2)]
    kept.remove(case.pick(kept))
    return Harmed([content for turn in kept for content in turn], "accepted")


def thoughts_left_out(case: Case) -> Harmed:
    for content in case.history:
        content["parts"] = [part for part in content["parts"] if not part.get("thought")]
    return Harmed(case.history, "accepted")


def begun_anew_from_the_last_picture(case: Case) -> Harmed:
    last = part_at(case.history, signed_places(case.history)[-1]) if signed_places(case.history) else inline(PICTURE)
    assume(is_image(last))
    return Harmed([said("go on from this", {"inlineData": last["inlineData"]})], "accepted")


def bypassed(case: Case) -> Harmed:
    """Some of the signatures, or all: with a bypass in its place even what was changed is accepted."""
    signed = signed_places(case.history)
    for place in case.dice.sample(signed, case.dice.randint(0, len(signed))):
        part, word = part_at(case.history, place), case.pick(BYPASSES)
        part["thoughtSignature"] = case.pick((word, encoded(word.encode())))
        if is_image(part) and case.pick((True, False)):
            part |= inline(FILE)
    return Harmed(case.history, "accepted")


def untouched(case: Case) -> Harmed:
    return Harmed(case.history, "accepted")


HARMS: Final[tuple[Harm, ...]] = (
    dropped, emptied, altered, undecodable, moved, on_a_part_of_its_own, swapped, of_another_key,
    of_a_model_that_signs_nothing, changed_under_its_signature, texts_joined, contents_joined, reordered,
    given_another_role, shown_as_a_thought, turns_left_out, thoughts_left_out, begun_anew_from_the_last_picture,
    bypassed, untouched,
)  # fmt: skip
