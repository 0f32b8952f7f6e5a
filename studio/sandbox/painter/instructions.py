"""Reading an edit: "a bit warmer, and make it cobalt" as changes to the scene and to the picture, in the order said."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from studio.sandbox.painter.brief import (
    find_colours,
    find_extras,
    find_lights,
    find_subjects,
    find_surfaces,
    find_terms,
    is_ground,
    quoted_text,
    without_references,
)  # fmt: skip
from studio.sandbox.painter.filters import Op
from studio.sandbox.painter.scene import Kind, Scene
from studio.sandbox.painter.vocabulary import vocabulary

_LESS = re.compile(r"\b(a bit|a little|slightly|a touch|subtly|gently|somewhat)\b")
_MORE = re.compile(r"\b(much|very|far|a lot|lots|really|strongly|way|heavily|dramatically)\b")
_KEEP = re.compile(r"^(keep|leave|don't|do not|preserve|without changing)\b")
_NONE = re.compile(r"\b(no|remove|without|less|drop|lose|take away|stop the)\b")
_CLAUSES = re.compile(r"(?:[;,.\n]|\band\b|\bthen\b|\bbut\b|\bplus\b|\balso\b)+")

_GROUND = r"(background|backdrop)"
_WHITE_GROUND = (
    rf"(white|remove|delete|without|isolate|transparent|erase).{{0,18}}{_GROUND}|{_GROUND}.{{0,12}}\bwhite"
    r"|on (pure )?white\b|cut ?out|isolate"
)
_SOFT_GROUND = rf"(blur|soften).{{0,16}}{_GROUND}|{_GROUND}.{{0,12}}(blur|out of focus)|bokeh|depth of field"

# (pattern, filter, amount, value); the pattern is looked for in one clause. The first group of rules that fits wins.
_RULES: tuple[tuple[str, str, float, str], ...] = (
    (r"monochrome|gr[ae]yscale|\bb ?& ?w\b|\bbw\b|colou?rless", "monochrome", 1.0, ""),
    (r"(less|lower|reduce|soften).{0,12}contrast|flatter|softer", "contrast", -0.8, ""),
    (r"high[- ]contrast|contrast|punch", "contrast", 1.0, ""),
    (r"less warm|cooler|colder|\bcool\b|bluer", "warmth", -1.0, ""),
    (r"warmer|warmth|\bwarm\b|cosier|cozier", "warmth", 1.0, ""),
    (r"less (bright|light)|darker|darken|moodier|\bdim|\bdark\b|underexpose", "exposure", -1.0, ""),
    (r"less dark|bright|lighter|lighten|more light|airier|overexpose", "exposure", 1.0, ""),
    (r"(less|lower|reduce).{0,12}(saturat|vivid|vibran|colou?r)|muted|desaturat|pastel|faded", "saturation", -1.0, ""),
    (r"vibran|saturat|vivid|colou?rful|more colou?r|\bpop\b", "saturation", 1.0, ""),
    (_WHITE_GROUND, "background", 1.0, "#ffffff"),
    (_SOFT_GROUND, "blur background", 1.0, ""),
    (r"vignette", "vignette", 1.0, ""),
    (r"\bgrain|film noise|grainy|analog", "grain", 1.0, ""),
    (r"sepia|vintage|old photo", "sepia", 1.0, ""),
    (r"pencil|sketch|line drawing|charcoal drawing", "pencil", 1.0, ""),
    (r"water ?colou?r|painterly|gouache", "watercolour", 1.0, ""),
    (r"posteri[sz]e|pop art|screen ?print|cartoon", "posterise", 1.0, ""),
    (r"\bzoom|closer|close[- ]?up|\bcrop|tighter", "zoom", 1.0, ""),
    (r"upside down|flip (it )?vertical|vertical flip", "flip", 1.0, "vertical"),
    (r"\bflip|mirror", "flip", 1.0, "horizontal"),
)  # fmt: skip
_LIGHT_OPS: Mapping[str, tuple[Op, ...]] = {
    "golden": (Op("golden"),), "night": (Op("night"),), "morning": (Op("warmth", 0.5), Op("exposure", 0.3)),
    "noon": (Op("exposure", 0.6),), "neon": (Op("duotone", 1.0, "#1a0f3d,#ff9bd0"),), "studio": (Op("exposure", 0.4),),
    "cold": (Op("warmth", -0.9),), "soft": (Op("contrast", -0.6),),
}  # fmt: skip
_LANDS: tuple[Kind, ...] = ("mountains", "sea", "desert", "forest", "snow", "city")


@dataclass(frozen=True, slots=True)
class Plan:
    """What the words ask: the scene as it should be (None when unknown), then filters; `did` says it in words."""

    scene: Scene | None
    ops: tuple[Op, ...]
    did: tuple[str, ...]


@dataclass(slots=True)
class _Draft:
    scene: Scene | None
    ops: list[Op]
    did: list[str]

    def op(self, op: Op, words: str) -> None:
        self.ops.append(op)
        self.did.append(words)

    def restage(self, scene: Scene, words: str) -> None:
        self.scene = scene
        self.did.append(words)


def _degree(clause: str) -> float:
    return 0.5 if _LESS.search(clause) else 1.6 if _MORE.search(clause) else 1.0


def _said(name: str, amount: float) -> str:
    signed = {"warmth": ("warmer", "cooler"), "exposure": ("brighter", "darker"),
              "contrast": ("more contrast", "less contrast"),
              "saturation": ("more vivid", "more muted")}  # fmt: skip
    if name in signed:
        return signed[name][amount < 0]
    if name == "background":
        return "white background"
    return {
        "monochrome": "black and white",
        "zoom": "closer",
        "flip": "mirrored",
        "blur background": "background out of focus",
    }.get(name, name)


def _read_filters(clause: str, draft: _Draft, degree: float) -> None:
    used: set[str] = set()
    for pattern, name, amount, value in _RULES:
        if name in used or not re.search(pattern, clause):
            continue
        used.add(name)
        draft.op(Op(name, amount * degree, value), _said(name, amount))
    turn = re.search(r"rotate\D{0,20}(\d{1,3})?", clause)
    if turn or "tilt" in clause:
        degrees = int(turn.group(1) or 90) if turn else 8
        degrees = -degrees if re.search(r"\bleft\b|anti-?clockwise|counter", clause) else degrees
        draft.op(Op("rotate", 1.0, str(degrees)), f"rotated {degrees}°")


def _read_colours(clause: str, draft: _Draft) -> None:
    codes = vocabulary().colours
    found = [hit for hit in find_colours(clause) if clause[hit.end : hit.end + 5] != " hour"]
    if "duotone" in clause or "duo-tone" in clause:
        pair = [codes[hit.name] for hit in found][:2]
        first, second = pair if len(pair) == 2 else ("#1d2b50", "#f2b184")
        draft.op(Op("duotone", 1.0, f"{first},{second}"), "duotone")
        return
    for hit in found:
        code = codes[hit.name]
        if is_ground(clause, hit):
            if hit.name == "white":
                continue  # the white-background rule has it
            if draft.scene is not None and draft.scene.kind == "object":
                draft.restage(replace(draft.scene, wall=code, setting=""), f"{hit.name} background")
            else:
                draft.op(Op("background", 1.0, code), f"{hit.name} background")
        elif draft.scene is not None and not any(op.name == "background" for op in draft.ops[-1:]):
            draft.restage(replace(draft.scene, colour=code), f"{hit.name} subject")
        elif draft.scene is None and not (hit.name == "white" and "white background" in draft.did):
            draft.op(Op("recolour", 1.0, code), f"{hit.name} subject")


def _read_extras(clause: str, draft: _Draft, *, degree: float, seed: str) -> None:
    for extra in find_extras(clause):
        if _NONE.search(clause):
            if draft.scene is not None and extra in draft.scene.extras:
                kept = tuple(e for e in draft.scene.extras if e != extra)
                draft.restage(replace(draft.scene, extras=kept), f"no {extra}")
                continue
            if draft.scene is not None:
                draft.did.append(f"no {extra}")
            continue
        if draft.scene is not None and degree == 1.0 and extra not in draft.scene.extras:
            draft.restage(replace(draft.scene, extras=(*draft.scene.extras, extra)), extra)
        else:
            draft.op(Op("extra", degree, f"{extra}:{seed}"), extra)


def _read_staging(clause: str, draft: _Draft) -> None:
    """Light, surface, subject and place."""
    lights = [hit for hit in find_lights(clause) if not (hit.name == "cold" and find_extras(clause))]
    lights = [
        hit
        for hit in lights
        if clause[hit.start : hit.end] not in ("warm", "cool", "cold", "dark", "bright", "soft", "clean")
    ]
    lights += [
        hit for hit in find_lights(clause) if f"{clause[hit.start : hit.end]} light" in clause and hit not in lights
    ]
    if lights:
        name = lights[0].name
        if draft.scene is not None:
            draft.restage(replace(draft.scene, light=name), vocabulary().lights[name].phrase)
        else:
            draft.ops += _LIGHT_OPS[name]
            draft.did.append(vocabulary().lights[name].phrase)
    if draft.scene is None:
        return
    surfaces, extras = find_surfaces(clause), find_extras(clause)
    if surfaces and draft.scene.kind == "object" and surfaces[0].name not in extras and "watercol" not in clause:
        draft.restage(replace(draft.scene, surface=surfaces[0].name, setting="", wall=""), f"on {surfaces[0].name}")
    lands = [
        hit.name for hit in find_terms(clause, {k: vocabulary().scenes[k] for k in _LANDS}) if hit.name not in extras
    ]
    if lands and not surfaces:
        land: Kind = lands[0]  # type: ignore[assignment]
        is_object = draft.scene.kind == "object"
        draft.restage(
            replace(draft.scene, setting=land, surface="", wall="") if is_object else replace(draft.scene, kind=land),
            f"{land} setting",
        )
    others = [hit.name for hit in find_subjects(clause) if hit.name not in (draft.scene.subject, "table")]
    if others and not _NONE.search(clause):
        new = others[-1]
        draft.restage(
            replace(draft.scene, kind="object", subject=new, colour="", text=""), f"{new.replace('_', ' ')} instead"
        )


def read_instruction(prompt: str, scene: Scene | None, seed: bytes) -> Plan:
    """The plan of a prompt about a picture; without any change in it when nothing was understood."""
    quoted = quoted_text(prompt)
    plain = without_references(prompt)
    text = " ".join((plain.replace(quoted, " ") if quoted else plain).lower().split())
    text = re.sub(r"black (and|&) white", "monochrome", text)
    text = re.sub(
        r"\b(add|with|some|falling|more)( some| falling| soft| light| a bit of| a little)* snow\b",
        "add falling snow",
        text,
    )
    draft = _Draft(scene=scene, ops=[], did=[])
    for clause in (part.strip() for part in _CLAUSES.split(text)):
        if not clause or _KEEP.search(clause):
            continue
        degree = _degree(clause)
        _read_staging(clause, draft)
        _read_filters(clause, draft, degree)
        _read_colours(clause, draft)
        _read_extras(clause, draft, degree=degree, seed=seed[:4].hex())
    if quoted:
        if draft.scene is not None and draft.scene.kind == "poster":
            draft.restage(replace(draft.scene, text=quoted), f"the words “{quoted}”")
        else:
            draft.op(Op("text", 1.0, quoted), f"the words “{quoted}”")
    if scene is not None and draft.scene is not None and draft.scene.light != scene.light:
        # The light has been set anew; "warmer, like late afternoon" is not to be warmed twice over.
        draft.ops = [
            replace(op, amount=op.amount * 0.3) if op.name in ("warmth", "exposure") else op for op in draft.ops
        ]
    return Plan(scene=draft.scene, ops=tuple(draft.ops), did=tuple(draft.did))
