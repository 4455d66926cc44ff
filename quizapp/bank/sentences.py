"""The sentence that cited words stand in: a statement of the fact that they prove."""

from __future__ import annotations

import re

#: A longer run is no sentence to remember.
LONGEST = 300
#: The end of a sentence, with what closes it, before the next begins; "Gen. Soleimani" and
#: "U.S. forces" end none.
_END = re.compile(
    r"(?<!\b[A-Z])(?<!\b(?:Mr|Dr|No|St))(?<!\b(?:Mrs|Gen|Col))"
    r"[.!?][”\"’')\]]*\s+(?=[“\"‘'(\[]?[A-Z0-9])"
)


def sentence_around(before: str, exact: str, after: str) -> str:
    """Return the sentence, or the sentences, that `exact` stands in; "" where they are too long.

    :param before: the text of the passage up to the words; :param after: from their end on.
    """
    text = before + exact + after
    start, end = len(before), len(before) + len(exact.rstrip())
    edges = [0, *(found.end() for found in _END.finditer(text)), len(text)]
    first = max(edge for edge in edges if edge <= start)
    last = min(edge for edge in edges if edge >= end)
    sentence = text[first:last].strip()
    return sentence if len(sentence) <= LONGEST else ""


def propose_statement(before: str, exact: str, after: str, *, stem: str = "", key: str = "") -> str:
    """Return a statement for the fact that the words prove, for an author to better.

    It is their sentence; the words themselves where that is too long; the question with its key
    where they are too long as well, or nothing is cited.
    """
    if exact:
        if sentence := sentence_around(before, exact, after):
            return sentence
        if len(exact) <= LONGEST:
            return exact[:1].upper() + exact[1:]
    said = f"{stem} {key}".strip() if stem and key else ""
    return said if len(said) <= LONGEST else ""
