"""Reading crop, zoom, turn, mirror, frame and colour wash: the edits that carry a place, an angle or a colour."""

import re
from collections.abc import Iterable
from math import gcd

from studio.sandbox.painter.edits.clauses import Degree, polarity
from studio.sandbox.painter.edits.phrases import Effect, Wish
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.reading.brief import Found, find_colours
from studio.sandbox.painter.reading.captions import with_article
from studio.sandbox.painter.vocabulary import vocabulary

_SHARES = {
    "half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "two thirds": 2 / 3, "two-thirds": 2 / 3,
    "three quarters": 0.75, "three-quarters": 0.75,
}  # fmt: skip
_RATIOS = {
    "square": "1:1", "portrait": "4:5", "landscape": "3:2", "widescreen": "16:9", "panoram(?:a|ic)": "2:1",
    "vertical": "4:5",
    "story": "9:16", "cinemascope": "2.39:1",
}  # fmt: skip
_SHARE = re.compile(
    r"\b(two[- ]thirds|three[- ]quarters|half|third|quarter|fifth)\b(?: of)?|\b(\d{1,2})\s?(?:%"
    r"|percent\b|per cent\b)"
)
_SIDE = re.compile(r"\b(left|right|top|upper|bottom|lower|middle|cent(?:re|er))\b")
_CORNER = re.compile(
    r"\b(?:top|upper|bottom|lower)[- ](?:left|right)\b|\b(?:left|right)[- ](?:top|upper|bottom|lower)\b"
)
_OFF = re.compile(r"\b(?:off|from|away|out|remove|cut|trim)\b")
_RATIO = re.compile(r"\b(\d{1,2}(?:\.\d{1,2})?)\s?(?::|x|/|by|to)\s?(\d{1,2}(?:\.\d{1,2})?)\b(?! ?%)")
_PIXELS = re.compile(r"\b(\d{3,4})\s?(?:x|×|by)\s?(\d{3,4})\b(?: ?(?:px|pixels))?")
_NO_RATIO = re.compile(r"\b0+\s?[:x/]\s?\d|\d\s?[:x/]\s?0+\b")
_CROP = re.compile(
    r"\b(?:crop(?:ped|ping)?|trim)\b(?! out (?!the (?:left|right|top|bottom)))|\bcut off\b|\b(?:make|turn) (?:it|this"
    r"|the \w+)(?: into)?(?: a)? square\b|^square$"
)
_FORMAT = re.compile(r"\b(?:aspect|ratio|format)\b|\b\d{1,2}:\d{1,2}\b")
_BACK = re.compile(
    r"\bzoom(?:ed|ing)?(?: \w+)? ?out\b|\b(?:step|pull|move)(?: the camera)? back\b|\bwider (?:shot"
    r"|view|angle|frame|crop)\b|\bfurther (?:away|back|out)\b"
    r"|\bmore (?:space|room|air) around\b|\bout-?paint|\bextend the (?:picture|image|canvas|frame)\b"
)
_CLOSER = re.compile(
    r"\bzoom(?:ed|ing)?(?: it)?(?: in)?\b|\bcloser\b|\bclose[- ]?up\b|\btighter\b|\benlarge\b"
    r"|\bget close\b|\bmove in\b|\bmagnify\b"
)
_FACTOR = re.compile(r"\b(\d(?:\.\d+)?)\s?(?:x|×|times)\b|\b(\d{2,3})\s?(?:%|percent)")
_TURN = re.compile(
    r"\b(?:rotate|rotated|rotation|turn|spin|tilt(?![- ]shift)|tilted)\b\D{0,26}?(-?\d{1,3}(?:\.\d+)?)\s?(?:°|deg\w*)?"
    r"|\b(quarter|half)[- ]turn\b|\b(rotate|rotated|spin)\b|\b(tilt(?:ed)?(?![- ]shift)|dutch angle"
    r"|slant(?:ed)?)\b|\b(upside[- ]down)\b"
)
_ANTICLOCKWISE = re.compile(r"\b(?:left|anti-?clockwise|counter-?clockwise|counter|a?ccw|acw)\b")
_FLIP = re.compile(
    r"\bflip(?:ped)?\b|\bmirror(?:ed)?(?= (?:it|this|the (?:picture|image|photo|shot|scene)|image"
    r"|horizontal|vertical|left|copy)|$)|^mirror\b"
)
_VERTICAL = re.compile(r"\bvertical|\btop[- ](?:to|and)[- ]bottom\b|\bup ?side|\bup and down\b|\bhead over")
_BOTH_WAYS = re.compile(r"\bboth (?:ways|axes|directions)\b")
_BORDER = re.compile(
    r"\b(?:border|passe-?partout|polaroid frame|matte? board|frame around|margins?)\b|\b(?:photo"
    r"|picture|thin|thick|wooden|gold|white"
    r"|black|cream|coloured|colored|a|add) frame\b|\bframe (?:it|this|the (?:picture|image|photo)) (?:in|with)\b"
)
_GRADIENT = re.compile(r"\bgradient(?: (?:overlay|map|wash|filter))?\b|\bcolou?r wash\b|\b(?:colou?r )?overlay\b")
_GROUND = re.compile(r"\b(?:background|backdrop)\b")
_DUOTONE = re.compile(r"\bduo-?tones?\b|\btwo[- ]tone\b|\bgradient map\b|\bsplit[- ]ton\w+\b")
_ONE_HUE = re.compile(
    r"\bmonochrom\w* (?:in )?(?!black|white|gr[ae]y)[a-z]+\b|\bonly (?:in )?(?:\w+ )?\w+ (?:tones|shades|hues)\b"
)
_GRADE = re.compile(r"\bcolou?r (?:grade|grading|palette|scheme|toning)\b")
_TWO_LIGHTS = re.compile(r" (?:and|&) (?:\w+ )?\| (?:neon )?(?:light|lights|lighting|glow)\b")
_TINT = re.compile(
    r"\b(?:make|turn|colou?r) (?:everything|the (?:whole )?(?:picture|image|photo|scene))\b|"
    r"\b(?:tint(?:ed)?|tinge|cast|hue|wash)\b|\b(?:bluer|greener|redder|pinker|yellower|purpler)\b"
    r"|\b(?:light|lighting|lights|glow|haze)\b"
    r"|\bmore (?:blue|green|red|magenta|yellow|pink|purple|cyan|teal|orange)\b|\bless (?:blue|green"
    r"|red|magenta|yellow|pink|purple|cyan|teal|orange)\b"
)
_NO_COLOUR = re.compile(r"\bblack[- ](?:and|&|'?n'?)[- ]white\b")
_OF_LIGHT = re.compile(r"lights?|lighting|glow|haze")
_HOURS = ("golden", "gold", "white", "black", "silver", "grey", "gray")
_COMPARED = {
    "bluer": "blue", "greener": "green", "redder": "red", "pinker": "pink", "yellower": "yellow", "purpler": "purple",
}  # fmt: skip
_LEAST_CROP, _PLAIN_CROP, _TIGHTER = 0.15, 0.6, 0.7


