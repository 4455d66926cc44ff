"""Answers that an author foresees beside the right ones: what they earn, and what is said to them.

"Lutetia" for Paris may be half right, "Lyon" a mistake worth a word of its own. They are kept
apart from what is accepted, so whatever asks for the key never meets them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from quizapp.questions.credit import FULL, NOTHING, show_percent, words_for
from quizapp.questions.fields import Field, Kind
from quizapp.questions.folding import MatchKind, compact, fold, matches
from quizapp.questions.reading import FEEDBACK_LIMIT, RESPONSE_LIMIT, Reader

MAX_FORESEEN = 50
#: Stands for every response that nothing else says anything of.
ANY_OTHER = "*"

ACCEPTED_IN_FULL = "This is accepted in full; leave the share empty, or do not accept it."

FORESEEN_FIELD = Field(
    "foreseen",
    Kind.FORESEEN,
    "Answers that you foresee",
    help="Half right, or a mistake that many make: what it earns, and what to tell who gives it. "
    "A * stands for any other answer.",
    required=False,
)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One answer that is foreseen.

    :param text: as it would be typed, or `ANY_OTHER`.
    :param credit: the share of full marks that it earns, above 0; None where it earns what it
        would anyway: all if it is accepted, and else nothing.
    :param feedback: inline Markdown for who gives it, or "".
    :param gap: the gap that it is for, from 1; 0 in questions without gaps.
    """

    text: str
    credit: Fraction | None = None
    feedback: str = ""
    gap: int = 0

    @property
    def fraction(self) -> Fraction:
        """Return what it earns where it is not accepted."""
        return self.credit or NOTHING


def find_foreseen(given: str, foreseen: Sequence[Foreseen]) -> Foreseen | None:
    """Return the entry that a text is, a spelling slip forgiven, or the one for any other."""
    if not given:
        return None
    match = matches(given, texts_of(foreseen))
    if match.kind is MatchKind.NONE:
        return any_other(foreseen)
    return next(one for one in foreseen if one.text == match.accepted)


def any_other(foreseen: Sequence[Foreseen]) -> Foreseen | None:
    """Return the entry for what nothing else is said of, if there is one."""
    return next((one for one in foreseen if one.text == ANY_OTHER), None)


def said_of(accepted: str, foreseen: Sequence[Foreseen]) -> Foreseen | None:
    """Return the entry for a text that is accepted, if there is one."""
    wanted = same_as(accepted)
    return next((one for one in foreseen if wanted and same_as(one.text) == wanted), None)


def texts_of(foreseen: Sequence[Foreseen]) -> tuple[str, ...]:
    """Return the texts that are foreseen, without the one for any other."""
    return tuple(one.text for one in foreseen if one.text != ANY_OTHER)


def partly_right(foreseen: Sequence[Foreseen]) -> tuple[str, ...]:
    """Return what earns a share of the marks, in words ("Lutetia, half right")."""
    return tuple(f"{one.text}, {words_for(one.credit)}" for one in foreseen if one.credit)


def same_as(text: str) -> str:
    """Return what is equal for texts that say the same."""
    return compact(fold(text))


def read_foreseen(
    reader: Reader, *, may_be_full: bool, with_gaps: bool = False
) -> tuple[Foreseen, ...]:
    """Return the entries, problems noted; that they fit the key is for the type to see to.

    :param may_be_full: one may earn everything, where that can be said nowhere else.
    """
    items = reader.items("foreseen", "")
    if len(items) > MAX_FORESEEN:
        reader.refuse("foreseen", f"Give at most {MAX_FORESEEN} of these.")
        items = items[:MAX_FORESEEN]
    return tuple(
        _read_one(reader, place, raw, may_be_full, with_gaps) for place, raw in enumerate(items)
    )


def checked(
    reader: Reader,
    foreseen: Sequence[Foreseen],
    accepted: Sequence[Sequence[str]],
    is_full: Callable[[Foreseen], bool] | None = None,
) -> tuple[Foreseen, ...]:
    """Return the entries in one order: of right answers, of others, of any other.

    Noted are those that say the same as another, and a share of what is accepted in full.

    :param accepted: by gap; one list for questions without gaps.
    :param is_full: whether an entry is one of a right answer, where texts alone do not tell.
    """
    seen: set[tuple[int, str]] = set()
    ranks: list[int] = []
    for place, one in enumerate(foreseen):
        said = same_as(one.text) or one.text
        if one.text and (one.gap, said) in seen:
            reader.refuse(f"foreseen.{place}.text", "Remove this; it is already in the list.")
        seen.add((one.gap, said))
        gap = max(one.gap, 1)
        full = [same_as(text) for text in accepted[gap - 1]] if gap <= len(accepted) else []
        is_right = said in full or (is_full is not None and is_full(one))
        if is_right and one.credit is not None:
            reader.refuse(f"foreseen.{place}.credit", ACCEPTED_IN_FULL)
        rank = full.index(said) if said in full else len(full) + (not is_right)
        ranks.append(rank if one.text != ANY_OTHER else len(full) + 2)
    places = sorted(range(len(foreseen)), key=lambda at: (foreseen[at].gap, ranks[at]))
    return tuple(foreseen[at] for at in places)


def dump_foreseen(foreseen: Sequence[Foreseen]) -> dict[str, Any]:
    """Return the field as `read_foreseen` reads it; {} where nothing is foreseen."""
    if not foreseen:
        # Contents stored before there was such a field read, and are digested, the same.
        return {}
    return {"foreseen": [_dump_one(one) for one in foreseen]}


def credits_in(stored: Mapping[str, Any]) -> list[str]:
    """Return what a stored content says of shares, each with what it is for."""
    parts = [*(stored.get("options") or ()), *(stored.get("foreseen") or ())]
    return [
        f"{one.get('gap', '')} {one['text']} {one['credit']}" for one in parts if one.get("credit")
    ]


def _dump_one(one: Foreseen) -> dict[str, Any]:
    dumped: dict[str, Any] = {"gap": one.gap} if one.gap else {}
    dumped["text"] = one.text
    if one.credit is not None:
        dumped["credit"] = show_percent(one.credit)
    return dumped | {"feedback": one.feedback}


def _read_one(reader: Reader, place: int, raw: Any, may_be_full: bool, with_gaps: bool) -> Foreseen:
    names = (*(("gap",) if with_gaps else ()), "text", "credit", "feedback")
    one = Reader(raw, names, path=f"foreseen.{place}", problems=reader.problems)
    text = one.text("text", RESPONSE_LIMIT, "Write the answer or remove it.")
    credit = one.share("credit", NOTHING, FULL)
    if credit == FULL and not may_be_full:
        one.refuse("credit", "What earns everything belongs to the accepted answers.")
    feedback = one.text("feedback", FEEDBACK_LIMIT)
    if text and text != ANY_OTHER and not fold(text):
        one.refuse("text", "Use letters or digits; this has none.")
    if text and not credit and not feedback:
        one.refuse("", "Say what it earns, or what to tell who gives it.")
    if text == ANY_OTHER and credit:
        one.refuse("credit", "Leave this empty: any other answer is wrong.")
    return Foreseen(text, credit or None, feedback, one.place("gap", 1) if with_gaps else 0)
