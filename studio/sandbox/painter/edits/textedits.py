"""Reading edits of a picture's words: add, change, replace, restyle, move, remove. The ops say what is written."""

import re
from collections.abc import Sequence
from dataclasses import replace

from studio.sandbox.painter.edits.drafting import Asked, Draft
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.lettering.textplace import (
    Piece,
    Quote,
    TextOrder,
    from_value,
    lexicon,
    pattern_of,
    quotes,
    read_style,
    read_text_orders,
    role_said,
    to_value,
)  # fmt: skip
from studio.sandbox.painter.lettering.typefaces import unreadable
from studio.sandbox.painter.reading.designs import is_laid_out, with_face, with_spot

_NOUN = (
    r"(?:texts?|words?|wording|lettering|letters|caption|headline|heading|title|subtitle|tagline|slogan|writing"
    r"|typography|font|type|date|venue)"
)
_REMOVE = re.compile(
    r"\b(?:remove|delete|erase|drop|lose|clear|no|without(?: any)?|get rid of|take (?:away|out|off))\b"
)
_TO_SAY = re.compile(
    rf"\b(?:change|replace|set|rewrite|edit|update|turn|swap|switch)\b.*\b{_NOUN}\b"
    rf"|\b{_NOUN}\b.*\b(?:should|to|must|now|into)\b|\b(?:make|let|have) (?:it|the \w+) (?:say|read)\b"
    r"|\bshould (?:now )?(?:say|read)\b"
)
_EXCHANGE = re.compile(
    r"\b(?:replace|change|swap|turn|exchange|switch|instead|rather than|should|becomes?|make|with|to|into)\b"
)
_ADD = re.compile(r"\b(?:add|also|put|include|write|place|insert|plus|with)\b")

_SWAP = re.compile(
    r"(?:please )?(?:replace|change|swap|turn|exchange|switch) (?:the words? )?(.+?) (?:with|to|into|for|by) (.+)",
    re.IGNORECASE | re.DOTALL,
)
_TURNED = re.compile(r"\b(?:diagonal(?:ly)?|slanted|at an angle|tilted|upside[- ]down)\b")


def _is_text(op: Op) -> bool:
    return op.name == "text"


def _posters_words(draft: Draft) -> TextOrder | None:
    """The words a poster's scene holds, as an order."""
    if draft.scene is None or draft.scene.kind != "poster":
        return None
    lines = [line for line in draft.scene.text.split("\n") if line]
    return TextOrder(tuple(Piece(line) for line in lines))


def _held(draft: Draft) -> list[TextOrder]:
    """What is written on the picture: in the scene of a poster, and by earlier ops."""
    orders = [from_value(op.value) for op in (*draft.before, *draft.ops) if _is_text(op)]
    poster = _posters_words(draft)
    return [order for order in (poster, *orders) if order is not None]


def _rewrite(draft: Draft, old: TextOrder, new: TextOrder) -> None:
    """Puts one order in another's place; without pieces it is gone."""
    if old == _posters_words(draft) and draft.scene is not None:
        draft.scene = replace(draft.scene, text="\n".join(piece.text for piece in new.pieces))
        return
    value = to_value(new)

    def rewritten(ops: list[Op]) -> list[Op]:
        hit = [_is_text(op) and from_value(op.value) == old for op in ops]
        return [replace(op, value=value) if one else op for op, one in zip(ops, hit, strict=True)
                if not one or new.pieces]  # fmt: skip

    draft.before, draft.ops = rewritten(draft.before), rewritten(draft.ops)


def _same(first: str, second: str) -> bool:
    return " ".join(first.casefold().split()) == " ".join(second.casefold().split())


def _exchanged(found: Sequence[Quote], between: str) -> tuple[str, str]:
    """(old words, new words) of two quotations."""
    first, second = found[0].text, found[1].text
    return (second, first) if re.search(r"\b(?:instead of|in place of|rather than|not)\b", between) else (first, second)


def _swap_words(draft: Draft, old: str, new: str) -> bool:
    for order in _held(draft):
        if any(_same(piece.text, old) for piece in order.pieces):
            pieces = tuple(replace(p, text=new) if _same(p.text, old) else p for p in order.pieces)
            _rewrite(draft, order, replace(order, pieces=pieces))
            draft.made((), f"“{old}” changed to “{new}”")
            return True
    return False


