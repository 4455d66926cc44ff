"""Stored examples: make.user(), make.fact(topic), …; what is not said is valid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from quizapp.bank.digest import digest
from quizapp.grading.regrades import RegradeFix
from quizapp.models import (
    Accommodation,
    Base,
    Challenge,
    Citation,
    Course,
    Enrolment,
    Fact,
    Group,
    GroupMember,
    Passage,
    Question,
    Quiz,
    Regrade,
    Revision,
    Role,
    Slot,
    Source,
    Status,
    Term,
    TermKind,
    Topic,
    User,
)
from quizapp.policy import Actor
from quizapp.queries.accounts import actor_for_id
from quizapp.questions.registry import TYPES
from quizapp.services.question_index import index_questions
from tests.support.samples import SAMPLES

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
_Stored = TypeVar("_Stored", bound=Base)

#: What `Make.question` stores of each type.
RAW: dict[str, dict[str, Any]] = {name: sample.raw for name, sample in SAMPLES.items()}
TEXT = "The aversion is codified in Article 146 of the constitution. It covers bases of any kind."


class Make:
    """Makes rows in one session and flushes each, so that it has an id."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._count = 0

    def _next(self) -> int:
        self._count += 1
        return self._count

    def _add(self, thing: _Stored) -> _Stored:
        self.session.add(thing)
        self.session.flush()
        return thing

    def user(self, name: str = "Amara Osei", **given: Any) -> User:
        n = self._next()
        values = {"email": f"user{n}@example.org", "name": name, "created_at": NOON} | given
        return self._add(User(**values))

    def course(self, **given: Any) -> Course:
        n = self._next()
        values = {
            "slug": f"course-{n}",
            "title": f"Course {n}",
            "summary": "",
            "language": "en",
            "is_public": True,
            "created_at": NOON,
        }
        return self._add(Course(**values | given))

    def enrol(self, user: User, course: Course, role: Role = Role.STUDENT) -> Enrolment:
        return self._add(Enrolment(user_id=user.id, course_id=course.id, role=role, joined_at=NOON))

    def accommodate(self, user: User, course: Course, **given: Any) -> Accommodation:
        values = {
            "time_factor": Fraction(1),
            "extra_attempts": 0,
            "hides_countdown": False,
            "reason": "",
            "set_by": None,
            "set_at": NOON,
        }
        return self._add(Accommodation(learner_id=user.id, course_id=course.id, **values | given))

    def actor(self, user: User) -> Actor:
        """Return the actor that this user is now, with the roles stored so far."""
        found = actor_for_id(self.session, user.id)
        assert found is not None
        return found

    def learner(self, course: Course, **given: Any) -> Actor:
        """Store a student of the course and return them as an actor."""
        user = self.user(**given)
        self.enrol(user, course)
        return self.actor(user)

    def instructor(self, course: Course, **given: Any) -> Actor:
        user = self.user(name="Jonas Weber", **given)
        self.enrol(user, course, Role.INSTRUCTOR)
        return self.actor(user)

    def group(self, course: Course, *members: User | Actor, **given: Any) -> Group:
        """Store a group of a course with its members."""
        group = self._add(Group(course_id=course.id, **{"name": f"Group {self._next()}"} | given))
        for member in members:
            self._add(GroupMember(learner_id=member.id, group_id=group.id))
        return group

    def topic(self, course: Course, **given: Any) -> Topic:
        n = self._next()
        values = {"key": f"topic-{n}", "title": f"Topic {n}", "summary": "", "position": n}
        return self._add(Topic(course_id=course.id, **values | given))

    def passage(self, course: Course, text: str = TEXT, **given: Any) -> Passage:
        n = self._next()
        source = self._add(
            Source(
                course_id=course.id,
                key=f"source-{n}",
                title="Course reader",
                author="The course team",
                year="2026",
                licence="CC BY 4.0",
                note="",
            )
        )
        values = {
            "key": f"p{n}",
            "position": n,
            "heading": "Article 146",
            "locator": f"P{n}",
            "note": "",
        }
        return self._add(Passage(source_id=source.id, text=text, **values | given))

    def term(self, course: Course, name: str = "Euphrates", **given: Any) -> Term:
        """Store a term of the course's glossary, and a new digest with the course."""
        n = self._next()
        values = {
            "key": f"term-{n}",
            "kind": TermKind.PLACE,
            "definition": f"What number {n} is.",
            "names": [name],
            "spellings": [],
            "position": n,
        }
        course.glossary_sha256 = uuid4().hex  # of its own: processes keep what they read by it
        return self._add(Term(course_id=course.id, name=name, **values | given))

    def fact(
        self,
        course: Course,
        topic: Topic | None = None,
        passage: Passage | None = None,
        **given: Any,
    ) -> Fact:
        n = self._next()
        topic = topic or self.topic(course)
        passage = passage or self.passage(course)
        values = {
            "key": f"fact-{n}",
            "statement": f"Fact {n}: the stance is codified in Article 146.",
            "note": "",
            "record": "",
            "status": Status.READY,
            "position": n,
        }
        fact = self._add(Fact(course_id=course.id, topic_id=topic.id, **values | given))
        exact = passage.text.split(".")[0]
        self._add(
            Citation(
                fact_id=fact.id,
                position=0,
                passage_id=passage.id,
                start=0,
                end=len(exact),
                exact=exact,
            )
        )
        return fact

    def question(
        self,
        fact: Fact,
        type_name: str = "single_choice",
        raw: dict[str, Any] | None = None,
        **given: Any,
    ) -> Question:
        n = self._next()
        kind = TYPES[type_name]
        content = kind.parse(RAW[type_name] if raw is None else raw)
        values = {
            "key": f"question-{n}",
            "status": Status.READY,
            "current_number": 1,
            "updated_at": NOON,
        }
        question = self._add(
            Question(
                course_id=fact.course_id,
                fact_id=fact.id,
                type=type_name,
                recall=int(kind.recall),
                stem=kind.stem(content),
                **values | given,
            )
        )
        self.revision(question, kind.dump(content))
        index_questions(self.session, [question.id])
        return question

    def revision(self, question: Question, content: dict[str, Any], number: int = 1) -> Revision:
        return self._add(
            Revision(
                question_id=question.id,
                number=number,
                type=question.type,
                content=content,
                sha256=digest(content),
                author_id=None,
                created_at=NOON,
            )
        )

    def challenge(self, learner: Actor, attempt_id: int, question: Question) -> Challenge:
        """Store what a learner doubts about the first question of an attempt."""
        return self._add(
            Challenge(
                learner_id=learner.id,
                attempt_id=attempt_id,
                slot=0,
                course_id=question.course_id,
                revision_id=self._revision_id(question),
                passage_id=None,
                text="The passage says something else.",
                made_at=NOON,
                answer="",
            )
        )

    def regrade(self, question: Question, fix: RegradeFix = RegradeFix.DROP) -> Regrade:
        """Store a decision about the first revision of a question, in every quiz."""
        return self._add(
            Regrade(
                course_id=question.course_id,
                revision_id=self._revision_id(question),
                fix=fix,
                reason="The key was wrong.",
                made_at=NOON,
            )
        )

    def _revision_id(self, question: Question) -> int:
        return self.session.scalars(
            select(Revision.id).where(Revision.question_id == question.id, Revision.number == 1)
        ).one()

    def quiz(
        self,
        course: Course,
        questions: Sequence[Question] = (),
        draws: Sequence[dict[str, Any]] = (),
        **given: Any,
    ) -> Quiz:
        """Store a quiz with a slot for each question, then one for each draw; 1 mark each."""
        n = self._next()
        values = {
            "key": f"quiz-{n}",
            "title": f"Quiz {n}",
            "summary": "",
            "settings": {},
            "status": Status.READY,
            "position": n,
        }
        quiz = self._add(Quiz(course_id=course.id, **values | given))
        for position, question in enumerate(questions):
            self._add(
                Slot(
                    quiz_id=quiz.id,
                    position=position,
                    max_mark=Fraction(1),
                    question_id=question.id,
                )
            )
        for position, draw in enumerate(draws, start=len(questions)):
            self._add(
                Slot(quiz_id=quiz.id, position=position, max_mark=Fraction(1), draw=dict(draw))
            )
        return quiz
