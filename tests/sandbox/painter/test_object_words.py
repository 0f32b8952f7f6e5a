"""What an edit of things is read as, and which records of such edits are believed."""

import pytest

from studio.sandbox.painter.edits.object_edits import believed
from studio.sandbox.painter.filters.ops import Op
from studio.sandbox.painter.filters.whereabouts import PLACES, Placing, placing_from
from studio.sandbox.painter.scene import Scene
from tests.sandbox.painter.things import MUG, adding, ops_of, read


@pytest.mark.parametrize(
    ("text", "subject", "place", "count"),
    [
        ("add a lemon beside it", "lemon", "beside", 1),
        ("put a red apple on the left", "apple", "left", 1),
        ("add a cat in the background", "cat", "background", 1),
        ("a small plant in the top right corner", "plant", "top-right", 1),
        ("two candles behind the mug", "candle", "behind", 2),
        ("add three eggs in front of the mug", "egg", "front", 3),
        ("put a pear to the left of the mug", "pear", "beside-left", 1),
        ("place a book on top of it", "book", "on", 1),
        ("add a candle on the left third", "candle", "left", 1),
        ("add a glass", "glass", "", 1),
    ],
)
def test_what_is_to_be_added_is_read(text: str, subject: str, place: str, count: int) -> None:
    placing = placing_from(ops_of(text, MUG)[-1].value)
    assert placing is not None
    assert (placing.subject, placing.place, placing.count) == (subject, place, count)


def test_more_of_the_same_is_read() -> None:
    first = adding(subject="apple", place="left")
    for text, count in (("another one", 1), ("add three more", 3), ("one more on the right", 1)):
        placing = placing_from(ops_of(text, MUG, (first,))[-1].value)
        assert placing is not None
        assert (placing.subject, placing.count) == ("apple", count)


@pytest.mark.parametrize(
    "text",
    [
        "put it on slate", "put the mug on wood", "add snow", "add a vignette", "add an orange tint", "make it warmer",
        "black and white", "zoom in on the mug", "remove the text", "no steam", "make the background darker",
        "golden hour", "flip it", "add a warm glow",
    ],
)  # fmt: skip
@pytest.mark.parametrize("scene", [MUG, None])
def test_other_edits_are_left_to_others(text: str, scene: Scene | None) -> None:
    assert read(text, scene) is None


@pytest.mark.parametrize("place", PLACES)
def test_a_placing_survives_its_record(place: str) -> None:
    placing = Placing("lemon", place, colour="#f0d030", finish="matte", count=2, height_cm=6.5, seed="ab12")
    assert placing_from(placing.text()) == placing


@pytest.mark.parametrize(
    "op",
    [
        Op("add", 1.0, ""), Op("add", 1.0, "lemon|left"), Op("add", 1.0, "dragonfruit|left|||1|6.00|0.00|12|ab|"),
        Op("add", 1.0, "apple|nowhere|||1|6.00|0.00|12|ab|"), Op("add", 1.0, "apple|left|red||1|6.00|0.00|12|ab|"),
        Op("add", 1.0, "apple|left|||99|6.00|0.00|12|ab|"), Op("add", 1.0, "apple|left|||1|1e9|0.00|12|ab|"),
        Op("swap", 1.0, "apple"), Op("remove", 1.0, "everything"), Op("background", 1.0, "view:hell:soft:ab"),
        Op("background", 1.0, "view:forest:soft:zz"), Op("background", 1.0, "#12345"),
        Op("recolour", 1.0, "#fffff,matte"),
        Op("recolour background", 1.0, "blue"),
    ],
)  # fmt: skip
def test_records_that_are_not_ours_are_not_believed(op: Op) -> None:
    assert not believed(op)
