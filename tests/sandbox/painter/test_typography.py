import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from studio.sandbox.painter.lettering.contrast import contrast, light_of
from studio.sandbox.painter.lettering.setting import Lettering, lay_out, set_text
from studio.sandbox.painter.lettering.textplace import Piece, TextOrder, from_value, lexicon, read_text_orders, to_value
from studio.sandbox.painter.lettering.typefaces import faces_for, typefaces, unreadable
from studio.sandbox.painter.lettering.typography import Box, Style, set_line
from studio.sandbox.painter.lettering.wrapping import Room, fit
from studio.sandbox.painter.noise import blurred, dice
from studio.sandbox.painter.scene import Canvas
from tests.sandbox.painter.conftest import Pixels, painted, pixels_of, without_mark

FONTS = Path(__file__).parents[3] / "studio/sandbox/painter/lettering/fonts"
ROOT = Path(__file__).parents[3]
SEED = bytes(range(32))


def flat(colour: tuple[float, float, float] = (0.9, 0.88, 0.84), *, size: tuple[int, int] = (256, 160)) -> Canvas:
    return Canvas(picture=np.broadcast_to(np.array(colour, np.float32), (size[1], size[0], 3)).copy())


def ordered(*texts: str, place: str = "centre", face: str = "", colour: str = "") -> TextOrder:
    roles = ("title", "subtitle", "small")
    return TextOrder(
        tuple(Piece(t, roles[min(i, 2)]) for i, t in enumerate(texts)),  # type: ignore[arg-type]
        place=place, face=face, colour=colour,
    )  # fmt: skip


def ink(canvas: Canvas, order: TextOrder) -> Pixels:
    """How much the order's letters changed each pixel of a flat canvas, 0–1."""
    change: Pixels = np.abs(set_text(canvas, order).picture - canvas.picture).max(axis=-1)
    return change / np.float32(max(float(change.max()), 1e-6))


def template(text: str, *, face: str, box: Box) -> Pixels:
    """The text drawn by Pillow alone, in one go, stretched over the box."""
    kind = typefaces().faces[face]
    font = ImageFont.truetype(str(FONTS / kind.file), 160)
    if kind.weight:
        font.set_variation_by_axes([kind.weight])
    left, top, right, bottom = (round(v) for v in font.getbbox(text, anchor="ls"))
    plane = Image.new("L", (right - left, bottom - top), 0)
    ImageDraw.Draw(plane).text((-left, -top), text, font=font, fill=255, anchor="ls")
    corner = (round(4 * (box[0] - int(box[0]))), round(4 * (box[1] - int(box[1]))))
    large = Image.new("L", (4 * (int(box[2]) - int(box[0]) + 2), 4 * (int(box[3]) - int(box[1]) + 2)), 0)
    large.paste(plane.resize((round(4 * (box[2] - box[0])), round(4 * (box[3] - box[1])))), corner)
    return np.asarray(large.reduce(4), dtype=np.float32) / np.float32(255)


def likeness(seen: Pixels, expected: Pixels) -> float:
    """Correlation of two planes at the best of the offsets within a pixel."""
    height, width = expected.shape
    best = -1.0
    for down in range(3):
        for right in range(3):
            part = seen[down : down + height, right : right + width]
            if part.shape == expected.shape:
                best = max(best, float(np.corrcoef(part.ravel(), expected.ravel())[0, 1]))
    return best


def read_back(text: str, *, face: str, place: str = "centre", size: tuple[int, int] = (512, 320)) -> float:
    """How like the expected letters are the ones painted, where they are said to be."""
    canvas, order = flat(size=size), ordered(text, place=place, face=face)
    seen, laid = ink(canvas, order), lay_out(canvas, order)
    found = []
    for line in laid.lines:
        left, top = int(line.box[0]), int(line.box[1])
        shown = template(line.text, face=faces_for(line.text, face)[0], box=line.box)
        window = np.pad(seen, 1)[top : top + shown.shape[0] + 2, left : left + shown.shape[1] + 2]
        found.append(likeness(window, shown))
    return min(found)


