"""Pictures made from pictures: what is set in is there, stands in its shadow, and leaves the rest alone."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.sandbox.painter.colour import to_oklab
from studio.sandbox.painter.given.compose import Wish, cut_out, set_into
from studio.sandbox.painter.given.footing import horizon_of, light_of, table_top_of
from studio.sandbox.painter.given.stages import stage_of
from studio.sandbox.painter.given.style_transfer import palette_distance, restyled, with_palette, with_texture
from studio.sandbox.painter.scene import Canvas
from tests.sandbox.painter.conftest import Pixels, encoded, painted, pixels_of

SIZE = (256, 160)


def product(colour: str = "#c02020") -> bytes:
    """A box with a pale band on white."""
    picture = Image.new("RGB", (160, 160), "#fafafa")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((50, 40, 110, 130), fill=colour)
    pen.rectangle((50, 70, 110, 90), fill="#f0d020")
    return encoded(picture)


def room(*, bright: str = "left") -> bytes:
    """A wall over a floor, lighter on one side."""
    x = np.linspace(1.15, 0.75, SIZE[0])[None, :, None]
    x = x if bright == "left" else x[:, ::-1]
    pixels = np.empty((SIZE[1], SIZE[0], 3))
    pixels[:92], pixels[92:] = (150, 160, 170), (170, 140, 110)
    return encoded(Image.fromarray(np.clip(pixels * x, 0, 255).astype(np.uint8), mode="RGB"))


def picture_of(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def floats(data: bytes) -> Pixels:
    return pixels_of(data) / np.float32(255)


def redness(pixels: Pixels) -> Pixels:
    return np.asarray((pixels[..., 0] > 1.9 * pixels[..., 1]) & (pixels[..., 0] > 1.9 * pixels[..., 2]))


def likeness(first: Pixels, second: Pixels) -> float:
    """Normalised correlation of two pictures of one size."""
    a, b = first - first.mean(axis=(0, 1)), second - second.mean(axis=(0, 1))
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))


@pytest.fixture(scope="module")
def placed() -> Pixels:
    return floats(
        painted("place the product from image 1 on the scene of image 2", references=(product(), room())).data
    )


def test_the_product_is_found_whole_on_the_ground(placed: Pixels) -> None:
    rows, columns = np.nonzero(redness(placed))
    box = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    found = Image.fromarray((placed[box[1] : box[3], box[0] : box[2]] * 255).astype(np.uint8), mode="RGB")
    seen = np.asarray(found.resize((60, 90)), dtype=np.float32)
    assert likeness(seen, pixels_of(product())[40:130, 50:110]) > 0.8
    assert box[3] > 0.62 * SIZE[1], "it stands on the floor, not on the wall"


def test_the_white_ground_of_the_product_stays_behind(placed: Pixels) -> None:
    assert float((placed.min(axis=-1) > 0.93).mean()) < 0.002


def test_the_shadow_darkens_the_ground_beside_and_nothing_else_changes(placed: Pixels) -> None:
    change = floats(room()) - placed
    rows, columns = np.nonzero(redness(placed))
    foot, right = int(rows.max()), int(columns.max())
    beside = change[foot - 6 : foot, right + 4 : right + 16].mean()
    assert beside > 0.06, "light from the left throws the shadow to the right"
    away = np.abs(change)
    assert float(away[: rows.min() - 12, :200].mean()) < 0.01
    assert float(away[:130, : max(1, columns.min() - 60)].mean()) < 0.01


@pytest.mark.parametrize(("words", "low", "high"), [("on the left", 0.0, 0.45), ("on the right", 0.55, 1.0)])
def test_a_place_is_kept(words: str, low: float, high: float) -> None:
    pixels = floats(painted(f"put image 1 on image 2, {words}", references=(product(), room())).data)
    columns = np.nonzero(redness(pixels))[1]
    assert low <= float(columns.mean()) / SIZE[0] <= high


def test_several_products_stand_apart() -> None:
    references = (product(), product("#2030c0"), room())
    pixels = floats(painted("put both on image 3", references=references).data)
    blue = (pixels[..., 2] > 1.9 * pixels[..., 0]) & (pixels[..., 2] > 1.9 * pixels[..., 1])
    red = redness(pixels)
    assert red.mean() > 0.01
    assert blue.mean() > 0.01
    assert abs(float(np.nonzero(red)[1].mean()) - float(np.nonzero(blue)[1].mean())) > 0.12 * SIZE[0]


def test_what_is_said_on_top_is_done_after_composing() -> None:
    words = "place image 1 on image 2, then make it black and white"
    painting = painted(words, references=(product(), room()))
    pixels = pixels_of(painting.data)
    assert float((pixels.max(axis=-1) - pixels.min(axis=-1)).max()) < 3
    assert painting.notice == ""


def test_a_thing_is_darker_and_warmer_where_the_scene_is() -> None:
    dark = np.tile(np.array([0.22, 0.12, 0.06], dtype=np.float32), (SIZE[1], SIZE[0], 1))
    pale = np.full((SIZE[1], SIZE[0], 3), 0.7, dtype=np.float32)
    item, wish = picture_of(product("#808080")), Wish()
    there, here = (set_into(Canvas(picture=g), item, wish, horizon=0.6, seed=b"1") for g in (dark, pale))
    assert there.alpha is not None
    assert here.alpha is not None
    lit = [float(c.picture[c.alpha > 0.9].mean()) for c in (there, here) if c.alpha is not None]
    assert lit[0] < lit[1] * 0.85
    warmth = [
        float(np.divide(*c.picture[c.alpha > 0.9].mean(axis=0)[::2])) for c in (there, here) if c.alpha is not None
    ]
    assert warmth[0] > warmth[1] * 1.05


def test_the_ground_line_and_the_light_are_found() -> None:
    assert horizon_of(floats(room())) == pytest.approx(92 / 160, abs=0.03)
    assert light_of(Canvas(picture=floats(room()))).side < 0
    assert light_of(Canvas(picture=floats(room(bright="right")))).side > 0


def test_a_broad_flat_top_is_a_table_and_a_ball_is_not() -> None:
    table, ball = np.zeros(SIZE[::-1], dtype=np.float32), np.zeros(SIZE[::-1], dtype=np.float32)
    table[70:80, 60:200] = table[80:130, 66:74] = table[80:130, 186:194] = 1
    y, x = np.mgrid[0 : SIZE[1], 0 : SIZE[0]]
    ball[np.hypot((x - 128) / 80, (y - 90) / 45) < 1] = 1
    top = table_top_of(table)
    assert top is not None
    assert top[2] == pytest.approx(73, abs=4)
    assert table_top_of(ball) is None


def test_a_busy_picture_is_set_in_whole() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    cut = cut_out(Image.fromarray(noise, mode="RGB"))
    assert not cut.standing
    assert float(cut.alpha.mean()) > 0.95


def test_a_white_label_on_white_is_not_a_gap() -> None:
    picture = Image.new("RGB", (160, 200), "#fbfbfb")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((50, 30, 110, 90), fill="#205030")
    pen.rectangle((50, 115, 110, 170), fill="#205030")
    cut = cut_out(picture)
    assert cut.standing
    assert float(cut.alpha[8:-8, cut.alpha.shape[1] // 2].min()) > 0.3


def test_a_person_is_set_large_into_the_current_picture() -> None:
    nora = painted("portrait of a woman with red hair").data
    painting = painted("put the woman from image 1 into it", source=room(), references=(nora,))
    assert painting.caption == "The picture with the person of image 1 in it."
    assert np.abs(floats(painting.data) - floats(room()))[60:, 100:160].mean() > 0.1


def test_a_product_is_set_on_a_stage_painted_from_the_words() -> None:
    painting = painted("the product from image 1 on a marble table", references=(product(),))
    pixels = floats(painting.data)
    assert redness(pixels).mean() > 0.01
    assert "on a table" in painting.caption
    stage = stage_of("on a marble table", size=SIZE, seed=bytes(32))
    assert stage.kind == "table"
    assert stage_of("in a forest", size=SIZE, seed=bytes(32)).kind == "land"
    assert stage_of("in a café", size=SIZE, seed=bytes(32), people=True).kind == "room"


def hatched() -> Pixels:
    """Blue-grey hatching on warm paper."""
    y, x = np.mgrid[0:240, 0:320]
    rng = np.random.default_rng(2)
    strokes = ((x + y + rng.integers(-1, 2, x.shape)) % 6 < 2) * (0.25 + 0.5 * (y / 240))
    paper, ink = np.array([0.95, 0.90, 0.78]), np.array([0.15, 0.22, 0.40])
    return np.asarray(paper + (ink - paper) * strokes[..., None], dtype=np.float32)


def smooth() -> Pixels:
    """A soft green and red picture."""
    y, x = np.mgrid[0:1:160j, 0:1:256j]
    disc = np.clip((0.3 - np.hypot(x - 0.5, (y - 0.5) * 0.6)) * 30, 0, 1)[..., None]
    ground = np.stack([0.2 + 0.1 * x, 0.4 + 0.3 * y, 0.2 + 0.05 * x], axis=-1)
    return np.asarray(ground + (np.array([0.8, 0.15, 0.1]) - ground) * disc, dtype=np.float32)


def test_the_palette_comes_more_than_halfway() -> None:
    before, after = palette_distance(smooth(), hatched()), palette_distance(restyled(smooth(), hatched()), hatched())
    assert after < 0.5 * before


def test_a_grey_model_takes_the_colour_away() -> None:
    grey = np.repeat(hatched().mean(axis=-1, keepdims=True), 3, axis=-1)
    lab = to_oklab(with_palette(smooth(), grey))
    assert float(np.hypot(lab[..., 1], lab[..., 2]).mean()) < 0.02


def test_gradients_are_not_posterised() -> None:
    ramp = np.repeat(np.tile(np.linspace(0.1, 0.9, 256, dtype=np.float32), (160, 1))[..., None], 3, axis=-1)
    model = smooth()
    changed = with_palette(ramp, model)
    assert float(np.abs(np.diff(changed, axis=1)).max()) < 0.03


def test_texture_comes_from_the_model_and_outlines_stay() -> None:
    plain, inked = smooth(), with_texture(smooth(), hatched())
    flat = (slice(10, 50), slice(10, 60))

    def fine(pixels: Pixels) -> float:
        grey = pixels.mean(axis=-1)[flat]
        return float(np.abs(np.diff(grey, axis=1)).mean())

    assert fine(inked) > 5 * fine(plain)
    assert likeness(inked, plain) > 0.65


def test_degree_words_weaken_the_style() -> None:
    model = encoded(Image.fromarray((hatched() * 255).astype(np.uint8), mode="RGB"))
    source = encoded(Image.fromarray((smooth() * 255).astype(np.uint8), mode="RGB"))
    full, little = (
        pixels_of(painted(words, source=source, references=(model,)).data)
        for words in ("in the style of image 1", "slightly in the style of image 1")
    )
    before = pixels_of(source)
    assert np.abs(little - before).mean() < 0.75 * np.abs(full - before).mean()


def test_a_fresh_scene_is_painted_in_the_style() -> None:
    model = encoded(Image.fromarray((hatched() * 255).astype(np.uint8), mode="RGB"))
    painting = painted("a lighthouse in the style of image 1", references=(model,))
    plain = floats(painted("a lighthouse").data)
    assert "lighthouse" in painting.caption
    assert "style of image 1" in painting.caption
    assert palette_distance(floats(painting.data), hatched()) < 0.5 * palette_distance(plain, hatched())


def group_of(words: str, *people: bytes, seed: int = 0) -> Pixels:
    return floats(painted(words, references=people, seed=seed).data)


def head(colour: str, hair: str) -> bytes:
    """A simple bust on grey: hair, face and shoulders, running out at the foot."""
    picture = Image.new("RGB", (200, 240), "#c9ced2")
    pen = ImageDraw.Draw(picture)
    pen.ellipse((20, 165, 180, 330), fill=colour)
    pen.rectangle((85, 130, 115, 190), fill="#d9a98a")
    pen.ellipse((58, 30, 142, 130), fill=hair)
    pen.ellipse((66, 56, 134, 152), fill="#e0b090")
    pen.ellipse((80, 92, 90, 102), fill="#202020")
    pen.ellipse((110, 92, 120, 102), fill="#202020")
    return encoded(picture)


def middle_of(pixels: Pixels, colour: str) -> float:
    """The column in the middle of what has that hue."""
    goal = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    hue = pixels / np.maximum(pixels.sum(axis=-1, keepdims=True), 1e-3) - goal / goal.sum()
    return float(np.median(np.nonzero(np.abs(hue).max(axis=-1) < 0.07)[1]))


def test_people_stand_side_by_side_in_their_order() -> None:
    pixels = group_of(
        "group photo of these people in a studio", head("#207030", "#402010"), head("#2030a0", "#d0b060"),
        head("#a02050", "#101010"),
    )  # fmt: skip
    middles = [middle_of(pixels, colour) for colour in ("#207030", "#2030a0", "#a02050")]
    assert middles == sorted(middles)
    assert middles[2] - middles[0] > 0.4 * SIZE[0]


def face_of(pixels: Pixels) -> Pixels:
    """The middle of the lower picture, where a lone person's face is, at a quarter of the size."""
    part = Image.fromarray((np.clip(pixels, 0, 1) * 255).astype(np.uint8), mode="RGB")
    return np.asarray(part.crop((98, 40, 158, 120)).resize((30, 40)), dtype=np.float32)


