"""Each change of tone measured by what it claims, on a picture of the sandbox's own and on one from elsewhere."""

from collections.abc import Callable

import numpy as np
import pytest

from studio.sandbox.painter.colour import luma, srgb, to_oklab
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.registry import apply_op, apply_ops
from studio.sandbox.painter.noise import blurred
from studio.sandbox.painter.scene import Canvas
from tests.sandbox.painter.filters.measures import (
    HEIGHT,
    WIDTH,
    Picture,
    changed,
    chroma,
    correlation,
    edges,
    fine,
    warm,
)

Measure = Callable[[Picture], float]
SCALES: list[tuple[str, str, Measure]] = [
    ("warmth", "", warm),
    ("exposure", "", lambda picture: float(luma(picture).mean())),
    ("contrast", "", lambda picture: float(to_oklab(picture)[..., 0].std())),
    ("saturation", "", lambda picture: float(chroma(picture).mean())),
    ("vibrance", "", lambda picture: float(chroma(picture).mean())),
    ("shadows", "", lambda picture: float(np.percentile(luma(picture), 1))),
    ("highlights", "", lambda picture: float(np.percentile(luma(picture), 97))),
    ("sharpen", "", fine),
    ("clarity", "", lambda picture: float(np.abs(luma(picture) - blurred(luma(picture), 6)).mean())),
    ("tint", "#3564b0", lambda picture: -warm(picture)),
]


@pytest.mark.parametrize(("name", "value", "measure"), SCALES, ids=[row[0] for row in SCALES])
def test_a_scale_moves_its_measure_both_ways_and_by_degree(
    name: str, value: str, measure: Measure, canvas: Canvas
) -> None:
    if name == "shadows":
        canvas = apply_op(canvas, Op("exposure", -1.6))  # the mug's own picture has none
    ladder = [measure(changed(canvas, name, amount, value)) for amount in (-1.6, -1.0, -0.5, 0.5, 1.0, 1.6)]
    ladder.insert(3, measure(canvas.picture))
    assert ladder == sorted(ladder)
    assert ladder[-2] - ladder[1] > 0.06 * max(abs(ladder[3]), 0.05)


def test_warmer_keeps_the_brightness_and_moves_b_by_a_margin(canvas: Canvas) -> None:
    warmer = changed(canvas, "warmth")
    assert warm(warmer) - warm(canvas.picture) > 0.015
    assert luma(warmer).mean() == pytest.approx(luma(canvas.picture).mean(), abs=0.03)


def test_black_and_white_has_no_chroma_and_keeps_the_order_of_tones(canvas: Canvas) -> None:
    grey = changed(canvas, "monochrome")
    assert np.ptp((grey * 255).round(), axis=-1).max() == 0
    assert correlation(grey[..., 0], to_oklab(canvas.picture)[..., 0]) > 0.97


def test_vibrance_spares_what_is_colourful_already(pictures: dict[str, Canvas]) -> None:
    before, after = chroma(pictures["foreign"].picture), chroma(changed(pictures["foreign"], "vibrance"))
    pale, strong = (slice(24, 36), slice(204, 232)), (slice(116, 136), slice(204, 232))
    assert after[pale].mean() / before[pale].mean() > 1.4
    assert after[strong].mean() / before[strong].mean() < 1.15


def test_lifted_shadows_leave_the_lights_alone(pictures: dict[str, Canvas]) -> None:
    before, after = luma(pictures["foreign"].picture), luma(changed(pictures["foreign"], "shadows"))
    assert (after - before)[before > 0.75].max() < 0.02
    assert (after - before)[before < 0.25].mean() > 0.04


@pytest.mark.parametrize("region", ["subject", "background"])
def test_a_change_to_one_part_leaves_the_other_as_it_was(region: str, pictures: dict[str, Canvas]) -> None:
    own = pictures["own"]
    assert own.alpha is not None
    gap = np.abs(changed(own, "exposure", -1.0, region) - own.picture).max(axis=-1)
    inside, outside = (own.alpha >= 1, own.alpha <= 0) if region == "subject" else (own.alpha <= 0, own.alpha >= 1)
    assert gap[outside].max() == 0
    assert gap[inside].mean() > 0.05


