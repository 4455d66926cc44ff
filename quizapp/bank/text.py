"""Passage text: how it is normalised, where a citation lies in it, what has no place in it."""

from __future__ import annotations

import difflib
import heapq
import re
import unicodedata
from collections import Counter

#: Bare names count as well as full addresses; the last part keeps "e.g." and "U.S." out.
_ADDRESS = re.compile(
    r"\b(?:https?|ftp)://\S+|\bwww\.\S+"
    r"|\b[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*\.(?:com|org|net|edu|gov|info|int|io|ir|ru|eu|uk)\b(?:/\S*)?",
    re.IGNORECASE,
)
#: These make a text look other than it is; marks of direction that show nothing are among them.
_BIDIRECTIONAL = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
#: What no text may hold: control characters, halves of surrogate pairs, and no characters.
_CONTROL = re.compile(
    rf"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|([{_BIDIRECTIONAL}])"
)
_NEAR_ENOUGH = 0.6
#: A language tag, such as "en" or "de-CH".
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
#: Above so many pairs of characters, not every run of words is compared letter by letter.
_COMPARED_WHOLLY = 200_000
_COMPARED_RUNS = 50


def normalise(text: str) -> str:
    """Return `text` in NFC, every run of white space one space, nothing around it.

    Passages are stored in this form, so that offsets into them do not depend on how the
    lines of a YAML file were broken.
    """
    return " ".join(unicodedata.normalize("NFC", text).split())


def occurrences(text: str, exact: str) -> list[int]:
    """Return where `exact` begins in `text`, in code points, overlaps included.

    :param text: normalised; `exact` is normalised here.
    """
    wanted = normalise(exact)
    starts: list[int] = []
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        starts.append(at)
        at = text.find(wanted, at + 1)
    return starts


def locate(text: str, exact: str) -> tuple[int, int]:
    """Return the start and end of `exact` in `text`, in code points, end excluded.

    :param text: a passage as stored, that is normalised; `exact` is normalised here.
    :raises ValueError: `exact` is not in `text`, or more than once.
    """
    starts = occurrences(text, exact)
    if len(starts) != 1:
        raise ValueError(f"the words occur {len(starts)} times in the passage, not once: {exact!r}")
    return starts[0], starts[0] + len(normalise(exact))


def nearest(text: str, exact: str, *, slack: int = 0) -> str:
    """Return the run of words of `text` most like `exact`, or "" if nothing is like it.

    :param slack: so many words more or fewer than `exact` has it may have.
    """
    words, wanted = text.split(), normalise(exact)
    width = len(wanted.split())
    matcher = difflib.SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)  # the matcher remembers what it learnt about the second text
    best, best_ratio = "", _NEAR_ENOUGH
    runs = [
        words[start : start + size]
        for size in range(max(1, width - slack), width + slack + 1)
        for start in range(max(1, len(words) - size + 1))
    ]
    if len(text) * len(wanted) > _COMPARED_WHOLLY:
        runs = _with_most_of(runs, wanted)
    for run in runs:
        candidate = " ".join(run)
        matcher.set_seq1(candidate)
        # The two cheap upper bounds spare nearly every window the costly comparison.
        if matcher.real_quick_ratio() <= best_ratio or matcher.quick_ratio() <= best_ratio:
            continue
        ratio = matcher.ratio()
        if ratio > best_ratio:
            best, best_ratio = candidate, ratio
    return best


def _with_most_of(runs: list[list[str]], wanted: str) -> list[list[str]]:
    """Return the runs that have most words of `wanted`."""
    words = Counter(wanted.split())
    return heapq.nlargest(_COMPARED_RUNS, runs, key=lambda run: (words & Counter(run)).total())


def web_address(text: str) -> str:
    """Return the first web address in `text`, or ""."""
    found = _ADDRESS.search(text)
    return found.group().rstrip(".,;:!?)") if found else ""


def control_character(text: str) -> tuple[str, int] | None:
    """Return the first character that no text may hold, in words, and its place; or None."""
    found = _CONTROL.search(text)
    if found is None:
        return None
    kind = "bidirectional control character" if found[1] else "control character"
    return f"{kind} U+{ord(found[0]):04X}", found.start()


def suggestion(word: str, known: list[str]) -> str:
    """Return "; did you mean …?" with the most similar known word, or ""."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f'; did you mean "{close[0]}"?' if close else ""
