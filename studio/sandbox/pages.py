"""Lists a page at a time, as the service's list methods give them."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from studio.sandbox.google_errors import Refused, invalid_argument

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some of a list; `token` is {"nextPageToken": ...} where there is more of it, else empty."""

    items: Sequence[Item]
    token: Mapping[str, str]


def page_of(
    items: Sequence[Item],
    query: Mapping[str, str],
    *,
    default: int,
    largest: int,
    id_of: Callable[[Item], str],
) -> Page[Item]:
    """The page that `query` asks for (pageSize, pageToken). The token names the last item given, so that what is
    added or removed meanwhile neither repeats nor hides the others. Raises Refused for values that are none."""
    try:
        size = int(query.get("pageSize") or default)
        after = base64.b64decode(query.get("pageToken", ""), altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error) as error:
        raise Refused(invalid_argument("Invalid value for page_size or page_token.")) from error
    size = min(size if size > 0 else default, largest)
    start = 0
    if after:
        places = [place for place, item in enumerate(items) if id_of(item) == after]
        if not places:
            raise Refused(invalid_argument("Invalid value for page_size or page_token."))
        start = places[0] + 1
    given = items[start : start + size]
    if start + size >= len(items):
        return Page(given, {})
    return Page(given, {"nextPageToken": base64.urlsafe_b64encode(id_of(given[-1]).encode()).decode()})
