"""Which things a prompt names, how many of each, in which colour and material, and how they stand to each other."""

import re
from collections.abc import Sequence
from colorsys import rgb_to_hls
from dataclasses import dataclass, replace

from studio.sandbox.painter.reading.finding import Found, find_terms
from studio.sandbox.painter.reading.hues import is_hue, without_foliage
from studio.sandbox.painter.reading.reading import TERRACE, count_before, finish_of
from studio.sandbox.painter.scene import MOST_THINGS, Item, Role, Stage
from studio.sandbox.painter.vocabulary import Subject, vocabulary

_HOLDERS = ("bottle", "cream_jar", "bowl", "plate", "glass", "wine_glass", "gift", "bag", "vase", "teacup", "mug")
_OF_SKY = re.compile(r" hour| (?:\w+ )?(?:sky|skies|sunset|sunrise|dusk|dawn|twilight)\b")
"""After a colour: it is the hour's or the sky's, no thing's."""
_GROUND_WORDS = ("background", "backdrop", "wall", "walls", "seamless")
_OF = re.compile(r"^\s(?:full of|filled with|of)\s(?:[\w-]+\s){0,2}$")
_IN = re.compile(r"^\s(?:in|inside)\s(?:an?|the|its)?\s?(?:[\w-]+\s){0,3}$")
_ON = re.compile(r"\s(?:on|onto|upon|atop|on top of|in)\s(?:top of\s)?(?:an?|the|his|her|its|my)\s(?:[\w-]+\s){0,3}$")
_OTHERWISE = re.compile(
    r" (?:forest|woods?|woodland|grove|machine|maker|grinder|shop|store|roaster\w*|brand|company|festival|plantation"
    r"|blossoms?)\b"
)
"""A word before one of these names no thing of its own: a pine forest is no pine, a coffee shop no coffee."""
_TALL = re.compile(
    r"\b(?:office|apartment|government|bank|brutalist|modernist|concrete|high-rise) (?:building|block|tower)s?\b"
)
"""Buildings of a city: no house to set on a table."""
_MOCKUP = re.compile(r"\b(?:mock-?up|template|design)\b")
_WINE = re.compile(r" of (?:\w+ )?(?:wine|champagne|prosecco)\b")
_OF_WINE = {"glass": "wine_glass", "bottle": "wine_bottle"}
_MOST_KINDS = 5
_SAME_HUE = 0.07
_GREYISH = 22


@dataclass(frozen=True, slots=True)
class Named:
    """A subject where the text names it."""

    name: str
    hit: Found
    since: int
    """Where the thing named before it ends: words between are said of this one."""
    count: int
    colour: str
    finish: str
    role: Role = "beside"

    def said_colour(self) -> str:
        """The colour said, else that of the material said."""
        return self.colour or vocabulary().finish_colours.get(self.finish, "")

    def item(self) -> Item:
        return Item(subject=self.name, colour=self.said_colour(), finish=self.finish, count=self.count, role=self.role)


def is_ground(text: str, colour: Found) -> bool:
    """Whether the colour is said of the background: "on a sage background", "background in sage"."""
    after = re.split(r"[,.;]", text[colour.end : colour.end + 28])[0].split()[:3]
    before = text[max(0, colour.start - 26) : colour.start].split()[-3:]
    return any(word in _GROUND_WORDS for word in after) or any(word.strip(".,") in _GROUND_WORDS for word in before)


def find_subjects(text: str) -> list[Found]:
    hits = find_terms(text, {name: subject.words for name, subject in vocabulary().subjects.items()})
    return [hit for hit in hits if not is_hue(text, hit)]


def find_things(text: str) -> list[Found]:
    """The subjects a text names as things of their own."""
    for apart in (_TALL, TERRACE):
        text = apart.sub(lambda found: " " * len(found.group()), text)
    things = [hit for hit in find_subjects(text) if not _OTHERWISE.match(text, hit.end)]
    # "A village at Christmas" is about the village.
    return [hit for hit in things if text[hit.start : hit.end] != "christmas" or text[: hit.start][-3:] != "at "]


def find_colours(text: str) -> list[Found]:
    return find_terms(text, {name: (name,) for name in vocabulary().colours})


def _heads(text: str, hits: Sequence[Found]) -> list[Found]:
    """Of names side by side ("perfume bottle", "orange sofa", "lemon cake") the one that is meant."""
    kept: list[Found] = []
    for hit in hits:
        if kept and text[kept[-1].end : hit.start] == " ":
            last = kept.pop()
            meant = last if hit.name in _HOLDERS and last.name not in _HOLDERS and not _is_colour(text, last) else hit
            kept.append(replace(meant, end=hit.end) if meant is last else hit)
        else:
            kept.append(hit)
    return kept


