"""Every sentence the page says that is neither an error's own (studio.errors has those) nor in the panels' scripts."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from studio.errors import Billed
from studio.turn import TurnNote, TurnStatus

SANDBOX_BADGE: Final = "Sandbox"
SANDBOX_NOTE: Final = "painted locally, not Gemini"

STATUS: Final[Mapping[TurnStatus, str]] = MappingProxyType({
    "sending": "Sending…",
    "waiting": "Painting…",
    "retrying": "Waiting to try again…",
    "done": "Done.",
    "refused": "No picture was made.",
    "failed": "That did not work.",
    "cancelled": "Stopped.",
    "interrupted": "Interrupted.",
})  # fmt: skip

NOTES: Final[Mapping[TurnNote, str]] = MappingProxyType({
    "fresh_start_provider": "Started fresh from the picture: the earlier turns were made by another engine.",
    "fresh_start_unsigned": "Started fresh from the picture: the earlier turns came from a model without signatures.",
    "fresh_start_candidate": "Started fresh from the picture: it is not the one its answer ended with.",
    "fresh_start_signature": "Gemini no longer accepted the earlier turns, so this started fresh from the picture.",
    "fresh_start_budget": "The earlier turns did not fit, so this started fresh from the last picture.",
    "history_trimmed": "Older turns were left out to keep the request small.",
    "some_images_failed": "Not every image arrived.",
    "size_differs": "The picture's size is not the one that was asked for.",
    "settings_text_cleaned": "Invisible control characters were taken out of the prompt.",
})  # fmt: skip

MISSING: Final = "{missing} of {asked} images did not arrive:"
STILL_COST: Final = "It still cost {cost}."

BILLED: Final[Mapping[Billed, str]] = MappingProxyType(
    {
        "no": "No charge.",
        "yes": "This was billed.",
        "unknown": "It may have been billed.",
    }
)

FRESH_BEFORE_SEND: Final = MappingProxyType(
    {
        "unsigned": (
            "The next turn starts fresh from this picture: the earlier turns were made by a model without signatures."
        ),
        "candidate": "The next turn starts fresh from this picture: its answer ended with another one.",
        "provider": "The next turn starts fresh from this picture: the earlier turns were made by another engine.",
        "budget": "The next turn starts fresh from this picture: the earlier turns do not fit into one request.",
    }
)

INTAKE_NOTES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "metadata_removed": "Location, camera data and comments were removed; the pixels are untouched.",
        "provenance_removed": "Its provenance record named the earlier file and was removed.",
        "extra_data_removed": "Data after the picture was removed.",
        "converted": "Converted, because Gemini does not take this format.",
        "converted_heic": "Converted to remove its location, which cannot be cut out of a HEIC file.",
        "first_frame": "Only the first frame is used.",
        "cmyk_converted": "Converted from CMYK to RGB.",
        "depth_reduced": "Reduced from 16 to 8 bits per channel.",
    }
)

ADVICE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "512": "512 is for the quickest sketches.",
        "1K": "1K is for drafts.",
        "2K": "2K suits web and slides.",
        "4K": "4K is for print.",
    }
)

RETRYING: Final = "{reason} It is tried again by itself."

ENGINE_READY: Final = "Ready."
ENGINE_NOT_ASKED: Final = "Not asked yet."
ENGINE_ANSWERED: Final = "The last call was answered."
ENGINE_WAITS: Final = "A call waits to be tried again."
ENGINE_FAILED: Final = "The last call failed. {reason}"

UNKNOWN_COST: Final = "unknown"
NO_CHARGE: Final = "no charge"
UP_TO: Final = "up to {cost}"

DELETED: Final = "“{title}” was deleted."
NOTHING_RUNS: Final = "Nothing is running."
CHECK_WORKS: Final = "{model} answers with this connection. Whether billing is on only a paid call can prove."
CHECK_SANDBOX: Final = "The sandbox answers. It paints locally, costs nothing and never leaves this computer."
KEY_IN_USE: Final = "The key is in use until the studio stops."
KEY_SAVED: Final = "The key is in use and was saved to .env."
KEY_SAVED_BUT_LOSES: Final = (
    "The key is in use and was saved to .env. GOOGLE_API_KEY is set as well and wins at the next start; remove it to "
    "keep this one."
)
KEY_EMPTY: Final = "Paste a key first."
KEY_NOT_SAVED: Final = "The key is in use, but .env could not be written. It lasts until the studio stops."
KEY_ONLY_LOCAL: Final = "A key can only be entered on the computer the studio runs on."
SANDBOX_IN_USE: Final = "The sandbox is in use. Pictures are painted locally."
PAGE_TOO_OLD: Final = "This page is older than the studio. Reload it; what you typed is kept."
INTERNAL: Final = "Something went wrong in the studio itself. Try again; the log file has the details."
UPLOAD_TOO_LARGE: Final = "This file is larger than {limit_mb} MB, the most a picture may have. Use a smaller one."
READ_ONLY: Final = (
    "Another Retake has this data folder open, so this one only shows it. "
    "Close the other one, then start this one again."
)
LOG_IN_FIRST: Final = "Log in first."
ENGINE_ONLY_LOCAL: Final = "The engine can only be changed on the computer the studio runs on."
REFUSED_PAGE: Final = "This page did not come from this studio. Open the studio's own address."
