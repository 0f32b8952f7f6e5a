"""What designers type most: marks, icons, patterns, skies of a colour, words on things, dishes and trains."""

import numpy as np
import pytest

from studio.sandbox.painter.land.landscape import landscape_view
from studio.sandbox.painter.lettering.forms import facing_part, on_form
from studio.sandbox.painter.reading.brief import read_brief
from studio.sandbox.painter.reading.designs import design_of, read_copy
from studio.sandbox.painter.reading.unknown import notice_of_unknown
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Canvas, Item, Relief
from studio.sandbox.painter.sheets.motifs import motif_of
from tests.sandbox.painter.conftest import Pixels, painted, pixels_of

SEED = bytes(32)


def rendered(prompt: str) -> Canvas:
    return render(read_brief(prompt, SEED), width=256, height=160)


@pytest.mark.parametrize("form", ["logo", "emblem"])
def test_a_mark_shows_the_animal_that_was_named(form: str) -> None:
    fox, owl = (rendered(f'{form} of {animal} for a bakery called "Reynard"').picture for animal in ("a fox", "an owl"))
    assert np.ptp(fox[:, :8], axis=(0, 1)).max() < 0.02, "the ground is plain"
    assert (np.abs(fox - owl).max(axis=-1) > 0.1).mean() > 0.01


def test_a_motif_is_drawn_in_the_inks_it_is_given() -> None:
    motif = motif_of(Item("fox"), 64, inks=((200, 40, 30), (250, 250, 250), (90, 10, 10)))
    solid = np.asarray(motif.cover) > 250
    red, green, _ = np.moveaxis(np.asarray(motif.picture, dtype=np.float32)[solid], -1, 0)
    assert 0.2 < solid.mean() < 0.8
    assert (red - green > 50).mean() > 0.5, "most of it is the first ink"
    assert (green > 180).mean() > 0.02, "what is lighter is the second"


def test_a_seamless_pattern_repeats() -> None:
    picture = rendered("seamless pattern of lemons").picture
    period = picture.shape[0] // 2
    assert np.abs(picture - np.roll(picture, period, axis=0)).mean() < 0.004
    assert picture.std() > 0.1


@pytest.mark.parametrize(
    ("prompt", "form"),
    [("minimal icon of a coffee cup", "icon"), ("sticker sheet of cats", "sticker"), ("pattern of oranges", "pattern"),
     ("isometric icon of a rocket", ""), ("a laptop with stickers on a desk", ""),
     ("a mug with a pattern of stars", ""), ("a fox logo, no text", "logo"), ("a leaf logo without words", "logo")],
)  # fmt: skip
def test_a_printed_form_is_read_where_it_is_the_picture_itself(prompt: str, form: str) -> None:
    scene = read_brief(prompt, SEED)
    design = design_of(scene.design)
    assert (design.form if scene.kind == "poster" and design else "") == form


@pytest.mark.parametrize(
    ("prompt", "words"),
    [("wedding invitation for Anna and Tom", "Anna and Tom"), ("vintage travel poster of Lisbon", "Lisbon"),
     ("a menu for an Italian restaurant", ""), ("poster for Italian food", ""),
     ("poster of a dog in the style of Bauhaus", "")],
)  # fmt: skip
def test_a_sheet_reads_whom_or_what_it_is_for(prompt: str, words: str) -> None:
    assert read_copy(prompt) == words


@pytest.mark.parametrize(
    ("prompt", "most", "least"),
    [("a pink sky over mountains", 0, 1), ("a green sky over the sea", 1, 0), ("a purple sky over a city", 2, 1)],
)
def test_a_said_sky_colour_fills_the_sky(prompt: str, most: int, least: int) -> None:
    sky = rendered(prompt).picture[:40].mean(axis=(0, 1))
    assert sky[most] > sky[least] + 0.08


def test_the_sky_s_colour_is_not_that_of_the_animal_under_it() -> None:
    scene = read_brief("a fox in a meadow, pink sky", SEED)
    assert (scene.colour, scene.setting) == ("", "meadow")
    assert scene.wall