def _span(text: str, match: re.Match[str]) -> tuple[int, int]:
    """From the matched verb to the clause's end: its place, number and colour belong to it."""
    return match.start(), len(text)


def _share_of(text: str) -> float | None:
    found = _SHARE.search(text)
    if found is None:
        return None
    return _SHARES[found.group(1)] if found.group(1) else float(found.group(2)) / 100


def _corner_box(corner: str, share: float | None) -> str:
    """The value of a crop to a corner: a share of the area, a quarter unless told otherwise."""
    keep = (share if share is not None else 0.25) ** 0.5
    left, top = (0.0 if "left" in corner else 1 - keep), (1 - keep if re.search("bottom|lower", corner) else 0.0)
    return ",".join(f"{n:.4f}" for n in (left, top, left + keep, top + keep))


def _crop_box(text: str) -> str:
    """The value of a crop to or off a side, "" when no side is named."""
    side = _SIDE.search(text)
    if side is None:
        return ""
    share = _share_of(text)
    corner = _CORNER.search(text)
    if corner is not None and not _OFF.search(text):
        return _corner_box(corner.group(), share)
    if _OFF.search(text):
        keep = 1 - min(0.9, share if share is not None else _LEAST_CROP)
        # What is cut off the left leaves the right.
        named = {"left": "right", "right": "left", "top": "bottom", "upper": "bottom", "bottom": "top", "lower": "top"}
        name = named.get(side.group(1), "middle")
    else:
        keep, name = (share if share is not None else 0.5), side.group(1)
    boxes = {
        "left": (0.0, 0.0, keep, 1.0), "right": (1 - keep, 0.0, 1.0, 1.0),
        "top": (0.0, 0.0, 1.0, keep), "upper": (0.0, 0.0, 1.0, keep),
        "bottom": (0.0, 1 - keep, 1.0, 1.0), "lower": (0.0, 1 - keep, 1.0, 1.0),
    }  # fmt: skip
    edge = (1 - keep) / 2
    return ",".join(f"{n:.4f}" for n in boxes.get(name, (edge, edge, 1 - edge, 1 - edge)))


