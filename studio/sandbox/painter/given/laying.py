"""The pictures given laid out on a board, as the words want it, and what is said of it."""

from collections.abc import Sequence

from studio.sandbox.painter.finish import without_mark
from studio.sandbox.painter.given.board import Design, laid_out
from studio.sandbox.painter.given.job import Brought, Job
from studio.sandbox.painter.given.reference_words import MOST_TOGETHER
from studio.sandbox.painter.reading.captions import colour_name
from studio.sandbox.painter.scene import Canvas

TOO_MANY = f"No more than {MOST_TOGETHER} people fit into one group here, so I laid the pictures out side by side."


def _captions(job: Job, shown: Sequence[int]) -> tuple[str, ...]:
    names = [job.wanted.labels[i].name.rsplit(".", 1)[0] or str(job.wanted.labels[i].number) for i in shown]
    if job.wanted.layout == "pair" and len(shown) == 2:
        return "Before", "After"
    return tuple(names)


def board_of(job: Job, *, only: Sequence[int] | None = None, fallback: bool = False) -> Brought:
    """The pictures on paper: all of them, or those named; behind the current picture where there is one."""
    wanted = job.wanted
    shown = list(only if only is not None else wanted.items or range(len(job.given)))
    shown = shown * wanted.more.copies if len(shown) == 1 else shown
    pictures = [job.pictures[i] for i in shown]
    names = _captions(job, shown) if wanted.captions and not wanted.more.title else ()
    hero = shown.index(wanted.more.hero) if wanted.more.hero in shown else None
    if job.source is not None:
        pictures = [without_mark(job.source), *pictures]
        names = ("Current", *names) if names else ()
        hero = None if hero is None else hero + 1
    design = Design(
        layout=wanted.layout or "board", columns=wanted.columns, captions=names, hero=hero,
        hero_middle=wanted.more.hero_middle, title=wanted.more.title, title_below=wanted.more.title_below,
        ground=wanted.more.ground,
    )  # fmt: skip
    board = laid_out(pictures, width=job.size[0], height=job.size[1], seed=job.seed, design=design)
    crowd = len(wanted.people) > MOST_TOGETHER and bool(wanted.stage) and wanted.layout in ("", "board")
    return Brought(Canvas(picture=board), _board_caption(job, shown), TOO_MANY if crowd else "", fallback=fallback)


def _board_caption(job: Job, shown: Sequence[int]) -> str:
    more, colour = job.wanted.more, colour_name(job.wanted.more.ground)
    count = "the reference" if len(shown) == 1 else f"the {len(shown)} references"
    count = f"{job.image(shown[0])}, {len(shown)} times," if len(shown) > 1 and len(set(shown)) == 1 else count
    both = "the picture and " if job.source is not None else ""
    large = f", {job.image(more.hero)} the largest" if more.hero is not None and more.hero in shown else ""
    title = f", titled “{more.title}”" if more.title else ""
    return f"A board of {both}{count} on {colour or 'tinted paper'}{large}{title}."
