"""Edits of things and backgrounds, measured for what they claim, on sandbox pictures and on those from elsewhere."""

from typing import cast

import numpy as np
import pytest

from studio.sandbox.painter.colour import Field, srgb, to_oklab
from studio.sandbox.painter.filters.objects import subject_box
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.registry import apply_op
from studio.sandbox.painter.filters.whereabouts import region_of
from studio.sandbox.painter.noise import blurred
from studio.sandbox.painter.scene import Canvas
from tests.sandbox.painter.conftest import Pixels, drawn, painted, pixels_of, without_mark
from tests.sandbox.painter.things import adding, ops_of, read


@pytest.fixture(params=["mug", "photo"])
def source(request: pytest.FixtureRequest) -> bytes:
    """A sandbox picture, which is repainted, and one from elsewhere, which is edited as pixels."""
    return cast("bytes", request.getfixturevalue(request.param))


@pytest.fixture
def canvas() -> Canvas:
    """A terracotta disc on a table before a wall, as floats; its coverage is not given."""
    y, x = np.mgrid[0:160, 0:256].astype(np.float32)
    wall = np.where((y < 95)[..., None], srgb("#d5d0c6"), srgb("#a98a68")) * (1.03 - 0.0006 * x)[..., None]
    disc = np.clip(44.5 - np.hypot(x - 128, y - 84), 0, 1)[..., None]
    body = srgb("#b4553c") * (1.15 - 0.30 * ((x - 84) / 88) - 0.1 * ((y - 84) / 44))[..., None]
    return Canvas(picture=np.clip(wall * (1 - disc) + body * disc, 0, 1).astype(np.float32))


DISC = np.hypot(*(np.mgrid[0:160, 0:256] - np.array([84, 128])[:, None, None])) < 41
AWAY = np.hypot(*(np.mgrid[0:160, 0:256] - np.array([84, 128])[:, None, None])) > 50


def edited(prompt: str, source: bytes) -> Pixels:
    return pixels_of(painted(prompt, source=source).data)


MARK = (slice(136, 156), slice(202, 252))
"""Where the sandbox's mark is, which a picture from elsewhere gets with its first edit."""


def changed(before: Field, after: Field, *, by: float) -> Field:
    return np.asarray(np.abs(after - before).max(axis=-1) > by)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("on the left", "left"),
        ("on the right", "right"),
        ("in the top right corner", "top-right"),
        ("in the bottom left corner", "bottom-left"),
        ("at the bottom", "bottom"),
        ("in the middle", "centre"),
    ],
)
def test_what_is_added_stays_in_the_place_named(words: str, place: str, source: bytes) -> None:
    before, after = pixels_of(source), edited(f"add a green apple {words}", source)
    after[MARK] = before[MARK]
    rows, columns = np.nonzero(changed(before, after, by=10))
    left, top, right, bottom = region_of(place)
    assert columns.min() >= left * 256 - 1
    assert columns.max() <= right * 256 + 1
    assert rows.min() >= top * 160 - 1
    assert rows.max() <= bottom * 160 + 1
    assert 0.002 < rows.size / (256 * 160) < 0.2
    greenness = after[rows, columns, 1] - after[rows, columns, 0]
    assert (greenness > 25).mean() > 0.2


def test_what_stands_beside_is_of_true_size_and_does_not_cover_the_subject(canvas: Canvas) -> None:
    after = apply_op(canvas, adding(place="beside"))
    assert not changed(canvas.picture, after.picture, by=0.02)[DISC].any()
    rows = np.nonzero(changed(canvas.picture, after.picture, by=0.2))[0]
    assert np.ptp(rows) / 88 == pytest.approx(9 / 11, abs=0.2)
    assert abs(int(rows.max()) - 128) < 14


def test_the_subject_hides_what_stands_behind_it(canvas: Canvas) -> None:
    after = apply_op(canvas, adding(subject="candle", place="behind", height_cm=14))
    assert not changed(canvas.picture, after.picture, by=0.02)[DISC].any()
    assert changed(canvas.picture, after.picture, by=0.1).mean() > 0.01


