"""Tokens as the service reported them, by modality."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Usage:
    """One answer's `usageMetadata`. Details map a modality ("TEXT", "IMAGE") to tokens; either may be empty."""

    prompt_tokens: int = 0
    candidates_tokens: int = 0
    thoughts_tokens: int = 0
    total_tokens: int = 0
    prompt_details: Mapping[str, int] = field(default_factory=dict)
    candidates_details: Mapping[str, int] = field(default_factory=dict)
    search_queries: int = 0

    @property
    def image_output_tokens(self) -> int:
        return self.candidates_details.get("IMAGE", 0)

    @property
    def text_output_tokens(self) -> int:
        """Visible text, hidden tokens and thoughts: everything billed at the text rate."""
        return max(self.candidates_tokens - self.image_output_tokens, 0) + self.thoughts_tokens

    @property
    def output_tokens(self) -> int:
        return self.candidates_tokens + self.thoughts_tokens

    @property
    def adds_up(self) -> bool:
        """Whether prompt, candidates and thoughts make the reported total."""
        return self.total_tokens in (0, self.prompt_tokens + self.output_tokens)


def total(usages: Iterable[Usage]) -> Usage:
    """The sum of several answers' usage."""
    known = tuple(usages)
    return Usage(
        prompt_tokens=sum(usage.prompt_tokens for usage in known),
        candidates_tokens=sum(usage.candidates_tokens for usage in known),
        thoughts_tokens=sum(usage.thoughts_tokens for usage in known),
        total_tokens=sum(usage.total_tokens for usage in known),
        prompt_details=_added(usage.prompt_details for usage in known),
        candidates_details=_added(usage.candidates_details for usage in known),
        search_queries=sum(usage.search_queries for usage in known),
    )


def _added(details: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    sums: dict[str, int] = {}
    for detail in details:
        for modality, tokens in detail.items():
            sums[modality] = sums.get(modality, 0) + tokens
    return sums
