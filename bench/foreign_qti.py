"""Files of QTI and Common Cartridge against an inventory of what is in them.

FOLDER/manifest.json lists the files, each with how many items it holds and of which kinds, or with
what it must be refused for. Every item has to come out: as a question as it is, as one with what
is otherwise named, or left out with its reason; of a kind that the inventory names. A package is
counted against the documents in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.foreign_outcomes import Comparer, Difference, Outcome
from bench.source_qti2 import stated_in as in_qti2
from bench.source_qti12 import stated_in as in_qti12
from bench.source_words import Piece
from bench.word_check import lost, lost_around, paired
from quizapp.errors import Invalid
from quizapp.formats.archive import is_zip, read_archive
from quizapp.formats.base import LeftOut
from quizapp.formats.common_cartridge.format import CommonCartridgeFormat
from quizapp.formats.fitting import fit
from quizapp.formats.gathered import Gathered
from quizapp.formats.ims_package.detecting import kind_of
from quizapp.formats.interchange import (
    Description,
    Essay,
    Gaps,
    Item,
    Match,
    MultipleChoice,
    Numerical,
    Sequence,
    ShortAnswer,
    TrueFalse,
    Unsupported,
)
from quizapp.formats.qti2.format import Qti2Format, Qti3Format
from quizapp.formats.qti12.format import Qti12Format
from quizapp.formats.xml_tree import Element, parse_xml

_READERS: Mapping[str, Callable[[bytes], Gathered]] = {
    "qti12": Qti12Format().gathered,
    "qti2": Qti2Format().gathered,
    "qti3": Qti3Format().gathered,
    "common_cartridge": CommonCartridgeFormat().gathered,
}
_SUFFIXES = (".xml", ".qti", ".zip", ".imscc")
#: Kind in the inventory → what it may become here; anything may be unsupported with its reason.
_MAY_BE: Mapping[str, tuple[type, ...]] = {
    "multiple_choice": (MultipleChoice, TrueFalse),
    "true_false": (TrueFalse, MultipleChoice),
    "short_answer": (ShortAnswer, Gaps),
    "fill_in_multiple_blanks": (Gaps,),
    "multiple_answers": (MultipleChoice,),
    "multiple_dropdowns": (Gaps,),
    "matching": (Match,),
    "numerical": (Numerical,),
    "essay": (Essay,),
    "text_only": (Description,),
    "cc.multiple_choice": (MultipleChoice, TrueFalse),
    "cc.true_false": (TrueFalse, MultipleChoice),
    "cc.fib": (ShortAnswer, Gaps, Numerical),
    "cc.pattern_match": (ShortAnswer, Gaps),
    "cc.multiple_response": (MultipleChoice,),
    "cc.essay": (Essay,),
    "render_choice+response_lid": (MultipleChoice, TrueFalse, Gaps, Match),
    "render_fib+response_str": (ShortAnswer, Numerical, Essay, Gaps),
    "render_fib+response_num": (Numerical, Gaps),
    "response_lid": (Sequence, MultipleChoice),
    "choice": (MultipleChoice, TrueFalse, Gaps),
    "textEntry": (ShortAnswer, Numerical, Gaps),
    "inlineChoice": (Gaps,),
    "extendedText": (Essay,),
    "match": (Match,),
    "associate": (Match,),
    "order": (Sequence,),
    "gapMatch": (Gaps,),
    "hottext": (MultipleChoice,),
}


def files(folder: Path, name: str) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the files of a family that hold questions, each with what the inventory says."""
    listed = folder / "manifest.json"
    stated = json.loads(listed.read_text(encoding="utf-8")) if listed.exists() else []
    for one in stated:
        path = folder / one["file"]
        is_ours = one["file"].split("/")[0] == name and path.suffix.lower() in _SUFFIXES
        is_package = path.suffix.lower() in {".zip", ".imscc"}
        if is_ours and (one.get("questions") or "expect" in one or is_package):
            yield path, one


