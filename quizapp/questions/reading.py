"""Reading what came from outside, raw content and responses, with every problem named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from quizapp.errors import Invalid, Problem
from quizapp.questions.base import Posted, Raw
from quizapp.questions.credit import read_percent, show_percent

STEM_LIMIT = 4_000
EXPLANATION_LIMIT = 4_000
OPTION_LIMIT = 1_000
FEEDBACK_LIMIT = 1_000
RESPONSE_LIMIT = 1_000

# Control characters have no place in a text, PostgreSQL refuses NUL, and a lone surrogate
# cannot be written as UTF-8 at all. Tab and line feed are white space like any other.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_PLACE = re.compile("[1-9][0-9]{0,3}")


def clean(text: str, limit: int) -> tuple[str, str]:
    """Return `text` normalised (NFC, line feeds, no white space at the ends) and what is wrong.

    :param limit: the most characters it may have.
    :return: the text and "", or "" and a sentence that says what to do.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(text) <= limit:
        # Only now: normalising takes longer than its share on a long run of accents.
        text = unicodedata.normalize("NFC", text).strip()
    if len(text) > limit:
        return "", f"Shorten this to {limit:,} characters; it has {len(text):,}."
    if found := _UNWRITABLE.search(text):
        return "", f"Remove the unprintable character at place {found.start() + 1}."
    return text, ""


class Reader:
    """One raw mapping being read; everything wrong with it lands in `problems`.

    :param names: the keys it may have; any other is a problem.
    :param path: where the mapping lies in the question ("options.2"), "" for the question.
    :param problems: a list to add to, when this mapping is part of another.
    """

    def __init__(
        self,
        raw: Any,
        names: Sequence[str],
        *,
        path: str = "",
        problems: list[Problem] | None = None,
    ) -> None:
        self.problems: list[Problem] = [] if problems is None else problems
        self._path = path
        self._raw: Raw = raw if isinstance(raw, Mapping) else {}
        if not isinstance(raw, Mapping):
            self.refuse("", f"Give this as named fields: {', '.join(names)}.")
        for name in self._raw:
            if name not in names:
                self.refuse(str(name), f"Remove this field; the fields are {', '.join(names)}.")

    def refuse(self, name: str, message: str) -> None:
        """Note a problem with the field `name`, or with the whole mapping for ""."""
        path = ".".join(part for part in (self._path, name) if part)
        self.problems.append(Problem(path, message))

    def text(self, name: str, limit: int, missing: str = "") -> str:
        """Return a text, cleaned; "" when it is absent or a problem was noted.

        :param missing: what to say when there is no text; "" when there need not be one.
        """
        return self._text(name, self._raw.get(name), limit, missing)

    def texts(self, name: str, limit: int, missing: str, empty: str) -> tuple[str, ...]:
        """Return a list of texts, each cleaned; those with a problem are "".

        :param missing: as for `items`. :param empty: what to say of an empty text in the list.
        """
        items = enumerate(self.items(name, missing))
        return tuple(self._text(f"{name}.{place}", item, limit, empty) for place, item in items)

    def items(self, name: str, missing: str) -> Sequence[Any]:
        """Return a list of anything; () when it is absent, empty or not a list.

        :param missing: what to say when there is nothing in it; "" when there need not be.
        """
        value = self._raw.get(name)
        if value is not None and not isinstance(value, (list, tuple)):
            self.refuse(name, "Give this as a list.")
            return ()
        if not value:
            if missing:
                self.refuse(name, missing)
            return ()
        return value

    def one_of(self, name: str, known: Sequence[str]) -> str:
        """Return one of the known words; the first of them when it is absent or wrong."""
        value = self._raw.get(name)
        if value in known:
            return str(value)
        if value not in (None, ""):
            self.refuse(name, f"Write one of: {', '.join(known)}.")
        return known[0]

    def truth(self, name: str, missing: str = "") -> bool:
        """Return true or false; false when it is absent or a problem was noted."""
        value = self._raw.get(name)
        if isinstance(value, bool):
            return value
        if value is not None or missing:
            self.refuse(name, missing or "Say true or false.")
        return False

    def share(self, name: str, least: Fraction, most: Fraction) -> Fraction | None:
        """Return a share of full marks, stated as a percentage; None when it is absent or wrong."""
        value = self._raw.get(name)
        if value is None or value == "":
            return None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        share = read_percent(str(value)) if is_number or isinstance(value, str) else None
        if share is None:
            self.refuse(name, "Write a percentage such as 50 or 33.33333.")
        elif not least <= share <= most:
            limits = f"{show_percent(least)} to {show_percent(most)}"
            self.refuse(name, f"Give a share from {limits} %, such as 50.")
            return None
        return share

    def place(self, name: str, usual: int) -> int:
        """Return a number from 1, which may be given as text; the usual one when it is absent."""
        value = self._raw.get(name)
        if value is None or value == "":
            return usual
        if isinstance(value, str) and _PLACE.fullmatch(value):
            return int(value)
        if type(value) is int and value > 0:
            return value
        self.refuse(name, "Write a number such as 1.")
        return usual

    def finish(self) -> None:
        """Raise `Invalid` if anything was wrong."""
        if self.problems:
            raise Invalid(self.problems)

    def _text(self, name: str, value: Any, limit: int, missing: str) -> str:
        if value is not None and not isinstance(value, str):
            self.refuse(name, "Put this in quotes, so that it is read as text.")
            return ""
        text, complaint = clean(value or "", limit)
        if complaint or (missing and not text):
            self.refuse(name, complaint or missing)
        return text


def posted_value(posted: Posted, name: str) -> str:
    """Return the one value posted under `name`, as it came; "" when there is none.

    :raises Invalid: more than one value was posted.
    """
    values = posted.get(name, ())
    if len(values) > 1:
        raise Invalid([Problem(name, "Give one response here.")])
    return values[0] if values else ""


def response_text(value: Any, path: str, limit: int = RESPONSE_LIMIT) -> str:
    """Return a typed response, cleaned; "" when there is nothing in it.

    :raises Invalid: it is too long, cannot be written or is no text.
    """
    if not isinstance(value, str):
        raise Invalid([Problem(path, "Give the response as text.")])
    text, complaint = clean(value, limit)
    if complaint:
        raise Invalid([Problem(path, complaint)])
    return text
