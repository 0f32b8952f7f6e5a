"""Pictures are read in another process; whatever happens there, the studio gets an answer or a refusal and goes on."""

import asyncio
import logging
import subprocess
import sys
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import TypeVar

import pytest

from studio.errors import InputError, PictureRefused
from studio.imaging.intake import Inspected, take_in
from studio.imaging.thumbnail import thumbnail
from studio.imaging.wire import Frame, WireError, read_frame
from studio.imaging.worker import Deadlines, ImagingWorker
from studio.ports import Inspector, PictureFacts
from tests.imaging import pictures

T = TypeVar("T")
PNG = pictures.encoded(pictures.scene(), "PNG")
GOOD = Inspected(width_px=48, height_px=32, mime_type="image/png")


def run(job: Callable[[ImagingWorker], Awaitable[T]]) -> T:
    """The job with a real worker."""

    async def main() -> T:
        async with ImagingWorker() as worker:
            return await job(worker)

    return asyncio.run(main())


def run_hostile(job: Callable[[ImagingWorker], Awaitable[T]], *, deadline_s: float = 60.0) -> T:
    """The job with a worker of one process, which misbehaves when asked to inspect certain bytes."""

    async def main() -> T:
        deadlines = Deadlines(small_s=deadline_s, big_s=deadline_s)
        async with ImagingWorker(processes=1, deadlines=deadlines, module="tests.imaging.hostile_child") as worker:
            return await job(worker)

    return asyncio.run(main())


def test_answers_are_those_of_the_plain_functions() -> None:
    async def job(worker: ImagingWorker) -> None:
        loaded = pictures.loaded_jpeg(orientation=6)
        assert await worker.take_in(loaded) == take_in(loaded)
        assert await worker.inspect(PNG) == GOOD
        assert await worker.thumbnail(PNG, width_px=24) == thumbnail(PNG, width_px=24)

    run(job)


def test_the_worker_is_the_inspector_the_manager_asks_for() -> None:
    async def job(inspector: Inspector) -> PictureFacts:
        return await inspector.measure(PNG)

    assert run(job) == PictureFacts(width_px=48, height_px=32)


def test_a_refusal_keeps_its_sentence() -> None:
    async def job(worker: ImagingWorker) -> str:
        with pytest.raises(PictureRefused) as caught:
            await worker.take_in(b"<svg/>")
        return str(caught.value)

    assert run(job) == "SVG drawings cannot be sent; export it as PNG."


def test_an_impossible_thumbnail_width_never_reaches_a_process() -> None:
    async def job(worker: ImagingWorker) -> None:
        with pytest.raises(InputError):
            await worker.thumbnail(PNG, width_px=0)

    run(job)


def test_many_calls_at_once_each_get_their_own_answer() -> None:
    async def job(worker: ImagingWorker) -> None:
        sizes = range(10, 50)
        made = [pictures.encoded(pictures.scene(size, 8), "PNG") for size in sizes]
        answers = await asyncio.gather(*(worker.inspect(data) for data in made))
        assert [answer.width_px for answer in answers] == list(sizes)

    run(job)


def test_one_worker_serves_several_event_loops() -> None:
    worker = ImagingWorker(processes=1)
    try:
        assert [asyncio.run(worker.inspect(PNG)) for _ in range(2)] == [GOOD, GOOD]
    finally:
        asyncio.run(worker.aclose())


