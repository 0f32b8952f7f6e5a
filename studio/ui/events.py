"""What the page can ask for: for each place, the commands its controls call. A table of contents of the application.

The functions run outside Gradio's queue and answer in milliseconds; what takes long runs in the runner, and reaches the
page through its event stream. They are reachable over HTTP like any Gradio event, so each checks the page token.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from types import MappingProxyType
from typing import Any, Final

import gradio as gr

from studio.errors import InputError
from studio.ui import words
from studio.ui.guard import Owners
from studio.ui.handlers import Handler, Handlers
from studio.ui.shapes import Reply

ServerFunction = Callable[..., Awaitable[dict[str, Any]]]

COMMANDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    "topbar": ("new_conversation", "open_conversation", "rename", "delete", "restore"),
    "transcript": ("retry",),
    "stage": ("begin_from",),
    "versions": ("go_to", "choose"),
    "composer": ("send", "stop", "retry_now", "save_draft"),
    "tabs": (),
    "create": (),
    "references": (),
    "edit": (),
    "cost": ("set_budget",),
    "connection": ("check_connection", "use_sandbox"),
    "toasts": (),
})  # fmt: skip


def functions_for(place: str, *, handlers: Handlers, owners: Owners) -> tuple[ServerFunction, ...]:
    """The server functions of a place, as Gradio wants them."""
    return tuple(_function(name, getattr(handlers, name), owners) for name in COMMANDS[place])


def _function(name: str, handler: Handler, owners: Owners) -> ServerFunction:
    async def run(payload: object, request: gr.Request) -> dict[str, Any]:
        session = getattr(request, "session", None) or {}
        owner = owners.owner(session.get("owner"))
        if owner is None:
            return asdict(Reply(ok=False, problem=words.LOG_IN_FIRST, problem_category="permission"))
        if not isinstance(payload, Mapping):
            return asdict(Reply(ok=False, problem=str(InputError("bad_value")), problem_category="bad_value"))
        return asdict(await handler(owner, payload))

    run.__name__ = name
    run.__doc__ = handler.__doc__
    return run
