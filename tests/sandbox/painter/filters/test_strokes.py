"""Pictures as if made by hand or printed, measured by what they claim."""

import numpy as np
import pytest

from studio.sandbox.painter.colour import luma
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.registry import apply_op
from studio.sandbox.painter.noise import blurred
from studio.sandbox.painter.scene import Canvas
from tests.sandbox.painter.filters.measures import (
    changed,
    chroma,
    correlation,
    edges,
    fine,
)


def test_a_pencil_drawing_is_lines_on_bright_paper(canvas: Canvas) -> None:
    drawing = changed(canvas, "pencil")
    assert chroma(drawing).mean() < 0.012
    assert np.percentile(luma(drawing), 90) > 0.85
    assert drawing.min() < 0.5
    assert correlation(edges(drawing), edges(canvas.picture)) > 0.25


@pytest.mark.parametrize("name", ["watercolour", "oil"])
def test_paint_flattens_areas_and_keeps_the_big_edges(name: str, canvas: Canvas) -> None:
    noisy = apply_op(canvas, Op("grain", 1.6, "ab"))
    painted = changed(noisy, name)
    assert fine(painted) < 0.8 * fine(noisy.picture)
    assert correlation(edges(painted), edges(canvas.picture)) > 0.4
    assert correlation(luma(painted), luma(canvas.picture)) > 0.75


def test_a_comic_is_flat_within_its_lines(canvas: Canvas) -> None:
    comic = changed(canvas, "comic")
    flat = np.abs(np.diff(luma(comic), axis=1)) < 0.004
    assert flat.mean() > 0.45
    assert correlation(luma(comic), luma(canvas.picture)) > 0.75


def test_ink_is_nearly_two_tones(canvas: Canvas) -> None:
    grey = luma(changed(canvas, "ink"))
    assert ((grey < 0.2) | (grey > 0.9)).mean() > 0.75


def test_posterising_leaves_few_colours(canvas: Canvas) -> None:
    counts = [
        len(np.unique((changed(canvas, "posterise", amount) * 255).astype(np.uint8).reshape(-1, 3), axis=0))
        for amount in (1.6, 1.0)
    ]
    assert 2 <= counts[0] <= 4
    assert counts[0] <= counts[1] <= 6


def test_pixels_are_blocks_of_their_own_mean(canvas: Canvas) -> None:
    mosaic = changed(canvas, "pixelate", 2.0)
    assert (np.abs(np.diff(mosaic, axis=1)).max(axis=-1) == 0).mean() > 0.8
    assert mosaic.mean() == pytest.approx(canvas.picture.mean(), abs=0.01)


def test_halftone_is_dots_that_average_to_the_picture(canvas: Canvas) -> None:
    dots = changed(canvas, "halftone")
    assert fine(dots) > 3 * fine(canvas.picture)
    assert correlation(blurred(luma(dots), 8), blurred(luma(canvas.picture), 8)) > 0.85
