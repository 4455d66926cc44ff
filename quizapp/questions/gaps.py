"""The notation for gaps in a text: {{key|variant|variant::hint}}."""

from __future__ import annotations

from dataclasses import dataclass

from quizapp.questions.folding import fold

MAX_GAPS = 20
MAX_VARIANTS = 50
KEY_LIMIT = 200
_OPEN, _CLOSE, _VARIANT, _HINT = "{{", "}}", "|", "::"


@dataclass(frozen=True, slots=True)
class Blank:
    """What belongs in one gap: the key, what else counts as right, and a hint or ""."""

    key: str
    variants: tuple[str, ...] = ()
    hint: str = ""

    @property
    def accepted(self) -> tuple[str, ...]:
        """Return everything that counts as right, the key first."""
        return (self.key, *self.variants)


def parse_gaps(text: str) -> tuple[tuple[str | Blank, ...], tuple[str, ...]]:
    """Return the pieces of `text` in order, and what is wrong with it.

    Joining the pieces, each gap in its notation, gives the text. Where something is wrong,
    pieces are missing. Places in the sentences count characters from 1.
    """
    pieces: list[str | Blank] = []
    complaints: list[str] = []
    at = 0
    while at < len(text):
        start = text.find(_OPEN, at)
        before = text[at:] if start < 0 else text[at:start]
        if (stray := before.find(_CLOSE)) >= 0:
            complaints.append(f"Open a gap with {{{{ before the }}}} at place {at + stray + 1}.")
        if before:
            pieces.append(before)
        if start < 0:
            break
        end = text.find(_CLOSE, start + 2)
        after = text.find(_OPEN, start + 2)
        if end < 0 or 0 <= after < end:
            complaints.append(_unclosed(start, after))
            at = after if after >= 0 else len(text)
            continue
        blank = _parse_blank(text[start + 2 : end])
        complaints += [f"In the gap at place {start + 1}: {wrong}" for wrong in _complaints(blank)]
        pieces.append(blank)
        at = end + 2
    return tuple(pieces), (*complaints, *_whole(pieces, bool(complaints)))


def _unclosed(start: int, after: int) -> str:
    if after < 0:
        return f"Close the gap at place {start + 1} with }}}}."
    return (
        f"Close the gap at place {start + 1} with }}}} before the one at place {after + 1}; "
        "a gap cannot hold another."
    )


def _parse_blank(inner: str) -> Blank:
    body, mark, hint = inner.partition(_HINT)
    key, *variants = (part.strip() for part in body.split(_VARIANT))
    # An empty hint is kept apart from none, to be refused.
    return Blank(key, tuple(variants), (hint.strip() or " ") if mark else "")


def _complaints(blank: Blank) -> list[str]:
    found = []
    if not blank.key:
        found.append("write the key first, as in {{key}}.")
    if not all(blank.variants):
        found.append("write something after each |, or remove it.")
    if len(blank.variants) > MAX_VARIANTS:
        found.append(f"give at most {MAX_VARIANTS} variants.")
    if any(text and not fold(text) for text in blank.accepted):
        found.append("use letters or digits in the key and in each variant.")
    if any(len(text) > KEY_LIMIT for text in (*blank.accepted, blank.hint)):
        found.append(f"shorten the key, variants and hint to {KEY_LIMIT} characters each.")
    if any(brace in text for text in (*blank.accepted, blank.hint) for brace in "{}"):
        found.append("remove the extra { or }.")
    if blank.hint == " ":
        found.append("write a hint after ::, or remove it.")
    elif blank.key and any(_reveals(blank.hint, text) for text in blank.accepted):
        found.append("change the hint; it gives the key away.")
    return found


def _reveals(hint: str, text: str) -> bool:
    folded = fold(text)
    return bool(folded) and f" {folded} " in f" {fold(hint)} "


def _whole(pieces: list[str | Blank], is_broken: bool) -> list[str]:
    gaps = sum(isinstance(piece, Blank) for piece in pieces)
    if gaps > MAX_GAPS:
        return [f"Leave at most {MAX_GAPS} gaps; there are {gaps}."]
    if is_broken:
        return []
    if not gaps:
        return ["Leave at least one gap: put its key in double braces, {{like this}}."]
    if not any(fold(piece) for piece in pieces if isinstance(piece, str)):
        return ["Write a sentence round the gap."]
    return []
