"""Conversations as a designer has them: what each turn sends, what comes back, what becomes of it."""

import asyncio
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from studio.branch import Tree
from studio.conversation import ConversationManager
from studio.conversations import Conversations
from studio.errors import BudgetReached, InputError
from studio.gemini.engine import GeminiEngine
from studio.image_models import model_of
from studio.parts import ImagePart, TextPart
from studio.ports import Provider
from studio.request import HistoryBudget
from studio.turn import Turn
from tests.sandbox_fixture import picture_bytes
from tests.workbench import Gate, Workbench, drafted, engine_config, shown, workbench

pytestmark = pytest.mark.anyio


def answer_of(tree: Tree, number: int) -> list[str]:
    """The parts of the answer a version came with, as `shown` writes them."""
    version = tree.version(number)
    assert version is not None
    attempt = next(each for each in tree.attempts if each.id == version.attempt_id)
    assert attempt.response is not None
    return [
        part.text if isinstance(part, TextPart) else part.image.sha256
        for part in attempt.response.parts
        if isinstance(part, TextPart | ImagePart)
    ]


def signatures_of(contents: list[dict[str, Any]]) -> list[str]:
    return [part["signature_sha256"] for content in contents for part in content["parts"] if "signature_sha256" in part]


async def test_a_conversation_is_replayed_part_by_part_and_forks_where_it_is_told(bench: Workbench) -> None:
    manager = await bench.conversation()
    for text in ("a fox", "warmer", "add snow", "at night"):
        await bench.asked(manager, text)
    await manager.go_to(2)
    forked = await bench.asked(manager, "in ink")

    tree = await manager.tree()
    journal = await bench.sandbox.journal()
    assert [entry["status"] for entry in journal] == [200] * 5
    assert shown(journal[3]["contents"]) == [
        ("user", ["a fox"]), ("model", answer_of(tree, 1)), ("user", ["warmer"]), ("model", answer_of(tree, 2)),
        ("user", ["add snow"]), ("model", answer_of(tree, 3)), ("user", ["at night"]),
    ]  # fmt: skip
    assert shown(journal[4]["contents"]) == [
        ("user", ["a fox"]), ("model", answer_of(tree, 1)), ("user", ["warmer"]), ("model", answer_of(tree, 2)),
        ("user", ["in ink"]),
    ]  # fmt: skip
    kept = [
        part.signature.sha256
        for attempt in tree.attempts[:2]
        if attempt.response
        for part in attempt.response.parts
        if part.signature
    ]
    assert signatures_of(journal[4]["contents"]) == kept
    assert len(kept) >= 2
    assert (forked.parent, tree.conversation.tip) == (2, 5)
    assert [version.parent for version in tree.versions] == [None, 1, 2, 3, 2]


async def test_thoughts_and_drafts_travel_back_with_their_turn(bench: Workbench) -> None:
    manager = await bench.conversation()
    await bench.asked(manager, "a fox")
    await bench.asked(manager, "warmer")

    [_, model, _] = (await bench.sandbox.journal())[1]["contents"]
    thoughts = [part for part in model["parts"] if part["thought"]]
    assert [part for part in thoughts if "text" in part]
    assert [part for part in thoughts if "data_sha256" in part]
    assert shown([model])[0][1] == answer_of(await manager.tree(), 1)


async def test_after_a_restart_old_signatures_are_still_accepted(data_dir: Path) -> None:
    async with workbench(data_dir) as before:
        manager = await before.conversation()
        await before.asked(manager, "a fox")
        await before.asked(manager, "warmer")
    async with workbench(data_dir) as after:
        again = await Conversations(after.studio).open(manager.conversation_id, owner=manager.owner)
        turn = await after.asked(again, "add snow")

        [entry] = await after.sandbox.journal()
        assert (turn.status, turn.notes, turn.starts_fresh) == ("done", (), False)
        assert (entry["status"], len(entry["contents"])) == (200, 5)
        assert len(signatures_of(entry["contents"])) >= 2


