"""A person as a value: traits read from words, the rest drawn from the seed, so that one stays recognisable."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from studio.sandbox.painter.noise import dice
from studio.sandbox.painter.reading.finding import find_terms

MOST_PEOPLE = 5
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_CLOTHES_COLOURS = ("#33475c", "#8a4b3c", "#5f7256", "#c7a15a", "#2c2f36", "#a9656f", "#d8cdb8", "#4a6a7a", "#6a4f7a")
_PERSON_WORDS: Mapping[str, tuple[str, ...]] = {
    "one": ("portrait", "woman", "man", "girl", "boy", "person", "face", "headshot", "selfie", "lady", "gentleman",
            "guy", "bust", "child", "kid", "grandmother", "grandfather", "grandma", "grandpa", "businesswoman",
            "businessman", "fisherman", "chef", "bride", "groom", "teenager", "cowboy", "redhead", "model", "ballerina",
            "ceo", "doctor", "nurse", "student", "musician", "artist", "character", "human", "old man", "old woman"),
    "many": ("people", "women", "men", "friends", "family", "couple", "team", "colleagues", "children", "kids", "girls",
             "boys", "persons", "siblings", "sisters", "brothers", "portraits", "twins", "trio", "crowd",
                 "group of people"),
}  # fmt: skip
_DENIED = re.compile(r"\b(no|without|avoid|except|excluding)( any| a| an| the)?( \w+)?( or| and|,)?$")
_NUMBERS = {"two": 2, "2": 2, "couple": 2, "twins": 2, "three": 3, "3": 3, "trio": 3, "family": 4, "four": 4, "4": 4,
            "five": 5, "5": 5, "six": 5, "team": 4, "crowd": 5}  # fmt: skip
_MEMBER = re.compile(
    r"\b(an?|one|his|her|two|three|four|five|2|3|4|5) (?:[\w'-]+ ){0,4}?"
    r"(?:man|woman|girl|boy|lady|gentleman|guy|child|kid|baby|grandmother|grandfather|grandma|grandpa|mother|father|men"
    r"|women|girls|boys|children|kids|teenagers?|businessman|businesswoman)\b"
)
_OFF = "(?:no|without|remove|take off|lose|shave(?: off)?|drop)"
_WORN = (("beard", "beard|moustache|mustache|stubble"), ("glasses", "(?:sun)?glasses|spectacles"),
         ("head", "hat|cap|beanie|hijab|headscarf"))  # fmt: skip
_OF_SOMETHING = ("dog", "cat", "horse", "lion", "fox", "owl", "bear", "rabbit", "bird", "penguin", "elephant", "animal")


@dataclass(frozen=True, slots=True)
class Person:
    """What makes someone recognisable. Words are rows of people.toml, colours "#rrggbb", numbers 0–1."""

    gender: str
    age: str
    skin: str
    hair: str
    hair_colour: str
    eyes: str
    beard: str
    """"" for none."""
    glasses: str
    """"" | "round" | "square" | "sun"."""
    head: str
    """What is worn on the head, "" for nothing."""
    expression: str
    clothes: str
    clothes_colour: str
    earrings: bool
    freckles: bool
    face: tuple[float, float, float, float]
    """Width of the face, of the jaw, distance of the eyes, length of the nose."""


@cache
def people_table() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    table: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
        (Path(__file__).parent / "people.toml").read_text(encoding="utf-8")
    )
    return table


def said_trait(trait: str, text: str) -> str:
    """The row of a trait that a text (lower case) names first, "" for none or one it forbids."""
    rows = people_table()[trait]
    hits = find_terms(text, {name: tuple(row["words"]) for name, row in rows.items()})
    return next((hit.name for hit in hits if not _DENIED.search(text[: hit.start].rstrip())), "")


def people_said(text: str) -> int:
    """How many people a text (lower case) asks for: 0 when it names none or says "no people"."""
    hits = find_terms(text, _PERSON_WORDS)
    hits = [hit for hit in hits if not _DENIED.search(text[: hit.start].rstrip())]
    if not hits or re.search(r"\b(no|without) (people|person|persons|humans|faces)\b", text):
        return 0
    pets = find_terms(text, {"pet": _OF_SOMETHING})
    only = {text[hit.start : hit.end] for hit in hits}
    if pets and only <= {"portrait", "portraits", "face", "model", "bust", "character", "headshot", "selfie"}:
        return 0
    listed = sum(count for count, _ in _members(text))
    if listed > 1 or all(hit.name == "one" for hit in hits):
        return min(MOST_PEOPLE, max(1, listed))
    numbers = [_NUMBERS[word] for word in re.findall(r"[a-z0-9]+", text) if word in _NUMBERS]
    return min(MOST_PEOPLE, numbers[0] if numbers else 3)


def _members(text: str) -> list[tuple[int, str]]:
    """Of "an old man, a woman and two girls": how many of each, and what is said of them."""
    hits = list(_MEMBER.finditer(text))
    ends = [*(hit.start() for hit in hits), len(text)][1:]
    return [(_NUMBERS.get(hit.group(1), 1), text[hit.start() : end]) for hit, end in zip(hits, ends, strict=True)]


def _one_of(rng: np.random.Generator, names: Sequence[str], weights: Sequence[float] | None = None) -> str:
    share = None if weights is None else np.array(weights) / sum(weights)
    return str(names[int(rng.choice(len(names), p=share))])


def _hair(rng: np.random.Generator, gender: str, age: str) -> str:
    if gender == "man":
        return _one_of(rng, ("short", "curly", "bald"), (6, 2, 2.5) if age == "old" else (6, 2.2, 0.7))
    if age == "child":
        return _one_of(rng, ("ponytail", "long", "bob", "curly"))
    return _one_of(
        rng, ("long", "bob", "bun", "wavy", "curly", "afro", "ponytail", "short"), (4, 3, 2, 3, 2, 1, 1.5, 1)
    )


def _hair_colour(rng: np.random.Generator, age: str, skin: str) -> str:
    if age == "old":
        return _one_of(rng, ("grey", "white"))
    dark = skin in ("warm", "olive", "brown", "deep")
    return _one_of(rng, ("black", "brown", "blonde", "red"), (5, 3, 0.2, 0.1) if dark else (1.5, 4, 3, 1.4))


def _eyes(rng: np.random.Generator, skin: str) -> str:
    names = ("brown", "hazel", "green", "blue", "grey")
    return _one_of(rng, names, (6, 1, 0.1, 0.1, 0.1) if skin in ("warm", "brown", "deep") else (3, 2, 2, 3, 1.5))


def _clothes_colour(text: str, codes: Mapping[str, str]) -> str:
    """The colour said right before a piece of clothing."""
    names = "|".join(sorted(map(re.escape, codes), key=len, reverse=True))
    garments = sorted((word for row in people_table()["clothes"].values() for word in row["words"]), key=len)
    pieces = "|".join(map(re.escape, reversed(garments)))
    match = re.search(rf"\b({names}) (?:\w+ )?(?:{pieces})\b", text)
    return codes[match.group(1)] if match else ""


def _glasses(text: str, rng: np.random.Generator) -> str:
    drawn = "round" if rng.random() < 0.5 else "square"
    if re.search(r"\b(no|without) (glasses|spectacles|sunglasses)\b", text):
        return ""
    if re.search(r"\bsun ?glasses\b|\bshades\b", text):
        return "sun"
    if re.search(r"\b(glasses|spectacles|bespectacled)\b", text):
        return drawn
    return drawn if rng.random() < 0.10 else ""


def _hair_spelled_out(text: str) -> str:
    """That "long curly red hair" says "long hair", "curly hair" and "red hair"."""
    words = [word for match in re.finditer(r"((?:[a-z-]+,? ){1,4})hair\b", text) for word in match.group(1).split()]
    after = re.findall(r"\bhair (?:is |to be |be |in |to )?([a-z]+)\b", text)
    return " ".join([text, *(f"{word.strip(',')} hair" for word in (*words, *after))])


def person_of(seed: bytes, text: str, *, colours: Mapping[str, str] | None = None) -> Person:
    """Someone as the text (lower case) says; what it leaves open is the seed's to choose. colours: name → "#rrggbb"."""
    rng = dice(seed, "person")
    table = people_table()
    text = _hair_spelled_out(text)
    gender = said_trait("gender", text) or _one_of(rng, ("woman", "man"))
    beard = said_trait("beard", text)
    if beard and not said_trait("gender", text):
        gender = "man"
    age = said_trait("age", text) or _one_of(rng, ("young", "adult"), (3, 2))
    skin = said_trait("skin", text) or ("porcelain" if "red hair" in text else _one_of(rng, tuple(table["skin"])))
    drawn_beard = _one_of(rng, ("", "full", "stubble", "moustache"), (5, 2.4, 1.4, 0.5))
    hair_drawn, tint_drawn = _hair(rng, gender, age), _hair_colour(rng, age, skin)
    head = said_trait("head", text)
    clothes_drawn = _one_of(rng, ("jumper", "shirt", "tee", "hoodie", "coat"))
    shape = tuple(round(float(rng.uniform(0, 1)), 3) for _ in range(4))
    return Person(
        gender=gender,
        age=age,
        skin=skin,
        hair=said_trait("hair", text) or hair_drawn,
        hair_colour=said_trait("hair_colour", text) or _bearded_tint(text, age) or tint_drawn,
        eyes=said_trait("eyes", text) or _eyes(rng, skin),
        beard=beard or (drawn_beard if gender == "man" and age != "child" and "beard" not in text else ""),
        glasses=_glasses(text, rng),
        head="" if re.search(r"\b(no|without)( a| any)? (hat|cap|beanie)\b", text) else head,
        expression=said_trait("expression", text) or _one_of(rng, ("smile", "neutral"), (3, 1)),
        clothes=said_trait("clothes", text) or clothes_drawn,
        clothes_colour=_clothes_colour(text, colours or {}) or _one_of(rng, _CLOTHES_COLOURS),
        earrings=(bool(rng.random() < 0.4) and gender == "woman" and age != "child") or "earring" in text,
        freckles="freckle" in text or (skin == "porcelain" and bool(rng.random() < 0.5)),
        face=shape,  # type: ignore[arg-type]
    )


