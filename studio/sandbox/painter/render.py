"""A scene as a picture: the right painter, then what falls or rises in front of it."""

from studio.sandbox.painter.filters.weather import add_extra
from studio.sandbox.painter.land.landscape import paint_landscape
from studio.sandbox.painter.people.portrait import paint_portrait
from studio.sandbox.painter.scene import Canvas, Scene
from studio.sandbox.painter.sheets.graphic import paint_abstract
from studio.sandbox.painter.sheets.poster import paint_poster
from studio.sandbox.painter.still.still_life import paint_still_life


def render(scene: Scene, *, width: int, height: int) -> Canvas:
    """Pure: the same scene and size give the same floats."""
    match scene.kind:
        case "object":
            canvas = paint_still_life(scene, width=width, height=height)
        case "portrait":
            canvas = paint_portrait(scene, width=width, height=height)
        case "poster":
            canvas = paint_poster(scene, width=width, height=height)
        case "abstract":
            canvas = paint_abstract(scene, width=width, height=height)
        case _:
            canvas = paint_landscape(scene, width=width, height=height)
    for extra in () if scene.kind == "poster" else scene.extras:  # a poster's weather is in its picture
        canvas = add_extra(canvas, extra, seed=scene.seed)
    return canvas