def test_sepia_and_duotone_lie_on_their_lines(canvas: Canvas) -> None:
    sepia = changed(canvas, "sepia")
    assert (sepia[..., 0] >= sepia[..., 2] - 0.01).all()
    first, second = srgb("#1d2b50"), srgb("#f4c2a1")
    tone = changed(canvas, "duotone", 1.0, "#1d2b50,#f4c2a1")
    along = (tone - first) @ (second - first) / float((second - first) @ (second - first))
    assert np.abs(first + along[..., None] * (second - first) - tone).max() < 0.004
    assert along.min() < 0.1
    assert along.max() > 0.9


def test_invert_is_its_own_opposite(canvas: Canvas) -> None:
    twice = apply_ops(canvas, [Op("invert"), Op("invert")]).picture
    assert np.abs(twice - canvas.picture).max() < 1e-5
    assert correlation(luma(changed(canvas, "invert")), luma(canvas.picture)) < -0.99


def test_a_vignette_darkens_the_corners_and_spares_the_middle(canvas: Canvas) -> None:
    ratio = luma(changed(canvas, "vignette")) / np.maximum(luma(canvas.picture), 0.02)
    middle = ratio[HEIGHT // 2 - 12 : HEIGHT // 2 + 12, WIDTH // 2 - 20 : WIDTH // 2 + 20]
    corners = np.concatenate([ratio[:10, :16].ravel(), ratio[-10:, -16:].ravel()])
    assert middle.min() == pytest.approx(1.0)
    assert corners.mean() < 0.65


def test_grain_adds_fine_noise_and_keeps_the_mean(canvas: Canvas) -> None:
    grainy, more = changed(canvas, "grain", 1.0, "ab"), changed(canvas, "grain", 1.6, "ab")
    assert fine(canvas.picture) < fine(grainy) < fine(more)
    assert (grainy - canvas.picture).std() > 0.02
    assert grainy.mean() == pytest.approx(canvas.picture.mean(), abs=0.003)
    assert not np.array_equal(grainy, changed(canvas, "grain", 1.0, "cd"))


def test_denoise_takes_grain_away_and_keeps_edges(canvas: Canvas) -> None:
    grainy = apply_op(canvas, Op("grain", 0.6, "ab"))
    clean = changed(grainy, "denoise")
    assert np.abs(clean - canvas.picture).mean() < 0.8 * np.abs(grainy.picture - canvas.picture).mean()
    assert correlation(edges(clean), edges(canvas.picture)) > 0.8


def test_blur_is_soft_and_soft_focus_glows(canvas: Canvas) -> None:
    assert fine(changed(canvas, "blur")) < 0.75 * fine(canvas.picture)
    glow = changed(canvas, "glow")
    assert luma(glow).mean() > luma(canvas.picture).mean()
    assert fine(glow) < fine(canvas.picture)


def test_dehaze_takes_fog_off(canvas: Canvas) -> None:
    foggy = apply_op(canvas, Op("extra", 1.0, "fog:ab"))
    clear = changed(foggy, "dehaze")
    assert np.abs(clear - canvas.picture).mean() < np.abs(foggy.picture - canvas.picture).mean()


@pytest.mark.parametrize("angle", [0, 90])
def test_a_gradient_runs_from_the_first_colour_to_the_second(angle: int, canvas: Canvas) -> None:
    lab = to_oklab(changed(canvas, "gradient", 1.0, f"#c3312f,#3564b0,{angle}"))[..., 2]
    strips = (lab[:, :25], lab[:, -25:]) if angle == 0 else (lab[:16], lab[-16:])
    assert strips[0].mean() > strips[1].mean() + 0.08
