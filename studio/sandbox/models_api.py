"""models.list, models.get and countTokens."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from studio.image_models import ALIASES, find_model
from studio.sandbox import google_errors, model_list
from studio.sandbox.asgi import Exchange
from studio.sandbox.ask import Job, count_tokens
from studio.sandbox.performance import Studio
from studio.sandbox.routes import VERSION, Route, key_of, route, send

MODEL: Final = r"/models/(?P<model>[^/:]+)"


@dataclass(frozen=True, slots=True)
class ModelEndpoints:
    """What can be asked of the models without generating anything."""

    studio: Studio
    max_request_bytes: int | None

    def routes(self) -> Sequence[Route]:
        return (
            route("GET", VERSION + "/models", self._list),
            route("GET", VERSION + MODEL, self._get),
            route("POST", VERSION + MODEL + ":countTokens", self._count),
        )

    async def close(self) -> None:
        """Nothing runs here between two calls."""

    async def _list(self, exchange: Exchange, _found: re.Match[str]) -> None:
        page = model_list.models_page(exchange.query.get("pageSize", ""), exchange.query.get("pageToken", ""))
        await send(exchange, page)

    async def _get(self, exchange: Exchange, found: re.Match[str]) -> None:
        model_id = found["model"]
        model = find_model(model_id) if model_id not in ALIASES else None
        missing = google_errors.model_not_found(model_id, found["version"])
        await send(exchange, model_list.model_json(model) if model else missing)

    async def _count(self, exchange: Exchange, found: re.Match[str]) -> None:
        body = await exchange.body(self.max_request_bytes)
        job = Job(
            model_id=found["model"],
            version=found["version"],
            signer=self.studio.signer,
            wants_summary=False,
            files=self.studio.reader_for(key_of(exchange)),
        )
        await send(exchange, await self.studio.workers.run(count_tokens, body, job))
