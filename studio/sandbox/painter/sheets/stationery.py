"""Small printed things: a business card on a table, a menu, a ticket with a stub."""

from studio.sandbox.painter.lettering.typography import Box, Style
from studio.sandbox.painter.sheets.layouts import Job, inset
from studio.sandbox.painter.sheets.sheet import Ink, TypeBox, legible, ratio


def _laid_down(job: Job, box: Box, ink: Ink) -> None:
    """A piece of card with a soft shadow under it."""
    sheet, u = job.sheet, job.sheet.unit
    for i in range(8):
        spread = (7 - i) * 0.55 * u
        sheet.rect((box[0] - spread, box[1] - spread + 2 * u, box[2] + spread, box[3] + spread + 2 * u), (0, 0, 0),
                   opacity=0.035)  # fmt: skip
    sheet.rect(box, ink)


def _fitted_box(job: Job, aspect: float, share: float) -> Box:
    wide = min(job.sheet.width * share, job.sheet.height * share * aspect)
    x, y = job.sheet.width / 2, job.sheet.height / 2
    return x - wide / 2, y - wide / aspect / 2, x + wide / 2, y + wide / aspect / 2


def card(job: Job) -> None:
    """Mark and name at the left, the other lines at the foot."""
    sheet, inks = job.sheet, job.inks
    sheet.rect((0, 0, sheet.width, sheet.height), inks.third if ratio(inks.third, inks.paper) > 1.15 else inks.second)
    box = _fitted_box(job, 1.75, 0.82)
    tall = box[3] - box[1]
    _laid_down(job, box, inks.paper)
    sheet.rect((box[0], box[1], box[0] + 0.05 * tall, box[3]), inks.first)
    left, top, right, bottom = inset(box, 0.13 * tall)
    ink, accent = legible(inks.paper, inks.ink), legible(inks.paper, inks.first, inks.second, enough=2.5)
    sheet.mark(job.mark(), (right - 0.1 * tall, top + 0.1 * tall), 0.24 * tall, accent)
    above = TypeBox((left, top, right - 0.3 * tall, top + 0.34 * tall), most_px=0.14 * tall)
    name = sheet.text(job.title, job.style("bold"), above, ink)
    sheet.text(job.second, Style("sans"), TypeBox((left, name[3] + 0.05 * tall, right, top + 0.5 * tall),
               most_px=0.075 * tall), accent)  # fmt: skip
    y = bottom
    for words in reversed(job.rest):
        laid = sheet.text(words, Style("sans"), TypeBox((left, y - 0.09 * tall, right, y), stand=1.0,
                          most_px=0.062 * tall), ink)  # fmt: skip
        y = laid[1] - 0.035 * tall


def menu(job: Job) -> None:
    """A title between rules, then one line for each dish."""
    sheet, inks, u = job.sheet, job.inks, job.sheet.unit
    dark = job.rng.random() < 0.4
    ground = inks.ink if dark else inks.paper
    ink = legible(ground, inks.paper, inks.ink)
    accent = legible(ground, inks.second, inks.first, enough=2.5)
    sheet.rect((0, 0, sheet.width, sheet.height), ground)
    sheet.frame(inset((0, 0, sheet.width, sheet.height), 4 * u), max(1.0, 0.4 * u), accent)
    left, top, right, bottom = inset((0, 0, sheet.width, sheet.height), 10 * u)
    size = 14 * u
    sheet.mark(job.mark(), (sheet.width / 2, top + size / 2), size, accent, weight=1.4)
    tall = bottom - top
    alone = len(job.copy) < 2
    box = sheet.text(job.title, job.style("didone"),
                     TypeBox((left, top + size + 3 * u, right, top + size + tall * (0.7 if alone else 0.26)), "centre",
                     most_px=(17 if alone else 12) * u), ink)  # fmt: skip
    sheet.rect(
        (sheet.width / 2 - 9 * u, box[3] + 3 * u, sheet.width / 2 + 9 * u, box[3] + 3 * u + max(1, 0.4 * u)), accent
    )
    dishes = job.copy[1:]
    if not dishes:
        return
    step = min((bottom - box[3] - 7 * u) / len(dishes), 12 * u)
    for i, words in enumerate(dishes):
        y = box[3] + 7 * u + i * step
        sheet.text(
            words, Style("serif"), TypeBox((left, y, right, y + step * 0.72), "centre", 0.5, most_px=5.4 * u), ink
        )


def ticket(job: Job) -> None:
    """A ticket with a perforated stub, the title large beside it."""
    sheet, inks = job.sheet, job.inks
    sheet.rect((0, 0, sheet.width, sheet.height), inks.ink if ratio(inks.ink, inks.first) > 1.3 else inks.third)
    table = sheet.ink_under((0, 0, 4, 4))
    box = _fitted_box(job, 2.4, 0.9)
    tall = box[3] - box[1]
    _laid_down(job, box, inks.first)
    stub = box[2] - tall * 0.62
    sheet.rect((stub, box[1], box[2], box[3]), inks.second)
    for i in range(14):
        y = box[1] + (i + 0.5) * tall / 14
        sheet.rect((stub - 0.006 * tall, y - 0.018 * tall, stub + 0.006 * tall, y + 0.018 * tall), table)
    for x in (box[0], stub, box[2]):
        for y in (box[1], box[3]):
            sheet.disc((x, y), 0.055 * tall, table)
    left, top, right, bottom = box[0] + 0.13 * tall, box[1] + 0.14 * tall, stub - 0.1 * tall, box[3] - 0.13 * tall
    ink = legible(inks.first, inks.paper, inks.ink)
    rest = 0.26 * tall if len(job.copy) > 1 else 0
    sheet.text(job.title, job.style("condensed"),
               TypeBox((left, top, right, bottom - rest), stand=0.0), ink)  # fmt: skip
    for i, words in enumerate(job.copy[1:3]):
        y = bottom - rest + 0.05 * tall + i * 0.11 * tall
        sheet.text(words, Style("sans"), TypeBox((left, y, right, y + 0.1 * tall), most_px=0.08 * tall), ink)
    on = legible(inks.second, inks.ink, inks.paper)
    sheet.mark(job.mark(), ((stub + box[2]) / 2, box[1] + tall * (0.4 if job.rest[1:] else 0.5)), tall * 0.34, on)
    for words in job.rest[1:2]:
        torn = (stub + 0.06 * tall, bottom - 0.2 * tall, box[2] - 0.08 * tall, bottom)
        sheet.text(words, Style("bold"), TypeBox(torn, "centre", 1.0, most_px=0.09 * tall), on)