def _bearded_tint(text: str, age: str) -> str:
    """The colour of "a white beard" is the hair's too."""
    match = re.search(
        r"\b(white|grey|gray|black|brown|red|ginger|blonde?) (?:\w+ )?(?:beard|moustache|mustache)\b", text
    )
    word = match.group(1) if match else ""
    named = {"gray": "grey", "ginger": "red", "blond": "blonde"}.get(word, word)
    return named or ("" if age != "old" or not word else "grey")


def people_of(seed: bytes, text: str, *, colours: Mapping[str, str] | None = None) -> tuple[Person, ...]:
    """Everyone a text asks for, up to five: traits said of all hold for all, "a man and a woman" are told apart."""
    count = people_said(text)
    listed = [words for number, words in _members(text) for _ in range(number)]
    said = listed if len(listed) > 1 else []
    people = []
    for k in range(count):
        words = said[k] if k < len(said) else _told_apart(text, k)
        people.append(person_of(seed + bytes([k]) if k else seed, words, colours=colours))
    return tuple(people)


def _told_apart(text: str, k: int) -> str:
    """Gender words of a mixed group are dropped, so that each member draws their own."""
    mixed = re.search(r"\b(people|friends|family|team|couple|colleagues|children|kids|crowd|persons)\b", text)
    if re.search(r"\bcouple\b", text):
        return f"{text} {('woman', 'man')[k % 2]}"
    if re.search(r"\bfamily\b", text):
        return f"{('woman adult', 'man adult', 'girl child', 'boy child', 'old woman')[k]} {text}"
    return re.sub(r"\b(her|his|she|he)\b", " ", text) if mixed else text