def test_what_stands_in_front_hides_the_subject(canvas: Canvas) -> None:
    after = apply_op(canvas, adding(place="front"))
    assert changed(canvas.picture, after.picture, by=0.1)[DISC].mean() > 0.03


def test_what_is_put_on_top_stands_on_the_subject(canvas: Canvas) -> None:
    after = apply_op(canvas, adding(place="on"))
    rows, columns = np.nonzero(changed(canvas.picture, after.picture, by=0.1))
    assert rows.min() < 40
    assert abs(rows[rows < 45].size and float(columns[rows < 40].mean()) - 128) < 20


def test_a_thing_throws_a_shadow_on_the_ground(canvas: Canvas) -> None:
    after = apply_op(canvas, adding(place="right"))
    assert after.alpha is not None
    ground = (after.alpha < 0.02) & (np.mgrid[0:160, 0:256][0] > 95)
    assert ((canvas.picture - after.picture).mean(axis=-1)[ground] > 0.06).sum() > 60


@pytest.mark.parametrize(("tone", "way"), [((0.45, 0.5, 0.62), 1), ((1.0, 0.85, 0.6), -1)])
def test_a_thing_takes_the_light_of_the_picture(canvas: Canvas, tone: tuple[float, float, float], way: int) -> None:
    lit = Canvas(picture=(canvas.picture * np.array(tone, dtype=np.float32)).astype(np.float32))
    plain, toned = (apply_op(c, adding(subject="egg", place="left")) for c in (canvas, lit))
    assert plain.alpha is not None
    body = (plain.alpha > 0.9) & (np.mgrid[0:160, 0:256][1] < 80)
    blueness = [float((c.picture[body][:, 2] - c.picture[body][:, 0]).mean()) for c in (plain, toned)]
    assert (blueness[1] - blueness[0]) * way > 0.02
    assert toned.picture[body].mean() < plain.picture[body].mean()


def test_several_are_added_and_counted(canvas: Canvas) -> None:
    one, three = (apply_op(canvas, adding(place="bottom", count=n)) for n in (1, 3))
    areas = [changed(canvas.picture, c.picture, by=0.15).sum() for c in (one, three)]
    assert areas[1] > 1.6 * areas[0]


def test_birds_fly_in_the_sky(source: bytes) -> None:
    gap = changed(pixels_of(source), edited("add birds in the sky", source), by=12)
    gap[MARK] = False
    rows = np.nonzero(gap)[0]
    assert rows.size > 20
    assert rows.max() < 160 / 3


def test_an_added_thing_is_recoloured_moved_on_and_taken_out_by_its_name(mug: bytes) -> None:
    lemon = painted("add a lemon on the left", source=mug)
    green = painted("make the lemon green", source=lemon.data)
    gap = changed(pixels_of(lemon.data), pixels_of(green.data), by=12)
    assert np.nonzero(gap)[1].max() < 256 / 3
    gone = painted("remove the lemon", source=green.data)
    assert np.abs(without_mark(pixels_of(gone.data)) - without_mark(pixels_of(mug))).max() < 3


def test_an_added_thing_follows_the_light_set_later(mug: bytes) -> None:
    egg = painted("add an egg on the left", source=mug)
    night = painted("night light", source=egg.data)
    assert "egg" not in night.caption
    body = changed(pixels_of(mug), pixels_of(egg.data), by=25)
    assert pixels_of(night.data)[body].mean() < pixels_of(egg.data)[body].mean() - 25


def test_the_subject_removed_leaves_the_ground(canvas: Canvas) -> None:
    after = apply_op(canvas, Op("remove")).picture
    y, x = np.mgrid[0:160, 0:256].astype(np.float32)
    wall = np.where((y < 95)[..., None], srgb("#d5d0c6"), srgb("#a98a68")) * (1.03 - 0.0006 * x)[..., None]
    assert float(np.abs(after - wall)[DISC].mean()) < 0.03
    grey = after.mean(axis=-1)
    assert np.abs(np.diff(grey[:85], axis=1)).max() < 0.05
    assert np.array_equal(after[:30], canvas.picture[:30])


