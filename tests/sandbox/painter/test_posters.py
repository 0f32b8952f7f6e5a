import numpy as np
import pytest

from studio.sandbox.painter.lettering.typography import Box
from studio.sandbox.painter.lettering.wrapping import Block
from studio.sandbox.painter.noise import dice
from studio.sandbox.painter.reading.brief import read_brief
from studio.sandbox.painter.reading.designs import design_of, designs, read_copy, read_design
from studio.sandbox.painter.scene import Scene, scene_from_record, scene_to_record
from studio.sandbox.painter.sheets.layouts import Job
from studio.sandbox.painter.sheets.logo import CONSTRUCTIONS
from studio.sandbox.painter.sheets.poster import LAYOUTS, layout_name, paint_poster, palette_for
from studio.sandbox.painter.sheets.sheet import Sheet, TypeBox, marks
from studio.sandbox.painter.vocabulary import vocabulary

SEED = bytes(range(32))


class Watched(Sheet):
    """A sheet that remembers what was set where."""

    def __init__(self, width: int, height: int, ground: tuple[int, int, int]) -> None:
        super().__init__(width, height, ground)
        self.laid: list[tuple[str, Box]] = []

    def set(self, block: Block, where: TypeBox, ink: tuple[int, int, int]) -> Box:
        box = super().set(block, where, ink)
        self.laid.append((" ".join(block.texts), box))
        return box


def laid_out(layout: str, copy: tuple[str, ...], *, size: tuple[int, int], seed: int = 0) -> Watched:
    scene = Scene(kind="poster", seed=bytes([seed]) * 32, text="\n".join(copy))
    design = design_of("poster other - -")
    assert design is not None
    inks, topic = palette_for(scene, design), designs().topics["other"]
    sheet = Watched(*size, inks.paper)
    LAYOUTS[layout](Job(sheet, copy, inks, dice(scene.seed, "sheet"), "", topic.marks, scene, ("vase",)))
    return sheet


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("size", [(144, 192), (224, 128)])
def test_every_layout_sets_title_and_second_line_inside_the_sheet(layout: str, size: tuple[int, int]) -> None:
    sheet = laid_out(layout, ("Northern Light", "a year of darkness"), size=size)
    said = " ".join(text for text, _ in sheet.laid).casefold()
    assert "northern" in said
    assert "light" in said
    for _, (left, top, right, bottom) in sheet.laid:
        assert left >= 1
        assert top >= 1
        assert right <= size[0] - 1
        assert bottom <= size[1] - 1


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_no_layout_changes_the_case_of_a_title(layout: str) -> None:
    said = " ".join(text for text, _ in laid_out(layout, ("Dune of iOS",), size=(144, 192)).laid)
    assert said.endswith("Dune of iOS")


def test_layouts_are_of_different_design() -> None:
    small = {
        name: np.asarray(laid_out(name, ("Echo",), size=(96, 128)).image.resize((24, 32)), dtype=np.float32)
        for name in (
            "swiss",
            "bigtype",
            "classic",
            "minimal",
            "event",
            "deco",
            "film",
            "gig",
            "waves",
            "travel",
            "sale",
        )
    }
    names = sorted(small)
    gaps = [np.abs(small[a] - small[b]).mean() for i, a in enumerate(names) for b in names[i + 1 :]]
    assert min(gaps) > 10


def test_logos_are_of_at_least_six_constructions() -> None:
    pictures = []
    scene = Scene(kind="poster", seed=SEED, text="Ada Marsh", design="logo coffee - coffee")
    design = design_of(scene.design)
    assert design is not None
    inks = palette_for(scene, design)
    for construct in CONSTRUCTIONS:
        sheet = Sheet(128, 128, inks.paper)
        job = Job(sheet, ("Ada Marsh",), inks, dice(SEED, "logo"), "bold", ("coffee",), scene)
        construct(job, inks.ink, inks.first)
        pictures.append(np.asarray(sheet.image.resize((32, 32)), dtype=np.float32))
    assert len(pictures) >= 6
    assert min(np.abs(a - b).mean() for i, a in enumerate(pictures) for b in pictures[i + 1 :]) > 3


