"""What is said of things asked for that could not be painted, in every kind of scene; nothing where all could."""

import pytest

from studio.sandbox.painter.lettering.textplace import read_text_orders
from studio.sandbox.painter.reading.brief import describe, read_brief
from studio.sandbox.painter.reading.captions import with_article
from studio.sandbox.painter.reading.unknown import notice_of_unknown


def notice(prompt: str) -> str:
    return notice_of_unknown(prompt, read_brief(prompt, bytes(32)))


@pytest.mark.parametrize(
    ("prompt", "missing"),
    [
        ("Poster of a saxophone", ["a saxophone"]),
        ('Poster of a tiger "Roar"', ["a tiger"]),
        ('Poster with cherry blossoms "Hanami"', ["cherry blossoms"]),
        ("Poster of bamboo", ["bamboo"]),
        ("Portrait of a knight in armour with a sword", ["a knight", "armour", "a sword"]),
        ("A girl with braids", ["braids"]),
        ("Minimal kitchen interior with marble island and brass tap", ["marble island", "tap"]),
        ("Underwater coral reef with tropical fish", ["coral reef"]),
        ("A bowl of noodles with chopsticks", ["chopsticks"]),
        ("A woman holding an umbrella", ["an umbrella"]),
        ("A man reading a book in an armchair", ["an armchair"]),
    ],
)
def test_what_is_missing_is_named(prompt: str, missing: list[str]) -> None:
    said = notice(prompt)
    assert [thing for thing in missing if f"“{thing}”" in said] == missing
    assert said.count("“") == len(missing)


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("A violin on velvet", "I painted “a violin” as a guitar."),
        ("A wolf in the snow", "I painted “a wolf” as a dog."),
        ("A plum on linen", "I painted “a plum” as a peach."),
        ("A slice of cake on a plate", "I painted “a slice of cake” whole."),
        ('A coffee bag label "Harar"', "I painted “a coffee bag” as a handbag."),
        (
            "A violin and a trombone",
            "I do not know how to paint “a trombone”, so I left it out, and painted “a violin” as a guitar.",
        ),
    ],
)
def test_a_stand_in_is_said(prompt: str, said: str) -> None:
    assert notice(prompt) == said


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ('A T-shirt with the words "Stay Wild"', "subject"),
        ('A mug that says "Monday"', "subject"),
        ('A cat with the words "Stay Wild"', ""),
        ('A mug with the words "Stay Wild" at the top', "top"),
    ],
)
def test_words_a_thing_bears_are_on_it(prompt: str, place: str) -> None:
    assert read_text_orders(prompt)[0].place == place


def test_all_caps_is_no_cap_to_wear() -> None:
    assert read_brief('A mug with the words "Go" in all caps', bytes(32)).items == ()


def test_a_word_takes_its_article() -> None:
    assert (with_article("orange tint"), with_article("blue tint")) == ("an orange tint", "a blue tint")


def test_no_more_than_three_things_are_named() -> None:
    assert notice("a mug with a tiger, a zebra, a giraffe, a camel and a violin").count("“") == 3


def test_a_laptop_someone_works_on_is_beside_them() -> None:
    scene = read_brief("A woman working on a laptop", bytes(32))
    assert [item.subject for item in scene.items] == ["laptop"]
    assert "a laptop" in describe(scene)


ORDINARY = """
a mug and two lemons on linen, morning light
A red fox sitting in a snowy forest, cinematic lighting, 85mm lens
A lighthouse on a cliff at sunset, dramatic clouds, long exposure
Portrait of an old fisherman with a grey beard, Rembrandt lighting, shallow depth of field
A woman with red hair and freckles, smiling, golden hour
Editorial photo of a perfume bottle on black marble, rim light, high contrast
A cosy living room with a green sofa and a floor lamp, warm light
Flat lay of pancakes and strawberries on a wooden table, bright and airy
A vintage red car parked by the sea, film grain, 35mm
A bowl of ramen with steam, moody, close-up
Minimalist Swiss poster "Grid", two colours
Movie poster "Tide" with a stormy sea, dark and brooding
A logo for a coffee roaster called Ember
A tiny robot on a desk with a laptop, isometric
Mountains at dawn with a lake in the foreground, mist in the valley
A hot air balloon over a field of lavender, pastel colours
A cat sleeping on a bookshelf, soft window light
Three friends laughing, candid shot, natural light
A hero shot of a sneaker floating in the air, studio, gradient backdrop
City skyline at night with neon reflections, wide angle
A sailing boat on calm water, blue hour
Product photo of a wristwatch on slate with a soft shadow
A loaf of sourdough on a cutting board, rustic
A steaming cup of coffee next to an open book by the window
An astronaut on the moon with the earth in the sky
A watercolour of a vase with tulips on a white background
A pencil sketch of a bicycle leaning against a wall
An elephant in the savannah at golden hour, telephoto
Abstract fluid shapes in teal and coral, a sense of calm
A dog running on the beach with a football, motion blur
A teapot and two cups on a linen tablecloth, top-down
A girl in a yellow raincoat in the rain, cinematic
A man in a navy suit, confident expression, grey backdrop, headshot
A portrait of a woman with a calm expression and a straw hat
Autumn forest with a winding path, rays of light through the trees
Birthday cake with candles, confetti colours, joyful mood
Poster "Summer Sale" in red and white, bold type
Business card "Ada Marsh" "Architect"
A penguin wearing a hat, cute 3D render, octane
A pizza on a wooden board with tomatoes and basil, food photography
Snowy cabin in the woods under the northern lights
A guitar leaning against an armchair in a bedroom, evening light
"""


@pytest.mark.parametrize("prompt", ORDINARY.strip().split("\n"))
def test_an_ordinary_prompt_raises_no_alarm(prompt: str) -> None:
    assert notice(prompt) == ""


def test_a_village_at_christmas_is_a_village() -> None:
    scene = read_brief("Snowy village at Christmas", bytes(32))
    assert (scene.kind, [thing.name for thing in scene.features]) == ("snow", ["cabin"])
    assert read_brief("Christmas morning", bytes(32)).subject == "tree"