def test_the_subject_of_a_sandbox_picture_goes_and_what_was_added_stays(mug: bytes) -> None:
    lemon = painted("add a lemon on the left", source=mug)
    gone = pixels_of(painted("remove the mug", source=lemon.data).data)
    body = changed(pixels_of(mug), pixels_of(lemon.data), by=40) & (pixels_of(lemon.data)[..., 2] < 120)
    assert float(np.abs(gone - pixels_of(lemon.data))[body].mean()) < 40
    middle = to_oklab(gone[40:110, 100:150] / 255)
    assert float(np.abs(np.diff(middle[..., 0], axis=1)).max()) < 0.12


def test_a_shadow_is_lifted_and_the_subject_kept(mug: bytes) -> None:
    before, after = pixels_of(mug), edited("remove the shadow", mug)
    lifted = (after - before).mean(axis=-1)[80:150]
    assert (lifted > 8).mean() > 0.01
    assert (lifted < -12).mean() < 0.002


@pytest.mark.parametrize("prompt", ["white background", "remove the background", "cut it out", "transparent backdrop"])
def test_a_white_background_is_exactly_white(prompt: str, canvas: Canvas) -> None:
    after = canvas
    for op in ops_of(prompt):
        after = apply_op(after, op)
    assert after.alpha is not None
    assert (after.picture[after.alpha <= 0] == 1.0).all()
    assert (after.alpha <= 0)[AWAY].mean() > 0.98
    assert np.array_equal(after.picture[DISC & (after.alpha >= 1)], canvas.picture[DISC & (after.alpha >= 1)])
    border = np.concatenate([after.picture[0], after.picture[-1], after.picture[:, 0], after.picture[:, -1]])
    assert (border == 1.0).all()


def test_a_soft_shadow_comes_only_when_asked(canvas: Canvas) -> None:
    plain, soft = (apply_op(canvas, Op("background", 1.0, value)) for value in ("#ffffff", "#ffffff+shadow"))
    under = (slice(122, 136), slice(100, 156))
    assert plain.picture[under].mean() > soft.picture[under].mean() + 0.02
    assert (soft.picture[:20] == 1.0).all()


def test_transparency_is_owned_up_to() -> None:
    reading = read("make the background transparent")
    assert reading is not None
    assert "no transparency" in reading.notice


def test_no_old_ground_shines_through_at_the_edge() -> None:
    y, x = np.mgrid[0:160, 0:256].astype(np.float32)
    disc = blurred(np.clip(44.5 - np.hypot(x - 128, y - 84), 0, 1), 1.2)[..., None]
    green = Canvas(picture=(srgb("#20a040") * (1 - disc) + srgb("#b03030") * disc).astype(np.float32))
    white = apply_op(green, Op("background", 1.0, "#ffffff"))
    assert white.alpha is not None
    naive = green.picture * white.alpha[..., None] + (1 - white.alpha[..., None])
    fringe = [float((picture[..., 1] - picture[..., 0]).max()) for picture in (naive, white.picture)]
    assert fringe[1] < 0.6 * fringe[0]


def test_a_gradient_runs_from_the_first_colour_to_the_second(canvas: Canvas) -> None:
    (op,) = ops_of("a gradient background from navy to coral")
    after = apply_op(canvas, op).picture
    assert after[:6].mean(axis=(0, 1))[2] > after[:6].mean(axis=(0, 1))[0]
    assert after[-6:].mean(axis=(0, 1))[0] > after[-6:].mean(axis=(0, 1))[2] + 0.2


@pytest.mark.parametrize(
    ("words", "kind", "light"),
    [
        ("put it in a forest", "forest", "soft"),
        ("on a beach at sunset", "sea", "golden"),
        ("replace the background with a city skyline at night", "city", "night"),
    ],
)
def test_a_picture_from_elsewhere_is_set_into_a_view(words: str, kind: str, light: str, canvas: Canvas) -> None:
    (op,) = ops_of(words)
    assert op.value.split(":")[1:3] == [kind, light]
    after = apply_op(canvas, op)
    assert changed(canvas.picture, after.picture, by=0.05)[AWAY].mean() > 0.7
    hue = to_oklab(after.picture)[DISC].mean(axis=0) - to_oklab(canvas.picture)[DISC].mean(axis=0)
    assert float(np.hypot(hue[1], hue[2])) < 0.06


