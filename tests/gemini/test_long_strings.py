"""The scanner: the same JSON at every split, with a ticket wherever long bytes stood."""

import asyncio
import base64
import hashlib
import itertools
import json
from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.gemini.long_strings import THRESHOLD_BYTES, LongStrings, decode_base64

_FIELDS = st.sampled_from(["data", "thoughtSignature", "thought_signature"])
_SIZES = st.integers(THRESHOLD_BYTES * 3 // 4 - 6, THRESHOLD_BYTES * 3 // 4 + 60)
_TEXTS = st.text(max_size=40)
SHORTEST = -(-THRESHOLD_BYTES // 4) * 3  # raw bytes whose base64 is just long enough


class Shelf:
    """Keeps what is handed over; its tickets are short digests."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}

    async def keep(self, data: bytes) -> bytes:
        ticket = b"ticket " + hashlib.sha256(data).digest()[:8]
        self.kept[ticket] = data
        return ticket


async def _scan(chunks: Iterable[bytes]) -> tuple[bytes, Shelf]:
    shelf = Shelf()
    strings = LongStrings(shelf.keep)
    out = b"".join([await strings.feed(chunk) for chunk in chunks])
    return out + strings.flush(), shelf


def scanned(chunks: Iterable[bytes]) -> tuple[bytes, Shelf]:
    return asyncio.run(_scan(chunks))


def restored(value: Any, shelf: Shelf) -> Any:  # noqa: ANN401 - any JSON
    """Parsed JSON with the kept bytes back in place of their tickets, as standard base64."""
    if isinstance(value, dict):
        return {name: restored(each, shelf) for name, each in value.items()}
    if isinstance(value, list):
        return [restored(each, shelf) for each in value]
    if isinstance(value, str) and value.startswith("dGlja2V0"):
        return base64.b64encode(shelf.kept[base64.b64decode(value)]).decode()
    return value


def pieces(body: bytes, cuts: Sequence[int]) -> list[bytes]:
    places = [0, *sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    return [body[start:end] for start, end in itertools.pairwise(places)]


@st.composite
def bytes_fields(draw: st.DrawFn) -> dict[str, str]:
    size_bytes = draw(_SIZES)
    data = hashlib.shake_256(draw(st.binary(max_size=8))).digest(size_bytes)
    return {draw(_FIELDS): base64.b64encode(data).decode()}


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), _TEXTS, bytes_fields()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_TEXTS, inner, max_size=3)),
    max_leaves=6,
)


@given(value=JSON, cuts=st.lists(st.integers(0, 2**20), max_size=12), plain=st.booleans())
def test_any_split_gives_the_same_json_with_the_long_bytes_on_the_shelf(
    *, value: object, cuts: list[int], plain: bool
) -> None:
    body = json.dumps(value, ensure_ascii=plain).encode("utf-8", "surrogatepass")
    out, shelf = scanned(pieces(body, cuts))
    assert restored(json.loads(out.decode("utf-8", "surrogatepass")), shelf) == value
    assert len(out) < len(body) or not shelf.kept


@settings(max_examples=4)  # each is twenty thousand chunks
@given(value=bytes_fields())
def test_byte_by_byte_is_no_different(value: dict[str, str]) -> None:
    body = json.dumps(value).encode()
    assert scanned([body])[0] == scanned(bytes([byte]) for byte in body)[0]


@pytest.mark.parametrize(("size_bytes", "kept"), [(SHORTEST - 3, 0), (SHORTEST, 1), (SHORTEST + 1, 1)])
def test_only_strings_as_long_as_the_threshold_are_kept(size_bytes: int, kept: int) -> None:
    body = json.dumps({"data": base64.b64encode(bytes(size_bytes)).decode()}).encode()
    out, shelf = scanned([body])
    assert [len(data) for data in shelf.kept.values()] == [size_bytes] * kept
    assert (out == body) is not bool(kept)


@pytest.mark.parametrize("alphabet", ["standard", "url-safe", "url-safe without padding"])
@pytest.mark.parametrize("escape", ["none", "slash", "equals", "all upper"])
def test_both_alphabets_and_every_escape_stand_for_the_same_bytes(alphabet: str, escape: str) -> None:
    data = hashlib.shake_256(b"picture").digest(20_000)
    text = base64.b64encode(data) if alphabet == "standard" else base64.urlsafe_b64encode(data)
    if alphabet.endswith("padding"):
        text = text.rstrip(b"=")
    escapes = {
        "none": {},
        "slash": {b"/": b"\\/"},
        "equals": {b"=": b"\\u003d"},
        "all upper": {b"/": b"\\u002F", b"=": b"\\u003D", b"+": b"\\u002B"},
    }[escape]
    for char, written in escapes.items():
        text = text.replace(char, written)
    out, shelf = scanned(pieces(b'{"data": "' + text + b'", "mimeType": "image/png"}', range(7, 30_000, 613)))
    assert list(shelf.kept.values()) == [data]
    assert json.loads(out)["mimeType"] == "image/png"


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("text", "A" * 40_000),  # words without a space are no bytes: they stand in another field
        ("data", "no base64 because of the spaces " * 2_000),
        ("data", "A" * 20_001),  # one character more than any base64 has
        ("data", "AA=A" * 8_000),
        ("data", "\\\\u003d" * 8_000),
        ("data", "é" * 20_000),
    ],
)
def test_long_text_that_stands_for_no_bytes_passes_untouched(field: str, text: str) -> None:
    body = b'{"%s": "%s"}' % (field.encode(), text.encode())
    out, shelf = scanned(pieces(body, range(0, 60_000, 997)))
    assert (out, shelf.kept) == (body, {})


@pytest.mark.parametrize("rest", [b'{"data": "' + b"QUJD" * 10_000, b'{"text": "half a sent', b'{"text": "a\\', b'{"'])
def test_a_stream_that_is_cut_gives_all_that_came(rest: bytes) -> None:
    out, shelf = scanned(pieces(rest, [5, 12, 9_000]))
    assert (out, shelf.kept) == (rest, {})


def test_events_of_a_stream_keep_their_line_ends() -> None:
    data = base64.b64encode(bytes(30_000)).decode()
    event = b'data: {"inlineData": {"data": "%s"}}\r\n\r\n' % data.encode()
    out, shelf = scanned([event * 2])
    assert out.count(b"\r\n\r\n") == 2
    assert list(shelf.kept.values()) == [bytes(30_000)]


def test_escaped_quotes_do_not_end_a_string() -> None:
    body = json.dumps({"text": 'she said "data"', "data": base64.b64encode(bytes(30_000)).decode()}).encode()
    for cut in range(30):
        out, shelf = scanned(pieces(body, [cut]))
        assert json.loads(out)["text"] == 'she said "data"'
        assert list(shelf.kept.values()) == [bytes(30_000)]


def test_what_is_no_base64_decodes_to_nothing() -> None:
    assert decode_base64(b"A") is None
    assert decode_base64(b"QUI\\\\/") is None
    assert decode_base64(b"QUI") == b"AB"
