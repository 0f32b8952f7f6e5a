"""Every picture of the contact sheet is one the sandbox understands wholly."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from studio.sandbox.painter.edits.instructions import read_instruction
from studio.sandbox.painter.land.features import find_features
from studio.sandbox.painter.lettering.textplace import quotes
from studio.sandbox.painter.people.person import people_said
from studio.sandbox.painter.reading.brief import describe, find_subjects, read_brief
from studio.sandbox.painter.reading.finding import find_terms
from studio.sandbox.painter.vocabulary import vocabulary

SHEET: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[3] / "scripts" / "contact_sheet.toml").read_text(encoding="utf-8")
)
EDITS = [(row["base"], edit) for row in SHEET["rows"] for edit in row["edits"]]
SEED = bytes(range(32))


@pytest.mark.parametrize(("base", "edit"), EDITS)
def test_every_edit_of_the_sheet_is_understood_wholly(base: str, edit: str) -> None:
    plan = read_instruction(edit, read_brief(base, SEED), SEED)
    assert plan.missed == ()
    assert plan.notes == ()
    assert plan.did


@pytest.mark.parametrize("prompt", SHEET["prompts"])
def test_the_caption_names_what_the_prompt_asks_for(prompt: str) -> None:
    caption = describe(read_brief(prompt, SEED)).lower()
    text = prompt.lower()
    for quote in quotes(prompt):
        assert quote.text.lower() in caption
        text = text.replace(quote.text.lower(), " ")
    named = {hit.name for hit in find_subjects(text)} - {"portrait", "table"}
    in_caption = {hit.name for hit in find_subjects(caption)} | {hit.name for hit in find_features(caption)}
    in_caption |= {hit.name for hit in find_terms(caption, vocabulary().scenes)}
    assert bool(named & in_caption) or not named or bool(quotes(prompt)), caption
    if people_said(text):
        assert people_said(caption), caption


def test_the_sheet_has_twenty_four_of_each() -> None:
    assert (len(SHEET["prompts"]), len(EDITS)) == (24, 24)
