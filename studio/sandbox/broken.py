"""What comes in place of an answer: a reset, nothing, a gateway's page, half an object."""

from typing import Final

from studio.sandbox.asgi import Exchange
from studio.sandbox.scenarios.faults import Fault

_GATEWAY_PAGE: Final = (
    b"<!DOCTYPE html>\n<html><head><title>Gateway</title></head><body><h1>Bad gateway</h1></body></html>\n"
)


async def break_answer(exchange: Exchange, fault: Fault, *, half: bytes) -> None:
    """Answer as one of BREAK_KINDS says; `half` is the half object of a broken JSON body."""
    if fault.kind in ("reset", "reset_unread"):
        await exchange.reset()
    elif fault.kind == "no_answer":
        await exchange.gone()
    elif fault.kind == "html":
        await exchange.reply(int(fault.number("status", 502)), _GATEWAY_PAGE, "text/html; charset=UTF-8")
    else:
        await exchange.reply(200, half)
