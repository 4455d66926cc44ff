"""What an instructor sees of a question before learners do: its two faces, and advice on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from quizapp.bank.craft.advice import Check, advise
from quizapp.bank.sentences import propose_statement
from quizapp.db import db
from quizapp.errors import Invalid
from quizapp.policy import Actor
from quizapp.queries.authoring import Proof, StoredQuestion, proof, quoted
from quizapp.queries.cited_paragraph import topic_near
from quizapp.queries.courses import CourseInfo
from quizapp.queries.duplicates import Alike, alike_questions
from quizapp.queries.passages import CitedPassage
from quizapp.queries.terms import speller
from quizapp.questions.base import Answer, QuestionType, Raw
from quizapp.questions.edits import EditKind, propose_edit
from quizapp.questions.registry import TYPES
from quizapp.services.facts import NewFact, find_words
from quizapp.services.question_check import Written


@dataclass(frozen=True, slots=True)
class Preview:
    """A question as learners will see it; without `public` and `answer` while it is unfinished.

    :param missing: what is still to do before there is a question.
    :param statement, topic_id: proposed for a new fact; "" and None for nothing.
    :param astray: why the words that were given for a new fact prove nothing yet; "" else.
    :param edit: what kind of edit it is to what is stored; None where nothing differs.
    :param alike: other questions of the course that ask nearly the same.
    """

    kind: QuestionType[Any, Any]
    proof: Proof
    checks: tuple[Check, ...] = ()
    missing: tuple[str, ...] = ()
    content: Any = None
    public: Any = None
    answer: Answer | None = None
    explanation: str = ""
    statement: str = ""
    topic_id: int | None = None
    astray: str = ""
    edit: EditKind | None = None
    alike: tuple[Alike, ...] = ()

    @property
    def excerpts(self) -> tuple[CitedPassage, ...]:
        """Return the citations without the rest of their paragraphs."""
        return tuple(
            c.excerpt()
            if c.is_lost
            else replace(c, before="… " if c.before else "", after=" …" if c.after else "", note="")
            for c in self.proof.citations
        )

    @property
    def met(self) -> int:
        return sum(check.is_met or bool(check.reason) for check in self.checks)


def preview_written(
    *,
    actor: Actor,
    course: CourseInfo,
    written: Written,
    stored: StoredQuestion | None = None,
) -> Preview:
    """Return the preview of what is in the form.

    :param stored: the question as it is, to say what kind of edit this is.
    """
    astray = ""
    if isinstance(written.fact, NewFact):
        found, astray = _stated(actor, course.id, written.fact)
    else:
        found = proof(db.session(), actor=actor, course_id=course.id, fact_id=written.fact)
    preview = _preview(written.type_name, written.raw, found, course, written)
    if isinstance(written.fact, NewFact):
        preview = _proposed(actor, course, replace(preview, astray=astray))
    if stored:
        preview = replace(preview, edit=_edit(written, stored))
    return replace(preview, alike=_alike(course, preview, stored))


def _alike(
    course: CourseInfo, preview: Preview, stored: StoredQuestion | None
) -> tuple[Alike, ...]:
    if preview.content is None:
        return ()
    return alike_questions(
        db.session(),
        course_id=course.id,
        type_name=preview.kind.name,
        stem=preview.kind.stem(preview.content),
        besides=stored.id if stored else None,
    )


def _proposed(actor: Actor, course: CourseInfo, preview: Preview) -> Preview:
    """Return the preview with what the page proposes for a new fact."""
    if not preview.proof.citations:
        return preview
    cited = preview.proof.citations[0]
    statement = propose_statement(
        cited.before,
        cited.exact,
        cited.after,
        stem=preview.kind.stem(preview.content) if preview.answer else "",
        key=preview.answer.text if preview.answer else "",
    )
    topic_id = topic_near(
        db.session(), actor=actor, course_id=course.id, passage_id=cited.passage_id
    )
    found = replace(preview.proof, statement=preview.proof.statement or statement)
    return replace(preview, proof=found, statement=statement, topic_id=topic_id)


def _edit(written: Written, stored: StoredQuestion) -> EditKind | None:
    kind = TYPES[written.type_name]
    try:
        content = kind.dump(kind.parse(written.raw))
        before = TYPES[stored.type].dump(TYPES[stored.type].parse(stored.content))
    except Invalid:
        return None
    if (stored.type, before) == (written.type_name, content):
        return None
    return written.edit or propose_edit(stored.type, before, written.type_name, content)


def preview_stored(*, actor: Actor, course: CourseInfo, stored: StoredQuestion) -> Preview:
    """Return the preview of a question as it is stored."""
    found = proof(db.session(), actor=actor, course_id=course.id, fact_id=stored.fact_id)
    return _preview(stored.type, stored.content, found, course)


def _preview(
    type_name: str, raw: Raw, found: Proof, course: CourseInfo, written: Written | None = None
) -> Preview:
    kind = TYPES[type_name]
    find = speller(db.session(), course_id=course.id)
    try:
        content = kind.with_spellings(kind.parse(raw), find)
    except Invalid as error:
        missing = dict.fromkeys(problem.message for problem in error.problems)
        return Preview(kind, found, missing=tuple(missing))
    return Preview(
        kind,
        found,
        checks=advise(
            type_name,
            content,
            statement=found.statement,
            is_cited=any(not citation.is_lost for citation in found.citations),
            language=course.language,
            find=find,
            is_new_fact=written is not None and isinstance(written.fact, NewFact),
            waived={one.rule: one.reason for one in written.waivers} if written else {},
        ),
        content=content,
        public=kind.public(content),
        answer=kind.answer(content),
        explanation=kind.explanation(content),
    )


def _stated(actor: Actor, course_id: int, stated: NewFact) -> tuple[Proof, str]:
    """Return a new fact with its words, if they are found, and else why those given are not.

    The rest of the fact may be unfinished.
    """
    session = db.session()
    try:
        found = find_words(
            session, course_id=course_id, passage_id=stated.passage_id, exact=stated.exact
        )
    except Invalid as error:
        astray = error.problems[0].message if stated.exact.strip() else ""
        return Proof(stated.statement), astray
    words = quoted(
        session,
        actor=actor,
        course_id=course_id,
        passage_id=found.passage_id,
        start=found.start,
        end=found.end,
    )
    return Proof(stated.statement, (words,)), ""
