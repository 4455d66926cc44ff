"""Moodle's paths of categories, as topics and back."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CONTEXT = re.compile(r"\$\w+\$")
#: A slash that stands alone parts two names; a double one is a slash in a name.
_PART = re.compile(r"(?<!/)/(?!/)")


def topic_of(path: str) -> tuple[str, ...]:
    """Return the names in a path, outermost first, without what Moodle puts before them."""
    parts = [part.replace("//", "/").strip() for part in _PART.split(path.strip())]
    if parts and _CONTEXT.fullmatch(parts[0]):
        del parts[0]
        if parts and parts[0] == "top":
            del parts[0]
    return tuple(part for part in parts if part)


def path_of(topic: Sequence[str]) -> str:
    """Return the path that `topic_of` would read back."""
    return "/".join(("$course$", "top", *(name.replace("/", "//") for name in topic)))
