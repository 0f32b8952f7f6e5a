"""A picture that was kept, and the conversation state it stands for."""

from dataclasses import dataclass
from datetime import datetime

from studio.parts import Blob


@dataclass(frozen=True, slots=True)
class Version:
    """`number` counts per conversation in order of commit and is never reused; an uploaded original is 0.

    `turn_id` is None for an original. `attempt_id` names the answer it came in and `part_index` its place there, so
    that continuing from it replays exactly that answer.
    """

    number: int
    parent: int | None
    image: Blob
    width_px: int
    height_px: int
    created_at: datetime
    turn_id: str | None = None
    attempt_id: str | None = None
    part_index: int | None = None
    name: str = ""
