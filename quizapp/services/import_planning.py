"""What a file of questions would do to a course, question by question; nothing is written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from quizapp.formats.base import LeftOut, Reading
from quizapp.formats.media import MediaFile
from quizapp.formats.registry import FORMATS
from quizapp.models import ImportOutcome, Status
from quizapp.queries.import_ground import (
    Ground,
    KnownFact,
    KnownQuestion,
    Sought,
    read_ground,
)
from quizapp.queries.media import kept_names
from quizapp.queries.terms import speller
from quizapp.questions.registry import TYPES
from quizapp.services.facts import slug_of
from quizapp.services.import_differences import content_differences
from quizapp.services.import_facts import KEY, KEY_LIMIT, FactPlan, PlannedFact
from quizapp.services.import_reading import (
    MOST_QUESTIONS,
    Stateable,
    media_of,
    read_drafts,
)
from quizapp.services.import_rows import (
    Plan,
    PlannedRow,
    WantedQuestions,
    about,
    as_left_out,
    left_out,
    row_of,
    unchanged,
)
from quizapp.services.publishing import needs_other

_NO_SOURCE = "Kept as a draft: no source proves its fact yet."
_EDITED_HERE = (
    "It was edited here since that import. The file says what it said then, so the edit stays."
)
_IS_RETIRED = "It is retired here, and stays so."
_TOO_MANY = f"A file may hold {MOST_QUESTIONS:,} questions. Import the rest from another one."
_REVIEWED = "Goes into review: in this course another instructor makes questions ready."
_SLUG_LIMIT = 60


def plan_import(
    session: Session,
    *,
    course_id: int,
    reading: Reading,
    wanted: WantedQuestions,
) -> Plan:
    """Return what a file would do to a course, in the order of the file.

    A question is the one here that the file called by the same name before, or whose key it gives;
    one without a name is the one that stated the same, or says the same now.
    """
    form, salt = FORMATS[wanted.format], wanted.file
    parts = list(
        read_drafts(
            reading,
            format_name=form.name,
            file_name=wanted.name,
            find=speller(session, course_id=course_id),
            here=kept_names(session, course_id=course_id),
        )
    )
    ground = read_ground(session, course_id=course_id, sought=_sought(parts))
    topic = next((one.key for one in ground.topics if one.id == wanted.topic_id), "")
    planner = _Planner(
        ground,
        FactPlan(ground, salt, topic),
        salt,
        form.is_whole,
        needs_other(session, course_id),
        {},
        set(),
    )
    rows = tuple(planner.row(one) for one in parts)
    names = sum(bool(one.name) for one in reading.drafts)
    remarks = [*reading.remarks]
    if names:
        remarks.append(
            "Names beside questions are not kept: here a question is known by its words."
        )
    return Plan(
        rows,
        tuple(planner.facts.facts.values()),
        planner.facts.topics,
        tuple(remarks),
        media=len(media_of(reading)),
    )


def plan_file(session: Session, *, course_id: int, wanted: WantedQuestions, data: bytes) -> Plan:
    """Return what a file would do; nothing is locked meanwhile.

    :raises Invalid: the file as a whole cannot be read.
    """
    reading = FORMATS[wanted.format].read(data, filename=wanted.name)
    return plan_import(session, course_id=course_id, reading=reading, wanted=wanted)


def media_in(wanted: WantedQuestions, data: bytes) -> tuple[tuple[str, MediaFile], ...]:
    """Return the pictures and sounds that a file brings along, for `apply_import`.

    :raises Invalid: the file as a whole cannot be read.
    """
    return media_of(FORMATS[wanted.format].read(data, filename=wanted.name))


def _sought(parts: Sequence[Stateable | LeftOut]) -> Sought:
    read = [one for one in parts if isinstance(one, Stateable)]
    facts = [one.draft.fact for one in read if one.draft.fact]
    return Sought(
        origins={one.origin for one in read},
        keys={one.draft.key for one in read if one.draft.key},
        digests={one.sha256 for one in read},
        facts={fact.key for fact in facts if fact.key},
        passages=any(fact.citations for fact in facts),
    )


@dataclass(slots=True)
class _Planner:
    """:param lines: name in the file → where it stood first. :param matched: questions met.
    :param needs_other: another instructor than the author makes questions ready.
    """

    ground: Ground
    facts: FactPlan
    salt: str
    is_whole: bool
    needs_other: bool
    lines: dict[str, str]
    matched: set[int]

    def row(self, one: Stateable | LeftOut) -> PlannedRow:
        if isinstance(one, LeftOut):
            return left_out(one, one.reason)
        at = one.draft.place or f"line {one.draft.line}"
        if one.origin in self.lines:
            same = "has the same name" if one.draft.key else "is the same question"
            reason = f"What stands at {self.lines[one.origin]} {same}; that one is taken."
            return left_out(as_left_out(one), reason)
        if len(self.lines) >= MOST_QUESTIONS:
            return left_out(as_left_out(one), _TOO_MANY)
        self.lines[one.origin] = at
        known = self._known(one)
        if known is None:
            return self._new(one)
        self.matched.add(known.id)
        _, stated = self.ground.origins.get(one.origin, (0, ""))
        if stated == one.origin_sha256:
            return self._as_before(one, known)
        return self._compared(one, known)

    def _known(self, one: Stateable) -> KnownQuestion | None:
        """Return the question here that the file is about."""
        ids = (
            self.ground.origins.get(one.origin, (None, ""))[0],
            self.ground.by_key.get(one.draft.key) if one.draft.key else None,
            self.ground.by_digest.get(f"{one.draft.type_name}:{one.sha256}"),
        )
        found = (one for one in ids if one is not None and one not in self.matched)
        return next((self.ground.questions[i] for i in found if i in self.ground.questions), None)

    def _new(self, one: Stateable) -> PlannedRow:
        fact = self.facts.fact_for(one, None)
        notes = [*one.notes, *_complaints(fact)]
        status = Status(one.draft.status or "draft")
        if status is Status.READY and not fact.is_proved:
            status = Status.DRAFT
            notes.append(_NO_SOURCE)
        status = self._reviewed(status, notes)
        _publish(fact, status)
        return row_of(
            one,
            outcome=ImportOutcome.NEW,
            notes=notes,
            key=self._key(one),
            fact_key=fact.key,
            status=status,
        )

    def _reviewed(self, status: Status, notes: list[str]) -> Status:
        """Return the status that content which nobody else has seen may have in this course."""
        if status is not Status.READY or not self.needs_other:
            return status
        notes.append(_REVIEWED)
        return Status.IN_REVIEW

    def _as_before(self, one: Stateable, known: KnownQuestion) -> PlannedRow:
        differs = known.sha256 != one.sha256 or known.type != one.draft.type_name
        notes = [_EDITED_HERE] if differs else []
        notes += [_IS_RETIRED] if known.status is Status.RETIRED else []
        return unchanged(one, known, notes)

    def _compared(self, one: Stateable, known: KnownQuestion) -> PlannedRow:
        before = self.ground.facts[known.fact_id]
        fact = self.facts.fact_for(one, before)
        differs = known.sha256 != one.sha256 or known.type != one.draft.type_name
        changes = list(_differences(one, known)) if differs else []
        tags = one.tags if one.tags or self.is_whole else known.tags
        if set(tags) != set(known.tags):
            changes.append(f"Tags: {_listed(known.tags)} become {_listed(tags)}.")
        is_same_fact = fact.key == before.key
        if not is_same_fact:
            changes.append(f"It tests another fact: “{fact.statement[:80]}”.")
        elif isinstance(fact, PlannedFact):
            changes += fact.notes
        notes = [*one.notes, *_complaints(fact)]
        status = Status(one.draft.status) if one.draft.status else known.status
        was_ready = known.status is Status.READY
        if status is Status.READY and not fact.is_proved and not (was_ready and is_same_fact):
            status = Status.DRAFT if was_ready else known.status
            notes.append(_NO_SOURCE)
        if differs or not is_same_fact or status is not known.status:
            status = self._reviewed(status, notes)
        if status is not known.status:
            changes.append(f"Status: {_in_words(known.status)} becomes {_in_words(status)}.")
        if not changes:
            return unchanged(one, known, notes)
        _publish(fact, status)
        row = row_of(
            one,
            outcome=ImportOutcome.CHANGED,
            notes=[*changes, *notes],
            key=known.key,
            fact_key=fact.key,
            status=status,
        )
        return about(row, known, tags=tags, keeps_content=not differs)

    def _key(self, one: Stateable) -> str:
        """Return the key of a new question: the file's own, if it can be one here."""
        own = one.draft.key
        is_key = KEY.fullmatch(own) and not own.isdecimal() and len(own) <= KEY_LIMIT
        if is_key and own not in self.ground.by_key:
            return own
        tail = hashlib.sha256(f"{self.salt} {one.origin}".encode()).hexdigest()[:8]
        return f"{slug_of(one.stem)[:_SLUG_LIMIT].strip('-')}-{tail}"


def _differences(one: Stateable, known: KnownQuestion) -> Iterator[str]:
    new_type = one.draft.type_name
    if known.type != new_type:
        yield f"Type: {TYPES[known.type].label} becomes {TYPES[new_type].label}."
        return
    yield from content_differences(new_type, known.content, one.content)


def _in_words(status: Status) -> str:
    return status.value.replace("_", " ")


def _publish(fact: PlannedFact | KnownFact, status: Status) -> None:
    if status is Status.READY and isinstance(fact, PlannedFact) and fact.is_new:
        fact.status = Status.READY


def _complaints(fact: PlannedFact | KnownFact) -> tuple[str, ...]:
    """Return what of a fact cannot be done, once."""
    if not isinstance(fact, PlannedFact):
        return ()
    found, fact.complaints = fact.complaints, ()
    return found


def _listed(tags: Sequence[str]) -> str:
    return ", ".join(tags) or "none"