def _crops(text: str, degree: Degree) -> Iterable[Wish]:
    verb = _CROP.search(text) or _FORMAT.search(text)
    if verb is None:
        return
    start, end = (0, len(text)) if verb.re is _FORMAT else _span(text, verb)
    ratio = _RATIO.search(text)
    named = next((value for word, value in _RATIOS.items() if re.search(rf"\b{word}\b", text)), "")
    pixels = _PIXELS.search(text)
    if pixels is None and _NO_RATIO.search(text):
        return
    value = f"{ratio.group(1)}:{ratio.group(2)}" if ratio else named
    if pixels is not None:
        wide, high = int(pixels.group(1)), int(pixels.group(2))
        value = f"{wide // gcd(wide, high)}:{high // gcd(wide, high)}"
    if value:
        said = "cropped square" if value == "1:1" else f"cropped to {value}"
        yield Wish(start, end, said, (Op("crop", 1.0, value),))
    elif verb.re is _CROP:
        box = _crop_box(text)
        if box:
            yield Wish(start, end, "cropped", (Op("crop", 1.0, box),))
        else:
            closer = _TIGHTER if re.search(r"\btight|\bclos|\bin\b", text) else _PLAIN_CROP
            yield Wish(start, end, "cropped closer", (Op("zoom", closer * degree.scale),))


def _zoom_point(text: str) -> str:
    """Where a zoom looks, "x,y"; "" leaves it to the subject."""
    sides = re.findall(r"\b(left|right|top|upper|bottom|lower|centre|center|middle|corner)\b", text)
    if not sides:
        return ""
    x = 0.22 if "left" in sides else 0.78 if "right" in sides else 0.5
    y = 0.22 if {"top", "upper"} & set(sides) else 0.78 if {"bottom", "lower"} & set(sides) else 0.5
    return f"{x},{y}"


def _zooms(text: str, degree: Degree) -> Iterable[Wish]:
    back, closer = _BACK.search(text), _CLOSER.search(text)
    match = back or closer
    if match is None or re.search(r"\bcloser (?:to|together)\b", text):
        return
    number = _FACTOR.search(text)
    amount = degree.scale
    if re.search(r"\b0+ ?(?:%|percent|x\b|times)", text):
        return
    if number is not None:
        factor = float(number.group(1)) if number.group(1) else float(number.group(2)) / 100
        factor = factor if factor > 1 else 1 + factor
        amount = min(7.0, (factor - 1) / 0.45)
    sign, said = (-1, "from farther back") if back else (1, "closer")
    start, end = _span(text, match)
    yield Wish(start, end, said, (Op("zoom", sign * amount, "" if back else _zoom_point(text)),))


def _degrees(match: re.Match[str], text: str, scale: float) -> float:
    number, part, _, tilt, over = match.groups()
    if over:
        return 180.0
    if number is not None:
        degrees = float(number)
    elif part is not None:
        degrees = 90.0 if part == "quarter" else 180.0
    else:
        degrees = 7.0 * scale if tilt or scale < 1 else 90.0
    return -degrees if _ANTICLOCKWISE.search(text) and degrees > 0 else degrees


def _turns(text: str, degree: Degree) -> Iterable[Wish]:
    match = _TURN.search(text)
    if match is None or (match.group(3) and re.search(r"rotat\w+ (?:the )?(?:mug|subject|object|product)\b", text)):
        return
    degrees = _degrees(match, text, degree.scale)
    start, end = _span(text, match)
    yield Wish(start, end, f"rotated {degrees:g}°", (Op("rotate", 1.0, f"{degrees:g}"),))


def _flips(text: str, _: Degree) -> Iterable[Wish]:
    match = _FLIP.search(text)
    if match is not None:
        upright = _VERTICAL.search(text) is not None
        if _BOTH_WAYS.search(text) or (upright and re.search(r"\bhorizontal|\bsideways\b", text)):
            both = (Op("flip", 1.0, "horizontal"), Op("flip", 1.0, "vertical"))
            yield Wish(*_span(text, match), "mirrored both ways", both)
            return
        said = "mirrored top to bottom" if upright else "mirrored"
        yield Wish(*_span(text, match), said, (Op("flip", 1.0, "vertical" if upright else "horizontal"),))


def _code(hit: Found) -> str:
    return vocabulary().colours[hit.name]


_BORDER_EFFECT = Effect("border", "a border", (), re.compile("(?!)"), re.compile("(?!)"), None, (), "", extra=False)


def _borders(text: str, degree: Degree) -> Iterable[Wish]:
    match = _BORDER.search(text)
    if match is None:
        return
    colours = find_colours(text)
    code = "#ffffff" if not colours or colours[0].name == "white" else _code(colours[0])
    name = colours[0].name if colours else "white"
    way = polarity(text, match.end())
    start = min([match.start(), *(hit.start for hit in colours[:1])])
    ops = (Op("border", degree.scale, code),)
    yield Wish(
        start, len(text), with_article(f"{name} border") if way == "more" else "a border", ops, _BORDER_EFFECT, way
    )


