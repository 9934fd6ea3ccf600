"""Keep personal data out of everything that is printed, logged or kept as a reason."""

from __future__ import annotations

import hashlib
import re

_EMAIL = re.compile(r"[^\s@\"'<>,;:()\[\]]+@[^\s@\"'<>,;:()\[\]]+")
_HASH = re.compile(r"\b[0-9a-fA-F]{32,}\b")  # platforms are told hashes of addresses, and quote them
_LONG_NUMBER = re.compile(r"\+?\d[\d \-]{6,}\d")
_LONGEST_REASON = 300


def redact(key: str) -> str:
    """A short name for a key, the same in each run, from which the key cannot be read."""
    return f"key-{hashlib.sha256(key.encode()).hexdigest()[:8]}"


def scrub(reason: str, keys: tuple[str, ...] = ()) -> str:
    """A destination's words without the keys, addresses, hashes and numbers that they may quote."""
    for key in keys:
        if key and key in reason:
            reason = reason.replace(key, redact(key))
    reason = _HASH.sub("<hash>", _EMAIL.sub("<email>", reason))
    return _LONG_NUMBER.sub("<number>", reason)[:_LONGEST_REASON]