def test_a_moon_that_is_added_takes_the_place_of_the_one_there() -> None:
    scene = read_brief("mountains at night", SEED)
    column, row = (int(value) for value in landscape_view(scene, width=256, height=160).sun_px)
    side = "left" if column > 128 else "right"
    night = painted("mountains at night")
    moved = painted(f"add a moon in the top {side}", source=night.data)
    before, after = pixels_of(night.data), pixels_of(moved.data)
    here = (slice(row - 2, row + 3), slice(column - 2, column + 3))
    assert before[here].mean() > 200, "a disc hangs there"
    assert after[here].mean() < 170, "and then no longer"
    half = after[:70, :128] if side == "left" else after[:70, 128:]
    assert (half.mean(axis=-1) > 180).sum() > 100


def test_a_second_moon_is_not_hung_beside_the_first() -> None:
    night = painted("mountains at night with a moon")
    assert "already" in painted("add a moon", source=night.data).notice


def cylinder(*, tilt: float) -> tuple[Canvas, Pixels]:
    """A canvas with an upright cylinder from column 28 to 228, and a bar laid flat across its middle."""
    alpha, turn = np.zeros((160, 256), np.float32), np.zeros((160, 256), np.float32)
    alpha[:, 28:228] = 1
    turn[:, 28:228] = np.linspace(-1, 1, 200, dtype=np.float32)
    bar = np.zeros((160, 256), np.float32)
    bar[78:84, 70:190] = 1
    picture = np.zeros((160, 256, 3), np.float32)
    return Canvas(picture=picture, alpha=alpha, relief=Relief(alpha=alpha, turn=turn, tilt=tilt)), bar


def test_words_bend_round_a_round_thing() -> None:
    canvas, bar = cylinder(tilt=0.3)
    bent = on_form(bar, canvas)
    rows = np.arange(160)[:, None]
    columns = np.nonzero(bent.sum(axis=0) > 3)[0]
    height = (bent * rows).sum(axis=0)[columns] / bent.sum(axis=0)[columns]
    assert len(columns) < 118, "narrower towards the sides"
    assert abs((columns[0] + columns[-1]) / 2 - 128) < 2, "in the middle of what is seen"
    assert height[len(columns) // 2] - height[0] > 3, "the sides stand higher, for it is seen from above"
    assert abs(height[0] - height[-1]) < 1.5


def test_words_stay_flat_once_the_thing_was_moved() -> None:
    canvas, bar = cylinder(tilt=0.3)
    assert canvas.alpha is not None
    moved = Canvas(picture=canvas.picture, alpha=canvas.alpha.copy(), relief=canvas.relief)
    assert np.array_equal(on_form(bar, moved), bar)


def test_a_mug_knows_how_its_wall_is_turned() -> None:
    relief = rendered('a mug that says "MONDAY"').relief
    assert relief is not None
    row = relief.turn[90][relief.alpha[90] > 0.9]
    assert row[3] < -0.5
    assert row.max() > 0.5


def test_a_bottle_s_words_stand_on_its_label() -> None:
    canvas = rendered('a wine bottle with a label reading "NOIR"')
    rows = np.nonzero(facing_part(canvas).sum(axis=1) > 4)[0]
    assert canvas.alpha is not None
    whole = np.nonzero(canvas.alpha.sum(axis=1) > 4)[0]
    assert len(rows) < 0.5 * len(whole)


@pytest.mark.parametrize(
    ("prompt", "subject", "kind"),
    [("a lemon tart on a plate", "tart", "object"), ("basil leaves on marble", "basil", "object"),
     ("eucalyptus leaves in a vase", "eucalyptus_vase", "object"), ("A train crossing the Alps", "train", "mountains")],
)  # fmt: skip
def test_what_was_dropped_once_is_in_the_picture(prompt: str, subject: str, kind: str) -> None:
    scene = read_brief(prompt, SEED)
    assert scene.kind == kind
    assert subject in (scene.subject, *(thing.name for thing in scene.features))
    assert notice_of_unknown(prompt, scene) == ""


@pytest.mark.parametrize(
    ("prompt", "layout"),
    [("map of a fantasy island", "a map"), ("UI mockup of a meditation app", "a UI mockup"),
     ("mood board for a coffee brand", "a mood board"), ("a car with a map on its seat", "")],
)  # fmt: skip
def test_a_layout_that_is_not_known_is_said(prompt: str, layout: str) -> None:
    notice = notice_of_unknown(prompt, read_brief(prompt, SEED))
    assert (f"lay out {layout}," in notice) if layout else "lay out" not in notice