def _direction(text: str, *, named: int) -> tuple[float, bool]:
    """(degrees the wash runs in, whether it starts at the far end)."""
    if re.search(r"\bdiagonal", text):
        return 45.0, False
    way = re.search(r"\b(left|right|top|bottom) to (?:the )?(?:left|right|top|bottom)\b", text)
    if way is not None:
        return (0.0 if way.group(1) in ("left", "right") else 90.0), way.group(1) in ("right", "bottom")
    ends = re.search(r"\b(?:from|at|on)(?: the)? (left|right|top|bottom|above|below)\b", text)
    if ends is not None:
        side = ends.group(1)
        # "from the right" begins there; a single colour "at the bottom" is strongest there.
        return (0.0 if side in ("left", "right") else 90.0), side in ("right", "bottom", "below")
    if re.search(r"\bvertical|\btop\b", text):
        return 90.0, False
    return (0.0 if named > 1 and re.search(r"\bhorizontal|\bleft\b", text) else 90.0), False


def _washes(text: str, degree: Degree) -> Iterable[Wish]:
    match = _GRADIENT.search(text)
    if match is None or _GROUND.search(text) or _DUOTONE.search(text):
        return
    colours = find_colours(text)
    codes = [_code(hit) for hit in colours][:2] or ["#ff6f91", "#3a4cff"]
    angle, turned = _direction(text, named=len(codes))
    first, second = (codes[0], codes[1]) if len(codes) > 1 else (codes[0], "")
    if turned:
        first, second = second, first
    names = " to ".join(hit.name for hit in colours[:2])
    said = with_article(f"{names} gradient") if names else "a colour gradient"
    yield Wish(0, len(text), said, (Op("gradient", degree.scale, f"{first},{second},{angle:g}"),))


def _duotones(text: str, degree: Degree) -> Iterable[Wish]:
    named = find_colours(text)
    lit = len(named) > 1 and _TWO_LIGHTS.match(text[named[0].end : named[1].start] + "|" + text[named[1].end :])
    if len(named) > 1 and (lit or _GRADE.search(text)):
        said = with_article(f"{named[0].name} and {named[1].name} {'light' if lit else 'grade'}")
        ops = (Op("split", degree.scale, f"{_code(named[0])},{_code(named[1])}"),)
        # "Neon pink and cyan lighting" is neon light as well.
        yield Wish(named[0].start if lit else 0, len(text), said, ops)
        return
    if not _DUOTONE.search(text) and not (named and _ONE_HUE.search(text)):
        return
    codes = [_code(hit) for hit in find_colours(text)][:2]
    pair = codes if len(codes) == 2 else [codes[0], "#f6efe2"] if codes else ["#1d2b50", "#f2b184"]
    # The darker of the two is the shadows'.
    pair.sort(key=lambda code: sum(int(code[i : i + 2], 16) * w for i, w in ((1, 3), (3, 6), (5, 1))))
    yield Wish(0, len(text), "duotone", (Op("duotone", min(1.0, degree.scale), ",".join(pair)),))


def _tints(text: str, degree: Degree) -> Iterable[Wish]:
    match = _TINT.search(text)
    if match is None:
        return
    for word, name in _COMPARED.items():
        text = text.replace(word, name)
    colours = [hit for hit in find_colours(text) if not _NO_COLOUR.search(text)]
    if _OF_LIGHT.fullmatch(match.group()):
        # "an orange glow", but neither "golden light", which is an hour, nor a lamp's own colour.
        own = [hit for hit in colours if hit.name not in _HOURS and text[hit.end :].startswith(f" {match.group()}")]
        colours = own if match.start() and not re.search(r"\bthe lights\b", text) else []
    if not colours:
        return
    sign = 1 if polarity(text, match.end()) == "more" else -1
    said = ("" if sign > 0 else "less of ") + with_article(f"{colours[0].name} tint")
    whole = _OF_LIGHT.fullmatch(match.group()) is None
    start, end = (0, len(text)) if whole else (colours[0].start, colours[0].end)
    yield Wish(start, end, said, (Op("tint", sign * degree.scale, _code(colours[0])),))


_READERS = (_crops, _zooms, _turns, _flips, _borders, _washes, _duotones, _tints)


def framing_of(text: str, degree: Degree) -> list[Wish]:
    """Every wish of this module's kinds that a clause holds."""
    return [wish for read in _READERS for wish in read(text, degree)]