def compare(path: Path, stated: Mapping[str, Any]) -> Outcome:
    """Return what became of a file."""
    data = path.read_bytes()
    outcome = Outcome(expected=int(stated.get("questions") or 0))
    must_fail = str(stated.get("expect", ""))
    try:
        found = _READERS[kind_of(data) or "qti12"](data)
    except Invalid as error:
        refused = Difference("file", "refused", str(error), must_fail, "it says where and why")
        (outcome.refused if must_fail else outcome.silent).append(refused)
        return outcome
    if must_fail:
        outcome.silent.append(Difference("file", "read", "read", must_fail))
    items = [one for one in found.items if isinstance(one, Item)]
    if is_zip(data):
        outcome.expected = _items_within(data)
    outcome.fit_into_types(items)
    _count(outcome, items)
    check_words(outcome, data, found)
    if stated.get("types") and not is_zip(data):
        _check_kinds(outcome, items, stated["types"])
    return outcome


def check_words(outcome: Outcome, data: bytes, found: Gathered) -> None:
    """Add a silent difference for each piece of the file that was lost without a word."""
    stated = [*in_qti12(data), *in_qti2(data)]
    items = [one for one in found.items if isinstance(one, Item)]
    said = " ".join([*found.remarks, *(" ".join(one.category) for one in items)])
    outcome.pieces = sum(len(set(one.pieces)) for one in stated)
    for one in stated if items else ():
        if not one.is_question:
            missing = lost_around(one.pieces, said)
            outcome.silent += [_lost(one.path or "file", piece) for piece in missing]
    read = {item.place.rpartition(", line ")[0] for item in items}
    questions = [one for one in stated if one.is_question]
    if "twice" in said:
        # Canvas puts each quiz into a cartridge twice; the poorer copy is passed over.
        questions = [one for one in questions if one.path in read]
    for one, item in paired(questions, items):
        if one and item:
            outcome.silent += [_lost(_where(item), piece) for piece in lost(one.pieces, item)]
        elif one:
            outcome.silent.append(Difference(one.path, one.ident, "missing", "question"))


def _lost(where: str, piece: Piece) -> Difference:
    return Difference(where, piece.role, "lost", piece.value[:200])


def _where(item: Item) -> str:
    return item.place or f"line {item.line}"


def _count(outcome: Outcome, items: list[Item]) -> None:
    if len(items) != outcome.expected:
        outcome.silent.append(
            Difference("file", "number of questions", str(len(items)), str(outcome.expected))
        )
    for item in items:
        draft = fit(item)
        where = item.place or f"line {item.line}"
        if isinstance(draft, LeftOut):
            kind = (
                item.body.kind if isinstance(item.body, Unsupported) else type(item.body).__name__
            )
            outcome.refused.append(Difference(where, kind, "left out", kind, draft.reason))
        elif draft.changes:
            said = " ".join(draft.changes)
            outcome.changed.append(Difference(where, draft.type_name, "changed", "", said))
        else:
            outcome.same += 1


def _check_kinds(outcome: Outcome, items: list[Item], kinds: Mapping[str, int]) -> None:
    """Add a silent difference where an item became of a kind that none in the file has."""
    allowed = {kind for name in kinds for kind in _may_be(name)} | {Unsupported, Description}
    for item in items:
        kind = type(item.body)
        if kind not in allowed and not item.notes:
            where = f"line {item.line}"
            outcome.silent.append(Difference(where, "kind", kind.__name__, ", ".join(kinds)))


def _may_be(name: str) -> tuple[type, ...]:
    plain = name.removesuffix("_question").removesuffix(".v0p1").removesuffix("Interaction")
    if plain.startswith("qti-"):
        words = plain.removeprefix("qti-").removesuffix("-interaction").split("-")
        plain = words[0] + "".join(word.title() for word in words[1:])
    return _MAY_BE.get(plain, ())


def _items_within(data: bytes) -> int:
    """Return how many items the documents of a package hold."""
    count = 0
    archive = read_archive(data)
    for path in archive:
        if path.lower().endswith((".xml", ".qti")):
            root = parse_xml(archive[path])
            count += sum(1 for one in (root, *root.deep()) if _is_item(one))
    return count


def _is_item(element: Element) -> bool:
    return element.name in {"item", "assessmentItem", "qti-assessment-item"} and bool(
        element.first("presentation", "itemBody", "qti-item-body")
    )


#: Families of files → what compares them.
COMPARERS: Mapping[str, Comparer] = dict.fromkeys(
    ("qti12", "qti21", "qti22", "qti30", "common_cartridge"), compare
)