@pytest.mark.parametrize(
    ("text", "face"),
    [
        ("Hamburg", "bold"), ("Größe", "serif"), ("Tiếng Việt", "sans"), ("Ωμέγα", "bold"), ("Жизнь", "condensed"),
        ("שלום עולם", "bold"), ("مرحبا بالعالم", "bold"), ("नमस्ते", "bold"), ("สวัสดี", "bold"), ("日本の森", "bold"),
        ("汉语", "bold"), ("한국어", "bold"), ("Caveat", "hand"), ("Pacific", "script"),
    ],
)  # fmt: skip
def test_words_of_every_script_are_read_back(text: str, face: str) -> None:
    assert read_back(text, face=face) > 0.9


def test_another_word_is_not_read_back() -> None:
    canvas, order = flat(), ordered("Hamburg", face="bold")
    line = lay_out(canvas, order).lines[0]
    window = ink(canvas, order)[round(line.box[1]) :, round(line.box[0]) :]
    assert likeness(window, template("Bremen!", face="bold", box=line.box)) < 0.7


def test_every_line_of_wrapped_words_is_read_back() -> None:
    assert read_back("The quiet geometry of everyday things", face="condensed", place="left") > 0.9


@pytest.mark.parametrize("place", sorted(lexicon().places))
@pytest.mark.parametrize(
    "words", ["A", "Wjpqy Ångström jumps over the lazy dog again and again until the evening comes"]
)
def test_letters_stay_in_their_place_and_are_never_clipped(place: str, words: str) -> None:
    canvas = flat(size=(192, 128))
    plane = lay_out(canvas, ordered(words, place=place)).plane
    rows, columns = np.nonzero(plane > 0.02)
    left, top, right, bottom = lexicon().places[place].box
    assert columns.min() >= left * 192 - 1
    assert columns.max() <= right * 192 + 1
    assert rows.min() >= top * 128 - 1
    assert rows.max() <= bottom * 128 + 1


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ('add "X" at the top', "top"), ('write "X" in the lower third', "lower_third"),
        ('"X" top left', "top_left"), ('put "X" along the left edge', "left_edge"), ('"X" centred', "centre"),
        ('A mug with "X" on it', "subject"), ('a shirt, "X" on the shirt', "subject"), ('say "X"', ""),
    ],
)  # fmt: skip
def test_the_place_is_the_one_asked_for(words: str, place: str) -> None:
    assert [order.place for order in read_text_orders(words)] == [place]


def test_two_pieces_keep_their_order_and_their_weight() -> None:
    (order,) = read_text_orders('the headline "Autumn", subtitle "New collection" and small text "12 Sept" in white')
    assert [piece.text for piece in order.pieces] == ["Autumn", "New collection", "12 Sept"]
    lines = lay_out(flat(size=(512, 320)), order).lines
    assert [line.text for line in lines] == ["Autumn", "New collection", "12 Sept"]
    assert lines[0].box[3] < lines[1].box[1] < lines[1].box[3] < lines[2].box[1]
    assert lines[0].size_px > 1.5 * lines[1].size_px > 1.5 * lines[2].size_px


def test_pieces_for_different_places_are_apart() -> None:
    orders = read_text_orders('add "SALE" at the top and "until Sunday" at the bottom in small')
    assert [(order.text, order.place) for order in orders] == [("SALE", "top"), ("until Sunday", "bottom")]


@pytest.mark.parametrize(
    ("words", "face", "colour", "effect"),
    [
        ('"X" in bold white letters', "bold", "#f5f3ee", ""), ('handwritten "X"', "hand", "", ""),
        ('red text "X"', "", "#c8322e", ""), ('"X" as a neon sign', "", "", "neon"),
        ('a red mug with "X" in serif', "serif", "", ""),
    ],
)  # fmt: skip
def test_face_colour_and_effect_are_the_ones_asked_for(words: str, face: str, colour: str, effect: str) -> None:
    (order,) = read_text_orders(words)
    assert (order.face, order.effect) == (face, effect)
    assert bool(order.colour) == bool(colour)