@pytest.mark.parametrize(
    ("prompt", "form", "topic"),
    [
        ('A jazz poster "Blue Note"', "poster", "jazz"), ('Film poster "Tide"', "film", "film"),
        ("logo for a coffee roaster", "logo", "coffee"), ('magazine cover "Drift"', "magazine", "other"),
        ('business card "Ada"', "card", "other"), ("poster for a tech conference", "poster", "tech"),
        ('emblem for a brewery "Old Harbour"', "emblem", "food"), ('sale poster "50% off"', "poster", "sale"),
    ],
)  # fmt: skip
def test_form_and_topic_follow_the_words(prompt: str, form: str, topic: str) -> None:
    design = design_of(read_design(prompt))
    assert design is not None
    assert (design.form, design.topic) == (form, topic)


@pytest.mark.parametrize(
    ("prompt", "copy"),
    [
        ('Poster "Two" and headline "One"', "One\nTwo"), ("Poster for a coffee fair in terracotta", ""),
        ("logo for a bakery called Crumb & Co", "Crumb & Co"), ("poster of a jazz night, no text", ""),
        ("Art deco poster of a train crossing the Alps", ""), ('Poster "Ωδή" in all caps', "ΩΔΗ"),
        ('Poster "Προϊόν", capitals', "ΠΡΟΪΟΝ"),
    ],
)  # fmt: skip
def test_the_copy_is_what_was_said(prompt: str, copy: str) -> None:
    read = read_copy(prompt)
    assert read == copy if "One" not in prompt else set(read.split("\n")) == set(copy.split("\n"))


def test_a_poster_takes_the_colours_said() -> None:
    scene = read_brief('A swiss poster "Grid" in cobalt', SEED)
    assert scene.colour
    design = design_of(scene.design)
    assert design is not None
    assert palette_for(scene, design).first == tuple(int(scene.colour[i : i + 2], 16) for i in (1, 3, 5))


def _rgb(code: str) -> tuple[int, ...]:
    return tuple(int(code[i : i + 2], 16) for i in (1, 3, 5))


@pytest.mark.parametrize("words", ["white on blue", "white text on a blue background", "navy on cream"])
def test_ink_and_ground_are_those_said(words: str) -> None:
    codes = vocabulary().colours
    ink, ground = sorted((name for name in codes if name in words.split()), key=words.index)
    for seed in range(4):
        scene = read_brief(f'Poster "Hello", {words}', bytes([seed]) * 32)
        picture = paint_poster(scene, width=96, height=128).picture.reshape(-1, 3) * 255
        inked, bare = (np.abs(picture - np.array(_rgb(codes[name]))).max(axis=-1) < 14 for name in (ink, ground))
        assert bare.mean() > 0.4
        assert inked.mean() > 0.01


def test_a_second_colour_is_used() -> None:
    turquoise = np.array(_rgb(vocabulary().colours["turquoise"]))
    for seed in range(4):
        scene = read_brief('Poster "Beach Day" in coral and turquoise', bytes([seed]) * 32)
        picture = paint_poster(scene, width=96, height=128).picture.reshape(-1, 3) * 255
        assert (np.abs(picture - turquoise).max(axis=-1) < 16).mean() > 0.005


def test_a_poster_of_something_shows_it() -> None:
    for seed in range(4):
        scene = read_brief('Travel poster of a lighthouse "Maine"', bytes([seed]) * 32)
        design = design_of(scene.design)
        assert design is not None
        assert layout_name(scene, design) == "film"


def test_a_poster_comes_back_from_its_record_the_same() -> None:
    scene = read_brief('A jazz poster "Blue Note" "Friday"', SEED)
    again = scene_from_record(scene_to_record(scene))
    assert again == scene
    first, second = (paint_poster(one, width=96, height=128).picture for one in (scene, scene))
    assert np.array_equal(first, second)
    assert scene_from_record({**scene_to_record(scene), "design": "poster mars - -"}) is None


def test_every_mark_that_is_named_exists() -> None:
    named = {mark for topic in designs().topics.values() for mark in topic.marks} | set(designs().mark_words)
    assert named <= set(marks())
