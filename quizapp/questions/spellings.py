"""What else may be typed for an accepted text: how a glossary writes what it names."""

from __future__ import annotations

from collections.abc import Sequence

from quizapp.questions.folding import Speller, compact, fold
from quizapp.questions.gaps import KEY_LIMIT, Blank
from quizapp.questions.reading import Reader

MAX_SPELLINGS = 200
#: So many are told beside the answer: the whole list would be longer than the answer.
_TOLD, _TOLD_LIMIT = 3, 30
_LAST_LATIN = "\u024f"


def nothing_known(_text: str) -> Sequence[str]:
    """Return no other spellings: the `Speller` where there is no glossary."""
    return ()


def further(
    accepted: Sequence[str], find: Speller, *, said: str, elsewhere: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return what else may be typed for the accepted texts, each once as grading compares.

    :param said: what a learner reads in the question. One that names what it asks for asks
        for a certain form of it, so there it gives nothing.
    :param elsewhere: what is right in another part of the question, and so not in this one.
    """
    taken = {_key(text) for text in (*accepted, *elsewhere)}
    found: dict[str, str] = {}
    for text in accepted:
        for spelling in _of(text, find, said):
            if _key(spelling) not in taken:
                found.setdefault(_key(spelling), spelling)
    return tuple(found.values())[:MAX_SPELLINGS]


def listed_by_hand(
    accepted: Sequence[str], find: Speller, *, said: str, elsewhere: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return those of the accepted texts that `further` would give if they were left out."""
    if len(accepted) < 2:
        return ()
    others = {_key(text) for text in elsewhere}
    given: set[str] = set()
    found: list[str] = []
    for text in accepted:
        if given and _key(text) in given:
            found.append(text)
        elif spellings := _of(text, find, said):
            given.update({_key(spelling) for spelling in spellings} - others)
    return tuple(found)


def told(spellings: Sequence[str]) -> tuple[str, ...]:
    """Return the few spellings to tell beside an answer: short ones in Latin letters."""
    short = (text for text in spellings if len(text) <= _TOLD_LIMIT and max(text) <= _LAST_LATIN)
    return tuple(short)[:_TOLD]


def read_spellings(reader: Reader, name: str, limit: int) -> tuple[str, ...]:
    """Return a list of spellings, problems noted."""
    found = reader.texts(name, limit, "", "Remove the empty spelling.")
    if len(found) > MAX_SPELLINGS:
        reader.refuse(name, f"Give at most {MAX_SPELLINGS} spellings.")
    return found[:MAX_SPELLINGS]


def read_gap_spellings(reader: Reader, blanks: Sequence[Blank]) -> list[tuple[str, ...]]:
    """Return the spellings of each gap in order, problems noted; [] where none are stated."""
    rows = reader.items("spellings", "")
    if not rows or not blanks:
        return []
    if len(rows) != len(blanks):
        reader.refuse("spellings", "Give a list of spellings for each gap.")
        return []
    names = [str(number) for number in range(len(rows))]
    stated = dict(zip(names, rows, strict=True))
    inner = Reader(stated, names, path="spellings", problems=reader.problems)
    found = [read_spellings(inner, name, KEY_LIMIT) for name in names]
    for name, blank, spellings in zip(names, blanks, found, strict=True):
        if blank.choices and spellings:
            inner.refuse(name, "Leave this empty; what is chosen is not spelt.")
    return found


def _of(text: str, find: Speller, said: str) -> Sequence[str]:
    spellings = find(text)
    if not spellings:
        return ()
    question = f" {fold(said)} "
    for form in (text, *spellings):
        folded = fold(form)
        if f" {folded} " in question or f" {folded}s " in question:  # "Assad's" folds to "assads"
            return ()
    return spellings


def _key(text: str) -> str:
    return compact(fold(text))
