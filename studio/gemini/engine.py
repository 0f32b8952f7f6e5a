"""The engine: one request in, thoughts and drafts as they come, then the whole answer. One attempt, never more."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

import httpx2
from google import genai
from google.genai import types
from pydantic import SecretStr

from studio.errors import EngineError, ErrorFacts
from studio.gemini.failures import broken_off, failure_of
from studio.gemini.guard import is_loopback
from studio.gemini.mapping import Answer, Mapper, config_of
from studio.gemini.overheard import LISTENER, Overheard
from studio.gemini.tickets import Tickets
from studio.gemini.transport import BlobTransport
from studio.parts import ImagePart, TextPart
from studio.ports import Answered, Blobs, DraftImage, EngineCheck, EngineEvent, Provider, ThoughtText
from studio.request import ImageRequest

_CHECK_TIMEOUT_S: Final = 20.0
_DEVELOPER_ADDRESS: Final = "https://generativelanguage.googleapis.com/"
_MULTI_REGIONS: Final = frozenset({"us", "eu"})


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """How to reach the service. Everything is handed over explicitly, so no environment variable can change the way."""

    provider: Provider
    api_key: SecretStr | None = field(default=None, repr=False)
    base_url: str | None = None
    enterprise: bool = False
    project: str | None = None
    location: str | None = None
    timeout_s: float = 180.0
    proxy_url: str | None = field(default=None, repr=False)


class GeminiEngine:
    """Implements `ports.ImageEngine` over the official SDK."""

    def __init__(self, config: EngineConfig, *, blobs: Blobs, inner: httpx2.AsyncBaseTransport | None = None) -> None:
        self._config = config
        tickets = Tickets()
        self._mapper = Mapper(blobs=blobs, tickets=tickets)
        transport = BlobTransport(inner=inner or _network(config), blobs=blobs, tickets=tickets)
        self._http = httpx2.AsyncClient(transport=transport, trust_env=False, follow_redirects=False)
        self._client = _sdk_client(config, self._http)
        _build_schemas()

    @property
    def provider(self) -> Provider:
        return self._config.provider

    async def generate(self, request: ImageRequest) -> AsyncIterator[EngineEvent]:
        """Yield thoughts and drafts while they stream in, then `Answered`. Raises EngineError."""
        answer, overheard = Answer(), Overheard()
        LISTENER.set(overheard)
        try:
            async with aclosing(self._chunks(request)) as chunks:
                async for chunk in chunks:
                    parts = await self._mapper.parts(_content_of(chunk))
                    answer.take(chunk, parts)
                    for part in parts:
                        if part.thought and isinstance(part, TextPart) and part.text:
                            yield ThoughtText(part.text)
                        elif part.thought and isinstance(part, ImagePart):
                            yield DraftImage(part.image)
        except EngineError:
            raise
        except Exception as error:  # noqa: BLE001 - the one place where foreign exceptions become the error tree
            failure = failure_of(error, enterprise=self._config.enterprise)
            raise (broken_off(failure) if answer.parts else failure) from None
        if not answer.ended:
            raise EngineError(
                ErrorFacts(category="bad_answer", stage="answer", billed="unknown", detail="the answer was cut off")
            )
        answer.finish_message = answer.finish_message or overheard.finish_message
        yield Answered(answer.response())

    async def check(self, model: str) -> EngineCheck:
        """Ask for the model, which is free, and say what that showed."""
        timeout = types.HttpOptions(timeout=int(_CHECK_TIMEOUT_S * 1000))
        try:
            await self._client.aio.models.get(model=model, config=types.GetModelConfig(http_options=timeout))
        except Exception as error:  # noqa: BLE001 - as above
            facts = failure_of(error, enterprise=self._config.enterprise).facts
            return EngineCheck(works=False, model=model, error=facts)
        return EngineCheck(works=True, model=model)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _chunks(self, request: ImageRequest) -> AsyncGenerator[types.GenerateContentResponse, None]:
        contents: list[types.ContentUnion] = list(self._mapper.contents(request))
        models = self._client.aio.models
        if not request.include_thoughts:
            yield await models.generate_content(model=request.model, contents=contents, config=config_of(request))
            return
        stream = await models.generate_content_stream(model=request.model, contents=contents, config=config_of(request))
        async for chunk in stream:
            yield chunk


def _build_schemas() -> None:
    """The SDK's types build their schemas when first used, which would hold the event loop in the first turn."""
    for model in (types.Content, types.GenerateContentConfig, types.GenerateContentResponse):
        model.model_rebuild()


def _content_of(chunk: types.GenerateContentResponse) -> types.Content | None:
    return chunk.candidates[0].content if chunk.candidates else None


def _network(config: EngineConfig) -> httpx2.AsyncBaseTransport:
    proxy = None if config.base_url and is_loopback(config.base_url) else config.proxy_url
    return httpx2.AsyncHTTPTransport(proxy=proxy, retries=0, limits=httpx2.Limits(max_connections=None))


def _sdk_client(config: EngineConfig, http: httpx2.AsyncClient) -> genai.Client:
    options = types.HttpOptions(
        base_url=_address(config),
        api_version="v1beta1" if config.enterprise else "v1beta",
        timeout=int(config.timeout_s * 1000),
        # Some of the SDK's paths retry a paid call unasked; ours is the only retry policy.
        retry_options=types.HttpRetryOptions(attempts=1),
        httpx_async_client=http,
    )
    key = config.api_key.get_secret_value() if config.api_key else None
    if config.enterprise:
        return genai.Client(
            enterprise=True, project=config.project, location=config.location or "global", http_options=options
        )
    return genai.Client(enterprise=False, api_key=key or "none", http_options=options)


def _address(config: EngineConfig) -> str:
    """Said outright always: where it is left out, two environment variables may decide (google-genai 3.4)."""
    if config.base_url:
        return config.base_url
    if not config.enterprise:
        return _DEVELOPER_ADDRESS
    location = config.location or "global"
    if location == "global":
        return "https://aiplatform.googleapis.com/"
    if location in _MULTI_REGIONS:
        return f"https://aiplatform.{location}.rep.googleapis.com/"
    return f"https://{location}-aiplatform.googleapis.com/"
