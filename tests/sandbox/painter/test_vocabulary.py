"""The tables: rich enough, and every entry can be painted."""

import numpy as np
import pytest

from studio.sandbox.painter.colour import Field
from studio.sandbox.painter.filters.registry import FILTERS, apply_op
from studio.sandbox.painter.reading.brief import read_brief
from studio.sandbox.painter.reading.styles import Style, styles
from studio.sandbox.painter.scene import Canvas
from studio.sandbox.painter.still.cutout import Thing, cast_thing
from studio.sandbox.painter.still.forms import empty_solids
from studio.sandbox.painter.still.parts import bounds
from studio.sandbox.painter.still.skins import SKINS
from studio.sandbox.painter.vocabulary import vocabulary


def covered(name: str) -> Field:
    """How far up the subject faces, 0 where it is not, on a grid that is the same for all."""
    x0, y0, _, x1, y1, _ = bounds(vocabulary().subjects[name].parts)
    span = max(x1 - x0, y1 - y0, 1.0)
    box = ((x0 + x1 - span) / 2, y0 - 0.3 * span, (x0 + x1 + span) / 2, y0 + span)
    solids = empty_solids(box=box, scale=48 / span, pitch=0.3)
    cast_thing(Thing(subject=vocabulary().subjects[name]), solids)
    up = 0.5 + 0.5 * solids.normal[:60, :46, 1]
    return np.asarray((solids.material[:60, :46] >= 0) * up, dtype=np.float32)


def test_every_subject_is_seen_and_no_two_have_one_shape() -> None:
    shapes = {name: covered(name) for name, one in vocabulary().subjects.items() if not one.figure}
    assert len(shapes) >= 85
    assert {name for name, alpha in shapes.items() if not 0.02 < (alpha > 0).mean() < 0.9} == set()
    flat = np.stack([alpha.ravel() for alpha in shapes.values()])
    common = flat @ flat.T
    areas = (flat**2).sum(axis=1)
    alike = common / (areas[:, None] + areas[None, :] - common) - np.eye(len(flat))
    assert alike.max() < 0.99


def test_every_part_has_a_texture_that_exists_and_stands_on_the_ground() -> None:
    for name, subject in vocabulary().subjects.items():
        assert {part.skin for part in subject.parts} <= {"", *SKINS}, name
        if not subject.figure:
            assert -0.12 < bounds(subject.parts)[1] < 0.5, name


def test_sizes_are_true_to_each_other() -> None:
    heights = {name: subject.height_cm for name, subject in vocabulary().subjects.items()}
    assert heights["ring"] < heights["lemon"] < heights["mug"] < heights["wine_bottle"] < heights["guitar"]
    assert heights["guitar"] < heights["bookshelf"]


@pytest.mark.parametrize("style", styles().values(), ids=lambda style: style.name)
def test_every_style_is_made_of_filters_and_changes_the_picture(style: Style) -> None:
    ramp = np.linspace(0.1, 0.9, 64, dtype=np.float32)
    picture = np.stack([np.tile(ramp, (48, 1)), np.tile(ramp[:48, None], (1, 64)), np.full((48, 64), 0.4)], axis=-1)
    canvas = Canvas(picture=picture.astype(np.float32), alpha=np.zeros((48, 64), dtype=np.float32))
    for op in style.ops:
        assert op.name in FILTERS
        canvas = apply_op(canvas, op)
    assert np.abs(canvas.picture - picture).mean() > 0.0008


def test_no_word_names_two_subjects() -> None:
    owners: dict[str, list[str]] = {}
    for name, subject in vocabulary().subjects.items():
        for word in subject.words:
            owners.setdefault(word, []).append(name)
    assert {word: found for word, found in owners.items() if len(found) > 1} == {}


@pytest.mark.parametrize(("light", "word"), [(light, one.words[0]) for light, one in vocabulary().lights.items()])
def test_every_light_is_found_by_its_first_word(light: str, word: str) -> None:
    assert read_brief(f"a mug, {word}", bytes(32)).light == light