def _told_apart(text: str, hits: Sequence[Found]) -> list[Found]:
    """Glasses beside wine, or of something, are for drinking; a bottle of wine is a wine bottle."""
    drinks = {hit.name for hit in hits} & {"wine_bottle", "cocktail", "bottle"}
    glass = "wine_glass" if "wine_bottle" in drinks or "wine" in text else "glass"
    told = []
    for hit in hits:
        word, after = text[hit.start : hit.end], text[hit.end :]
        if word == "glasses" and (drinks or after.startswith(" of ")):
            told.append(replace(hit, name=glass))
        elif hit.name == "eucalyptus" and "vase" in text:
            told.append(replace(hit, name="eucalyptus_vase"))
        elif hit.name in _OF_WINE and _WINE.match(after):
            told.append(replace(hit, name=_OF_WINE[hit.name]))
        else:
            told.append(hit)
    return told


def _is_colour(text: str, hit: Found) -> bool:
    return text[hit.start : hit.end] in vocabulary().colours


def own_colours(text: str, hits: Sequence[Found]) -> list[Found]:
    """Colour words that are not the name of a thing ("two lemons"), nor an hour, nor the background's."""
    return [
        colour
        for colour in find_colours(text)
        if not _OF_SKY.match(text, colour.end)
        and not is_ground(text, colour)
        and all(colour.end <= hit.start or colour.start >= hit.end for hit in hits)
    ]


def _colour_of(text: str, hit: Found, colours: Sequence[Found], *, since: int, until: int) -> str:
    """The colour nearest before the thing, else one said right after it."""
    codes = vocabulary().colours
    near = [c for c in colours if since <= c.start and c.end <= hit.start and len(text[c.end : hit.start].split()) <= 3]
    if near:
        while len(near) > 1 and text[near[-2].end : near[-1].start] == " and ":  # an orange and white cat
            near.pop()
        return codes[near[-1].name]
    after = [c for c in colours if 0 <= c.start - hit.end <= 18 and c.end <= until]
    said = after and re.search(
        r"^[\s,]*(?:is |are |made |painted |shot |all )*(?:in |of )", text[hit.end : after[0].start]
    )
    alone = (
        after
        and _MOCKUP.sub("", text[hit.end : after[0].start]).strip(" ,") == ""
        and (until == len(text) or "," in text[after[0].end : until])
    )
    return codes[after[0].name] if after and (said or alone) else ""


def _singulars(subject: Subject, word: str) -> tuple[str, ...]:
    """The subject's own words when the one in the text is longer by an s than one of them."""
    return subject.words if word.endswith("s") and not word.endswith("ss") else ()


def _count(text: str, hit: Found, subject: Subject, *, since: int, plural: bool) -> int:
    if subject.article in ("some", "none") or subject.many == subject.label:  # of what its model already has several
        return 1
    number = count_before(text, hit, since=since, plural=False)
    return 2 if subject.pair and plural and number == 1 else count_before(text, hit, since=since, plural=plural)


def _named(text: str, hits: Sequence[Found]) -> list[Named]:
    words, colours = vocabulary().subjects, own_colours(text, hits)
    named = []
    for k, hit in enumerate(hits):
        since = hits[k - 1].end if k else 0
        until = hits[k + 1].start if k + 1 < len(hits) else len(text)
        subject = words[hit.name]
        word = text[hit.start : hit.end]
        plural = subject.article != "some" and (
            word == subject.many or word.removesuffix("s") in _singulars(subject, word)
        )
        named.append(
            Named(
                name=hit.name,
                hit=hit,
                since=since,
                count=_count(text, hit, subject, since=since, plural=plural),
                colour=_colour_of(text, hit, colours, since=since, until=until),
                finish=finish_of(text, hit, since=since),
            )
        )
    return named


def _related(text: str, named: Sequence[Named]) -> list[Named]:
    """Holders that belong to what they hold dropped; what stands on what found out."""
    words = vocabulary().subjects
    kept: list[Named] = []
    for one in named:
        if not kept:
            kept.append(one)
            continue
        last, gap = kept[-1], text[kept[-1].hit.end : one.hit.start]
        if _OF.match(gap) and last.name in _HOLDERS:
            if words[one.name].dish or last.name == one.name:
                kept[-1] = replace(one, count=last.count, colour=one.colour or last.colour)
            elif words[one.name].food and words[last.name].seat:
                kept.append(replace(one, role="on", count=max(one.count, 5)))
        elif one.name in _HOLDERS and words[last.name].dish and (_IN.match(gap) or _ON.search(gap)):
            kept[-1] = replace(last, colour=last.colour or one.colour)
        elif _ON.search(gap) and words[one.name].seat and len(kept) == 1 and not words[last.name].home:
            kept.append(replace(one, role="under"))
        else:
            kept.append(one)
    names = {one.name for one in kept}
    return [one for one in kept if not (one.name == "vase" and "flowers" in names)]