async def test_another_provider_starts_fresh_and_the_preview_says_so_before(data_dir: Path) -> None:
    async with workbench(data_dir) as before:
        manager = await before.conversation()
        await before.asked(manager, "a fox")
    elsewhere = Provider(kind="gateway", id="https://gateway.example.com")
    async with workbench(data_dir, provider=elsewhere) as after:
        again = ConversationManager(after.studio, owner=manager.owner, conversation_id=manager.conversation_id)
        preview = await again.estimate(await drafted(again, "warmer"))
        turn = await after.asked(again, "warmer")

        tree = await again.tree()
        assert preview.plan is not None
        assert (preview.plan.fresh, preview.plan.notes) == ("provider", ("fresh_start_provider",))
        assert (turn.status, turn.provider, turn.notes) == ("done", elsewhere.id, ("fresh_start_provider",))
        [entry] = await after.sandbox.journal()
        assert shown(entry["contents"]) == [
            ("user", ["The current image:", tree.versions[0].image.sha256, "warmer"])
        ]  # fmt: skip
        assert (await again.estimate(await drafted(again, "x"))).plan.fresh is None  # type: ignore[union-attr]


async def test_what_a_written_turn_leaves_out_does_not_change_with_the_budget(data_dir: Path) -> None:
    gate = Gate()
    async with workbench(data_dir) as bench:
        manager = await bench.conversation()
        for text in ("a fox", "warmer", "add snow"):
            await bench.asked(manager, text)
        whole = (await manager.estimate(await drafted(manager, "next"))).plan
        assert whole is not None
    tight = HistoryBudget(body_bytes=whole.request.body_bytes - 1)
    async with workbench(data_dir, paint=gate.paint, history=tight) as bench:
        manager = ConversationManager(bench.studio, owner=manager.owner, conversation_id=manager.conversation_id)
        preview = await manager.estimate(await drafted(manager, "next"))
        gate.open()
        turn = await bench.asked(manager, "next")

        assert preview.plan is not None
        assert preview.plan.notes == turn.notes == ("history_trimmed",)
        assert turn.left_out_turns == 1
        [entry] = await bench.sandbox.journal()
        assert [parts[0] for role, parts in shown(entry["contents"]) if role == "user"] == [
            "warmer",
            "add snow",
            "next",
        ]


async def test_an_own_picture_is_version_0_and_travels_as_the_current_image(bench: Workbench) -> None:
    manager = await bench.conversation()
    original = bench.picture(picture_bytes(200, 100))
    await manager.begin_from(original, width_px=200, height_px=100, name="Original")
    first = await bench.asked(manager, "make it night")
    await bench.asked(manager, "warmer")

    tree = await manager.tree()
    journal = await bench.sandbox.journal()
    asked = ("user", ["The current image:", original.sha256, "make it night"])
    assert shown(journal[0]["contents"]) == [asked]
    assert shown(journal[1]["contents"]) == [asked, ("model", answer_of(tree, 1)), ("user", ["warmer"])]
    assert [(version.number, version.parent) for version in tree.versions] == [(0, None), (1, 0), (2, 1)]
    assert (first.parent, first.notes) == (0, ())
    with pytest.raises(InputError, match="already has pictures"):
        await manager.begin_from(original, width_px=200, height_px=100, name="Another")


async def test_asking_for_a_retry_twice_makes_one_call(bench: Workbench) -> None:
    manager = await bench.conversation()
    turn = await bench.asked(manager, "a red fox")
    first = await manager.retry(turn.id)
    second = await manager.retry(turn.id)
    await bench.ended(first, manager)
    assert second.id == first.id
    assert len((await manager.tree()).turns) == 2


async def test_a_retry_asks_the_same_again_beside_the_first_answer(bench: Workbench) -> None:
    manager = await bench.conversation()
    await bench.asked(manager, "a fox")
    turn = await bench.asked(manager, "warmer")
    again = await bench.ended(await manager.retry(turn.id), manager)

    tree = await manager.tree()
    first, second = [entry["contents"] for entry in await bench.sandbox.journal()][1:]
    assert first == second
    assert again.id != turn.id
    assert [version.parent for version in tree.versions] == [None, 1, 1]
    assert tree.versions[1].image != tree.versions[2].image
    with pytest.raises(InputError, match="no longer here"):
        await manager.retry("nothing")