def _place_of_role(order: TextOrder, words: str) -> int:
    """Which of the order's pieces is meant: the one of the role said, else the first."""
    said = role_said(words)
    if len(order.pieces) > 1 and said != "title" and said:
        by_role = [i for i, piece in enumerate(order.pieces) if piece.role == said]
        return by_role[0] if by_role else {"subtitle": 1, "small": len(order.pieces) - 1}[said]
    return 0


def _say_instead(draft: Draft, words: str, new: str) -> bool:
    held = _held(draft)
    if not held or not held[-1].pieces:
        return False
    order = held[-1]
    index = _place_of_role(order, words)
    pieces = tuple(replace(piece, text=new) if i == index else piece for i, piece in enumerate(order.pieces))
    style = _restyled(order, read_style(words))
    _rewrite(draft, order, replace(style, pieces=pieces))
    draft.made((), f"the words “{new}”")
    return True


def _remove(draft: Draft, found: Sequence[Quote], words: str) -> None:
    count = len(_held(draft))
    removed = 0
    said = role_said(words)
    for order in _held(draft):
        if found:
            kept = tuple(p for p in order.pieces if not any(_same(p.text, quote.text) for quote in found))
        elif said and len(order.pieces) > 1:
            index = _place_of_role(order, words)
            kept = tuple(p for i, p in enumerate(order.pieces) if i != index)
        else:
            kept = ()
        if kept != order.pieces:
            removed += 1
            _rewrite(draft, order, replace(order, pieces=kept))
    if removed:
        draft.made((), "the words removed" if count else "")
    else:
        draft.note("There are no such words among the picture's changes to take out.")


def _restyled(order: TextOrder, style: TextOrder) -> TextOrder:
    return replace(
        order, place=style.place or order.place, face=style.face or order.face, colour=style.colour or order.colour,
        effect=style.effect or order.effect, scale=min(3.0, max(0.2, round(order.scale * style.scale, 3))),
    )  # fmt: skip


def _reset(draft: Draft, order: TextOrder, style: TextOrder, words: str) -> None:
    """A poster's words at another place or of another size: the line said, else all of them."""
    if draft.scene is None:
        return
    place = style.place if style.place in lexicon().places else ""
    sizes = tuple(word for said in lexicon().scales.values() for word in said)
    line = pattern_of(sizes).sub(" ", words)
    which = [_place_of_role(order, line)] if role_said(line) else range(len(order.pieces))
    design = draft.scene.design
    for index in which:
        design = with_spot(design, index, place=place, scale=style.scale)
    done = f"at the {place.replace('_', ' ')}" if place else "resized"
    draft.restage(replace(draft.scene, design=design), f"the words {done}")


def _restyle(draft: Draft, words: str) -> bool:
    """Reads "make the text red", "move the title to the top", "the words in bold", said without a quotation."""
    style, held = read_style(words), _held(draft)
    if not held or not re.search(rf"\b{_NOUN}\b", words) or style == TextOrder(()):
        return False
    order = held[-1]
    if order == _posters_words(draft):
        if draft.scene is None:
            return False
        placed = style.place in lexicon().places
        if (placed or style.scale != 1) and not style.face and not is_laid_out(draft.scene.design):
            _reset(draft, order, style, words)
            return True
        if not style.face:
            return False
        draft.restage(replace(draft.scene, design=with_face(draft.scene.design, style.face)), f"{style.face} type")
        return True
    new = _restyled(order, style)
    if style.colour:  # set last of all, so that no earlier change takes the colour away again
        _rewrite(draft, order, replace(order, pieces=()))
        draft.ops.append(Op("text", 1.0, to_value(new)))
    else:
        _rewrite(draft, order, new)
    said = [part for part in (style.face, style.effect, style.place.replace("_", " ")) if part]
    draft.made((), " ".join(["the words", *(said or ["changed"])]))
    return True


