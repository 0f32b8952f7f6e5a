"""People from several pictures in one, and one person again and again: cut out, or painted anew from their record."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image

from studio.sandbox.painter.colour import LUMA, Field, to_linear, to_oklab, to_srgb
from studio.sandbox.painter.filters.background import own_colours
from studio.sandbox.painter.filters.matte import subject_alpha
from studio.sandbox.painter.filters.regions import holes, regions
from studio.sandbox.painter.finish import Given, covered, without_mark
from studio.sandbox.painter.given.compose import Cutout, laid, relit, scaled
from studio.sandbox.painter.given.footing import is_sure, light_of
from studio.sandbox.painter.given.stages import Stage
from studio.sandbox.painter.noise import blurred
from studio.sandbox.painter.people.person import MOST_PEOPLE, Person, person_to_record, person_with
from studio.sandbox.painter.people.portrait import paint_people
from studio.sandbox.painter.records import recalled
from studio.sandbox.painter.scene import Canvas
from studio.sandbox.painter.vocabulary import vocabulary

GUESSED = "I could not make out someone's outline against the background, so I cut head and shoulders by guess."
_CUT_SIDE = 640
_HAIR = 0.05
"""How far from the colours behind it hair or skin is at least, in Oklab."""
_APART = 0.12
"""The share of the largest part that another has at least, if it is to be part of someone."""
_BEYOND = 1.0
"""How far someone may reach out of the picture, of its width or height; what is further out is never scaled."""
_HEAD = 0.47
"""The height of a head in a group, of the picture's height; less where many must fit across."""


@dataclass(frozen=True, slots=True)
class Sitter:
    """Someone cut out: the outline, whether it is a guess, and in it the head's height and middle (x) in px."""

    cut: Cutout
    head_px: float
    middle_px: float
    crown_px: float
    guessed: bool = False


def people_in(given: Given) -> tuple[Person, ...]:
    """The people a sandbox picture's record names, none for any other picture."""
    scene = recalled(given.record).scene
    return () if scene is None or scene.kind != "portrait" else scene.people


def may_be_person(given: Given) -> bool:
    """Whether a picture can show a person: the record of a sandbox picture may say that it does not."""
    scene = recalled(given.record).scene
    return scene is None or bool(people_in(given))


def _bust_alpha(height: int, width: int) -> Field:
    """Head and shoulders in the middle of a picture, for when no outline was found."""
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :] * (width / height)
    head = 1 - np.hypot(x / 0.235, (y - 0.36) / 0.29)
    shoulders = 1 - np.hypot(x / 0.46, (y - 1.10) / 0.50)
    return np.asarray(blurred((np.maximum(head, shoulders) > 0).astype(np.float32), max(1.0, height / 120)))