def person_with(person: Person, text: str, *, colours: Mapping[str, str] | None = None) -> Person:
    """The same person, changed as an edit (lower case) says: "make her hair blonde", "take off the glasses"."""
    spelled = _hair_spelled_out(text)
    traits = ("hair", "hair_colour", "eyes", "beard", "head", "expression", "clothes")
    changes: dict[str, Any] = {trait: said for trait in traits if (said := said_trait(trait, spelled))}
    if colour := _clothes_colour(text, colours or {}):
        changes["clothes_colour"] = colour
    if re.search(r"\b(sun)?glasses\b|\bspectacles\b", text):
        changes["glasses"] = "sun" if "sunglasses" in text else person.glasses or "round"
    changes |= {trait: "" for trait, words in _WORN if re.search(rf"\b{_OFF}\b[\w ]*\b({words})\b", text)}
    return replace(person, **changes)


def person_to_record(person: Person) -> dict[str, Any]:
    return {**asdict(person), "face": list(person.face)}


def person_from_record(record: object) -> Person | None:
    """The person of a record found in a file, which may be anything; None unless every value is one of ours."""
    names = [field.name for field in fields(Person)]
    if not isinstance(record, dict) or sorted(record) != sorted(names):
        return None
    table, face = people_table(), record["face"]
    plain = ("gender", "age", "skin", "hair", "hair_colour", "eyes", "expression", "clothes")
    good = (
        all(isinstance(record[key], str) and record[key] in table[key] for key in plain)
        and all(isinstance(record[key], str) and record[key] in ("", *table[key]) for key in ("beard", "head"))
        and record["glasses"] in ("", "round", "square", "sun")
        and isinstance(record["clothes_colour"], str)
        and _COLOUR.fullmatch(record["clothes_colour"]) is not None
        and all(isinstance(record[key], bool) for key in ("earrings", "freckles"))
        and isinstance(face, list)
        and len(face) == 4
        and all(isinstance(n, int | float) and not isinstance(n, bool) and 0 <= n <= 1 for n in face)
    )
    return Person(**{**record, "face": tuple(float(n) for n in face)}) if good else None


def said_of_person(person: Person) -> str:
    """A noun phrase for a caption: "an old man with a white beard and glasses"."""
    noun = {"child": {"woman": "girl", "man": "boy"}[person.gender]}.get(person.age, person.gender)
    lead = {"old": "an old ", "young": "a young "}.get(person.age, "a ")
    details = []
    if person.beard in ("full", "moustache"):
        kind = "beard" if person.beard == "full" else "moustache"
        details.append(f"a {person.hair_colour} {kind}")
    elif person.head:
        details.append({"hijab": "a hijab", "cap": "a cap", "beanie": "a beanie", "hat": "a hat"}[person.head])
    elif person.hair == "bald":
        details.append("a bald head")
    else:
        style = {"afro": "an afro of ", "bun": "a bun of ", "ponytail": "a ponytail of "}.get(person.hair, "")
        plain = {"curly": "curly ", "wavy": "wavy ", "long": "long ", "short": "short "}.get(person.hair, "")
        details.append(f"{style}{plain}{person.hair_colour} hair")
    if person.glasses:
        details.append("sunglasses" if person.glasses == "sun" else "glasses")
    return f"{lead}{noun} with {' and '.join(details)}"
