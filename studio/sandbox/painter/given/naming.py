"""What the things in the pictures given are called, and how large they are to stand in a scene."""

import re
from collections.abc import Sequence

from studio.sandbox.painter.filters.ashore import ashore_words
from studio.sandbox.painter.finish import Given
from studio.sandbox.painter.given.mentions import Label
from studio.sandbox.painter.given.reference_words import Wanted
from studio.sandbox.painter.given.saying import listed
from studio.sandbox.painter.reading.brief import find_subjects, without_references
from studio.sandbox.painter.reading.finding import Found
from studio.sandbox.painter.records import recalled
from studio.sandbox.painter.scene import Scene
from studio.sandbox.painter.vocabulary import vocabulary

_PERSON_CM = 170.0
_PERSON_SHARE = 0.46
_UNKNOWN_SHARE = 0.28
_LEAST_SHARE = 0.14
_SUBJECT_SHARE = 0.42
"""How high the subject of a still life stands, of the picture's height."""
_WHERE = {
    "left": "on the left", "right": "on the right", "centre": "in the middle", "top": "at the top",
    "bottom": "at the bottom", "foreground": "in the foreground", "background": "in the background",
    "front": "in front", "behind": "behind what is there", "beside": "beside what is there",
    "top-left": "at the top left", "top-right": "at the top right", "bottom-left": "at the bottom left",
    "bottom-right": "at the bottom right", "beside-left": "on the left", "beside-right": "on the right",
}  # fmt: skip
_PLAIN = re.compile(r"[a-z][a-z0-9'-]{2,30}")
_NO_NAMES = frozenset(
    ("image", "img", "picture", "photo", "reference", "product", "object", "person", "style", "subject", "item",
     "thing", "the", "and", "both", "these", "them", "one", "upload", "scan", "file", "screenshot", "from", "place")
)  # fmt: skip
"""Words that name no thing; "product" is understood of whatever there is one of."""


def _nouns(prompt: str, number: int) -> str:
    """The words right before "from image n"."""
    found = re.search(rf"([\w' -]{{2,40}}?),? ?(?:from|of|in|on|\() ?(?:the )?image {number}\b", prompt.lower())
    # "replace the mug with the perfume from image 1" speaks of the perfume.
    return re.split(r"\b(?:with|by|for|and|beside)\b|,", found.group(1))[-1] if found else ""


def names_of(prompt: str, label: Label, scene: Scene | None) -> tuple[str, ...]:
    """What a thing may be called in a later edit: by its file's name, the prompt's noun, the scene of its picture."""
    stem = re.sub(r"[^a-z]+", " ", label.name.rsplit(".", 1)[0].lower())
    noun = _nouns(prompt, label.number)
    hits: list[Found] = [*find_subjects(noun), *find_subjects(stem)]
    names = [hit.name for hit in hits]
    names += [scene.subject] if scene is not None and scene.subject else []
    words = [*noun.split()[-1:], *stem.split()[-1:]]
    names += [word for word in words if _PLAIN.fullmatch(word) and word not in _NO_NAMES]
    return tuple(dict.fromkeys(names))[:6]


def share_of(names: tuple[str, ...], ground: Scene | None) -> float:
    """The height of a thing in the middle distance, of the picture's: true to what is known, small where nothing is.

    It is drawn larger than a lens would see it the smaller it is, so that a shoe on a beach can still be seen.
    """
    subjects = vocabulary().subjects
    tall = next((subjects[name].height_cm for name in names if name in subjects), 0.0)
    if tall <= 0:
        return _UNKNOWN_SHARE
    if ground is not None and ground.kind == "object" and ground.subject:
        beside = subjects[ground.subject].height_cm
        return min(_PERSON_SHARE, max(_LEAST_SHARE, _SUBJECT_SHARE * tall / beside))
    share = max(_LEAST_SHARE, _PERSON_SHARE * float((tall / _PERSON_CM) ** 0.45))
    # Of a scene from elsewhere nobody knows how far away it is.
    return min(_PERSON_SHARE, share if ground is not None else max(share, _UNKNOWN_SHARE))


def names_another(prompt: str, source: Given) -> bool:
    """Whether an edit speaks of a thing the current picture does not show, as if it were given: "with the perfume"."""
    scene = recalled(source.record).scene
    if scene is None or scene.kind != "object":
        return False
    shown = {scene.subject, *(item.subject for item in scene.items)}
    named = re.findall(
        r"\b(?:with|beside|next to) (?:the|my|our) ([a-z]+(?: [a-z]+)?)", without_references(prompt).lower()
    )
    return any(hit.name not in shown for words in named for hit in find_subjects(words))


def things_named(prompt: str, wanted: Wanted, given: Sequence[Given], items: Sequence[int]) -> str:
    """The pictures' things as a caption lists them: "the chair of image 1 and image 2" where one has no name."""
    found, words = [], vocabulary().subjects
    for item in items:
        image = f"image {wanted.labels[item].number}"
        names = names_of(prompt, wanted.labels[item], recalled(given[item].record).scene)
        name = names[0] if names else ""
        name = words[name].label if name in words else name
        found.append(f"the {name} of {image}" if name else image)
    often = wanted.more.copies
    times = "" if often == 1 else ", twice," if often == 2 else f", {often} times,"
    return f"{listed(found)}{times}"


def where_in(prompt: str, wanted: Wanted) -> str:
    """Where the words put the things, as a caption says it: ", on the left"; "" where they leave it open."""
    shore = ashore_words(prompt)
    place = next(iter(wanted.places), "") if len(set(wanted.places)) == 1 else ""
    said = [shore, _WHERE.get(place, "")]
    return "".join(f", {words}" for words in said if words)
