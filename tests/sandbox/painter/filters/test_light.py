"""Light and weather on a finished picture, measured by what they claim."""

import numpy as np
import pytest

from studio.sandbox.painter.colour import luma, to_oklab
from studio.sandbox.painter.filters.light import moods
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.registry import apply_op
from studio.sandbox.painter.filters.weather import RAIN_SLANT
from studio.sandbox.painter.noise import blurred
from studio.sandbox.painter.scene import Canvas
from tests.sandbox.painter.filters.measures import (
    HEIGHT,
    WIDTH,
    changed,
    warm,
)


def test_golden_light_comes_from_its_side(canvas: Canvas) -> None:
    for side, near in (("left", slice(0, 60)), ("right", slice(-60, None))):
        gain = luma(changed(canvas, "relight", 1.0, f"golden|{side}")) - luma(canvas.picture)
        far = slice(-60, None) if side == "left" else slice(0, 60)
        assert gain[:, near].mean() > gain[:, far].mean() + 0.04
    assert warm(changed(canvas, "relight", 1.0, "golden")) > warm(canvas.picture) + 0.03


def test_night_is_dark_and_cold_and_neon_is_of_two_colours(canvas: Canvas) -> None:
    night = changed(canvas, "relight", 1.0, "night")
    assert luma(night).mean() < 0.62 * luma(canvas.picture).mean()
    assert warm(night) < warm(canvas.picture)
    neon = to_oklab(changed(canvas, "relight", 1.0, "neon"))
    assert neon[:, :60, 1].mean() > neon[:, -60:, 1].mean() + 0.1


@pytest.mark.parametrize("name", sorted(moods()))
def test_every_mood_changes_the_light_by_degree(name: str, canvas: Canvas) -> None:
    little, full = (np.abs(changed(canvas, "relight", n, name) - canvas.picture).mean() for n in (0.5, 1.0))
    assert 0.004 < little < full < 0.5


def test_rays_and_flare_only_add_light_near_their_source(canvas: Canvas) -> None:
    for name in ("sun rays", "lens flare"):
        dusk = apply_op(canvas, Op("exposure", -1.6))
        gain = luma(changed(dusk, name, 1.0, "left")) - luma(dusk.picture)
        assert gain[:60, :80].mean() > gain[-60:, -80:].mean() + 0.01


def test_snow_is_bright_specks_of_several_sizes(canvas: Canvas) -> None:
    dark = apply_op(canvas, Op("exposure", -1.6))
    snowy = changed(dark, "extra", 1.0, "snow:ab")
    specks = luma(snowy) - blurred(luma(snowy), 8) > 0.12
    assert 0.003 < specks.mean() < 0.2
    assert (changed(dark, "extra", 1.6, "snow:ab") > 0.8).mean() > (changed(dark, "extra", 0.5, "snow:ab") > 0.8).mean()


def test_rain_falls_in_streaks_of_one_slant() -> None:
    rainy = luma(changed(Canvas(picture=np.full((HEIGHT, WIDTH, 3), 0.3, np.float32)), "extra", 1.6, "rain:ab"))
    down, right = np.gradient(blurred(rainy, 1.0))
    across = 0.5 * np.arctan2(2 * (down * right).mean(), (right**2 - down**2).mean())
    assert np.tan(across) == pytest.approx(RAIN_SLANT, abs=0.12)
    assert (right**2).mean() > 2 * (down**2).mean()


def test_fog_takes_the_contrast_of_the_distance_first(canvas: Canvas) -> None:
    texture = np.sin(np.arange(WIDTH) / 2.0)[None, :, None] * 0.12
    striped = Canvas(picture=np.clip(canvas.picture + texture, 0, 1).astype(np.float32))
    foggy = changed(striped, "extra", 1.0, "fog:ab")

    def left_over(rows: slice) -> float:
        kept = np.diff(luma(foggy)[rows], axis=1).std() / np.diff(luma(striped.picture)[rows], axis=1).std()
        return float(kept)

    far, middle, near = (left_over(slice(low, low + 30)) for low in (5, 65, 128))
    assert far < 0.6
    assert far < near - 0.2
    assert middle < near


def test_steam_rises_over_the_subject_only(pictures: dict[str, Canvas]) -> None:
    own = pictures["own"]
    gap = np.abs(changed(own, "extra", 1.0, "steam:ab") - own.picture).max(axis=-1)
    assert gap.max() > 0.1
    assert gap[-30:].max() < 0.02
