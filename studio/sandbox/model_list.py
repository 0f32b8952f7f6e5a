"""What models.list and models.get say, from the studio's catalogue."""

from typing import Final

from studio.image_models import CATALOGUE, ImageModel
from studio.sandbox.google_errors import GoogleError, JsonObject, invalid_argument
from studio.sandbox.usage import usage_data

_METHODS: Final = ("generateContent", "countTokens", "batchGenerateContent")
_DEFAULT_PAGE: Final = 50
_LARGEST_PAGE: Final = 1000


def model_json(model: ImageModel) -> JsonObject:
    return {
        "name": f"models/{model.id}",
        "version": "1.0",
        "displayName": model.name,
        "description": f"{model.name}, as the Retake sandbox imitates it.",
        "inputTokenLimit": model.context_tokens,
        "outputTokenLimit": usage_data()["output_token_limits"][model.id],
        "supportedGenerationMethods": list(_METHODS),
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
        "thinking": model.thinks,
    }


def models_page(page_size: str, page_token: str) -> JsonObject | GoogleError:
    """One page of the list; both arguments as they stand in the query, empty when they do not."""
    try:
        size, start = int(page_size or _DEFAULT_PAGE), int(page_token or 0)
    except ValueError:
        return invalid_argument("Invalid value for page_size or page_token.")
    size = min(size if size > 0 else _DEFAULT_PAGE, _LARGEST_PAGE)
    page: JsonObject = {"models": [model_json(model) for model in CATALOGUE[max(0, start) :][:size]]}
    if max(0, start) + size < len(CATALOGUE):
        page["nextPageToken"] = str(max(0, start) + size)
    return page