def _add(draft: Draft, asked: Asked) -> None:
    orders = read_text_orders(asked.words)
    poster = _posters_words(draft)
    for order in orders:
        if poster is not None:
            pieces = (*poster.pieces, *order.pieces) if _ADD.search(asked.left) else (*order.pieces, *poster.pieces[1:])
            _rewrite(draft, poster, replace(poster, pieces=pieces))
            poster = _posters_words(draft)
            draft.made((), f"the words “{order.text}”")
            continue
        last = from_value(draft.ops[-1].value) if draft.ops and _is_text(draft.ops[-1]) else None
        if (
            last is not None
            and not _ADD.search(asked.left)
            and ("" in (last.place, order.place) or last.place == order.place)
        ):
            draft.ops[-1] = replace(draft.ops[-1], value=to_value(_together(last, order)))
            draft.made((), f"and “{order.text}”")
        else:
            draft.op(Op("text", 1.0, to_value(order)), f"the words “{order.text}”")


def _together(first: TextOrder, second: TextOrder) -> TextOrder:
    """Two orders of one sentence for one place."""
    roles = ("title", "subtitle", "small")
    shift = len(first.pieces)
    pieces = [replace(piece, role=roles[min(2, shift + i)]) if piece.role == "title" else piece  # type: ignore[arg-type]
              for i, piece in enumerate(second.pieces)]  # fmt: skip
    return replace(
        first, pieces=(*first.pieces, *pieces), place=first.place or second.place, face=first.face or second.face,
        colour=first.colour or second.colour, effect=first.effect or second.effect,
    )  # fmt: skip


def notice_of(text: str) -> str:
    """A sentence on the characters that cannot be shown; "" when all can."""
    missing = unreadable(text)
    return f"No font of the sandbox has {' '.join(missing)}; an empty box stands in its place." if missing else ""


def read_words(asked: Asked, draft: Draft) -> str:
    """Takes the whole clause when it is about words in the picture; else leaves it."""
    found = quotes(asked.words)
    return "" if _unquoted_swap(asked.words, found, draft) else _read_said(asked, found, draft)


def _read_said(asked: Asked, found: Sequence[Quote], draft: Draft) -> str:
    text = asked.left
    about = re.search(rf"\b{_NOUN}\b", text) is not None
    if not found:
        if about and _REMOVE.search(text) and not re.search(r"\bno longer\b", text):
            _remove(draft, (), text)
            return ""
        return "" if about and _restyle(draft, text) else text
    for quote in found:
        if notice_of(quote.text):
            draft.note(notice_of(quote.text))
    between = asked.words[found[0].end : found[1].start].lower() if len(found) > 1 else ""
    if len(found) > 1 and _EXCHANGE.search(between) and _swap_words(draft, *_exchanged(found, between)):
        return ""
    if len(found) > 1 and re.match(r"\s*(?:replace|change|swap|turn)\b", text) and _EXCHANGE.search(between):
        _add(draft, replace(asked, words=f"“{_exchanged(found, between)[1]}” {read_place_words(text)}"))
        return ""
    if _REMOVE.search(text) and not _ADD.search(text):
        _remove(draft, found, text)
        return ""
    if len(found) == 1 and _TO_SAY.search(text) and _say_instead(draft, text, found[0].text):
        return ""
    _add(draft, asked)
    if found and _TURNED.search(text):
        draft.note("I set words level, or running up the left or right edge, not slanted.")
    return ""


def _unquoted_swap(words: str, found: Sequence[Quote], draft: Draft) -> bool:
    """Reads "replace NIGHT with DAY" without quotation marks, where the picture's words hold the first."""
    asked = _SWAP.match(words.strip())
    if asked is None or len(found) > 1:
        return False
    old, new = asked.group(1).strip(" \"“”'‘’"), found[0].text if found else asked.group(2).strip(" \"“”'‘’.")
    if not old or not new or re.search(rf"\b{_NOUN}\b", old.lower()):
        return False
    within = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)", re.IGNORECASE)
    for order in _held(draft):
        if not any(within.search(piece.text) for piece in order.pieces):
            continue
        pieces = tuple(replace(piece, text=within.sub(lambda _: new, piece.text)) for piece in order.pieces)
        _rewrite(draft, order, replace(order, pieces=pieces))
        draft.made((), f"“{old}” changed to “{new}”")
        return True
    return False


def read_place_words(text: str) -> str:
    """The words of a place as they were said, to be read again beside other words."""
    words = [word for place in lexicon().places.values() for word in place.words if word in text]
    return max(words, key=len, default="")
