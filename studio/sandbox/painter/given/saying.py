"""Sentences on the pictures given with a prompt."""

from collections.abc import Sequence


def listed(names: Sequence[str]) -> str:
    """The names as a list in a sentence: "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def upper(sentence: str) -> str:
    """The sentence with a capital."""
    return sentence[:1].upper() + sentence[1:]


def not_understood(missed: Sequence[str], *, laid_out: bool) -> str:
    """Which words nothing came of; laid_out: the pictures are on a board for want of anything better."""
    so = ", so I laid the pictures out side by side" if laid_out else ""
    return f"I did not understand {listed([f'“{words}”' for words in missed])}{so}."


def there_is_no(numbers: Sequence[int], count: int) -> str:
    """That so many pictures were given, and none with these numbers."""
    names = listed([f"image {number}" for number in numbers])
    were = "one picture was" if count == 1 else f"{count} pictures were"
    return f"There is no {names}: {were} given."


def only_so_many(count: int) -> str:
    """That fewer of a thing were set in than asked for."""
    return f"There is room for {count} of them at most, so I set in {count}."
