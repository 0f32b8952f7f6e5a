"""Which of the things known to have been set into a picture a clause means; and owning up where nobody can know."""

import re
from collections.abc import Sequence

from studio.sandbox.painter.edits.drafting import Asked, Draft
from studio.sandbox.painter.edits.size_words import factor_of, said_of, way_of
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.placed import FOCUS
from studio.sandbox.painter.filters.tone import GRADES, REGIONS
from studio.sandbox.painter.reading.cast_list import find_subjects
from studio.sandbox.painter.vocabulary import vocabulary

_IT = re.compile(r"\b(?:it|this|that|product|object|subject|item|thing|reference)\b")
_GROUND = re.compile(r"\bback(?:ground|drop)\b|\bbehind\b")
_OF_THE_SUBJECT = frozenset(
    ("remove", "recolour", "swap", "background", "recolour background", "blur background", "add", "shift")
)
_REMOVED = re.compile(r"the ([\w' -]+) removed")


def _says(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}s?\b", text) is not None


def spoken_of(text: str, placed: Sequence[tuple[str, ...]]) -> tuple[int, ...]:
    """The numbers of the things set in that a clause means, by name or, where there is one only, as "it"."""
    subjects = {hit.name for hit in find_subjects(text)}
    named = tuple(
        i for i, names in enumerate(placed) if subjects & set(names) or any(_says(text, name) for name in names)
    )
    if named or subjects:
        return named
    if _GROUND.search(text):
        return tuple(range(len(placed)))
    return (0,) if len(placed) == 1 and _IT.search(text) else ()


def with_known_nouns(text: str, placed: Sequence[tuple[str, ...]]) -> str:
    """The clause with names that the vocabulary has not, such as a file's, called "product"."""
    known = vocabulary().subjects
    if find_subjects(text):
        return text
    for name in (name for names in placed for name in names if name not in known):
        text = re.sub(rf"\b{re.escape(name)}\b", "product", text)
    return text


def read_shift(asked: Asked, draft: Draft) -> str:
    """Reads "make the sneaker bigger", "move it to the left" of a thing known to have been set in."""
    meant = spoken_of(asked.left, draft.placed) if draft.scene is None else ()
    factor, way = factor_of(asked.left, asked.degree), way_of(asked.left)
    if not meant or (factor is None and not way):
        return asked.left
    name = next(iter(draft.placed[meant[0]]), "thing")
    draft.op(Op("shift", 1.0, f"{meant[0]},{way},{factor or 1.0:.2f}"), f"the {name} {said_of(factor, way)}")
    return ""


def _touches_subject(op: Op) -> bool:
    return op.name in _OF_THE_SUBJECT or (op.name in GRADES and op.value in REGIONS)


def focus(text: str, draft: Draft, *, ops: int, did: int) -> None:
    """Writes down whose outline the changes from number `ops` on are of, and calls it by its name in what was said
    from number `did` on; only for a picture things are known to have been set into.
    """
    if draft.scene is not None or not draft.placed or not any(map(_touches_subject, draft.ops[ops:])):
        return
    meant = spoken_of(text, draft.placed)
    draft.ops.insert(ops, Op(FOCUS, 1.0, ",".join(map(str, meant))))
    if meant:
        name = next(iter(draft.placed[meant[0]]), "thing")
        said = [_REMOVED.sub(f"the {name} removed", words) for words in draft.did[did:]]
        draft.did[did:] = [re.sub(r"\b(?:subject|product)\b", name, words) for words in said]


def owned_up(did: Sequence[str], placed: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(what was done to a picture from elsewhere without names that nobody can know, remarks on them)."""
    known = {name for names in placed for name in names[:1]} | {"subject", "thing"}
    said, notes = [], []
    for words in did:
        found = _REMOVED.fullmatch(words)
        if found is not None and found.group(1) not in known:
            notes.append(f"I cannot tell whether that was the {found.group(1)}, so look.")
        said.append(words if found is None or found.group(1) in known else "what stands out most taken out")
    return tuple(said), tuple(notes)
