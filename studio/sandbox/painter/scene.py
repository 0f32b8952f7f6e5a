"""What a picture shows, as a value: enough to paint it again, changed in one thing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from studio.sandbox.painter.colour import Field
from studio.sandbox.painter.vocabulary import vocabulary

Kind = Literal["object", "mountains", "sea", "desert", "forest", "snow", "city", "poster", "abstract"]
Extra = Literal["steam", "snow", "rain", "fog"]
KINDS: tuple[Kind, ...] = get_args(Kind)
EXTRAS: tuple[Extra, ...] = get_args(Extra)
_TEXT_LIMIT = 120


@dataclass(frozen=True, slots=True)
class Scene:
    """Colours are "#rrggbb"; names are keys of the vocabulary; an empty string is "not said"."""

    kind: Kind
    seed: bytes
    subject: str = ""
    colour: str = ""
    surface: str = ""
    wall: str = ""
    tone: str = ""
    """The wall when none was said: chosen once, so that it stays when the subject changes."""
    light: str = "soft"
    setting: str = ""
    """A landscape kind behind an object."""
    text: str = ""
    extras: tuple[Extra, ...] = ()


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture in the making: sRGB floats (h, w, 3), and where known the subject's coverage and its shadow (h, w)."""

    picture: Field
    alpha: Field | None = None
    shadow: Field | None = None


def scene_to_record(scene: Scene) -> dict[str, Any]:
    return {
        "kind": scene.kind, "seed": scene.seed.hex(), "subject": scene.subject, "colour": scene.colour,
        "surface": scene.surface, "wall": scene.wall, "tone": scene.tone, "light": scene.light,
        "setting": scene.setting, "text": scene.text, "extras": list(scene.extras),
    }  # fmt: skip


def is_colour(code: str) -> bool:
    return len(code) == 7 and code[0] == "#" and all(c in "0123456789abcdef" for c in code[1:].lower())


def scene_from_record(record: Mapping[str, Any]) -> Scene | None:
    """The scene of a record found in a file, which may be anything; None unless every value is one of ours."""
    words = vocabulary()
    texts = {
        k: record.get(k)
        for k in ("subject", "colour", "surface", "wall", "tone", "light", "setting", "text", "seed", "kind")
    }
    extras = record.get("extras")
    if not all(isinstance(v, str) for v in texts.values()) or not isinstance(extras, list):
        return None
    good = (
        texts["kind"] in KINDS
        and (texts["subject"] in words.subjects if texts["kind"] == "object" else texts["subject"] == "")
        and all(texts[k] == "" or is_colour(str(texts[k])) for k in ("colour", "wall", "tone"))
        and (texts["surface"] == "" or texts["surface"] in words.surfaces)
        and texts["light"] in words.lights
        and (texts["setting"] == "" or texts["setting"] in KINDS)
        and len(str(texts["text"])) <= _TEXT_LIMIT
        and all(extra in EXTRAS for extra in extras)
        and len(str(texts["seed"])) == 64
        and all(c in "0123456789abcdef" for c in str(texts["seed"]))
    )
    if not good:
        return None
    seed = bytes.fromhex(str(texts.pop("seed")))
    return Scene(seed=seed, extras=tuple(extras), **texts)  # type: ignore[arg-type]
