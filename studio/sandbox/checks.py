"""What the service refuses, in its order: first what is wrong for every model, then what this model does not do.

Texts: gemini models' live refusals as published, read 2026-11-22; those marked "not captured" have no public sighting.
"""

from typing import Any, Final

from studio.image_models import FOURTEEN_RATIOS, ImageModel
from studio.sandbox.files.store import file_denied
from studio.sandbox.google_errors import (
    GoogleError,
    JsonObject,
    Refused,
    bad_input_image,
    cached_content_missing,
    invalid_argument,
)
from studio.sandbox.history import Content, contents_of
from studio.sandbox.pictures import looks_like_picture

_IMAGE_SIZES: Final = ("1K", "2K", "4K", "512", "512P", "512PX")
_ROLES: Final = ("user", "model")
_READABLE_FILES: Final = ("application/pdf", "text/", "video/", "audio/")
_REQUEST: Final = "* GenerateContentRequest"


def check_schema(message: JsonObject) -> tuple[Content, ...]:
    """The schema stage, the same for all models; returns the contents. Raises Refused."""
    problems: list[str] = []
    if not message.get("contents"):
        problems.append(f"{_REQUEST}.contents: contents is not specified\n")
    ratio = _image_config(message).get("aspect_ratio")
    if ratio and ratio not in FOURTEEN_RATIOS:
        named = ", ".join(f"'{known}'" for known in FOURTEEN_RATIOS[:-1])
        problems.append(
            f"{_REQUEST}.generation_config.image_config.aspect_ratio: aspect_ratio must be one of "
            f"{named}, or '{FOURTEEN_RATIOS[-1]}'.\n"
        )
    if problems:
        raise Refused(invalid_argument("".join(problems)))
    contents = contents_of(message)
    if any(content.role not in _ROLES for content in contents):
        raise Refused(invalid_argument("Please use a valid role: user, model."))
    if not any(content.parts for content in contents):
        raise Refused(invalid_argument("Request has empty input."))
    return contents


def check_model(model: ImageModel, message: JsonObject) -> None:
    """The model stage: size, ratio, thinking, tools and the rest. Raises Refused with the first objection."""
    if message.get("cached_content"):
        raise Refused(cached_content_missing())
    config = message.get("generation_config", {})
    for problem in (
        _image_problem(model, _image_config(message)),
        _thinking_problem(model, config.get("thinking_config")),
        _output_problem(config),
        _tool_problem(model, message.get("tools", [])),
        _sampling_problem(model, config),
    ):
        if problem is not None:
            raise Refused(invalid_argument(problem))


def check_inputs(contents: tuple[Content, ...]) -> None:
    """Inline pictures are of a kind that can be read, files are ones the sandbox has. Raises Refused."""
    for content in contents:
        for part in content.parts:
            if part.kind == "image" and not looks_like_picture(part.data):
                raise Refused(bad_input_image())
            if part.kind == "file" and (problem := _file_problem(part.text, part.mime_type)) is not None:
                raise Refused(problem)


def _image_config(message: JsonObject) -> dict[str, Any]:
    config: dict[str, Any] = message.get("generation_config", {}).get("image_config", {})
    return config


def _image_problem(model: ImageModel, config: dict[str, Any]) -> str | None:
    ratio, size = config.get("aspect_ratio"), config.get("image_size")
    if size and size.startswith("512") and size in _IMAGE_SIZES and "512" not in model.sizes:
        return f"Image size {size} is not supported for this model"
    if size and model.sizes:
        if size not in _IMAGE_SIZES:
            return f"Unsupported image_size '{size}'. Supported values are: {', '.join(_IMAGE_SIZES)}."
        if not size.startswith("512") and size not in model.sizes:
            return f"Image size {size} is not supported for this model"
    if ratio and ratio not in model.ratios:
        return f"Aspect ratio {ratio} is not supported for this model"
    return None


def _thinking_problem(model: ImageModel, config: dict[str, Any] | None) -> str | None:
    if config is None:
        return None
    if not model.thinks:
        return "Thinking is not enabled for this model"
    level = config.get("thinking_level")
    if level and config.get("thinking_budget") is not None:
        return "You can only set only one of thinking budget and thinking level."
    # Pro takes any level without effect, so its catalogue entry offers none.
    if level and model.thinking_levels and level.lower() not in model.thinking_levels:
        return f"Thinking level {level} is not supported for this model."
    return None


def _output_problem(config: dict[str, Any]) -> str | None:
    if config.get("candidate_count", 1) > 1:
        return "Multiple candidates is not enabled for this model"
    wants_json = config.get("response_mime_type") not in (None, "", "text/plain")
    if wants_json or "response_schema" in config or "response_json_schema" in config:
        return "JSON mode is not enabled for this model"
    if "AUDIO" in config.get("response_modalities", []):
        return "The requested combination of response modalities is not supported by the model."
    return None


def _tool_problem(model: ImageModel, tools: list[dict[str, Any]]) -> str | None:
    for tool in tools:
        if "google_search" in tool and not model.search:
            return "Search as tool is not enabled for this model"
        if "function_declarations" in tool:
            return "Function calling is not enabled for this model"
    return None


def _sampling_problem(model: ImageModel, config: dict[str, Any]) -> str | None:
    """2.1 takes neither; the refusals were reported in October 2026 without their text (not captured)."""
    if model.id != "gemini-nano-banana-2.1":
        return None
    if "seed" in config:
        return "Seed is not supported for this model"
    if "temperature" in config:
        return "Temperature is not supported for this model"
    return None


def _file_problem(uri: str, mime_type: str) -> GoogleError | None:
    if uri:
        if "/files/" in uri or uri.startswith("files/"):
            return file_denied(uri.rpartition("/")[2])
        return invalid_argument("Cannot fetch content from the provided URL.")
    if not mime_type.startswith(_READABLE_FILES):
        return invalid_argument(f"Unsupported MIME type: {mime_type}")
    return None
