"""The engine's badge and the connection panel's heading. Pure."""

from typing import Final
from urllib.parse import urlsplit

from studio.branch import Tree
from studio.errors import REMEDIES, Category
from studio.ports import ConnectionFacts
from studio.ui import words
from studio.ui.shapes import EngineView, Tone

OF_THE_CONNECTION: Final[frozenset[Category]] = frozenset({
    "key_missing", "key_invalid", "key_leaked", "permission", "region", "no_billing", "credits_gone", "rate_day",
    "offline", "connection_refused", "not_gemini", "outcome_unknown",
})  # fmt: skip
"""What is wrong with the way to the engine and not with one request: the next call would meet it, too."""


def engine_view(connection: ConnectionFacts, tree: Tree) -> EngineView:
    """Who paints, and how the last call to them went."""
    kind = connection.provider.kind
    badge, note, title, sentence = {
        "sandbox": (
            words.SANDBOX_BADGE,
            words.SANDBOX_NOTE,
            "Sandbox",
            (
                "Pictures are painted on this computer. Nothing is sent anywhere and nothing is billed; costs are what "
                "Gemini would have charged."
            ),
        ),
        "developer": (
            "Gemini",
            "",
            "Gemini API",
            "Prompts and pictures go to Google with your key, and calls are billed to it.",
        ),
        "enterprise": (
            "Vertex",
            "",
            "Gemini on Google Cloud",
            "Prompts and pictures go to your Google Cloud project, which is billed.",
        ),
        "gateway": (
            "Gateway",
            host_of(connection.address or ""),
            "Gateway",
            "Prompts and pictures go to this address, which decides who is billed.",
        ),
    }[kind]
    tone, health = _health(connection, tree)
    return EngineView(
        kind=kind,
        badge=badge,
        badge_note=note,
        tone=tone,
        health=health,
        simulated=connection.provider.simulated,
        title=title,
        sentence=sentence,
        key_last_four=connection.key_last_four,
        address=connection.address,
        can_use_key=connection.can_use_key,
        can_use_sandbox=kind != "sandbox" and connection.can_use_key,
    )


def host_of(address: str) -> str:
    """The part "127.0.0.1:8787" of "http://127.0.0.1:8787/v1"; the address itself where it names no host."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2] or address
    except ValueError:
        return address


def _health(connection: ConnectionFacts, tree: Tree) -> tuple[Tone, str]:
    """The dot and its words: from the turns of this conversation that this engine was asked for."""
    turns = [turn for turn in tree.turns if turn.provider == connection.provider.id]
    if any(turn.status == "retrying" for turn in turns):
        return "warn", words.ENGINE_WAITS
    last = next((turn for turn in reversed(turns) if not turn.running), None)
    if last is not None and last.error is not None and last.error.category in OF_THE_CONNECTION:
        return "bad", words.ENGINE_FAILED.format(reason=last.error.sentence or REMEDIES[last.error.category].happened)
    if last is not None and last.status in ("done", "refused"):
        return "ok", words.ENGINE_ANSWERED
    # The studio starts its own sandbox and does not open before it answers.
    return ("ok", words.ENGINE_READY) if connection.provider.kind == "sandbox" else ("plain", words.ENGINE_NOT_ASKED)