def _head_of(alpha: Field) -> tuple[float, float, float]:
    """(height of the head, its middle across, its top), px: down to the neck, the narrowest row under the widest of
    the upper part; a third more than it is wide where there is no neck to be seen."""
    solid = alpha > 0.5
    widths = solid.sum(axis=1).astype(np.float32)
    rows = np.nonzero(widths > 2)[0]
    if rows.size < 8:
        return alpha.shape[0] * 0.4, alpha.shape[1] / 2, 0.0
    top, span = int(rows[0]), int(rows[-1] - rows[0] + 1)
    kernel = np.ones(max(3, span // 40), dtype=np.float32)
    smooth = np.convolve(widths, kernel / kernel.size, mode="same")[top : top + span]
    wide_at = int(np.argmax(smooth[: max(2, int(span * 0.42))]))
    neck_at = wide_at + int(np.argmin(smooth[wide_at : max(wide_at + 2, int(span * 0.74))]))
    shoulders = float(smooth[neck_at:].max())
    has_neck = smooth[neck_at] < smooth[wide_at] * 0.82 and shoulders > smooth[neck_at] * 1.25
    head = float(neck_at) if has_neck else float(smooth[wide_at]) * 1.3
    head = float(np.clip(head, span * 0.12, span))
    columns = np.nonzero(solid[top : top + max(4, int(min(head, span) * 0.7))].any(axis=0))[0]
    return head, float(columns.mean()) if columns.size else alpha.shape[1] / 2, float(top)


def _with_shoulders(picture: Field, alpha: Field) -> Field:
    """The outline of someone whose clothes were taken for background: shoulders below the head, out to where the
    row's own background begins."""
    height, width = alpha.shape
    head, middle, top = _head_of(alpha)
    across = float((alpha[int(top) : int(top + head)] > 0.5).sum(axis=1).max())
    chin, reach = top + min(head, across * 1.3) * 0.93, across * 1.28
    y = np.arange(height, dtype=np.float32)[:, None]
    x = np.abs(np.arange(width, dtype=np.float32)[None, :] - middle)
    down = np.clip((y - chin) / (across * 0.95), 0, 1)
    half = across * 0.27 + (reach - across * 0.27) * down * (2 - down) * (y > chin)
    lab = to_oklab(picture)
    away = np.sqrt(((lab[:, :, None, :] - _walls(lab, alpha, chin=int(chin))) ** 2).sum(axis=-1)).min(axis=-1)
    body = (y > chin - across * 0.06) & ((x < across * 0.20) | ((x < half * 1.2) & (blurred(away, 1.0) > 0.05)))
    soft = blurred(blurred(body.astype(np.float32), max(1.0, width / 160)) ** 1.2, max(0.8, width / 400))
    return np.maximum(alpha, soft)


def _one_body(alpha: Field) -> Field:
    """The coverage without small things that stand apart: no label in a corner, no lamp beside someone."""
    found = regions(alpha > 0.25)
    if found.sizes.size < 2:
        return alpha
    large = np.nonzero(found.sizes >= found.sizes.max() * _APART)[0]
    return np.asarray(alpha * np.isin(found.labels, large), dtype=np.float32)


def _is_parted(alpha: Field) -> bool:
    """Whether head and clothes were found, and no neck between them."""
    sizes = regions(alpha > 0.5).sizes
    return bool((sizes >= sizes.max(initial=1) * _APART).sum() > 1)


def _spanned(solid: Field) -> Field:
    """A mask with every row filled from its first to its last pixel."""
    right = np.logical_or.accumulate(solid, axis=1)
    return np.asarray(right & np.logical_or.accumulate(solid[:, ::-1], axis=1)[:, ::-1])


def _with_head(picture: Field, alpha: Field) -> Field:
    """The outline of someone whose hair or face was taken for background: the head filled in, out to where its own
    colours end; as it is where the head is whole."""
    height, width = alpha.shape
    head, middle, top = _head_of(_spanned(alpha > 0.5).astype(np.float32))
    chin = top + head
    if top > height * 0.42:  # clothes alone: the head is above them
        rows = slice(int(top), int(top) + max(2, height // 20))
        middle = float(np.nonzero((alpha[rows] > 0.5).any(axis=0))[0].mean())
        chin, top = top + height * 0.05, top * 0.12
    half = (chin - top) / 2
    y = (np.arange(height, dtype=np.float32)[:, None] - (top + half)) / half
    x = np.abs(np.arange(width, dtype=np.float32)[None, :] - middle) / half
    core = np.hypot(x / 0.62, y / 0.88) < 1
    if half < 4 or not core.any() or float((alpha[core] > 0.5).mean()) > 0.995:
        return alpha
    lab = to_oklab(picture)
    away = np.sqrt(((lab[:, :, None, :] - _walls(lab, alpha, chin=int(chin))) ** 2).sum(axis=-1)).min(axis=-1)
    near = np.hypot(x / 0.98, y / 1.12) < 1
    solid = near & ((alpha > 0.5) | (blurred(np.clip(away, 0, 1), 1.0) > _HAIR) | (np.hypot(x / 0.50, y / 0.80) < 1))
    # A head has no gaps from side to side.
    filled = _spanned(solid) | (alpha > 0.5)
    filled |= holes(filled).labels >= 0
    soft = blurred(filled.astype(np.float32), max(0.8, width / 400))
    return _one_body(np.maximum(alpha, soft))


def _walls(lab: Field, alpha: Field, *, chin: int) -> Field:
    """Colours (n, 3) of what is behind a head: at both edges of the picture, and close by on both sides of it."""
    height, width = alpha.shape
    edge = max(2, width // 24)
    rows = slice(max(0, chin - height // 6), max(1, min(height, chin)))
    columns = np.nonzero((alpha[rows] > 0.05).any(axis=0))[0]
    left, right = (int(columns[0]), int(columns[-1])) if columns.size else (width // 2, width // 2)
    patches = [
        lab[: height // 2, :edge], lab[: height // 2, -edge:], lab[rows, max(0, left - 2 * edge) : max(1, left - 2)],
        lab[rows, min(width - 1, right + 3) : right + 3 + 2 * edge], lab[chin : chin + edge * 2, :edge],
        lab[chin : chin + edge * 2, -edge:],
    ]  # fmt: skip
    return np.stack([np.median(patch.reshape(-1, 3), axis=0) for patch in patches if patch.size])


def sitter_of(picture: Image.Image) -> Sitter:
    """The person of a picture; head and shoulders in its middle where no outline is found."""
    factor = min(1.0, _CUT_SIDE / max(picture.size))
    size = max(8, round(picture.width * factor)), max(8, round(picture.height * factor))
    whole = covered(picture, width=size[0], height=size[1])
    alpha = subject_alpha(whole)
    guessed = not is_sure(alpha)
    if guessed:
        alpha = _bust_alpha(size[1], size[0])
    elif (float((alpha[-max(2, size[1] // 40) :] > 0.5).mean()) < 0.30 and _is_close(alpha)) or _is_parted(alpha):
        alpha = _with_shoulders(whole, alpha)
    alpha = _with_head(whole, _one_body(alpha))
    cut = Cutout(colour=own_colours(whole, alpha), alpha=alpha, standing=True, to_bottom=bool(alpha[-2:].mean() > 0.1))
    head, middle, crown = _head_of(cut.alpha)
    return Sitter(cut=cut, head_px=head, middle_px=middle, crown_px=crown, guessed=guessed)


def _is_close(alpha: Field) -> bool:
    """Whether what was found is large in its picture, as a head is and a whole figure is not."""
    columns = np.nonzero((alpha > 0.5).any(axis=0))[0]
    rows = np.nonzero((alpha > 0.5).any(axis=1))[0]
    wide, tall = columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1
    return bool(wide > 0.22 * alpha.shape[1] and tall < 2.6 * wide)


def _exposed(sitters: Sequence[Sitter]) -> list[Sitter]:
    """Everyone a little nearer to the exposure they have in the mean."""
    levels = []
    for sitter in sitters:
        grey = to_linear(sitter.cut.colour) @ LUMA
        solid = sitter.cut.alpha > 0.6
        levels.append(float(grey[solid].mean()) if solid.any() else 0.3)
    mean = float(np.exp(np.mean(np.log(np.maximum(levels, 0.02)))))
    matched = []
    for sitter, level in zip(sitters, levels, strict=True):
        gain = np.float32(np.clip((mean / max(level, 0.02)) ** 0.4, 0.7, 1.4))
        colour = to_srgb(np.clip(to_linear(sitter.cut.colour) * gain, 0, 1))
        matched.append(replace(sitter, cut=replace(sitter.cut, colour=colour)))
    return matched


def grouped(
    stage: Field, pictures: Sequence[Image.Image], *, seed: bytes, across: tuple[float, float] = (0.0, 1.0)
) -> Canvas:
    """Everyone side by side before one place (h, w, 3), heads of one size, the middle in front, in one light.

    across: the part of the width they take.
    """
    height, width = stage.shape[:2]
    sitters = [sitter_of(picture) for picture in pictures]
    sitters = _exposed(sitters) if len(sitters) > 1 else sitters
    count = len(sitters)
    step = width * (across[1] - across[0]) * (0.86 if count > 1 else 1.0) / max(count, 1)
    tall = max((s.cut.alpha.shape[0] - s.crown_px) / s.head_px for s in sitters)
    head = min(
        height * _HEAD, step * (0.5 if count == 1 else 0.86 if count < 4 else 1.05), height * 0.84 / min(tall, 2.1)
    )
    canvas = Canvas(picture=stage.astype(np.float32))
    light = light_of(canvas)
    for k in sorted(range(count), key=lambda k: (-abs(k - (count - 1) / 2), k)):
        sitter = sitters[k]
        own = head * (1.0 - 0.04 * ((k + count) % 2) if count > 2 else 1.0)
        scale = own / sitter.head_px
        size = max(4, round(sitter.cut.alpha.shape[1] * scale)), max(4, round(sitter.cut.alpha.shape[0] * scale))
        x = width * (across[0] + across[1]) / 2 + (k - (count - 1) / 2) * step
        rise = own * (0.05 if (k + count) % 2 and count > 2 else 0.0)
        # A bust runs out at the foot of the picture; heads stand in one line as far as that allows.
        top = max(height - size[1] + 1, round(height * 0.5 - own * 0.62 - sitter.crown_px * scale - rise))
        if sitter.cut.to_bottom:
            top = min(top, height - size[1] + 1)
        left = round(x - sitter.middle_px * scale)
        near, left, top = _within((height, width), sitter.cut, scale=scale, at=(left, top))
        size = max(4, round(near.alpha.shape[1] * scale)), max(4, round(near.alpha.shape[0] * scale))
        cut = relit(scaled(near, width=size[0], height=size[1]), light, seed=seed, strength=0.55)
        shaded = _shade_behind(canvas.picture, (x, top + own * 0.6), own) if k else canvas.picture
        behind = replace(canvas, picture=shaded)
        canvas = laid(behind, replace(cut, to_bottom=True), left=left, top=top, side=light.side)
    return replace(canvas, remark=GUESSED if any(sitter.guessed for sitter in sitters) else "")


def _within(frame: tuple[int, int], cut: Cutout, *, scale: float, at: tuple[int, int]) -> tuple[Cutout, int, int]:
    """(the cut-out without what would lie far outside the frame (height, width) once scaled, its left, its top).

    A picture much wider than tall would otherwise become enormous where its height is what counts.
    """
    spans, corner = [], []
    for axis, start in enumerate((at[1], at[0])):
        length, room = cut.alpha.shape[axis], frame[axis]
        first = min(length - 1, max(0, int((-_BEYOND * room - start) / scale)))
        last = max(first + 1, min(length, int(((1 + _BEYOND) * room - start) / scale) + 1))
        spans.append(slice(first, last))
        corner.append(start + round(first * scale))
    part = spans[0], spans[1]
    return replace(cut, colour=cut.colour[part], alpha=cut.alpha[part]), corner[1], corner[0]


def _shade_behind(picture: Field, middle: tuple[float, float], reach: float) -> Field:
    """A breath of shade round someone, who so stands off the one behind."""
    height, width = picture.shape[:2]
    y = np.arange(height, dtype=np.float32)[:, None] - middle[1]
    x = np.arange(width, dtype=np.float32)[None, :] - middle[0]
    dark = 0.14 * np.exp(-((x / (reach * 0.75)) ** 2 + (y / (reach * 1.1)) ** 2))
    return np.asarray(picture * (1 - dark)[..., None], dtype=np.float32)


def pose_seed(people: Sequence[Person]) -> bytes:
    """Drawn from who they are and nothing else, so that a series shows them alike."""
    faces = [{**person_to_record(p), "clothes": "", "clothes_colour": "", "expression": ""} for p in people]
    return hashlib.sha256(json.dumps(faces, sort_keys=True).encode()).digest()


def dressed(people: Sequence[Person], text: str) -> tuple[Person, ...]:
    """The same people in the clothes, glasses and mood the words (lower case) say."""
    codes = vocabulary().colours
    return tuple(person_with(person, text, colours=codes) for person in people)[:MOST_PEOPLE]


def portrayed(
    stage: Stage, given: Sequence[Given], *, text: str, seed: bytes, across: tuple[float, float] = (0.0, 1.0)
) -> Canvas:
    """The people of the pictures in a place: painted from their records where every picture has one, else cut out.

    across: the part of the width they take; where it is not all of it they are cut out.
    """
    known = [people_in(one) for one in given]
    if all(known) and across == (0.0, 1.0):
        everyone = dressed([person for people in known for person in people], text)
        return paint_people(stage.picture, everyone, light=stage.light, seed=pose_seed(everyone))
    return grouped(stage.picture, [without_mark(one) for one in given], seed=seed, across=across)
