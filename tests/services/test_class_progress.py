"""How students of a course stand, what that adds up to, and messages to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Forbidden, Invalid, LimitReached, NotFound
from quizapp.models import (
    Attempt,
    AttemptState,
    ClassMessage,
    CourseStanding,
    Enrolment,
    Exam,
    Fact,
    Job,
    Memory,
    ReceivedMessage,
    Status,
    TopicStanding,
    User,
)
from quizapp.policy import Actor, require_progress_of
from quizapp.queries.class_messages import EVERYBODY, Audience, recipients, sent_messages
from quizapp.queries.class_progress import ClassView, class_view
from quizapp.queries.class_report import Report, Week, class_report, stored_report, weeks_of
from quizapp.queries.class_rows import ClassFilter, Condition, Sort
from quizapp.queries.history import Recall
from quizapp.queries.progress import progress_view
from quizapp.queries.student_standing import Sums, student_standing
from quizapp.queries.unread_messages import unread_messages
from quizapp.services import class_messages, limits
from quizapp.services.standings import (
    drop_former,
    keep_report,
    keep_standings,
    stale_reports,
    stale_standings,
)
from tests.support.desk import Desk
from tests.support.make import Make

DAY = timedelta(days=1)
SITE = "https://example.org/"


class Room:
    """A course with an instructor and as many students as are added."""

    def __init__(self, session: Session, make: Make, now: datetime) -> None:
        self.session, self.make, self.now = session, make, now
        self.desk = Desk(session, make, now)
        self.course = self.desk.course
        session.execute(sa.delete(Enrolment).where(Enrolment.course_id == self.course.id))
        self.teacher = make.instructor(self.course)

    def students(self, *names: str) -> list[Actor]:
        found = [self.make.learner(self.course, name=name) for name in names]
        joined = sa.update(Enrolment).where(Enrolment.course_id == self.course.id)
        self.session.execute(joined.values(joined_at=self.now - 60 * DAY))
        return found

    def remember(self, learner: Actor, fact: Fact, *, days: int, ago: int, **given: Any) -> None:
        """Store a memory that falls to 90 % within so many days, last asked so long ago."""
        at = self.now - ago * DAY
        values = {
            "phase": "review",
            "step": None,
            "stability": float(days),
            "difficulty": 5.0,
            "due_at": at + days * DAY,
            "last_review_at": at,
            "reps": 4,
            "lapses": 0,
            "is_suspended": False,
            "seen": 1,
        }
        keys = {"learner_id": learner.id, "fact_id": fact.id, "course_id": self.course.id}
        self.session.add(Memory(**keys, **values | given))
        self.session.flush()

    def standing(self, learner: Actor, **given: Any) -> None:
        """Store how a student stands, without the work behind it."""
        values = {
            "as_of": self.now,
            "facts": 10,
            "met": 10,
            "known_well": 5,
            "expected": 8_000_000,
            "tested": 40,
            "recalled": 36,
            "waiting": 3,
            "is_behind": False,
            "last_active_at": self.now,
            "was_active": True,
            "target": 0.9,
            "weeks": {"2026-03-02": [50, 40, 36]},
        }
        keys = {"learner_id": learner.id, "course_id": self.course.id}
        self.session.add(CourseStanding(**keys, **values | given))
        self.session.flush()

    def look(self, *, at: datetime | None = None) -> list[int]:
        """Do what the job does; return whose standings were out of date."""
        now = at or self.now
        stale = stale_standings(self.session, now=now, limit=100)
        found = [
            student_standing(self.session, learner_id=learner, course_id=course, now=now)
            for learner, course in stale
        ]
        keep_standings(self.session, standings=[one for one in found if one])
        for course_id in stale_reports(self.session, now=now):
            keep_report(
                self.session,
                course_id=course_id,
                report=class_report(self.session, course_id=course_id, now=now),
            )
        return [learner for learner, _ in stale]

    def view(self, **wanted: Any) -> ClassView:
        own: dict[str, Any] = {"actor": self.teacher, "course_id": self.course.id, "now": self.now}
        return class_view(self.session, **own, wanted=ClassFilter(**wanted))

    def report(self) -> Report:
        return class_report(self.session, course_id=self.course.id, now=self.now)

    def send(self, text: str = "Come back.", **given: Any) -> int:
        values: dict[str, Any] = {
            "actor": self.teacher,
            "course_id": self.course.id,
            "audience": EVERYBODY,
            "only": None,
            "text": text,
            "site": SITE,
            "now": self.now,
        }
        return class_messages.send_message(self.session, **values | given)


@pytest.fixture
def room(session: Session, make: Make, now: datetime) -> Room:
    return Room(session, make, now)


def names(view: ClassView) -> list[str]:
    return [row.name for row in view.rows]


class TestStanding:
    def test_adds_up_what_a_student_would_recall_of_each_topic(self, room: Room) -> None:
        (ada,) = room.students("Ada")
        first, second, third = (room.desk.fact() for _ in range(3))
        other = room.desk.fact(topic=room.make.topic(room.course))
        room.remember(ada, first, days=30, ago=30)  # 0.9, and known well
        room.remember(ada, second, days=5, ago=0)  # 1
        room.remember(ada, other, days=4, ago=4, is_suspended=True)  # 0.9, and put aside

        found = student_standing(
            room.session, learner_id=ada.id, course_id=room.course.id, now=room.now
        )

        assert found is not None
        assert dict(found.topics) == {
            first.topic_id: Sums(facts=3, met=2, known_well=1, expected=1_900_000),
            other.topic_id: Sums(facts=1, met=1, known_well=0, expected=900_000),
        }
        assert found.total == Sums(facts=4, met=3, known_well=1, expected=2_800_000)
        assert found.columns["waiting"] == 1  # the first: the other was put aside
        assert third.id

    def test_counts_tests_and_activity_of_the_log(self, room: Room) -> None:
        (ada,) = room.students("Ada")
        room.desk.actor = ada
        fact = room.desk.fact()
        for ago, rating in ((40, 4), (10, 3), (9, 1)):
            room.desk.rate(fact, rating, now=room.now - ago * DAY)

        found = student_standing(
            room.session, learner_id=ada.id, course_id=room.course.id, now=room.now
        )

        assert found is not None
        assert (found.total.tested, found.total.recalled) == (2, 1)
        assert found.columns["last_active_at"] == room.now - 9 * DAY
        assert found.columns["was_active"] is True
        assert found.columns["weeks"] == {"2026-01-19": [1, 0, 0], "2026-02-16": [1, 1, 1]} | {
            "2026-02-23": [1, 1, 0]
        }

    def test_says_the_recall_that_the_student_reads(self, room: Room) -> None:
        (ada,) = room.students("Ada")
        room.desk.actor = ada
        kept, retired = room.desk.fact(), room.desk.fact()
        for fact in (kept, retired):
            for ago, rating in ((50, 4), (29, 3), (3, 1)):
                room.desk.rate(fact, rating, now=room.now - ago * DAY)
        retired.status = Status.RETIRED
        room.session.flush()
        own = {"course_id": room.course.id, "now": room.now}

        found = student_standing(room.session, learner_id=ada.id, **own)

        read = progress_view(room.session, learner=ada, **own).history.lately
        assert found is not None
        assert (found.total.tested, found.total.recalled) == (read.tested, read.recalled) == (4, 2)

    def test_knows_whether_the_plan_for_an_exam_is_enough(self, room: Room) -> None:
        (ada,) = room.students("Ada")
        room.desk.fact()
        day = (room.now + 20 * DAY).date()
        outlook = {"studied": [0.1, 0.7], "days": [0, 20]}
        room.session.add(
            Exam(
                learner_id=ada.id,
                course_id=room.course.id,
                day=day,
                target=0.9,
                minutes=20,
                set_at=room.now,
                outlook=outlook,
            )
        )
        room.standing(ada, exam_day=day, exam_target=0.9, exam_share=0.7)

        assert [row.name for row in room.view(condition=Condition.BEHIND).rows] == ["Ada"]
        found = student_standing(
            room.session, learner_id=ada.id, course_id=room.course.id, now=room.now
        )
        assert found is not None
        assert (found.columns["exam_day"], found.columns["exam_share"]) == (day, 0.7)

    def test_is_none_of_who_is_no_student(self, room: Room) -> None:
        own = {"course_id": room.course.id, "now": room.now}

        assert student_standing(room.session, learner_id=room.teacher.id, **own) is None
        assert student_standing(room.session, learner_id=987_654, **own) is None


class TestKeeping:
    def test_looks_again_only_at_who_did_something(self, room: Room) -> None:
        ada, ben = room.students("Ada", "Ben")
        fact = room.desk.fact()
        assert room.look() == [ada.id, ben.id]
        assert room.look(at=room.now + timedelta(hours=1)) == []

        room.desk.actor = ben
        room.desk.rate(fact, now=room.now + timedelta(minutes=70))

        assert room.look(at=room.now + timedelta(minutes=71)) == [ben.id]
        # Whoever goes on is left alone for two minutes.
        room.desk.rate(fact, now=room.now + timedelta(minutes=72))
        assert room.look(at=room.now + timedelta(minutes=72)) == []
        assert room.look(at=room.now + timedelta(minutes=74)) == [ben.id]
        assert set(room.look(at=room.now + timedelta(hours=14))) == {ada.id, ben.id}

    def test_looks_again_at_who_began_a_quiz(self, room: Room) -> None:
        (ada,) = room.students("Ada")
        room.look()
        begun: dict[str, Any] = {
            "state": AttemptState.OPEN,
            "seed": 1,
            "layout": [],
            "settings": {},
        }
        began = {"learner_id": ada.id, "quiz_id": room.make.quiz(room.course).id, "number": 1}
        at = room.now + timedelta(minutes=1)
        room.session.add(Attempt(id=1, started_at=at, max_mark=Fraction(1), **began, **begun))
        room.session.flush()

        assert room.look(at=room.now + timedelta(minutes=3)) == [ada.id]

    def test_replaces_how_somebody_stood(self, room: Room) -> None:
        (ada,) = room.students("Ada")
        fact = room.desk.fact()
        room.look()
        room.remember(ada, fact, days=10, ago=10)
        room.look(at=room.now + timedelta(hours=13))

        rows = room.session.execute(sa.select(TopicStanding.expected, TopicStanding.facts)).all()
        assert [tuple(row) for row in rows] == [(900_000, 1)]

    def test_stores_many_in_as_many_statements_as_one(self, room: Room) -> None:
        room.desk.fact()
        found = [
            student_standing(
                room.session, learner_id=one.id, course_id=room.course.id, now=room.now
            )
            for one in room.students(*"ABCDE")
        ]
        ran: list[str] = []
        listened = room.session.connection()
        sa.event.listen(listened, "before_cursor_execute", lambda *given: ran.append(given[2]))

        keep_standings(room.session, standings=[one for one in found if one])

        assert len(ran) == 4

    def test_looks_at_no_guest_no_closed_account_and_no_archived_course(self, room: Room) -> None:
        guest = room.make.user(name="", email=None, is_guest=True)
        room.make.enrol(guest, room.course)
        room.make.enrol(room.make.user(is_disabled=True), room.course)
        assert room.look() == []
        room.students("Ada")
        room.course.archived_at = room.now
        room.session.flush()
        assert room.look() == []

    def test_forgets_who_has_left(self, room: Room) -> None:
        ada, ben = room.students("Ada", "Ben")
        room.desk.fact()
        room.look()
        room.session.execute(sa.delete(Enrolment).where(Enrolment.user_id == ada.id))

        drop_former(room.session)

        for table in (CourseStanding, TopicStanding):
            assert list(room.session.scalars(sa.select(table.learner_id))) == [ben.id]


class TestReport:
    def test_adds_up_the_students_and_comes_back_as_it_was_stored(self, room: Room) -> None:
        for number, one in enumerate(room.students(*"ABCDE")):
            quiet = room.now - 8 * DAY
            room.standing(one, last_active_at=quiet if number == 4 else room.now, waiting=number)

        report = room.report()
        keep_report(room.session, course_id=room.course.id, report=report)

        assert stored_report(room.session, course_id=room.course.id) == report
        assert (report.students, report.active, report.was_active) == (5, 4, 5)
        assert report.recall == Recall(200, 180)
        assert report.waiting_each == 2
        assert report.weeks == (Week(date(2026, 3, 2), 5, 200, 180),)

    @pytest.mark.parametrize("students", [1, 4])
    def test_says_nothing_of_fewer_than_five(self, room: Room, students: int) -> None:
        for one in room.students(*"ABCDE"[:students]):
            room.standing(one)

        report = room.report()

        assert report == Report(as_of=room.now, facts_at=room.now, students=students)
        assert not report.is_told

    def test_keeps_a_recall_to_itself_that_fewer_than_five_earned(self, room: Room) -> None:
        for number, one in enumerate(room.students(*"ABCDEF")):
            tested = 0 if number > 3 else 40
            room.standing(one, tested=tested, recalled=tested, weeks={})

        assert room.report().recall == Recall()

    def test_tells_of_no_week_in_which_fewer_than_five_were_active(self) -> None:
        busy, lonely = {"2026-02-23": [9, 8, 7]}, {"2026-03-02": [9, 8, 7]}

        found = weeks_of([busy] * 5 + [lonely] * 4, date(2026, 3, 4))

        assert [(week.active, week.tested, week.recalled) for week in found] == [
            (5, 40, 35),
            (None, 0, 0),
        ]

    def test_tells_no_recall_of_a_week_that_fewer_than_five_earned(self) -> None:
        met, tested = {"2026-03-02": [9, 0, 0]}, {"2026-03-02": [9, 8, 7]}

        found = weeks_of([met] + [tested] * 4, date(2026, 3, 4))

        assert found == (Week(date(2026, 3, 2), 5, 0, 0),)

    def test_tells_no_topic_that_fewer_than_five_were_looked_at_in(self, room: Room) -> None:
        old, new = room.desk.fact(), room.desk.fact(topic=room.make.topic(room.course))
        for number, one in enumerate(room.students(*"ABCDE")):
            room.standing(one)
            for fact in (old, new) if number else (old,):
                sums = {"met": 1, "known_well": 0, "expected": 500_000, "tested": 0, "recalled": 0}
                topic = {"learner_id": one.id, "topic_id": fact.topic_id, "facts": 1}
                room.session.add(TopicStanding(**topic, **sums))
        room.session.flush()

        assert room.report().topics == {old.topic_id: (2_500_000, 5, 0, 0)}

    @pytest.mark.parametrize(("tested", "told"), [(4, (0, 0)), (5, (40, 30))])
    def test_tells_what_was_recalled_of_a_topic_once_five_were_tested_on_it(
        self, room: Room, tested: int, told: tuple[int, int]
    ) -> None:
        fact = room.desk.fact()
        for number, one in enumerate(room.students(*"ABCDE")):
            room.standing(one)
            tests = (
                {"tested": 8, "recalled": 6} if number < tested else {"tested": 0, "recalled": 0}
            )
            sums = {"facts": 1, "met": 1, "known_well": 0, "expected": 900_000, **tests}
            room.session.add(TopicStanding(learner_id=one.id, topic_id=fact.topic_id, **sums))
        room.session.flush()

        recall = room.report().recall_of(fact.topic_id)

        assert (recall.tested, recall.recalled) == told

    def test_names_facts_that_five_have_met(self, room: Room) -> None:
        hard, harder, rare = (room.desk.fact() for _ in range(3))
        students = room.students(*"ABCDE")
        for number, one in enumerate(students):
            room.standing(one)
            room.remember(one, hard, days=5, ago=1, reps=10, lapses=2)
            room.remember(one, harder, days=5, ago=1, reps=10, lapses=3)
            if number < 4:
                room.remember(one, rare, days=5, ago=1, reps=10, lapses=9)

        report = room.report()
        found = [(f.fact_id, f.reviews, f.lapses) for f in report.hardest]

        assert found == [(harder.id, 50, 15), (hard.id, 50, 10)]
        # Reports of earlier versions held more.
        kept = report.dump() | {"expected": 7, "facts": 8}
        kept["hardest"] = [{**fact, "learners": 5} for fact in kept["hardest"]]
        assert Report.load(kept) == report


class TestPage:
    def test_lists_sorts_and_filters(self, room: Room) -> None:
        ada, ben, cleo, dora = room.students("Ada", "ben", "Cleo", "Dora")
        room.standing(ada, waiting=1, recalled=20)
        room.standing(ben, waiting=9, last_active_at=room.now - 8 * DAY)
        room.standing(cleo, waiting=4, is_behind=True, recalled=40)
        group = room.make.group(room.course, ada, cleo)

        assert names(room.view()) == ["Ada", "ben", "Cleo", "Dora"]
        assert names(room.view(is_reversed=True)) == ["Dora", "Cleo", "ben", "Ada"]
        # Who needs help is first, and who was not looked at yet is last.
        assert names(room.view(sort=Sort.WAITING)) == ["ben", "Cleo", "Ada", "Dora"]
        assert names(room.view(sort=Sort.WAITING, is_reversed=True))[0] == "Ada"
        assert names(room.view(sort=Sort.RECALL)) == ["Ada", "ben", "Cleo", "Dora"]
        assert names(room.view(sort=Sort.ACTIVE))[0] == "ben"
        assert names(room.view(group_id=group.id)) == ["Ada", "Cleo"]
        assert names(room.view(text="BE")) == ["ben"]
        assert names(room.view(condition=Condition.QUIET)) == ["ben"]
        assert names(room.view(condition=Condition.BEHIND)) == ["Cleo"]
        assert [row.name for row in room.view().quiet.rows] == ["ben"]
        assert dora.id

    def test_sorts_by_a_topic_of_the_course(self, room: Room) -> None:
        ada, ben = room.students("Ada", "Ben")
        fact, foreign = room.desk.fact(), room.make.fact(room.make.course())
        shares = {fact.topic_id: (900_000, 300_000), foreign.topic_id: (900_000, 300_000)}
        for topic_id, expected in shares.items():
            for one, millionths in zip((ada, ben), expected, strict=True):
                sums = {"facts": 1, "met": 1, "known_well": 0, "tested": 0, "recalled": 0}
                keys = {"learner_id": one.id, "topic_id": topic_id}
                room.session.add(TopicStanding(**keys, expected=millionths, **sums))
        room.standing(ada)
        room.standing(ben)

        view = room.view(sort=Sort.TOPIC, topic_id=fact.topic_id)

        assert [(row.name, row.mastery) for row in view.rows] == [
            ("Ben", {fact.topic_id: 0.3}),
            ("Ada", {fact.topic_id: 0.9}),
        ]
        # How they stand in another course is not for this one: by name, as nothing is known.
        assert names(room.view(sort=Sort.TOPIC, topic_id=foreign.topic_id)) == ["Ada", "Ben"]

    def test_whoever_is_on_a_break_or_new_has_not_gone_quiet(self, room: Room) -> None:
        ada, ben = room.students("Ada", "Ben")
        room.standing(ada, last_active_at=None, paused_until=(room.now + DAY).date())
        room.standing(ben, last_active_at=None)
        joined = sa.update(Enrolment).where(Enrolment.user_id == ben.id)
        room.session.execute(joined.values(joined_at=room.now - 2 * DAY))

        assert room.view().quiet.total == 0

    def test_whose_account_is_closed_is_not_to_be_helped(self, room: Room) -> None:
        ada, ben = room.students("Ada", "Ben")
        room.standing(ada, last_active_at=room.now - 9 * DAY)
        room.standing(ben, is_behind=True)
        room.session.execute(sa.update(User).values(is_disabled=True))

        view = room.view()

        assert (view.quiet.total, view.behind.total, view.total) == (0, 0, 2)

    def test_is_for_instructors_of_the_course(self, room: Room) -> None:
        (ada,) = room.students("Ada")
        own: dict[str, Any] = {"course_id": room.course.id, "now": room.now}
        with pytest.raises(Forbidden):
            class_view(room.session, actor=ada, wanted=ClassFilter(), **own)


class TestSeeingOneStudent:
    def test_the_student_and_their_instructor_do(self, room: Room) -> None:
        (ada,) = room.students("Ada")

        require_progress_of(ada, ada, room.course.id)
        require_progress_of(room.teacher, ada, room.course.id)

    def test_nobody_else_does(self, room: Room) -> None:
        ada, ben = room.students("Ada", "Ben")
        elsewhere = room.make.course()
        stranger = room.make.instructor(elsewhere)
        theirs = room.make.learner(elsewhere)

        with pytest.raises(Forbidden):
            require_progress_of(ben, ada, room.course.id)
        with pytest.raises(NotFound):
            require_progress_of(stranger, ada, room.course.id)
        # Whoever is not in the course has no page in it, and an instructor is no student.
        for learner in (theirs, room.make.instructor(room.course)):
            with pytest.raises(NotFound):
                require_progress_of(room.teacher, learner, room.course.id)


class TestMessages:
    def letters(self, room: Room) -> Sequence[Any]:
        jobs = room.session.scalars(sa.select(Job).order_by(Job.id))
        return [job.payload for job in jobs if job.name == "send_mail"]

    def test_each_gets_a_letter_of_their_own_without_a_word_of_it(self, room: Room) -> None:
        ada, ben = room.students("Ada", "Ben")

        assert room.send("See https://evil.example") == 2

        letters = self.letters(room)
        assert [letter["to"] for letter in letters] == [ada.email, ben.email]
        for letter in letters:
            assert "evil" not in letter["body"]
            assert f"{SITE}today?course={room.course.slug}" in letter["body"]
            assert sum(one.email in str(letter) for one in (ada, ben) if one.email) == 1

    def test_it_stands_on_today_until_it_is_put_away(self, room: Room) -> None:
        ada, ben = room.students("Ada", "Ben")
        room.send("Come back.\n\nWe miss you.")

        def unread(learner: Actor) -> list[str]:
            own = {"learner_id": learner.id, "course_id": room.course.id}
            return [one.text for one in unread_messages(room.session, **own)]

        assert unread(ada) == ["Come back.\n\nWe miss you."]
        message_id = room.session.scalars(sa.select(ClassMessage.id)).one()
        class_messages.put_away(room.session, actor=ada, message_id=message_id, now=room.now + DAY)
        assert (unread(ada), len(unread(ben))) == ([], 1)
        with pytest.raises(NotFound):
            class_messages.put_away(
                room.session, actor=room.teacher, message_id=message_id, now=room.now
            )
        sent = sent_messages(
            room.session, actor=room.teacher, course_id=room.course.id, page=1
        ).rows[0]
        assert (sent.author, sent.whom, sent.students, sent.seen) == (
            "Jonas Weber",
            "All students",
            2,
            1,
        )

    def test_reaches_whom_it_is_for(self, room: Room) -> None:
        ada, ben, cleo = room.students("Ada", "Ben", "Cleo")
        group = room.make.group(room.course, ben)
        for one in (ada, ben, cleo):
            room.standing(one, last_active_at=room.now - 9 * DAY)
        quiet = Audience(condition=Condition.QUIET)
        stranger = room.make.learner(room.make.course())

        assert room.send("1", audience=Audience(group_id=group.id)) == 1
        assert room.send("2", audience=Audience(learner_id=cleo.id)) == 1
        assert room.send("3", audience=quiet) == 3
        assert room.send("4", audience=quiet, only={ada.id, stranger.id}) == 1
        received = sa.select(ReceivedMessage.learner_id).join(
            ClassMessage, ClassMessage.id == ReceivedMessage.message_id
        )
        assert room.session.scalars(received.where(ClassMessage.text == "4")).all() == [ada.id]
        with pytest.raises(NotFound):
            room.send(audience=Audience(learner_id=stranger.id))

    def test_a_second_click_sends_nothing_more(self, room: Room) -> None:
        room.students("Ada")

        assert [room.send(), room.send()] == [1, 1]

        assert len(self.letters(room)) == 1
        assert room.send(now=room.now + timedelta(minutes=3)) == 1
        assert len(self.letters(room)) == 2

    def test_a_second_click_on_the_last_of_the_day_is_no_failure(
        self, room: Room, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        room.students("Ada")
        few = limits.Limit("class-messages", 1, 86_400)
        monkeypatch.setattr(class_messages, "CLASS_MESSAGES", few)

        assert [room.send(), room.send()] == [1, 1]

    def test_the_same_words_reach_another_of_the_same_name(self, room: Room) -> None:
        students = room.students("Ada", "Ada")

        for one in students:
            room.send(audience=Audience(learner_id=one.id), only={one.id})

        received = set(room.session.scalars(sa.select(ReceivedMessage.learner_id)))
        assert received == {one.id for one in students}

    def test_says_that_nobody_was_picked_and_whom_nothing_reaches(self, room: Room) -> None:
        (ada,) = room.students("Ada")
        to_ada = Audience(learner_id=ada.id)
        with pytest.raises(Invalid, match="at least one student"):
            room.send(audience=to_ada, only=set())
        room.session.execute(sa.update(User).values(is_disabled=True))

        own = {"actor": room.teacher, "course_id": room.course.id, "now": room.now}
        assert recipients(room.session, **own, audience=to_ada, only=None) == ("Ada", ())

    def test_says_what_is_wrong(self, room: Room) -> None:
        room.students("Ada")
        with pytest.raises(Invalid) as error:
            room.send(" ", audience=Audience(condition=Condition.QUIET), only=set())
        assert {problem.path for problem in error.value.problems} == {"text", "whom"}
        with pytest.raises(Invalid):
            room.send("x" * 2_001)

    def test_is_sent_by_instructors_so_often_a_day_and_says_what_to_do_then(
        self, room: Room
    ) -> None:
        (ada,) = room.students("Ada")
        with pytest.raises(Forbidden):
            room.send(actor=ada)
        room.send("One.")
        mine: dict[str, Any] = {"subject": str(room.teacher.id), "now": room.now}

        limits.count_against(room.session, limit=limits.CLASS_LETTERS, many=1_999, **mine)
        with pytest.raises(LimitReached, match="20 messages and 2,000 letters a day") as error:
            room.send("Two.")

        assert "Write to one section after the other" in str(error.value)
        limits.count_against(room.session, limit=limits.CLASS_MESSAGES, many=18, **mine)
        with pytest.raises(LimitReached, match="20 messages and 2,000 letters a day"):
            room.send("Three.")
