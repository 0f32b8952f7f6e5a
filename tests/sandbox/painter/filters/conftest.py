"""A picture of the sandbox's own and one from elsewhere."""

import pytest

from studio.sandbox.painter.filters.matte import subject_alpha
from studio.sandbox.painter.reading.brief import read_brief
from studio.sandbox.painter.render import render
from studio.sandbox.painter.scene import Canvas
from tests.sandbox.painter.filters.measures import (
    HEIGHT,
    WIDTH,
    photo_like,
)


@pytest.fixture(scope="module")
def pictures() -> dict[str, Canvas]:
    scene = read_brief("A ceramic mug on linen, morning light", bytes(32))
    foreign = photo_like()
    return {
        "own": render(scene, width=WIDTH, height=HEIGHT),
        "foreign": Canvas(picture=foreign, alpha=subject_alpha(foreign)),
    }


@pytest.fixture(params=["own", "foreign"])
def canvas(request: pytest.FixtureRequest, pictures: dict[str, Canvas]) -> Canvas:
    return pictures[request.param]
