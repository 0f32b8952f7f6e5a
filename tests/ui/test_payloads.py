"""No payload, however bent, makes a command of the page raise."""

import asyncio
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.branch import LOCAL_OWNER
from tests.ui.desk import ALL_COMMANDS, Desk, payload

JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
WORDS: Final = ("draft", "rev", "turn_id", "number", "sha256", "name", "id", "title", "cap_usd", "model", "text")
DRAFTS: Final = st.fixed_dictionaries(
    {"settings": st.fixed_dictionaries({"model": st.text(st.characters(), max_size=20) | JSON})},
    optional=dict.fromkeys(("text", "structured", "references", "extra"), JSON),
)


@st.composite
def bent(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A command and its payload, with some of its fields bent out of shape."""
    name = draw(st.sampled_from(ALL_COMMANDS))
    raw = payload(name, "c")
    for field in draw(st.lists(st.sampled_from((*WORDS, "conversation_id")), max_size=3)):
        raw[field] = draw(DRAFTS if field == "draft" and draw(st.booleans()) else JSON)
    return name, raw


def test_no_payload_makes_a_command_raise(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("desk")

    async def check(name: str, raw: dict[str, Any]) -> None:
        desk = Desk(folder)
        try:
            manager = await desk.conversation()
            if raw.get("conversation_id") == "c":
                raw = {**raw, "conversation_id": manager.conversation_id}
            token = desk.tokens.token_for(LOCAL_OWNER)
            reply = await getattr(desk.handlers(), name)(LOCAL_OWNER, {**raw, "token": token})
            assert reply.ok or reply.problem
            if reply.ok and name == "send":
                await desk.ended(manager)
        finally:
            await desk.aclose()

    @given(bent())
    def run(case: tuple[str, dict[str, Any]]) -> None:
        name, raw = case
        asyncio.run(check(name, raw))

    run()
