"""Sentences for failures where `errors.REMEDIES` speaks of something else: of a file just dropped, or of an API key."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from studio.errors import Category

SENTENCES: Final[Mapping[Category, str]] = MappingProxyType({
    "bad_picture": (
        "Gemini could not read one of the pictures. Remove the reference that was added last, or use it as a PNG or "
        "JPEG, then send again."
    ),
    "prompt_too_long": (
        "The prompt and its history are more than this model reads. Shorten the prompt, remove references, or start "
        "fresh."
    ),
})  # fmt: skip
"""What the service, not the studio, refused of a prompt."""

ON_GOOGLE_CLOUD: Final[Mapping[Category, str]] = MappingProxyType({
    "key_invalid": (
        "Google Cloud finds no credentials on this computer that it accepts. Run “gcloud auth application-default "
        "login”, then send again."
    ),
    "permission": (
        "This Google Cloud account or project may not use this model. Check its roles, and that the Vertex AI API is "
        "on in the project."
    ),
    "no_billing": "This Google Cloud project has no quota for this model. Ask for quota in the Cloud console.",
    "credits_gone": "This Google Cloud project's credit is used up. Check its billing in the Cloud console.",
    "rate_day": "The project's quota for today is used up. Ask for more in the Cloud console, or wait for its reset.",
    "region": "This model is not offered in this Google Cloud location. Try GOOGLE_CLOUD_LOCATION=global.",
    "model_retired": (
        "This model is not offered in this Google Cloud project and location. Choose another model in Create."
    ),
})  # fmt: skip
"""On Google Cloud the machine's credentials and a project stand where an API key stands elsewhere."""
