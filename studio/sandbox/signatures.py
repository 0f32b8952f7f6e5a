"""Thought signatures that can be verified without having been stored.

    magic(4) | nonce(16) | binding MAC(32) | random padding | seal MAC(32)

The nonce begins with the millisecond of its making, so that a sandbox can be told to forget what is old. The binding
covers the part's digest, the model family and the nonce; the seal covers everything before it. So a byte changed
anywhere is noticed, and so is a whole signature on another part. The service's own are opaque; 0.8–2.2 MB each in
public recordings.
"""

import hashlib
import hmac
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from studio.sandbox.google_errors import Refused, corrupted_signature, missing_signature, signature_not_valid
from studio.sandbox.history import Content, Part
from studio.sandbox.pictures import looks_like_picture

_MAGIC: Final = b"\x12RTK"
_NONCE_BYTES: Final = 16
_TIME_BYTES: Final = 6
_MAC_BYTES: Final = 32
_FAMILY: Final = b"developer-api/gemini-3-image"
MIN_SIGNATURE_BYTES: Final = len(_MAGIC) + _NONCE_BYTES + 2 * _MAC_BYTES


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes and checks signatures with one key; sizes are raw bytes, `since_s` is the Unix time before which nothing is
    remembered (0: everything is)."""

    key: bytes
    min_bytes: int
    max_bytes: int
    since_s: float = 0.0

    def sign(self, part: Part) -> bytes:
        """A fresh signature for this part; no two are alike. Its size, which a replay is counted by, is the part's
        own: the same part is always signed as long."""
        drawn = random.Random(part.digest()).randint(self.min_bytes, self.max_bytes)
        size = max(MIN_SIGNATURE_BYTES, drawn)
        made = int(time.time() * 1000).to_bytes(_TIME_BYTES, "big")
        nonce = made + os.urandom(_NONCE_BYTES - _TIME_BYTES)
        head = _MAGIC + nonce + self._binding(part, nonce)
        unsealed = head + os.urandom(size - len(head) - _MAC_BYTES)
        return unsealed + self._seal(unsealed)

    def check(self, part: Part) -> None:
        """Raises Refused when the part's signature was altered, made elsewhere or made for another part."""
        signature = part.signature or b""
        unsealed, seal = signature[:-_MAC_BYTES], signature[-_MAC_BYTES:]
        whole = len(signature) >= MIN_SIGNATURE_BYTES and signature.startswith(_MAGIC)
        if not whole or not hmac.compare_digest(seal, self._seal(unsealed)):
            raise Refused(corrupted_signature())
        start = len(_MAGIC)
        nonce = signature[start : start + _NONCE_BYTES]
        binding = signature[start + _NONCE_BYTES : start + _NONCE_BYTES + _MAC_BYTES]
        if not hmac.compare_digest(binding, self._binding(part, nonce)):
            raise Refused(signature_not_valid())
        if self.since_s and not self._remembers(nonce):
            raise Refused(corrupted_signature())

    def _remembers(self, nonce: bytes) -> bool:
        """A time to come is none: signatures of earlier releases began with random bytes."""
        return int(self.since_s * 1000) <= int.from_bytes(nonce[:_TIME_BYTES], "big") <= (time.time() + 1) * 1000

    def _binding(self, part: Part, nonce: bytes) -> bytes:
        bound = _FAMILY + nonce + part.digest()
        return hashlib.blake2b(bound, key=self.key, person=b"binding", digest_size=_MAC_BYTES).digest()

    def _seal(self, unsealed: bytes) -> bytes:
        return hashlib.blake2b(unsealed, key=self.key, person=b"seal", digest_size=_MAC_BYTES).digest()


def check_history(contents: Sequence[Content], signer: Signer) -> None:
    """Every signature that must be there is there, and every one that is there is right.

    Raises Refused with 1-based positions. Outside pictures in a user turn need none (docs/thought-signatures); one that
    was moved there, onto another part, is refused like any other.
    """
    for content_position, content in enumerate(contents, start=1):
        is_model = content.role == "model"
        signed_text = text_to_sign(content.parts) if is_model else None
        for part_position, part in enumerate(content.parts, start=1):
            if part.signature is not None:
                if not part.bypasses:
                    signer.check(part)
            elif is_model and _is_picture(part) and not part.thought:
                raise Refused(missing_signature("Image", content_position, part_position))
            elif part is signed_text:
                raise Refused(missing_signature("Text", content_position, part_position))


def _is_picture(part: Part) -> bool:
    """Whatever it calls itself: a picture stays one under the name of another type."""
    return part.kind == "image" or looks_like_picture(part.data)


def text_to_sign(parts: Sequence[Part]) -> Part | None:
    """The first text part that is no thought, where it stands before a picture; other text carries no signature."""
    shown = [part for part in parts if not part.thought and part.kind in ("text", "image")]
    if shown and shown[0].kind == "text" and any(part.kind == "image" for part in shown):
        return shown[0]
    return None