def test_all_caps_are_set_in_capitals() -> None:
    assert read_text_orders('add "summer" in all caps')[0].text == "SUMMER"


def test_right_to_left_lines_begin_at_the_right() -> None:
    line = set_line("שלום abc 12", Style("bold"), 40)
    hebrew = next(mark.x for mark in line.marks if "ש" in mark.text)
    latin = next(mark.x for mark in line.marks if mark.text.startswith("a"))
    assert hebrew > latin
    assert line.width_px > hebrew
    within = set_line("abc (שלום) def", Style("bold"), 40)
    xs = [next(mark.x for mark in within.marks if part in mark.text) for part in ("a", "(", "ש", ")", "d")]
    assert xs == sorted(xs)


def test_lines_break_between_words_and_are_of_like_length() -> None:
    words = "Grand opening of the summer jazz festival by the lake"
    block = fit(words, Style("bold"), Room(200, 200))
    widths = [line.width_px for line in block.lines]
    assert " ".join(block.texts) == words
    assert len(widths) > 2
    assert min(widths) > 0.45 * max(widths)
    assert block.width_px <= 200
    assert block.height_px <= 200


def test_japanese_breaks_without_blanks_and_never_before_a_comma() -> None:
    block = fit("東京国際映画祭、二〇二六年の夏。光と影", Style("bold"), Room(120, 200))
    assert len(block.texts) > 2
    assert "".join(block.texts) == "東京国際映画祭、二〇二六年の夏。光と影"
    assert not any(text[0] in "、。" for text in block.texts)


