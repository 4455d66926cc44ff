"""The notation for gaps in a text.

{{key|variant|variant::hint}} is typed into: the key and every variant are right.
{{key|~distractor|~distractor::hint}} is chosen from: the key is right. The hint may be left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.questions.folding import fold
from quizapp.questions.foreseen import Foreseen, checked, read_foreseen
from quizapp.questions.reading import Reader

MAX_GAPS = 20
MAX_VARIANTS = 50
MAX_DISTRACTORS = 9
KEY_LIMIT = 200
_OPEN, _CLOSE, _VARIANT, _DISTRACTOR, _HINT = "{{", "}}", "|", "~", "::"


@dataclass(frozen=True, slots=True)
class Blank:
    """What belongs in one gap: the key, what else counts as right, and a hint or "".

    :param distractors: what is wrong and may be chosen instead; () for a gap to type into.
    :param spellings: what is right besides when typed, and not in the author's text.
    :param foreseen: what is half right or a known mistake, and what is said to certain answers.
    """

    key: str
    variants: tuple[str, ...] = ()
    hint: str = ""
    distractors: tuple[str, ...] = ()
    spellings: tuple[str, ...] = ()
    foreseen: tuple[Foreseen, ...] = ()

    @property
    def accepted(self) -> tuple[str, ...]:
        """Return everything that the author counts as right, the key first."""
        return (self.key, *self.variants)

    @property
    def choices(self) -> tuple[str, ...]:
        """Return what is to choose from, in an order that does not tell the key; () to type."""
        if not self.distractors:
            return ()
        return tuple(sorted((self.key, *self.distractors), key=lambda text: (fold(text), text)))

    @property
    def texts(self) -> tuple[str, ...]:
        """Return every text in the gap but the hint."""
        return (*self.accepted, *self.distractors)


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


def read_gap_answers(reader: Reader, blanks: Sequence[Blank]) -> tuple[Foreseen, ...]:
    """Return what is foreseen for the gaps, problems noted."""
    foreseen = read_foreseen(reader, may_be_full=False, with_gaps=True)
    arranged = checked(reader, foreseen, [blank.accepted for blank in blanks])
    for place, one in enumerate(foreseen):
        if one.gap > len(blanks):
            count = f"there {'is' if len(blanks) == 1 else 'are'} {len(blanks)}"
            reader.refuse(f"foreseen.{place}.gap", f"There is no gap {one.gap}; {count}.")
        elif (choices := blanks[one.gap - 1].choices) and one.text not in choices:
            reader.refuse(f"foreseen.{place}.text", f"Gap {one.gap} has no such choice.")
    return arranged


def _unclosed(start: int, after: int) -> str:
    if after < 0:
        return f"Close the gap at place {start + 1} with }}}}."
    return (
        f"Close the gap at place {start + 1} with }}}} before the one at place {after + 1}; "
        "a gap cannot hold another."
    )


def _parse_blank(inner: str) -> Blank:
    body, mark, hint = inner.partition(_HINT)
    key, *others = (part.strip() for part in body.split(_VARIANT))
    variants = tuple(text for text in others if not text.startswith(_DISTRACTOR))
    distractors = tuple(
        text.removeprefix(_DISTRACTOR).strip() for text in others if text.startswith(_DISTRACTOR)
    )
    # An empty hint is kept apart from none, to be refused.
    return Blank(key, variants, (hint.strip() or " ") if mark else "", distractors)


def _complaints(blank: Blank) -> list[str]:
    found = []
    if not blank.key:
        found.append("write the key first, as in {{key}}.")
    if not all(blank.variants):
        found.append("write something after each |, or remove it.")
    if len(blank.variants) > MAX_VARIANTS:
        found.append(f"give at most {MAX_VARIANTS} variants.")
    if any(text and not fold(text) for text in blank.texts):
        found.append("use letters or digits in the key and in each variant.")
    if any(len(text) > KEY_LIMIT for text in (*blank.texts, blank.hint)):
        found.append(f"shorten the key, variants and hint to {KEY_LIMIT} characters each.")
    if any(brace in text for text in (*blank.texts, blank.hint) for brace in "{}"):
        found.append("remove the extra { or }.")
    if blank.hint == " ":
        found.append("write a hint after ::, or remove it.")
    elif blank.key and any(_reveals(blank.hint, text) for text in blank.accepted):
        found.append("change the hint; it gives the key away.")
    return [*found, *_complaints_of_choice(blank)]


def _complaints_of_choice(blank: Blank) -> list[str]:
    """Return what is wrong with what there is to choose from."""
    found = []
    if blank.key.startswith(_DISTRACTOR):
        found.append("write the key first, and ~ before each wrong choice only.")
    if not blank.distractors:
        return found
    if blank.variants:
        found.append("put ~ before every choice but the key; only one can be right.")
    if not all(blank.distractors):
        found.append("write something after each ~, or remove it.")
    if len(blank.distractors) > MAX_DISTRACTORS:
        found.append(f"give at most {MAX_DISTRACTORS} wrong choices.")
    folded = [fold(text) for text in (blank.key, *blank.distractors) if text]
    if len(set(folded)) < len(folded):
        found.append("change or remove the choice that says the same as another.")
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
