"""Days and times as short text, in the reader's own zone."""

from datetime import datetime


def short_when(moment: datetime, *, now: datetime) -> str:
    """As in "today 14:02", "yesterday", "12 Nov", "12 Nov 2025"."""
    local, today = moment.astimezone(), now.astimezone()
    days = (today.date() - local.date()).days
    if days <= 0:
        return f"today {local:%H:%M}"
    if days == 1:
        return "yesterday"
    day = f"{local.day} {local:%b}"
    return day if local.year == today.year else f"{day} {local.year}"
