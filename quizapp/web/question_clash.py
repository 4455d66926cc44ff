"""Two editors of one question: both versions, what differs, and taking over field by field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from quizapp.db import db
from quizapp.errors import Invalid
from quizapp.queries.authoring import StoredQuestion, proof, revision_content
from quizapp.queries.courses import CourseInfo
from quizapp.questions.registry import TYPES
from quizapp.services.facts import NewFact
from quizapp.web.fields import PREFIX
from quizapp.web.question_form import (
    QuestionForm,
    filled_form,
    id_of,
    posted_form,
    typed_fields,
)
from quizapp.web.question_preview import Preview, preview_stored
from quizapp.web.question_words import (
    FieldDifference,
    FieldText,
    content_texts,
    differences,
)
from quizapp.web.viewer import actor

_TAKE = re.compile(r"take-(theirs|mine)-([a-z_]+)")
_WHOLE = "all"
_ASIDE = ("tags", "status", "fact", "waivers")


@dataclass(frozen=True, slots=True)
class Clash:
    """What is stored now beside what was typed; both stay on the page until one saves.

    :param rows: what differs, stored first. :param taken: fields that only the others changed;
        the form has theirs already. :param is_whole: of another type, so taken whole or not.
    """

    stored: StoredQuestion
    theirs: Preview
    rows: tuple[FieldDifference, ...]
    taken: tuple[str, ...] = ()
    is_whole: bool = False


def begin_clash(course: CourseInfo, form: QuestionForm, stored: StoredQuestion) -> Clash:
    """Return both versions; the form goes on from what is stored, with what was typed in it."""
    form.mine.data = json.dumps(typed_fields(request.form))
    form.base.data = form.seen.data
    form.seen.data, form.seen_at.data = str(stored.number), stored.updated_at.isoformat()
    clash = _clash(course, posted_form(request.form), stored)
    return _without(clash, _take_over(course, form, stored))


def resumed_clash(
    course: CourseInfo, form: QuestionForm, stored: StoredQuestion
) -> tuple[QuestionForm, Clash | None]:
    """Return the form with what a button took over, and both versions if two editors met."""
    mine = _mine(form)
    if mine is None:
        return form, None
    if found := _TAKE.fullmatch(request.form.get("action", "")):
        form = _take(form, mine, stored, is_theirs=found[1] == "theirs", name=found[2])
    return form, _clash(course, mine, stored)


def _clash(course: CourseInfo, mine: QuestionForm, stored: StoredQuestion) -> Clash:
    theirs = preview_stored(actor=actor(), course=course, stored=stored)
    written = mine.written
    if isinstance(written.fact, NewFact):
        statement = written.fact.statement
    else:
        statement = proof(
            db.session(), actor=actor(), course_id=course.id, fact_id=written.fact
        ).statement
    waivers = {one.rule: one.reason for one in written.waivers}
    before = _texts(filled_form(stored), _normal(stored.type, stored.content))
    after = _texts(mine, _normal(written.type_name, written.raw))
    rows = differences(
        (*before, *_about(theirs.proof.statement, _reasons(stored))),
        (*after, *_about(statement, waivers)),
    )
    return Clash(stored, theirs, rows, is_whole=written.type_name != stored.type)


def _texts(form: QuestionForm, raw: Mapping[str, Any]) -> tuple[FieldText, ...]:
    return (
        *content_texts(form.type.data, raw),
        FieldText("tags", "Tags", form.tags.data or ""),
        FieldText("status", "Status", (form.status.data or "").replace("_", " ")),
    )


def _about(statement: str, reasons: Mapping[str, str]) -> tuple[FieldText, ...]:
    said = "\n".join(f"{rule}: {reason}" for rule, reason in sorted(reasons.items()) if reason)
    return FieldText("fact", "Fact", statement), FieldText("waivers", "Rules left aside", said)


def _reasons(stored: StoredQuestion) -> dict[str, str]:
    return {waiver["rule"]: waiver["reason"] for waiver in stored.waivers}


def _normal(type_name: str, raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is typed as it would be stored, if it can be."""
    kind = TYPES[type_name]
    try:
        return kind.dump(kind.parse(raw))
    except Invalid:
        return raw


def _take_over(course: CourseInfo, form: QuestionForm, stored: StoredQuestion) -> dict[str, str]:
    """Put what only the others changed into the form; return the labels of that by name."""
    base = revision_content(
        db.session(),
        actor=actor(),
        course_id=course.id,
        question_id=stored.id,
        number=id_of(form.base.data) or 0,
    )
    written = form.written
    if base is None or {base[0], written.type_name} != {stored.type}:
        return {}
    states = (base[1], written.raw, stored.content)
    begun, mine, theirs = (
        {one.name: one for one in content_texts(stored.type, _normal(stored.type, state))}
        for state in states
    )
    taken = {}
    for name, text in begun.items():
        if name.startswith(PREFIX) and mine[name].text == text.text != theirs[name].text:
            form.put(name.removeprefix(PREFIX), stored.content.get(name.removeprefix(PREFIX)))
            taken[name] = text.label
    return taken


def _without(clash: Clash, taken: dict[str, str]) -> Clash:
    rows = tuple(row for row in clash.rows if row.name not in taken)
    return Clash(clash.stored, clash.theirs, rows, tuple(taken.values()), clash.is_whole)


def _mine(form: QuestionForm) -> QuestionForm | None:
    """Return the form as it was typed when two editors met; None where they did not."""
    try:
        pairs = [(str(name), str(value)) for name, value in json.loads(form.mine.data or "[]")]
    except (ValueError, TypeError):
        return None
    return posted_form(MultiDict(pairs)) if pairs else None


def _take(
    form: QuestionForm, mine: QuestionForm, stored: StoredQuestion, *, is_theirs: bool, name: str
) -> QuestionForm:
    """Return the form with one field, or all of them, from one of the two versions."""
    side = filled_form(stored) if is_theirs else mine
    if name == _WHOLE:
        for kept in ("draft", "draft_at", "base", "mine", "seen", "seen_at", "question"):
            side._fields[kept].data = form._fields[kept].data
        return side
    if name in _ASIDE:
        _take_aside(form, side, name)
    elif name.startswith(PREFIX) and name in form and side.type.data == form.type.data:
        field = name.removeprefix(PREFIX)
        form.put(field, side.written.raw.get(field))
    return form


def _take_aside(form: QuestionForm, side: QuestionForm, name: str) -> None:
    if name == "waivers":
        form.reasons = side.reasons
        return
    form._fields[name].data = side._fields[name].data
    if name == "fact":
        for part in ("fact_statement", "fact_topic", "fact_passage", "fact_exact"):
            form._fields[part].data = side._fields[part].data
