"""What drifts when an edit is made, measured: how far, how much colour, how soft; and that nothing does unasked."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageCms

from studio.sandbox.painter import PaintOrder, paint
from studio.sandbox.painter.drift import Drift, drift_of, drifted, turn_drift, with_drift
from tests.sandbox.painter.conftest import FRESH, Pixels, encoded, order, pixels_of, without_mark

WORDS = "A ceramic mug on linen, morning light"


def textured(width: int = 576, height: int = 384) -> Pixels:
    """Blots of many sizes, so that a shift can be found and softness seen."""
    rng = np.random.default_rng(5)
    total = np.full((height, width, 3), 120.0, dtype=np.float32)
    for cells in (8, 24, 160):
        grid = rng.integers(0, 255, (cells, cells, 3), dtype=np.uint8)
        total += np.asarray(Image.fromarray(grid).resize((width, height), Image.Resampling.BICUBIC)) * 0.3 - 38
    return np.clip(total, 20, 235).astype(np.float32)


def shift_between(before: Pixels, after: Pixels) -> tuple[float, float]:
    """(right, down) in pixels by phase correlation, with a parabola through the peak."""
    window = np.outer(np.hanning(before.shape[0]), np.hanning(before.shape[1]))
    planes = [np.fft.fft2((p.mean(axis=-1) - p.mean()) * window) for p in (before, after)]
    cross = planes[1] * np.conj(planes[0])
    peak = np.fft.ifft2(cross / np.maximum(np.abs(cross), 1e-9)).real
    row, column = np.unravel_index(int(np.argmax(peak)), peak.shape)
    near = [
        [peak[(row + d) % peak.shape[0], column] for d in (-1, 0, 1)],
        [peak[row, (column + d) % peak.shape[1]] for d in (-1, 0, 1)],
    ]
    at = [
        float(place) + 0.5 * (low - high) / (low - 2 * top + high)
        for place, (low, top, high) in zip((row, column), near, strict=True)
    ]
    down, right = ((n + size / 2) % size - size / 2 for n, size in zip(at, peak.shape, strict=True))
    return right, down


def colour_gap(before: Pixels, after: Pixels) -> float:
    """ΔE (1976) between the mean colours, through the colour management library's own Lab."""
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    means = []
    for picture in (before, after):
        # Lab in 8 bits is coarse: averaged over many pixels, it is not.
        lab = ImageCms.applyTransform(Image.fromarray(picture.astype(np.uint8)), to_lab)
        planes = np.asarray(lab).astype(np.float32)
        means.append([planes[..., 0].mean() / 2.55, *(np.int8(planes[..., i].astype(np.uint8)).mean() for i in (1, 2))])
    return float(np.linalg.norm(np.array(means[0]) - np.array(means[1])))


def sharpness(pixels: Pixels) -> float:
    """Mean square of the differences between neighbours."""
    return float((np.diff(pixels, axis=1) ** 2).mean() + (np.diff(pixels, axis=0) ** 2).mean())


def applied(drift: Drift, picture: Pixels) -> Pixels:
    return drifted(picture.astype(np.uint8), drift, seed=bytes(32)).astype(np.float32)


def turns(count: int, amount: float = 1.0, words: str = WORDS) -> Drift:
    total = Drift()
    for k in range(count):
        total = total + turn_drift(amount, conversation=words, seed=bytes([k]) * 32)
    return total


@pytest.mark.parametrize("words", [WORDS, "A harbour at dusk", "A red fox"])
def test_a_turn_shifts_tints_and_softens_a_little(words: str) -> None:
    before = textured()
    after = applied(turns(1, words=words), before)
    share = 1024 / (576 * 384) ** 0.5
    assert 0.8 < np.hypot(*shift_between(before, after)) * share < 2.2
    assert 0.7 < colour_gap(before, after) < 2.2
    assert 0.55 < sharpness(after) / sharpness(before) < 0.99


def test_more_drift_and_more_turns_change_more_and_always_the_same_way() -> None:
    before = textured()
    small, one, three = (applied(d, before) for d in (turns(1, 0.5), turns(1), turns(3)))
    far = [float(np.hypot(*shift_between(before, after))) for after in (small, one, three)]
    tint = [colour_gap(before, after) for after in (small, one, three)]
    sharp = [sharpness(after) for after in (before, small, one, three)]
    assert far[0] < far[1] < far[2]
    assert 2.2 < far[2] / far[1] < 3.8
    assert tint[0] < tint[1] < tint[2]
    assert 2.2 < tint[2] / tint[1] < 3.8
    assert sharp == sorted(sharp, reverse=True)
    ways = [np.array(shift_between(before, after)) for after in (one, three)]
    assert float(ways[0] @ ways[1]) / float(np.prod([np.linalg.norm(way) for way in ways])) > 0.95


def test_conversations_drift_different_ways() -> None:
    ways = {round(float(np.arctan2(d.down, d.right)), 3) for d in (turns(1, words=w) for w in ("a", "b", "c", "d"))}
    assert len(ways) == 4


def test_no_drift_is_the_same_bytes_and_an_edit_drifts_only_where_it_is_ordered(mug: bytes) -> None:
    plain = order("warmer", source=mug)
    assert paint(replace(plain, drift=0.0)) == paint(plain)
    assert paint(replace(plain, drift=1.0)).data != paint(plain).data
    assert paint(replace(FRESH, drift=1.0)) == paint(FRESH)


def test_a_picture_painted_again_from_its_record_goes_on_from_where_it_had_drifted(mug: bytes) -> None:
    edits = ("a bit more contrast", "a bit brighter", "a bit more contrast", "a bit brighter")
    still, moving, gaps = mug, mug, []
    for k, words in enumerate(edits):
        step = replace(order(words, seed=k + 1), subject_prompt=WORDS)
        still = paint(replace(step, source=still)).data
        moving = paint(replace(step, source=moving, drift=1.0)).data
        gaps.append(colour_gap(without_mark(pixels_of(still)), without_mark(pixels_of(moving))))
    assert gaps[0] > 0.5
    assert gaps[-1] > gaps[0] * 2.5
    assert gaps == sorted(gaps)


def test_pixels_of_a_picture_from_elsewhere_drift_on_from_turn_to_turn() -> None:
    first = Image.fromarray(textured(256, 160).astype(np.uint8))
    start = data = encoded(first)
    sharp = []
    for k in range(3):
        step: PaintOrder = replace(order("a bit brighter", seed=k), subject_prompt=WORDS, drift=2.0, source=data)
        data = paint(step).data
        sharp.append(sharpness(without_mark(pixels_of(data))))
    assert np.hypot(*shift_between(pixels_of(start), pixels_of(data))) > 0.9
    assert sharp == sorted(sharp, reverse=True)


@pytest.mark.parametrize("told", [None, "far", [1, 2], [0, 0, 0, 0, 0, "1"], [9.0] * 6, [0, 0, 0, 0, 0, -0.1]])
def test_a_record_with_a_drift_that_is_none_of_ours_tells_of_none(told: object) -> None:
    assert drift_of({"drift": told}) == Drift()


def test_a_record_tells_the_drift_it_was_told() -> None:
    drift = turns(2)
    told = drift_of(with_drift({"scene": {}}, drift))
    assert np.allclose([told.right, told.warm, told.soft], [drift.right, drift.warm, drift.soft], rtol=1e-3)
    assert with_drift({"scene": {}}, Drift()) == {"scene": {}}
