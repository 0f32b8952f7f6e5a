"""How little the painter does and holds for a picture, measured in rays, pixels and bytes, never in seconds."""

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from studio.sandbox.painter.colour import Field, from_oklab, to_linear, to_oklab, to_srgb
from studio.sandbox.painter.reading.brief import read_brief
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Canvas
from studio.sandbox.painter.still import still_life, studio_set
from studio.sandbox.painter.still.cutout import Cast, Thing, cast_at
from studio.sandbox.painter.still.forms import cast_tube, empty_solids
from studio.sandbox.painter.still.rods import cast_rod
from studio.sandbox.painter.vocabulary import Part

SEED = bytes(32)
SIZE = {"width": 256, "height": 160}
BOX = (-0.6, -0.6, 0.6, 0.6)


def test_what_fills_a_large_picture_is_cast_with_fewer_rays_than_the_picture_has_pixels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rays: list[int] = []

    def counted(thing: Thing, *, box: tuple[float, float, float, float], scale: float, pitch: float) -> Cast:
        cast = cast_at(thing, box=box, scale=scale, pitch=pitch)
        rays.append(cast.solids.depth.size)
        return cast

    monkeypatch.setattr(still_life, "_FEW_PIXELS", 0)  # small as it is, this picture goes for a large one
    monkeypatch.setattr(still_life, "cast_at", counted)
    render(read_brief("A bowl of ramen on a dark table", SEED), **SIZE)
    assert 0.3 * SIZE["width"] * SIZE["height"] < max(rays) < 0.7 * SIZE["width"] * SIZE["height"]


def test_a_landscape_out_of_focus_is_painted_no_larger_than_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[tuple[int, int]] = []

    def plain(_: object, *, width: int, height: int) -> Canvas:
        painted.append((width, height))
        return Canvas(picture=np.full((height, width, 3), 0.5, dtype=np.float32))

    monkeypatch.setattr(studio_set, "paint_landscape", plain)
    canvas = render(read_brief("A bottle by a mountain lake", SEED), width=600, height=600)
    assert painted == [(300, 300)]
    assert canvas.picture.shape == (600, 600, 3)


@pytest.mark.parametrize("change", [to_linear, to_srgb])
def test_a_tone_curve_holds_little_more_than_the_picture_it_makes(change: Callable[[Field], Field]) -> None:
    picture = np.random.default_rng(4).random((400, 600, 3), dtype=np.float32) * np.float32(1.4) - np.float32(0.2)
    rows = np.concatenate([change(row[None]) for row in picture])
    tracemalloc.start()
    made = change(picture)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 1.6 * made.nbytes
    assert np.array_equal(made, rows)


def test_a_large_picture_comes_back_from_oklab_as_it_was() -> None:
    picture = np.random.default_rng(5).random((300, 400, 3), dtype=np.float32)
    assert float(np.abs(from_oklab(to_oklab(picture)) - picture).max()) < 0.01


def _nearest_sphere(u: Field, v: Field, path: Field, *, pitch: float) -> Field:
    """Depth at which parallel rays meet the nearest of the spheres (x, y, z, r); −inf where they meet none."""
    c, s = np.cos(pitch), np.sin(pitch)
    nearest = np.full((len(v), len(u)), -np.inf)
    for x, y, z, r in path.astype(np.float64):
        aside, above, along = u[None, :] - x, v[:, None] - (y * c - z * s), y * s + z * c
        square = r * r - aside**2 - above**2
        nearest = np.maximum(nearest, np.where(square > 0, along + np.sqrt(np.maximum(square, 0)), -np.inf))
    return nearest


def test_a_tube_is_the_nearest_of_its_spheres() -> None:
    points = np.linspace([-0.35, 0.1, 0.1, 0.12], [0.3, -0.2, -0.2, 0.12], 2)
    solids = empty_solids(box=BOX, scale=90, pitch=0.4)
    cast_tube(solids, Part("tube", tuple(map(tuple, points))), index=3)
    line = np.linspace(points[0], points[1], 400)
    expected = _nearest_sphere(solids.u, solids.v, line, pitch=0.4)
    inside = _nearest_sphere(solids.u, solids.v, line * [1, 1, 1, 0.9], pitch=0.4) > -1
    assert (solids.material[inside] == 3).all()
    assert (solids.material[expected < -1] == -1).all()
    assert float(np.abs(solids.depth[inside] - expected[inside]).max()) < 0.01
    assert np.allclose(np.linalg.norm(solids.normal[inside], axis=-1), 1, atol=1e-4)


def test_a_straight_rod_lies_where_the_spheres_along_it_lie() -> None:
    ends = ((-0.4, 0.1, 0.05), (0.4, -0.1, -0.05))
    solids = empty_solids(box=BOX, scale=90, pitch=0.4)
    cast_rod(solids, Part("rod", ((*ends[0], *ends[1], 0.12, 0.12),)), index=2)
    line = np.linspace([*ends[0], 0.12], [*ends[1], 0.12], 400)
    inner = _nearest_sphere(solids.u, solids.v, (line * [1, 1, 1, 0.9])[80:-80], pitch=0.4) > -1
    expected = _nearest_sphere(solids.u, solids.v, line, pitch=0.4)
    assert (solids.material[inner] == 2).all()
    assert float(np.abs(solids.depth[inner] - expected[inner]).max()) < 0.01
    axis = np.subtract(ends[1], ends[0]) / np.linalg.norm(np.subtract(ends[1], ends[0]))
    assert float(np.abs(solids.normal[inner] @ axis).max()) < 0.02
    assert np.allclose(np.linalg.norm(solids.normal[inner], axis=-1), 1, atol=1e-4)


def test_what_lies_outside_the_box_is_not_cast() -> None:
    solids = empty_solids(box=BOX, scale=40, pitch=0.4)
    cast_tube(solids, Part("tube", ((5.0, 5.0, 0.0, 0.1), (6.0, 5.0, 0.0, 0.1))), index=1)
    assert (solids.material == -1).all()