def test_the_same_person_stays_recognisable_across_a_series() -> None:
    nora = head("#207030", "#802010")
    first = face_of(group_of("the woman from image 1 in a forest", nora, seed=1))
    second = face_of(group_of("the woman from image 1 in an office", nora, seed=2))
    other = face_of(group_of("the woman from image 1 in a forest", head("#2030a0", "#f0e0a0"), seed=1))
    assert likeness(first, second) > 0.8
    assert likeness(first, second) > likeness(first, other) + 0.1


def test_a_sandbox_portrait_is_painted_again_from_its_record() -> None:
    nora, tom = (
        painted(words).data
        for words in ("portrait of a woman with red hair", "portrait of an old man with a white beard")
    )
    first = face_of(group_of("the person from image 1 in a forest", nora, seed=1))
    second = face_of(group_of("the person from image 1 in a kitchen", nora, seed=2))
    other = face_of(group_of("the person from image 1 in a forest", tom, seed=1))
    assert likeness(first, second) > 0.8
    assert likeness(first, other) < likeness(first, second) - 0.1


def test_a_person_keeps_who_they_are_in_other_clothes() -> None:
    nora = painted("portrait of a woman with red hair").data
    plain = group_of("the woman from image 1 in a forest", nora)
    dressed = group_of("the woman from image 1 wearing a yellow coat in a forest", nora)
    assert likeness(face_of(plain), face_of(dressed)) > 0.8
    assert np.abs(plain - dressed)[130:].mean() > 0.05