@pytest.mark.parametrize("misdeed", [b"abort", b"bug", b"false type", b"negative size"])
def test_after_a_crash_or_nonsense_the_next_call_works(misdeed: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async def job(worker: ImagingWorker) -> None:
        with pytest.raises(PictureRefused, match="Reading this picture failed half-way"):
            await worker.inspect(misdeed)
        assert await worker.inspect(PNG) == GOOD

    with caplog.at_level(logging.WARNING):
        run_hostile(job)
    assert "picture process lost" in caplog.text
    assert ("ZeroDivisionError" in caplog.text) is (misdeed == b"bug")


def test_a_hang_is_ended_at_the_deadline_and_the_next_call_works() -> None:
    async def job(worker: ImagingWorker) -> None:
        with pytest.raises(PictureRefused, match="took longer than 3 seconds to read"):
            await worker.inspect(b"hang")
        assert await worker.inspect(PNG) == GOOD

    run_hostile(job, deadline_s=3.0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces an address-space limit")
def test_too_much_memory_is_a_refusal_and_the_process_lives_on() -> None:
    async def job(worker: ImagingWorker) -> None:
        before = await process_id(worker)
        with pytest.raises(PictureRefused, match="needs more memory than one may use"):
            await worker.inspect(b"fill memory")
        assert await process_id(worker) == before

    run_hostile(job)


def test_what_libraries_print_does_not_disturb_the_answers() -> None:
    async def job(worker: ImagingWorker) -> None:
        assert (await worker.inspect(b"print")).width_px == 1
        assert await worker.inspect(PNG) == GOOD

    run_hostile(job)


@pytest.mark.skipif(sys.platform == "win32", reason="Python needs the environment to start there")
def test_the_process_does_not_see_the_api_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "canary")

    async def job(worker: ImagingWorker) -> str:
        with pytest.raises(PictureRefused) as caught:
            await worker.inspect(b"environment")
        return str(caught.value)

    assert "GEMINI" not in run_hostile(job)


def test_a_process_is_used_again_and_gone_after_closing() -> None:
    worker = ImagingWorker(processes=1, module="tests.imaging.hostile_child")

    async def job() -> set[str]:
        return {await process_id(worker), await process_id(worker)}

    try:
        seen = asyncio.run(job())
    finally:
        [process] = worker._idle
        asyncio.run(worker.aclose())
    assert seen == {str(process._process.pid)}
    assert not process.is_alive


def test_a_process_that_died_while_idle_is_replaced() -> None:
    async def job(worker: ImagingWorker) -> None:
        assert await worker.inspect(PNG) == GOOD
        worker._idle[0]._process.kill()
        worker._idle[0]._process.wait()
        assert await worker.inspect(PNG) == GOOD

    run(job)


def test_a_cancelled_call_leaves_the_worker_working() -> None:
    async def job(worker: ImagingWorker) -> None:
        calls = [asyncio.create_task(worker.inspect(PNG)) for _ in range(6)]
        await asyncio.sleep(0)
        for call in calls:
            call.cancel()
        assert {type(end) for end in await asyncio.gather(*calls, return_exceptions=True)} == {asyncio.CancelledError}
        assert await worker.inspect(PNG) == GOOD

    run(job)


def test_a_process_that_cannot_start_is_a_refusal() -> None:
    async def main() -> None:
        async with ImagingWorker(module="tests.imaging.no_such_module") as worker:
            with pytest.raises(PictureRefused, match="could not start its picture reader"):
                await worker.inspect(PNG)

    asyncio.run(main())


def test_the_process_ends_when_the_studio_is_gone() -> None:
    command = (sys.executable, "-m", "studio.imaging.child")
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert read_frame(process.stdout) == Frame(head={"ready": True})
        process.stdin.close()
        assert process.wait(30) == 0


@pytest.mark.parametrize(
    "line",
    [
        b"not json\n",
        b"[1]\n",
        b'{"size_bytes": -1}\n',
        b'{"size_bytes": 99999999999}\n',
        b'{"size_bytes": "4"}\n',
        b"{}\n",
    ],
)
def test_frames_out_of_form_are_refused(line: bytes) -> None:
    with pytest.raises(WireError):
        read_frame(BytesIO(line))


@pytest.mark.parametrize("data", [b"", b'{"size_bytes": 4}\nabc'])
def test_a_frame_that_stops_short_is_an_end_of_file(data: bytes) -> None:
    with pytest.raises(EOFError):
        read_frame(BytesIO(data))


@pytest.mark.parametrize(("size_bytes", "deadline_s"), [(0, 5.0), (1_999_999, 5.0), (2_000_000, 15.0)])
def test_big_pictures_have_more_time(size_bytes: int, deadline_s: float) -> None:
    assert Deadlines().of(bytes(size_bytes)) == deadline_s


async def process_id(worker: ImagingWorker) -> str:
    try:
        await worker.inspect(b"process id")
    except PictureRefused as refusal:
        return str(refusal)
    raise AssertionError("the hostile child answers with its number")