def _fine(picture: Field, where: Field) -> float:
    return float(np.abs(np.diff(picture.mean(axis=-1), axis=1))[where[:, 1:]].mean())


def test_a_blurred_background_is_softer_by_degree_and_the_subject_untouched(canvas: Canvas) -> None:
    stripes = (np.arange(256) // 4 % 2)[None, :, None] * np.float32(0.22)
    far = np.hypot(*(np.mgrid[0:160, 0:256] - np.array([84, 128])[:, None, None])) > 44.5
    busy = Canvas(picture=np.where(far[..., None], np.clip(canvas.picture - stripes, 0, 1), canvas.picture))
    known = Canvas(picture=busy.picture, alpha=np.clip(1 - far, 0, 1).astype(np.float32))
    soft = [apply_op(known, Op("blur background", amount)).picture for amount in (0.3, 0.6, 1.6)]
    energy = [_fine(picture, AWAY) for picture in (busy.picture, *soft)]
    assert energy[0] > 1.2 * energy[1] > 1.2 * energy[2] > 1.2 * energy[3]
    assert energy[3] < 0.2 * energy[0]
    for picture in soft:
        assert np.array_equal(picture[DISC], busy.picture[DISC])
    rim = (far & ~AWAY)[:70]
    ground = canvas.picture[:70][rim]
    assert float((soft[2][:70][rim] - ground)[:, 0].max() - (soft[2][:70][rim] - ground)[:, 2].min()) < 0.35


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("make it cobalt", "#2749b8"),
        ("paint it black", "#1c1c1f"),
        ("make it white", "#f5f3ee"),
        ("make it gold", "#c9a04c"),
    ],
)
def test_recolouring_reaches_the_colour_and_nothing_else(words: str, code: str, canvas: Canvas) -> None:
    (op,) = ops_of(words)
    after = apply_op(canvas, op)
    assert np.array_equal(after.picture[AWAY], canvas.picture[AWAY])
    goal, lab = to_oklab(srgb(code)[None])[0], np.median(to_oklab(after.picture)[DISC], axis=0)
    assert abs(float(lab[0] - goal[0])) < 0.10
    assert float(np.hypot(*(lab - goal)[1:])) < 0.06
    left, right = after.picture[70:100, 95:105].mean(), after.picture[70:100, 150:160].mean()
    assert left > right + 0.01


def test_a_grey_thing_takes_colour() -> None:
    grey = drawn("#808080", ground="#e8e2d4")
    pixels = edited("make it cobalt blue", grey)
    assert pixels[80, 128, 2] > pixels[80, 128, 0] + 60


def test_walls_change_colour_behind_the_subject(canvas: Canvas) -> None:
    (op,) = ops_of("turn the walls green")
    after = apply_op(canvas, op).picture
    assert float((after[..., 1] - after[..., 0])[AWAY].mean()) > 0.1
    assert np.abs(after - canvas.picture)[DISC].mean() < 0.02


def test_another_thing_takes_the_place_of_the_subject(canvas: Canvas) -> None:
    (op,) = ops_of("replace the ball with a pear")
    after = apply_op(canvas, op)
    assert after.alpha is not None
    box = subject_box(after.alpha)
    assert box is not None
    assert abs((box[0] + box[2]) / 2 - 128) < 8
    assert abs(box[3] - 128) < 10
    assert 0.7 < (box[3] - box[1]) / 88 < 1.3


def test_a_scene_is_restaged_with_another_subject(mug: bytes) -> None:
    assert painted("swap the mug for a glass", source=mug).caption.startswith("A glass on linen")
    assert painted("turn it into a teapot", source=mug).caption.startswith("A teapot on linen")


def test_the_same_order_gives_the_same_bytes(photo: bytes) -> None:
    first, second = (painted("add two pears on the right", source=photo).data for _ in range(2))
    assert first == second