def ground(kind: str) -> Canvas:
    y, x = np.mgrid[0:160, 0:256].astype(np.float32)
    noise = dice(SEED, "ground").random((160, 256, 3)).astype(np.float32)
    pictures = {
        "grey": np.full((160, 256, 3), 0.5, np.float32), "white": np.ones((160, 256, 3), np.float32),
        "black": np.zeros((160, 256, 3), np.float32), "slope": np.repeat((x / 255)[..., None], 3, axis=-1),
        "noise": noise, "checks": np.repeat((((x // 16) + (y // 16)) % 2)[..., None], 3, axis=-1),
    }  # fmt: skip
    return Canvas(picture=pictures[kind].astype(np.float32))


@pytest.mark.parametrize("kind", ["grey", "white", "black", "slope", "noise", "checks"])
@pytest.mark.parametrize("colour", ["", "#c8322e", "#808080"])
def test_letters_stand_out_from_what_is_around_them(kind: str, colour: str) -> None:
    canvas, order = ground(kind), ordered("READ ME", face="bold", colour=colour)
    plane, picture = lay_out(canvas, order).plane, set_text(canvas, order).picture
    letters = np.median(picture[plane > 0.98], axis=0)
    around = picture[(blurred(plane, 1.0) > 0.04) & (plane < 0.01)]
    ratios = contrast(light_of(letters[None, :]), light_of(around))
    assert float(np.percentile(ratios, 5)) >= 4.5


def test_letters_change_nothing_but_a_few_px_around_them() -> None:
    canvas, order = ground("noise"), ordered("READ ME", face="bold")
    plane = Image.fromarray((lay_out(canvas, order).plane * 255).astype(np.uint8))
    near = np.asarray(plane.filter(ImageFilter.MaxFilter(17))) > 0
    change = np.abs(set_text(canvas, order).picture - canvas.picture).max(axis=-1)
    assert change[~near].max() < 2 / 255
    assert change[near].max() > 0.3


def test_nothing_far_from_the_letters_changes() -> None:
    canvas, order = ground("slope"), ordered("hi", place="top_left", face="bold")
    change = np.abs(set_text(canvas, order).picture - canvas.picture).max(axis=-1)
    assert change[100:].max() == 0
    assert change[:, 200:].max() == 0


def test_what_no_font_has_is_named_and_shown_as_a_box() -> None:
    assert unreadable("Ωmega 日本 🎉 ꙮ🎉") == "🎉ꙮ"
    assert unreadable("Größe, naïve – «Жизнь»…") == ""
    assert "🎉" in painted('A desert with "🎉 party" at the top').notice
    assert ink(flat(), ordered("🎉", face="bold")).sum() > 20


@pytest.mark.parametrize("font", sorted(path.name for path in FONTS.glob("*.ttf")))
def test_every_font_has_its_licence_and_is_named(font: str) -> None:
    licence = FONTS / f"{font.removesuffix('.ttf').partition('-')[0]}-LICENSE.txt"
    assert re.search(r"SIL\s+OPEN\s+FONT\s+LICENSE", licence.read_text("utf-8"), re.IGNORECASE)
    assert font in (ROOT / "THIRD_PARTY.md").read_text("utf-8")
    assert any(kind.file == font for kind in typefaces().faces.values())


@pytest.mark.parametrize(
    "value",
    ["", "{", "[]", '{"t":[]}', '{"t":[["a"]]}', '{"t":[["a","king"]]}', '{"t":[["a","title"]],"at":"mars"}',
     '{"t":[["a","title"]],"scale":99}', '{"t":[["a","title"]],"ink":"red"}', "x" * 400,
     '{"t":[["a","title"]],"face":7}'],
)  # fmt: skip
def test_a_record_that_is_not_ours_is_refused(value: str) -> None:
    assert from_value(value) is None


def test_an_order_comes_back_from_its_record() -> None:
    order = TextOrder((Piece("Größe"), Piece("日本", "small")), "top", "serif", "#c8322e", effect="neon", scale=1.5)
    assert from_value(to_value(order)) == order
    assert from_value("SALE") == TextOrder((Piece("SALE"),))


def edited(*prompts: str) -> list[Pixels]:
    """The pictures of a conversation, without the mark."""
    pictures: list[bytes] = []
    for prompt in prompts:
        pictures.append(painted(prompt, source=pictures[-1] if pictures else None).data)
    return [without_mark(pixels_of(picture)) for picture in pictures]


def test_words_can_be_changed_and_taken_away_again() -> None:
    bare, first, changed, gone = edited(
        "mountains at dawn", 'add "HELLO" at the top', 'change the text to "BONJOUR"', "remove the text"
    )
    rows = slice(0, 60)
    assert np.abs(first[rows] - bare[rows]).mean() > 2
    assert np.abs(changed[rows] - first[rows]).mean() > 1
    assert np.abs(first[60:] - bare[60:]).max() < 12
    assert np.abs(gone - bare).mean() < 1


def test_one_of_two_texts_is_replaced_by_name() -> None:
    both = 'mountains with "ONE" at the top and "TWO" in the lower third'
    before, after = edited(both, 'replace "ONE" with "THREE"')
    assert np.abs(after[:55] - before[:55]).mean() > 1.5
    assert np.abs(after[100:] - before[100:]).mean() < 1


def test_moved_words_leave_their_old_place() -> None:
    bare, _, moved = edited("a desert", 'add "HELLO" at the top', "move the text to the bottom")
    assert np.abs(moved[:48] - bare[:48]).mean() < 1
    assert np.abs(moved[100:] - bare[100:]).mean() > 1


def test_words_on_the_thing_are_on_the_thing() -> None:
    y, x = np.mgrid[0:160, 0:256].astype(np.float32)
    alpha = ((np.abs(x - 170) < 50) & (np.abs(y - 90) < 40)).astype(np.float32)
    canvas = replace(flat(), alpha=alpha)
    plane = lay_out(canvas, ordered("HELLO", place="subject")).plane
    assert plane[alpha == 0].max() == 0
    assert (plane > 0.5).sum() > 150


def test_lettering_remembers_its_lines() -> None:
    laid = lay_out(flat(), ordered("One", "Two"))
    assert isinstance(laid, Lettering)
    assert [line.text for line in laid.lines] == ["One", "Two"]
