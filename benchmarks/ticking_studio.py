"""The studio as app.py starts it, with a ticker on its event loop. Run by `turn_overhead`; takes app.py's options.

Every tick that comes late is a line in the file named by BENCHMARK_STALLS: the monotonic time in seconds at which the
loop was free again, how late the tick was, and how much of that was this process's own doing (both in milliseconds).
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TextIO

from fastapi import FastAPI

from studio.launch import bind, serve, start_logging
from studio.logs import Secrets
from studio.options import parse_options
from studio.settings import load_settings
from studio.store.folder import prepare_folder
from studio.wiring import build_app

TICK_S: Final = 0.005
NOTED_MS: Final = 10.0


async def tick(stalls: TextIO) -> None:
    """Note every wait that took longer than it should, until cancelled.

    A process that is not given a core is late too. So the second figure is bounded by the processor time that this
    process, all its threads together, used meanwhile: what is above it, others are to blame for.
    """
    while True:
        asked_s, used_s = time.monotonic(), time.process_time()
        await asyncio.sleep(TICK_S)
        now_s = time.monotonic()
        late_ms = (now_s - asked_s - TICK_S) * 1000
        if late_ms > NOTED_MS:
            own_ms = min(late_ms, (time.process_time() - used_s) * 1000)
            stalls.write(f"{now_s:.4f} {late_ms:.1f} {own_ms:.1f}\n")
            stalls.flush()


def with_ticker(app: FastAPI, stalls: TextIO) -> FastAPI:
    """The same app; the ticker lives as long as its lifespan."""
    inner = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(served: FastAPI) -> AsyncIterator[Any]:
        async with inner(served) as state:
            ticker = asyncio.create_task(tick(stalls))
            yield state
            ticker.cancel()

    app.router.lifespan_context = lifespan
    return app


def main() -> None:
    """As app.py does, with the ticker in between."""
    settings = load_settings(home=Path(__file__).resolve().parent.parent, options=parse_options(sys.argv[1:]))
    listener = bind(settings)
    prepare_folder(settings.data_dir)
    secrets = Secrets(settings.secrets)
    log = start_logging(settings, secrets)
    with Path(os.environ["BENCHMARK_STALLS"]).open("a", encoding="utf-8") as stalls:
        serve(with_ticker(build_app(settings, secrets), stalls), settings, listener, log=log)


if __name__ == "__main__":
    main()
