"""The sandbox for tests: in this process behind the SDK, or as a process of its own.

In process its painter is a flat one, unless a test asks otherwise: its pictures decode, differ by seed, cost nothing.
"""

import hashlib
import io
import json
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import httpx2
from google import genai
from google.genai import types
from PIL import Image

from studio.sandbox.asgi import ASGIApp
from studio.sandbox.batches.store import BatchLimits
from studio.sandbox.config import SandboxConfig
from studio.sandbox.files.store import Clock, FileLimits, utc_now
from studio.sandbox.painter import Painting, PaintOrder
from studio.sandbox.painting import Paint
from studio.sandbox.service import create_app

REPOSITORY = Path(__file__).resolve().parents[1]
SMALL_SIGNATURE_BYTES = (1_800, 2_200)
ANY_KEY = "sandbox-key-1234"
MODEL_21 = "gemini-nano-banana-2.1"
MODEL_PRO = "gemini-3-pro-image"


def flat_painting(order: PaintOrder) -> Painting:
    """One colour, drawn from the seed. ValueError for inputs that do not decode, as the real painter raises."""
    for given in (order.source, *order.references):
        if given is not None:
            _decode(given)
    colour = tuple(hashlib.sha256(order.seed).digest()[:3])
    picture = Image.new("RGB", (order.width_px, order.height_px), colour)
    return Painting(
        data=encode(picture, order.mime_type),
        width_px=order.width_px,
        height_px=order.height_px,
        caption=f"A flat colour for {order.prompt[:40]!r}.",
    )


def _decode(data: bytes) -> None:
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
    except OSError as error:
        raise ValueError("not a picture") from error


def encode(picture: Image.Image, mime_type: str = "image/png") -> bytes:
    held = io.BytesIO()
    picture.save(held, "JPEG" if mime_type == "image/jpeg" else "PNG", quality=60)
    return held.getvalue()


def picture_bytes(width_px: int = 64, height_px: int = 48, *, colour: str = "teal", mime: str = "image/png") -> bytes:
    return encode(Image.new("RGB", (width_px, height_px), colour), mime)


def size_of(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.size


def sandbox_app(
    data_dir: Path,
    *,
    paint: Paint | None = flat_painting,
    control: bool = True,
    inspector: bool = False,
    pace: float = 0.0,
    seed: int = 0,
    scenarios: Sequence[str] = (),
) -> ASGIApp:
    """An app in this process: small signatures, no waiting, the flat painter. `paint` None is the real one."""
    low, high = SMALL_SIGNATURE_BYTES
    config = SandboxConfig(
        data_dir=data_dir,
        signature_min_bytes=low,
        signature_max_bytes=high,
        pace=pace,
        control=control,
        inspector=inspector,
        worker_processes=0,
        seed=seed,
        scenarios=tuple(scenarios),
    )
    return create_app(config, paint=paint)


@dataclass(slots=True)
class HandClock:
    """A clock that a test moves."""

    moment: datetime = datetime(2026, 11, 22, 12, 0, 0, 250_000, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        """Forward by a timedelta's arguments."""
        self.moment += timedelta(**by)


def limited_app(
    data_dir: Path,
    *,
    files: FileLimits = FileLimits(),  # noqa: B008 - frozen
    batches: BatchLimits = BatchLimits(),  # noqa: B008 - frozen
    now: Clock = utc_now,
    paint: Paint = flat_painting,
    pace: float = 0.0,
) -> ASGIApp:
    """An app in this process with its own limits for files and batches, and its own clock for both."""
    low, high = SMALL_SIGNATURE_BYTES
    config = SandboxConfig(
        data_dir=data_dir,
        signature_min_bytes=low,
        signature_max_bytes=high,
        pace=pace,
        control=True,
        worker_processes=0,
        files=files,
        batches=batches,
    )
    return create_app(config, paint=paint, now=now)


@dataclass(slots=True)
class SandboxClient:
    """An app and its two clients: the SDK's, and plain HTTP for what the SDK would not send."""

    app: ASGIApp
    api_version: str = "v1"
    http: httpx2.AsyncClient = field(init=False)

    def __post_init__(self) -> None:
        transport = httpx2.ASGITransport(app=self.app)
        self.http = httpx2.AsyncClient(
            transport=transport, base_url="http://localhost", headers={"x-goog-api-key": ANY_KEY}
        )

    def sdk(self, *, key: str = ANY_KEY, api_version: str | None = None) -> genai.Client:
        return genai.Client(
            api_key=key,
            enterprise=False,
            http_options=types.HttpOptions(
                base_url="http://localhost",
                api_version=api_version or self.api_version,
                async_client_args={"transport": httpx2.ASGITransport(app=self.app)},
            ),
        )

    async def generate(
        self,
        body: object,
        *,
        model: str = MODEL_21,
        stream: bool = False,
        version: str = "v1",
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> httpx2.Response:
        """POST a body as it is: bytes, or anything JSON can hold."""
        method = "streamGenerateContent?alt=sse" if stream else f"generateContent{query}"
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.http.post(f"/{version}/models/{model}:{method}", content=content, headers=headers)

    async def queue(self, *faults: dict[str, Any]) -> None:
        (await self.http.post("/control/faults", json=list(faults))).raise_for_status()

    async def journal(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = (await self.http.get("/control/requests")).json()
        return entries


class SandboxProcess:
    """`python -m studio.sandbox` on a free loopback port, for as long as the `with` lasts; `flat` paints one colour."""

    def __init__(
        self, data_dir: Path, *arguments: str, signature_kb: float = 2, pace: float = 0, flat: bool = False
    ) -> None:
        module = "tests.flat_sandbox" if flat else "studio.sandbox"
        self._command = [
            sys.executable, "-m", module, "--port", "0", "--data-dir", str(data_dir), "--signature-kb",
            str(signature_kb), "--pace", str(pace), "--control", "--no-inspector", "--exit-with-parent", *arguments,
        ]  # fmt: skip
        self.base_url = ""
        self.process: subprocess.Popen[str] | None = None
        self._clients: list[genai.Client] = []

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            self._command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.base_url = line.strip().rpartition(" ")[2]
        if not self.base_url.startswith("http://127.0.0.1:"):
            self.__exit__()
            raise RuntimeError(f"the sandbox did not start: {line!r}")
        return self

    def __exit__(self, *_: object) -> None:
        """Close its stdin, which ends it; a process that stays is killed."""
        for client in self._clients:
            client.close()
        assert self.process is not None
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def sdk(self, *, key: str = ANY_KEY) -> genai.Client:
        """A client that stays open as long as the process: the SDK closes one that nobody holds, mid-call."""
        options = types.HttpOptions(base_url=self.base_url, api_version="v1")
        self._clients.append(genai.Client(api_key=key, enterprise=False, http_options=options))
        return self._clients[-1]

    def queue(self, faults: Sequence[dict[str, Any]]) -> None:
        request = urllib.request.Request(
            f"{self.base_url}/control/faults", data=json.dumps(list(faults)).encode(), method="POST"
        )
        with urllib.request.urlopen(request) as answer:
            answer.read()

    def journal(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"{self.base_url}/control/requests") as answer:
            entries: list[dict[str, Any]] = json.load(answer)
        return entries
