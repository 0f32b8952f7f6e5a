"""Cutting a subject out, against masks that are known because the pictures are drawn here."""

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.sandbox.painter.colour import Field, srgb
from studio.sandbox.painter.filters.inpaint import filled_in
from studio.sandbox.painter.filters.matte import subject_alpha
from studio.sandbox.painter.filters.regions import holes, regions
from studio.sandbox.painter.noise import cloud, dice

WIDTH, HEIGHT = 256, 160
FINER = 4


def _mask(draw: Callable[[ImageDraw.ImageDraw], None]) -> Field:
    plane = Image.new("L", (WIDTH * FINER, HEIGHT * FINER), 0)
    draw(ImageDraw.Draw(plane))
    return np.asarray(plane.resize((WIDTH, HEIGHT), Image.Resampling.BOX), dtype=np.float32) / np.float32(255)


def disc() -> Field:
    return _mask(lambda pen: pen.ellipse((340, 150, 700, 510), fill=255))


def ring() -> Field:
    def draw(pen: ImageDraw.ImageDraw) -> None:
        pen.ellipse((330, 140, 710, 520), fill=255)
        pen.ellipse((440, 250, 600, 410), fill=0)

    return _mask(draw)


def bust() -> Field:
    """Head and shoulders that end at the picture's lower edge."""

    def draw(pen: ImageDraw.ImageDraw) -> None:
        pen.ellipse((440, 120, 610, 350), fill=255)
        pen.ellipse((310, 380, 740, 900), fill=255)
        pen.rectangle((480, 300, 570, 420), fill=255)

    return _mask(draw)


def calm() -> Field:
    return np.broadcast_to(srgb("#b9b6b0"), (HEIGHT, WIDTH, 3)).astype(np.float32)


def gradient() -> Field:
    y = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None, None]
    x = np.linspace(0.8, 1.1, WIDTH, dtype=np.float32)[None, :, None]
    return (srgb("#4a6491") * (1 - y) + srgb("#d8c9a8") * y) * x


def table() -> Field:
    """A pale wall over a brown table."""
    return np.where(np.arange(HEIGHT)[:, None, None] < 100, srgb("#d9d4ca"), srgb("#8a5f3c")) * np.ones(
        (HEIGHT, WIDTH, 3), dtype=np.float32
    )


def grained() -> Field:
    noise = cloud(dice(b"ground", "grain"), height=HEIGHT, width=WIDTH, cells=(24, 36), octaves=3)
    return np.asarray(srgb("#6f7f66") * (1 + 0.25 * noise)[..., None])


def striped() -> Field:
    bent = cloud(dice(b"ground", "wood"), height=HEIGHT, width=WIDTH, cells=(4, 4))
    waves = np.sin(np.linspace(0, 90, WIDTH, dtype=np.float32)[None, :] + 3 * bent)
    return np.asarray(srgb("#8c6a4c") * (1 + 0.15 * waves)[..., None])


def composed(ground: Field, mask: Field, colour: str) -> Field:
    """The masked shape in the colour, shaded from the upper left, on the ground, with a sensor's noise."""
    y, x = np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j].astype(np.float32)
    body = srgb(colour) * (1.0 - 0.22 * (x + y))[..., None]
    picture = ground * (1 - mask[..., None]) + body * mask[..., None]
    noise = dice(b"sensor", "noise").standard_normal(picture.shape, dtype=np.float32) * np.float32(0.01)
    return np.asarray(np.clip(picture + noise, 0, 1), dtype=np.float32)


def overlap(alpha: Field, mask: Field) -> float:
    """Intersection over union."""
    a, b = alpha > 0.5, mask > 0.5
    return float((a & b).sum() / max(1, (a | b).sum()))


@pytest.mark.parametrize("shape", [disc, ring, bust])
@pytest.mark.parametrize("colour", ["#b4553c", "#2a4fb0"])
@pytest.mark.parametrize(
    ("ground", "least"), [(calm, 0.93), (gradient, 0.9), (table, 0.85), (grained, 0.8), (striped, 0.75)]
)
def test_the_subject_is_found(
    ground: Callable[[], Field], least: float, shape: Callable[[], Field], colour: str
) -> None:
    mask = shape()
    assert overlap(subject_alpha(composed(ground(), mask, colour)), mask) > least


def test_the_hole_of_a_ring_shows_the_background() -> None:
    alpha = subject_alpha(composed(calm(), ring(), "#b4553c"))
    assert alpha[80:86, 126:132].max() < 0.1
    assert alpha[80:86, 90:96].min() > 0.9


def test_a_soft_shadow_on_the_table_is_not_the_subject() -> None:
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    shadow = np.exp(-(((x - 195) / 34) ** 2) - ((y - 122) / 7) ** 2)[..., None]
    mask = disc()
    alpha = subject_alpha(composed(calm() * (1 - 0.35 * shadow), mask, "#b4553c"))
    assert alpha[118:127, 190:215].mean() < 0.15
    assert overlap(alpha, mask) > 0.85


def test_coverage_is_soft_only_along_the_edge() -> None:
    mask = disc()
    alpha = subject_alpha(composed(calm(), mask, "#2a4fb0"))
    assert ((alpha > 0.02) & (alpha < 0.98)).mean() < 0.03
    assert alpha[70:90, 120:140].min() == 1.0
    assert alpha[:12].max() == 0.0


def test_where_nothing_stands_out_the_middle_is_taken() -> None:
    alpha = subject_alpha(calm())
    assert alpha[HEIGHT // 2, WIDTH // 2] == 1.0
    assert alpha[0].max() < 0.05


def test_regions_are_told_apart_and_holes_found() -> None:
    mask = np.zeros((20, 30), dtype=bool)
    mask[2:12, 2:12] = True
    mask[5:8, 5:9] = False
    mask[15:18, 20:28] = True
    found = regions(mask)
    assert sorted(found.sizes.tolist()) == [24, 88]
    assert found.labels[2, 2] != found.labels[16, 22]
    inner = holes(mask)
    assert (inner.labels >= 0).sum() == 12
    assert inner.labels[0, 0] == -1


def test_a_fill_goes_on_with_what_is_round_it() -> None:
    ground = table()
    hole = np.zeros((HEIGHT, WIDTH), dtype=np.float32)
    hole[60:140, 100:160] = 1
    filled = filled_in(np.where(hole[..., None] > 0, srgb("#c02020"), ground).astype(np.float32), hole)
    assert float(np.abs(filled - ground)[hole > 0].mean()) < 0.03
    assert np.array_equal(filled[hole == 0], ground[hole == 0])


def test_a_fill_has_the_texture_of_the_ground() -> None:
    ground = np.clip(striped(), 0, 1).astype(np.float32)
    hole = np.zeros((HEIGHT, WIDTH), dtype=np.float32)
    hole[40:120, 100:150] = 1
    filled = filled_in(np.where(hole[..., None] > 0, 0.0, ground).astype(np.float32), hole)
    inside = (slice(50, 110), slice(108, 142))
    assert filled[inside][..., 1].std() > 0.5 * ground[inside][..., 1].std()
    assert abs(float(filled[inside].mean() - ground[inside].mean())) < 0.04