async def test_ten_sends_at_once_make_as_many_calls_as_the_cap_allows(data_dir: Path) -> None:
    gate = Gate()
    async with workbench(data_dir, paint=gate.paint) as bench:
        manager = await bench.conversation()
        draft = await drafted(manager, "a fox")
        figure = (await manager.estimate(draft)).estimate
        assert figure is not None
        await manager.set_budget(figure.reserve_usd * 3 + Decimal("0.000001"))

        results = await asyncio.gather(*(manager.send(draft) for _ in range(10)), return_exceptions=True)
        gate.open()
        sent = [result for result in results if isinstance(result, Turn)]
        for turn in sent:
            await bench.ended(turn, manager)

        assert len(sent) == 3
        assert all(isinstance(result, BudgetReached) for result in results if not isinstance(result, Turn))
        assert len(await bench.sandbox.journal()) == 3
        assert len((await manager.tree()).turns) == 3


async def test_the_preview_says_that_the_budget_is_reached_and_send_agrees(data_dir: Path) -> None:
    async with workbench(data_dir, budget_usd=Decimal("0.01")) as bench:
        manager = await bench.conversation()
        draft = await drafted(manager, "a fox")
        preview = await manager.estimate(draft)

        assert preview.problem is not None
        assert (preview.problem.category, preview.problem.billed) == ("budget", "no")
        with pytest.raises(BudgetReached) as raised:
            await manager.send(draft)
        assert raised.value.facts == preview.problem
        assert (await manager.tree()).turns == ()
        await manager.set_budget(None)
        assert (await bench.asked(manager, "a fox")).status == "done"


async def test_simulated_and_real_money_have_a_cap_each(data_dir: Path) -> None:
    async with workbench(data_dir) as bench:
        manager = await bench.conversation()
        await bench.asked(manager, "a fox")
        await manager.set_budget(Decimal("0.05"))
    real = Provider(kind="gateway", id="https://gateway.example.com")
    async with workbench(data_dir, provider=real) as bench:
        manager = ConversationManager(bench.studio, owner=manager.owner, conversation_id=manager.conversation_id)
        budget = (await manager.estimate("warmer")).budget
        assert budget is not None
        assert (budget.cap_usd, budget.spent_usd) == (Decimal(10), Decimal(0))
        await bench.asked(manager, "warmer")

        simulated, spent = [
            await bench.store.spent_usd(manager.conversation_id, simulated=each) for each in (True, False)
        ]
        costs = [attempt.cost_usd for attempt in (await manager.tree()).attempts]
        assert [simulated, spent] == costs
        for wrong in (None, Decimal(0), Decimal(-1), Decimal("NaN"), Decimal("Infinity"), Decimal(100_001)):
            with pytest.raises(InputError):
                await manager.set_budget(wrong)
        assert (await manager.tree()).conversation.budget_usd == Decimal(10)
        assert (await manager.tree()).conversation.simulated_budget_usd == Decimal("0.05")


class Renamed(httpx2.AsyncBaseTransport):
    """A service that knows a model by another name."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, *, asked: str, model: str) -> None:
        self._inner = inner
        self._asked, self._model = f"/models/{asked}:", f"/models/{model}:"
        self.paths: list[str] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.paths.append(request.url.path)
        request.url = request.url.copy_with(path=request.url.path.replace(self._asked, self._model))
        return await self._inner.handle_async_request(request)


async def test_a_model_outside_the_catalogue_answers_and_its_cost_is_unknown(bench: Workbench) -> None:
    transport = Renamed(bench.wire.transport(), asked="gemini-9-image", model="gemini-3-pro-image")
    bench.engines.engine = GeminiEngine(engine_config(), blobs=bench.blobs, inner=transport)
    manager = await bench.conversation(model_of("gemini-9-image"))
    draft = await drafted(manager, "a fox")
    assert (await manager.estimate(draft)).estimate is None
    assert (await bench.ended(await manager.send(draft), manager)).status == "done"
    assert (await bench.asked(manager, "warmer")).status == "done"

    tree = await manager.tree()
    assert [attempt.cost_usd for attempt in tree.attempts] == [None, None]
    assert [version.parent for version in tree.versions] == [None, 1]
    assert {path.rpartition("/")[2].partition(":")[0] for path in transport.paths} == {"gemini-9-image"}
    second = json.loads(bench.wire.bodies[1])
    assert [content["role"] for content in second["contents"]] == ["user", "model", "user"]
    assert second["generationConfig"] == {"responseModalities": ["TEXT", "IMAGE"]}  # nothing it might refuse