def _merged(named: Sequence[Named]) -> list[Named]:
    """The same thing in the same colour named twice is meant once."""
    kept: list[Named] = []
    for one in named:
        twin = next(
            (k for k, other in enumerate(kept) if other.name == one.name and one.colour in ("", other.colour)), None
        )
        if twin is None:
            kept.append(one)
    return kept


WORN = ("hat", "sunglasses", "shirt", "headphones", "glass", "portrait", "watch", "ring", "gem", "backpack")
"""Subjects that someone wears, or that are said of a person: never painted beside them."""
_MOST_CARRIED_CM = 60.0
"""What is higher has no place in front of a bust."""
_CARRIED = re.compile(
    r"\b(?:holding|holds|carrying|with|and|beside|next to|plays|playing|drinking|eating|reading|using|working on"
    r"|typing on)\b[^,;.]*$"
)


def is_carried(text: str, one: Named) -> bool:
    """Whether someone in a portrait has the thing with them rather than on them."""
    subject = vocabulary().subjects[one.name]
    large = subject.home or subject.height_cm > _MOST_CARRIED_CM
    return one.name not in WORN and not large and _CARRIED.search(text[: one.hit.start]) is not None


def _grown(named: Sequence[Named]) -> list[Named]:
    """Plants as large as a room's, where there is no table for pots."""
    words = vocabulary().subjects
    if any((words[one.name].seat and "table" in one.name) or one.name == "desk" for one in named):
        return list(named)
    return [
        replace(one, name="house_plant", count=min(one.count, 2)) if one.name == "plant" else one for one in named
    ]  # fmt: skip


def is_alike(code: str, other: str) -> bool:
    """Whether two colours ("#rrggbb") would be called by the same name: near in hue, or both without one."""
    (hue, _, grey), (hue_2, _, grey_2) = _hue_of(code), _hue_of(other)
    if grey or grey_2:
        return grey and grey_2 and abs(_hue_of(code)[1] - _hue_of(other)[1]) < 0.3
    away = abs(hue - hue_2)
    return min(away, 1 - away) < _SAME_HUE


def _hue_of(code: str) -> tuple[float, float, bool]:
    """(hue 0–1, lightness 0–1, whether it has next to no colour)."""
    hue, light, _ = rgb_to_hls(*(int(code[k : k + 2], 16) / 255 for k in (1, 3, 5)))
    parts = [int(code[k : k + 2], 16) for k in (1, 3, 5)]
    return hue, light, max(parts) - min(parts) < _GREYISH


def names_left_out(left_out: str) -> set[str]:
    """The subjects a text leaves out, with all of a kind: without plants there is no house plant either."""
    words = vocabulary()
    hits = find_terms(left_out, {name: subject.words for name, subject in words.subjects.items()})
    kinds = find_terms(left_out, words.kinds)
    members = {name for kind in kinds for name in words.kind_members.get(kind.name, ())}
    return {hit.name for hit in hits} | {kind.name for kind in kinds} | members


def _parts_left_out(text: str, left_out: str) -> set[str]:
    """Subjects that are named by one word and of which another is to go: "a coffee cup, no saucer" stays a cup."""
    subjects = {name: subject.words for name, subject in vocabulary().subjects.items()}
    wanted, denied = find_terms(text, subjects), find_terms(left_out, subjects)
    return {
        one.name
        for one in wanted
        for other in denied
        if one.name == other.name and not _is_same(text[one.start : one.end], left_out[other.start : other.end])
    }


def _is_same(word: str, other: str) -> bool:
    return word.removesuffix("s") == other.removesuffix("s")


def cast_of(text: str, *, left_out: str, stage: Stage) -> list[Named]:
    """The things to paint, the subject first; at most `MOST_THINGS` with their counts."""
    unwanted = names_left_out(left_out) - _parts_left_out(text, left_out)
    hits = [
        hit
        for hit in _heads(text, _told_apart(text, without_foliage(text, find_things(text))))
        if hit.name not in unwanted
    ]
    if len(hits) > 1 and stage not in ("room", "kitchen"):
        hits = [hit for hit in hits if hit.name != "table"]  # "a vase on a table": the table is what it stands on
    people = re.search(r"\b(?:people|persons?|humans?|faces?|models?|hands?|figures?)\b", left_out)
    if people:
        hits = [hit for hit in hits if hit.name not in ("portrait", "person", "woman", "man", "child")]
    named = _merged(_related(text, _named(text, hits)))[:_MOST_KINDS]
    if stage == "room" or any(vocabulary().subjects[one.name].home for one in named):
        named = _grown(named)
    kept, room_left = [], MOST_THINGS
    for one in named:
        if room_left > 0:
            kept.append(replace(one, count=min(one.count, room_left)))
            room_left -= kept[-1].count
    return kept
