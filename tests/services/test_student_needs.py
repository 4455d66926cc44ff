"""What students need, groups, and exceptions for one quiz, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Forbidden, Invalid, NotFound
from quizapp.grading.allowances import Allowance
from quizapp.models import (
    Accommodation,
    Attempt,
    Enrolment,
    Group,
    GroupMember,
    GroupOverride,
    LearnerOverride,
    Role,
    User,
)
from quizapp.queries import people
from quizapp.queries.allowances import own_rules
from quizapp.queries.people import StudentFilter
from quizapp.services import allowances
from quizapp.services.allowances import Whom, WrittenException, WrittenNeeds
from quizapp.services.archiving import archive_course
from quizapp.services.attempt_start import start_attempt
from tests.support.desk import statements_of
from tests.support.make import Make


class Room:
    """A course with an instructor, two students and a quiz."""

    def __init__(self, session: Session, make: Make, now: datetime) -> None:
        self.session, self.make, self.now = session, make, now
        self.course = make.course()
        self.teacher = make.instructor(self.course)
        self.ada = make.learner(self.course, name="Ada Okafor")
        self.ben = make.learner(self.course, name="Ben Larsen")
        question = make.question(make.fact(self.course))
        settings = {"time_limit_minutes": 20, "attempts_allowed": 2}
        self.quiz = make.quiz(self.course, [question], settings=settings)

    @property
    def here(self) -> dict[str, Any]:
        return {"actor": self.teacher, "course_id": self.course.id}

    def set_needs(self, seen: datetime | None = None, **given: Any) -> bool:
        whom = given.pop("learner_id", self.ada.id)
        return allowances.set_needs(
            self.session,
            **self.here,
            learner_id=whom,
            written=WrittenNeeds(**given),
            seen=seen,
            now=given.pop("now", self.now),
        )

    def needs(self, learner_id: int | None = None) -> people.Student:
        return people.student(self.session, **self.here, learner_id=learner_id or self.ada.id)

    def except_(self, whom: Whom, seen: datetime | None = None, **rules: Any) -> None:
        reason = rules.pop("reason", "Second sitting")
        allowances.set_exception(
            self.session,
            **self.here,
            quiz_id=rules.pop("quiz_id", self.quiz.id),
            whom=whom,
            written=WrittenException(rules, reason),
            seen=seen,
            now=self.now,
        )

    def exceptions(self, **given: Any) -> tuple[people.ExceptionRow, ...]:
        return people.exceptions(self.session, **self.here, **given)

    def group(self, name: str = "Evening", *members: Any) -> int:
        group_id = allowances.create_group(self.session, **self.here, name=name)
        for member in members:
            self.put(group_id, member.id)
        return group_id

    def put(self, group_id: int, learner_id: int, is_member: bool = True) -> None:
        allowances.set_member(
            self.session,
            **self.here,
            group_id=group_id,
            learner_id=learner_id,
            is_member=is_member,
        )

    def rules(self, actor: Any) -> Any:
        return own_rules(
            self.session,
            learner_id=actor.id,
            course_id=self.course.id,
            quizzes={self.quiz.id: self.quiz.settings},
        )[self.quiz.id]


@pytest.fixture
def room(session: Session, make: Make, now: datetime) -> Room:
    return Room(session, make, now)


def paths(error: pytest.ExceptionInfo[Invalid]) -> set[str]:
    return {problem.path for problem in error.value.problems}


def test_what_a_student_needs_holds_in_every_quiz(room: Room) -> None:
    is_anything = room.set_needs(
        extra_time_percent=50, extra_attempts=1, hides_countdown=True, reason=" Letter of May. "
    )

    assert is_anything
    one = room.needs()
    assert one.allowance == Allowance(Fraction(3, 2), 1, True)
    assert one.reason == "Letter of May."
    start_attempt(room.session, actor=room.ada, quiz_id=room.quiz.id, seed=1, now=room.now)
    due = room.session.scalar(sa.select(Attempt.due_at))
    assert due == room.now + timedelta(minutes=30)
    assert room.rules(room.ada).settings.attempts_allowed == 3
    assert room.rules(room.ben).settings.attempts_allowed == 2


@pytest.mark.parametrize("percent", [1, 33, 100, 900])
def test_any_whole_percentage_is_kept_exactly(room: Room, percent: int) -> None:
    room.set_needs(extra_time_percent=percent)

    assert room.needs().allowance.time_factor == 1 + Fraction(percent, 100)


def test_nothing_special_takes_the_entry_away(room: Room) -> None:
    room.set_needs(extra_attempts=2)
    is_anything = room.set_needs(seen=room.needs().seen, reason="left over")

    assert not is_anything
    assert room.session.scalar(sa.select(sa.func.count()).select_from(Accommodation)) == 0
    assert not room.set_needs()


def test_every_problem_of_needs_is_named(room: Room) -> None:
    with pytest.raises(Invalid) as error:
        room.set_needs(extra_time_percent="a lot", extra_attempts=-1, reason="x" * 600)

    assert paths(error) == {"extra_time_percent", "extra_attempts", "reason"}


@pytest.mark.parametrize("percent", [901, -1, True, 2.5, "50"])
def test_extra_time_is_a_whole_number_in_range(room: Room, percent: Any) -> None:
    with pytest.raises(Invalid) as error:
        room.set_needs(extra_time_percent=percent)

    assert paths(error) == {"extra_time_percent"}


def test_of_two_who_set_needs_the_second_is_told(room: Room) -> None:
    room.set_needs(extra_attempts=1)
    seen = room.needs().seen
    with pytest.raises(Conflict):
        room.set_needs(extra_attempts=5)
    room.set_needs(seen=seen, extra_attempts=2)

    with pytest.raises(Conflict):
        room.set_needs(seen=seen, extra_attempts=3)
    with pytest.raises(Conflict):
        room.set_needs(seen=seen)

    assert room.needs().allowance.extra_attempts == 2


@pytest.mark.parametrize("who", ["the instructor", "a stranger", "a guest", "nobody"])
def test_needs_are_those_of_a_student_of_the_course(room: Room, who: str) -> None:
    make = room.make
    guest = make.user(email=None, is_guest=True)
    make.enrol(guest, room.course)
    ids = {
        "the instructor": room.teacher.id,
        "a stranger": make.learner(make.course()).id,
        "a guest": guest.id,
        "nobody": 99_999_999,
    }

    with pytest.raises(NotFound):
        room.set_needs(learner_id=ids[who], extra_attempts=1)


def test_only_instructors_of_the_course_set_and_see_needs(room: Room) -> None:
    other = room.make.course()
    for actor in (room.ada, room.make.learner(other), room.make.instructor(other)):
        here: Any = {"actor": actor, "course_id": room.course.id}
        acts: tuple[Callable[[], Any], ...] = (
            lambda here=here: people.students(room.session, **here, wanted=StudentFilter()),
            lambda here=here: people.student(room.session, **here, learner_id=room.ada.id),
            lambda here=here: people.groups(room.session, **here),
            lambda here=here: people.exceptions(room.session, **here),
            lambda here=here: allowances.create_group(room.session, **here, name="x"),
            lambda here=here: allowances.set_needs(
                room.session,
                **here,
                learner_id=room.ada.id,
                written=WrittenNeeds(100),
                seen=None,
                now=room.now,
            ),
            lambda here=here: allowances.set_exception(
                room.session,
                **here,
                quiz_id=room.quiz.id,
                whom=Whom(room.ada.id),
                written=WrittenException({"attempts_allowed": 9}, "x"),
                seen=None,
                now=room.now,
            ),
        )
        for act in acts:
            with pytest.raises((Forbidden, NotFound)):
                act()


def test_nothing_of_another_course_is_listed(room: Room) -> None:
    other = room.make.course()
    room.make.enrol(room.session.get_one(User, room.ada.id), other)
    teacher = room.make.instructor(other)
    room.set_needs(extra_attempts=1, reason="private")
    room.group("Secret", room.ada)
    room.except_(Whom(room.ada.id), attempts_allowed=5)

    here: Any = {"actor": teacher, "course_id": other.id}
    (seen,) = people.students(room.session, **here, wanted=StudentFilter()).rows
    assert (seen.id, seen.allowance.is_plain, seen.reason, seen.groups) == (
        room.ada.id,
        True,
        "",
        (),
    )
    assert people.groups(room.session, **here) == ()
    assert people.exceptions(room.session, **here, learner_id=room.ada.id) == ()


def test_students_are_found_by_name_email_group_and_needs(room: Room) -> None:
    group_id = room.group("Evening", room.ben)
    room.set_needs(extra_attempts=1)
    guest = room.make.user(email=None, is_guest=True, name="Ada Guest")
    room.make.enrol(guest, room.course)

    def names(**wanted: Any) -> list[str]:
        found = people.students(room.session, **room.here, wanted=StudentFilter(**wanted))
        assert found.total == len(found.rows)
        return [one.name for one in found.rows]

    assert names() == ["Ada Okafor", "Ben Larsen"]
    assert names(text="ADA") == ["Ada Okafor"]
    assert names(text=room.ben.email or "?") == ["Ben Larsen"]
    assert names(text="%") == []
    assert names(group_id=group_id) == ["Ben Larsen"]
    assert names(with_needs=True) == ["Ada Okafor"]


def test_the_list_of_students_takes_the_same_statements_however_long_it_is(room: Room) -> None:
    def count() -> int:
        with statements_of(room.session) as seen:
            people.students(room.session, **room.here, wanted=StudentFilter())
        return len(seen)

    few = count()
    for n in range(60):
        room.make.learner(room.course, name=f"Student {n}")

    assert count() == few <= 3
    found = people.students(room.session, **room.here, wanted=StudentFilter(page=99))
    assert (found.total, found.page, found.pages) == (62, 3, 3)


def test_a_group_has_a_name_of_its_own(room: Room) -> None:
    group_id = room.group("  Evening   sitting ")
    other = room.group("Other")

    assert people.group(room.session, **room.here, group_id=group_id).name == "Evening sitting"
    for name in ("evening SITTING", "", "x" * 100, "a\x00"):
        with pytest.raises(Invalid) as error:
            allowances.rename_group(room.session, **room.here, group_id=other, name=name)
        assert paths(error) == {"name"}
    allowances.rename_group(room.session, **room.here, group_id=group_id, name="Evening Sitting")
    assert people.group(room.session, **room.here, group_id=group_id).name == "Evening Sitting"


def test_members_come_and_go_once(room: Room) -> None:
    group_id = room.group("Evening", room.ada, room.ada)
    assert people.group(room.session, **room.here, group_id=group_id).members == 1
    assert [group.id for group in room.needs().groups] == [group_id]

    room.put(group_id, room.ada.id, is_member=False)
    room.put(group_id, room.ada.id, is_member=False)

    assert room.needs().groups == ()
    with pytest.raises(NotFound):
        room.put(group_id, room.teacher.id)


def test_who_left_the_course_is_no_longer_counted(room: Room) -> None:
    group_id = room.group("Evening", room.ada, room.ben)
    room.session.execute(sa.delete(Enrolment).where(Enrolment.user_id == room.ada.id))

    assert people.group(room.session, **room.here, group_id=group_id).members == 1


def test_a_group_goes_with_its_exceptions_and_leaves_its_students(room: Room) -> None:
    group_id = room.group("Evening", room.ada)
    room.except_(Whom(group_id, is_group=True), time_limit_minutes=90)

    name = allowances.delete_group(room.session, **room.here, group_id=group_id)

    assert name == "Evening"
    for kind in (Group, GroupMember, GroupOverride):
        assert room.session.scalar(sa.select(sa.func.count()).select_from(kind)) == 0
    assert room.needs().id == room.ada.id


def test_a_group_of_another_course_is_not_there(room: Room) -> None:
    other = room.make.course()
    group = room.make.group(other)

    for act in (
        lambda: allowances.delete_group(room.session, **room.here, group_id=group.id),
        lambda: allowances.rename_group(room.session, **room.here, group_id=group.id, name="x"),
        lambda: room.put(group.id, room.ada.id),
        lambda: room.except_(Whom(group.id, is_group=True), attempts_allowed=3),
    ):
        with pytest.raises(NotFound):
            act()


def test_groups_of_an_archived_course_stay_as_they_are(room: Room) -> None:
    group = room.make.group(room.course, room.ada)
    archive_course(room.session, actor=room.teacher, course_id=room.course.id, now=room.now)
    room.teacher = room.make.actor(room.session.get_one(User, room.teacher.id))

    for act in (
        lambda: allowances.delete_group(room.session, **room.here, group_id=group.id),
        lambda: allowances.rename_group(room.session, **room.here, group_id=group.id, name="x"),
        lambda: room.put(group.id, room.ben.id),
    ):
        with pytest.raises(Forbidden, match="archived"):
            act()


def test_an_exception_holds_for_the_student_alone(room: Room) -> None:
    later = room.now + timedelta(days=1)

    room.except_(Whom(room.ada.id), closes_at=later.isoformat(), attempts_allowed=7)

    rules = room.rules(room.ada)
    assert (rules.settings.closes_at, rules.settings.attempts_allowed) == (later, 7)
    assert rules.settings.time_limit_minutes == 20
    assert rules.reasons == ("Second sitting",)
    others = room.rules(room.ben)
    assert (others.reasons, others.allowance.is_plain) == ((), True)


def test_an_exception_of_a_group_holds_for_its_members(room: Room) -> None:
    group_id = room.group("Evening", room.ben)

    room.except_(Whom(group_id, is_group=True), time_limit_minutes=90)

    assert room.rules(room.ben).settings.time_limit_minutes == 90
    assert room.rules(room.ada).settings.time_limit_minutes == 20


def test_exceptions_are_listed_changed_and_removed(room: Room) -> None:
    group_id = room.group("Evening")
    room.except_(Whom(room.ada.id), time_limit_minutes=30)
    room.except_(Whom(group_id, is_group=True), time_limit_minutes=40)
    first, second = room.exceptions(quiz_id=room.quiz.id)
    assert [(row.name, row.is_group) for row in (first, second)] == [
        ("Evening", True),
        ("Ada Okafor", False),
    ]

    room.except_(Whom(room.ada.id), seen=second.seen, time_limit_minutes=35, reason="Changed")
    (own,) = room.exceptions(learner_id=room.ada.id)
    assert (own.override.time_limit_minutes, own.reason) == (35, "Changed")

    for whom in (Whom(room.ada.id), Whom(group_id, is_group=True)):
        for _ in range(2):
            allowances.remove_exception(room.session, **room.here, quiz_id=room.quiz.id, whom=whom)
    assert room.exceptions() == ()


def test_of_two_who_set_an_exception_the_second_is_told(room: Room) -> None:
    room.except_(Whom(room.ada.id), time_limit_minutes=30)

    for seen in (None, room.now - timedelta(days=1)):
        with pytest.raises(Conflict):
            room.except_(Whom(room.ada.id), seen=seen, time_limit_minutes=60)

    assert room.session.scalar(sa.select(LearnerOverride.time_limit_minutes)) == 30


def test_an_exception_says_what_and_why(room: Room) -> None:
    with pytest.raises(Invalid) as error:
        room.except_(Whom(room.ada.id), reason=" ")
    assert paths(error) == {"", "reason"}

    with pytest.raises(Invalid) as error:
        room.except_(
            Whom(room.ada.id), opens_at="soon", time_limit_minutes=0, attempts_allowed="two"
        )
    assert paths(error) == {"opens_at", "time_limit_minutes", "attempts_allowed"}


def test_an_exception_does_not_close_a_quiz_before_it_opens(room: Room) -> None:
    room.quiz.settings = {"opens_at": (room.now + timedelta(days=5)).isoformat()}
    room.session.flush()

    with pytest.raises(Invalid) as error:
        room.except_(Whom(room.ada.id), closes_at=(room.now + timedelta(days=4)).isoformat())

    assert paths(error) == {"closes_at"}


def test_an_exception_is_for_a_quiz_of_the_course(room: Room) -> None:
    other = room.make.quiz(room.make.course())

    with pytest.raises(NotFound):
        room.except_(Whom(room.ada.id), quiz_id=other.id, attempts_allowed=3)


def test_everybody_reads_their_own_needs_and_nobody_elses(room: Room) -> None:
    room.set_needs(extra_time_percent=25, reason="Because")

    (own,) = people.own_allowances(room.session, actor=room.ada)
    assert (own.course, own.allowance.time_factor, own.reason) == (
        room.course.title,
        Fraction(5, 4),
        "Because",
    )
    assert people.own_allowances(room.session, actor=room.ben) == ()


def test_an_instructor_of_a_course_is_no_student_of_it(room: Room) -> None:
    enrolment = room.session.get_one(Enrolment, (room.ada.id, room.course.id))
    enrolment.role = Role.INSTRUCTOR
    room.session.flush()

    with pytest.raises(NotFound):
        room.needs()
