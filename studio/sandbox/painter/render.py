"""A scene as a picture: the right painter, then what falls or rises in front of it."""

from studio.sandbox.painter.city import paint_city
from studio.sandbox.painter.graphic import paint_abstract, paint_poster
from studio.sandbox.painter.landscape import paint_landscape
from studio.sandbox.painter.scene import Canvas, Scene
from studio.sandbox.painter.still_life import paint_still_life
from studio.sandbox.painter.weather import add_extra


def render(scene: Scene, *, width: int, height: int) -> Canvas:
    """Pure: the same scene and size give the same floats."""
    match scene.kind:
        case "object":
            canvas = paint_still_life(scene, width=width, height=height)
        case "city":
            canvas = paint_city(scene, width=width, height=height)
        case "poster":
            canvas = paint_poster(scene, width=width, height=height)
        case "abstract":
            canvas = paint_abstract(scene, width=width, height=height)
        case _:
            canvas = paint_landscape(scene, width=width, height=height)
    for extra in scene.extras:
        canvas = add_extra(canvas, extra, seed=scene.seed)
    return canvas
