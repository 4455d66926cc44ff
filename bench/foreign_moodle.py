"""Files that Moodle writes, compared with the reading of its own importer."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from bench.foreign_outcomes import Comparer, Difference, Outcome
from bench.foreign_reference import Form, of_item, of_reference
from quizapp.errors import Invalid
from quizapp.formats.aiken.read import read_items as read_aiken
from quizapp.formats.base import LeftOut
from quizapp.formats.cloze_text.read import read_items as read_cloze
from quizapp.formats.gift.read import read_items as read_gift
from quizapp.formats.interchange import Item
from quizapp.formats.missing_word.read import read_items as read_missing_word
from quizapp.formats.moodle_xml.read import read_items as read_xml

Read = Callable[[bytes], Sequence[Item | LeftOut]]
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_LONGEST = 300
#: The penalty that the reference fills in where a file says none.
_USUAL = 0.333333


def _compare(read: Read, level: Callable[[Form, Form], None]) -> Comparer:
    """Return a comparer; `level` takes out what is only represented otherwise."""

    def compare(path: Path, expected: Mapping[str, Any]) -> Outcome:
        reference = _reference(expected.get("parsed") or [])
        outcome = Outcome(expected=len(reference))
        try:
            found = read(path.read_bytes())
        except Invalid as why:
            for form in reference:
                # The reference reads it: that we say why does not make it right.
                outcome.silent.append(_missing(form, str(why)))
            return outcome
        outcome.fit_into_types(found)
        ours = [(one, of_item(one) if isinstance(one, Item) else None) for one in found]
        for mine, theirs in _paired(ours, reference):
            _judge(mine, theirs, level, outcome)
        return outcome

    return compare


def _reference(parsed: Sequence[Mapping[str, Any]]) -> list[Form]:
    forms = []
    category: tuple[str, ...] = ()
    for stated in parsed:
        if stated.get("qtype") == "category":
            category = _category(str(stated["category"]))
        else:
            forms.append(of_reference(stated, category))
    return forms


def _category(path: str) -> tuple[str, ...]:
    parts = [one.replace("\0", "/") for one in path.replace("//", "\0").split("/")]
    if parts[0].startswith("$"):
        parts = parts[1:]
        if parts[:1] == ["top"]:
            parts = parts[1:]
    return tuple(part.strip() for part in parts if part.strip())


Mine = tuple[Item | LeftOut, Form | None]


def _paired(ours: Sequence[Mine], reference: list[Form]) -> list[tuple[Mine | None, Form | None]]:
    """Return both readings side by side; where one lacks a question, None stands for it."""
    mine = [_sign(form) if form else "" for _, form in ours]
    theirs = [_sign(form) for form in reference]
    pairs: list[tuple[Mine | None, Form | None]] = []
    for kind, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        left: list[Mine | None] = [*ours[a:b]]
        right: list[Form | None] = [*reference[c:d]]
        size = max(len(left), len(right)) if kind != "equal" else len(left)
        left += [None] * (size - len(left))
        right += [None] * (size - len(right))
        pairs += zip(left, right, strict=True)
    return pairs


def _sign(form: Form) -> str:
    return f"{form['kind']} {form['stem'][:80]}"


def _judge(
    mine: Mine | None, theirs: Form | None, level: Callable[[Form, Form], None], outcome: Outcome
) -> None:
    if theirs is None:
        if mine and mine[1]:
            outcome.silent.append(Difference(_where(mine), "question", "read", "refused"))
        return
    if mine is None:
        outcome.silent.append(_missing(theirs, ""))
        return
    if mine[1] is None:
        reason = mine[0].reason if isinstance(mine[0], LeftOut) else ""
        outcome.refused.append(_missing(theirs, reason))
        return
    form = dict(mine[1])
    level(form, theirs)
    fields = sorted(name for name in form | theirs if form.get(name) != theirs.get(name))
    for name in fields:
        outcome.silent.append(
            Difference(_where(mine), name, _short(form.get(name)), _short(theirs.get(name)))
        )
    outcome.same += not fields


def _missing(form: Form, reason: str) -> Difference:
    return Difference(str(form["stem"])[:60], "question", "missing", "read", reason)


def _where(mine: Mine) -> str:
    return f"line {mine[0].line}"


def _short(value: Any) -> str:
    return repr(value)[:_LONGEST]


def _level(ours: Form, theirs: Form) -> None:
    """Take a name that the reference made of the text itself for the missing name that it is."""
    made = theirs["name"].removesuffix("...").strip()
    words = " ".join(_TAG.sub("", theirs["stem"]).split())
    if not ours["name"] and (words.startswith(made) or not made):
        ours["name"] = theirs["name"]


def _level_without_penalty(ours: Form, theirs: Form) -> None:
    _level(ours, theirs)
    ours["penalty"] = theirs["penalty"]


def _level_xml(ours: Form, theirs: Form) -> None:
    _level(ours, theirs)
    if not ours["penalty"] and theirs["penalty"] == _USUAL:
        ours["penalty"] = _USUAL


def _level_aiken(ours: Form, theirs: Form) -> None:
    """Take the plain text that the reference makes into HTML for the plain text that it is."""
    theirs["stem"] = html.unescape(theirs["stem"])
    for name in ("stem format", "option formats"):
        theirs[name] = ours[name]
    theirs["options"] = [(html.unescape(text), *rest) for text, *rest in theirs["options"]]
    # The reference takes what looks like a tag out of the name that it makes of the text.
    ours["name"] = theirs["name"]
    ours["penalty"] = theirs["penalty"]


def _cloze(path: Path, expected: Mapping[str, Any]) -> Outcome:
    comparer = _XML if path.suffix == ".xml" else _CLOZE_TEXT
    return comparer(path, expected)


_XML = _compare(lambda data: read_xml(data)[0], _level_xml)
_CLOZE_TEXT = _compare(lambda data: read_cloze(data)[0], _level_without_penalty)

#: By the folder that the files of a format are in.
COMPARERS: Mapping[str, Comparer] = {
    "gift": _compare(lambda data: read_gift(data)[0], _level_without_penalty),
    "moodlexml": _XML,
    "aiken": _compare(lambda data: read_aiken(data)[0], _level_aiken),
    "missingword": _compare(lambda data: read_missing_word(data)[0], _level_without_penalty),
    "cloze": _cloze,
}
