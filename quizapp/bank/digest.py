"""The content hash by which revisions and passages are known to be the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def passage_digest(heading: str, locator: str, text: str, note: str) -> str:
    """Return the digest of what a passage says."""
    return digest({"heading": heading, "locator": locator, "text": text, "note": note})


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the canonical JSON of `content`, as 64 hexadecimal digits.

    Canonical: keys in order, no spaces, UTF-8 without escapes. The order of lists counts.

    :raises ValueError: a number is not finite. :raises TypeError: a value is not JSON.
    """
    canonical = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()
