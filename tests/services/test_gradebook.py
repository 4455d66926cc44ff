"""The gradebook agrees with what students see, and what is written into it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Forbidden, Invalid, NotFound
from quizapp.grading.settings import QuizSettings
from quizapp.grading.standing import Standing
from quizapp.models import Attempt, AttemptState, LearnerOverride, MarkEntry, Quiz
from quizapp.policy import Actor
from quizapp.queries import gradebook as queries
from quizapp.queries.attempts import attempt_head
from quizapp.queries.grade_orders import BY_NAME, Middle, Order, SortBy
from quizapp.queries.gradebook import cell_page, gradebook, student_marks, whole_gradebook
from quizapp.queries.mark_cells import MarkCell, standings
from quizapp.queries.own_marks import own_marks
from quizapp.queries.own_rows import own_rows, person_of
from quizapp.queries.people import StudentFilter
from quizapp.queries.quizzes import QuizLine
from quizapp.queries.results import results_page
from quizapp.services.mark_entries import MarkPlace, WrittenMark, undo_entry, write_entry
from quizapp.services.regrade_marks import fingerprint
from quizapp.services.regrades import NewRegrade, apply_regrade, plan_regrade, undo_regrade
from quizapp.web.regrade_words import totals
from tests.support.make import Make
from tests.support.sitting import Sitting

BY_HAND = WrittenMark("by_hand", "3", "4", "You wrote it on paper.", "**Well done.**")


class Room:
    """A student at a quiz of four choices, and who teaches them."""

    def __init__(self, session: Session, make: Make, now: datetime, **settings: Any) -> None:
        self.session, self.make, self.now = session, make, now
        self.sitting = Sitting(session, make, now)
        self.learner, self.course_id = self.sitting.actor, self.sitting.course.id
        self.teacher = make.instructor(self.sitting.course)
        self.quiz = self.sitting.quiz(*("true_false",) * 4, **settings)
        self.place = MarkPlace(self.learner.id, self.quiz.id)

    def hand_in(self, right: int, *, after: float = 60) -> int:
        """Hand in an attempt with so many right answers; return its id."""
        self.sitting.start(self.quiz, seed=self.sitting.attempt_id % 1_000 + 1)
        for slot in range(right):
            self.sitting.answer_rightly(slot)
        self.sitting.submit(after=after)
        return self.sitting.attempt_id

    def rule(self, **settings: Any) -> None:
        self.quiz.settings = {**self.quiz.settings, **settings}
        self.session.flush()

    def write(self, written: WrittenMark = BY_HAND, seen: int = 0, **given: Any) -> bool:
        values: dict[str, Any] = {
            "actor": self.teacher,
            "course_id": self.course_id,
            "place": self.place,
            "written": written,
            "seen": seen,
            "now": self.now,
        }
        return write_entry(self.session, **values | given)

    def undo(self, seen: int) -> None:
        undo_entry(
            self.session,
            actor=self.teacher,
            course_id=self.course_id,
            place=self.place,
            seen=seen,
            now=self.now,
        )

    def regrade(self, fix: str = "give_all") -> int:
        """Decide that everybody was right in the first question."""
        revision = self.sitting.layout()[0].revision_id
        stated = NewRegrade(revision_id=revision, fix=fix, reason="The key was wrong.")
        regrade_id, _ = apply_regrade(self.session, actor=self.teacher, stated=stated, now=self.now)
        return regrade_id

    def cell(self, now: datetime | None = None) -> MarkCell:
        book = gradebook(
            self.session,
            actor=self.teacher,
            course_id=self.course_id,
            wanted=StudentFilter(),
            now=now or self.now,
        )
        (row,) = book.rows
        return row.cells[0]

    def standing(self) -> Standing:
        """Return where the student stands, whoever else is in the course."""
        quizzes = {self.quiz.id: QuizSettings.parse(self.quiz.settings)}
        found = standings(self.session, learners=[self.learner.id], quizzes=quizzes)
        return found[self.learner.id, self.quiz.id]

    def own(self, now: datetime | None = None) -> QuizLine:
        found = own_marks(
            self.session, actor=self.learner, course_id=self.course_id, now=now or self.now
        )
        return found.rows[0].quiz

    def results(self, attempt_id: int, now: datetime | None = None) -> Standing:
        when = now or self.now
        head = attempt_head(self.session, actor=self.learner, attempt_id=attempt_id, now=when)
        return results_page(self.session, actor=self.learner, head=head, now=when).standing

    def copied(self, table: str, now: datetime | None = None) -> list[dict[str, Any]]:
        """Return what the student's copy of their data has of a table."""
        person = person_of(self.session, actor=self.learner, now=now or self.now)
        return own_rows(self.session, table=table, person=person, after=None, most=100).rows

    def everywhere(self, attempt_id: int) -> Sequence[tuple[str, int | None, bool | None]]:
        """Return what the gradebook, its page of one mark, the marks and the results say."""
        page = cell_page(
            self.session,
            actor=self.teacher,
            course_id=self.course_id,
            learner_id=self.learner.id,
            quiz_id=self.quiz.id,
            now=self.now,
        )
        row = student_marks(
            self.session,
            actor=self.teacher,
            course_id=self.course_id,
            learner_id=self.learner.id,
            now=self.now,
        ).row
        told = (
            self.cell().standing,
            page.cell.standing,
            row.cells[0].standing,
            self.own().standing,
            self.results(attempt_id),
        )
        return [(str(one.mark), one.number, one.passed) for one in told]


@pytest.fixture
def room(session: Session, make: Make, now: datetime) -> Room:
    return Room(session, make, now, pass_mark_percent=50)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("highest", ("3 of 4", 2, True)),
        ("last", ("2 of 4", 3, True)),
        ("first", ("1 of 4", 1, False)),
        ("average", ("2 of 4", None, True)),
    ],
)
def test_every_page_says_the_same_of_what_counts(
    session: Session, make: Make, now: datetime, rule: str, said: tuple[str, int | None, bool]
) -> None:
    room = Room(session, make, now, counting=rule, pass_mark_percent=50)
    *_, last = [room.hand_in(right) for right in (1, 3, 2)]

    assert room.everywhere(last) == [said] * 5


def test_a_changed_pass_mark_changes_no_attempt_that_was_handed_in(room: Room) -> None:
    attempt = room.hand_in(2)

    room.rule(pass_mark_percent=90)

    assert room.everywhere(attempt) == [("2 of 4", 1, True)] * 5


def test_a_regrade_shows_everywhere_and_so_does_taking_it_back(room: Room) -> None:
    attempt = room.hand_in(0)

    regrade = room.regrade()
    regraded = room.everywhere(attempt)
    undo_regrade(room.session, actor=room.teacher, regrade_id=regrade, now=room.now)

    assert regraded == [("1 of 4", 1, False)] * 5
    assert room.everywhere(attempt) == [("0 of 4", 1, False)] * 5


def test_a_dropped_question_leaves_fewer_points_everywhere(room: Room) -> None:
    attempt = room.hand_in(0)

    room.regrade("drop")

    assert room.everywhere(attempt) == [("0 of 3", 1, False)] * 5


def test_a_mark_by_hand_outlives_a_regrade_and_says_that_attempts_have_moved(room: Room) -> None:
    attempt = room.hand_in(2)

    room.write()
    before = room.cell().standing
    room.regrade()
    room.regrade("drop")

    assert room.everywhere(attempt) == [("3 of 4", None, True)] * 5
    after = room.cell().standing
    assert (before.has_moved, after.has_moved) == (False, True)
    assert after.reckoned is not None
    assert (str(after.entry.was if after.entry else ""), str(after.reckoned.mark)) == (
        "2 of 4",
        "1 of 3",
    )


def test_a_mark_that_is_kept_after_attempts_have_moved_is_new_and_stands_over_these(
    room: Room,
) -> None:
    room.hand_in(1)
    room.write()
    room.hand_in(4)
    assert room.cell().standing.has_moved

    is_new = room.write(seen=1)

    standing = room.cell().standing
    assert (is_new, standing.has_moved, str(standing.mark)) == (True, False, "3 of 4")


def test_the_gradebook_lists_marks_by_hand_that_attempts_have_moved_under(room: Room) -> None:
    room.hand_in(1)
    room.write()
    room.hand_in(4)

    for order in (BY_NAME, Order(SortBy.MEAN), Order(SortBy.QUIZ, room.quiz.id)):
        book = gradebook(
            room.session,
            actor=room.teacher,
            course_id=room.course_id,
            wanted=StudentFilter(text="nobody of this name"),
            now=room.now,
            order=order,
        )

        assert (book.rows, book.order) == ((), order)
        assert [(one.learner_id, one.quiz_id) for one in book.moved] == [
            (room.learner.id, room.quiz.id)
        ]


def test_taking_back_brings_back_what_held_before(room: Room) -> None:
    attempt = room.hand_in(2)
    room.write()
    room.write(WrittenMark("excused", reason="You were ill."), seen=1)
    assert room.cell().standing.is_excused

    room.undo(2)
    first = room.everywhere(attempt)
    for seen in (2, 3):  # a second click, and a page that shows it
        with pytest.raises(Conflict, match="taken back already"):
            room.undo(seen)
    room.write(WrittenMark("reckoned"), seen=3)

    assert first == [("3 of 4", None, True)] * 5
    assert room.everywhere(attempt) == [("2 of 4", 1, True)] * 5
    events = room.session.execute(sa.select(MarkEntry.seq, MarkEntry.is_undo)).all()
    assert sorted((one.seq, one.is_undo) for one in events) == [
        (1, False),
        (2, False),
        (3, True),
        (4, False),
    ]


def test_two_who_write_at_once_and_one_who_sends_twice(room: Room) -> None:
    room.hand_in(2)
    assert room.write() is True

    assert room.write() is False  # the same form, sent again
    assert room.write(seen=1) is False  # nothing changed in it
    with pytest.raises(Conflict, match="Somebody else"):
        room.write(replace(BY_HAND, points="4"), seen=0)


#: What was typed, and the fields that are wrong with it.
MISTAKES = (
    (WrittenMark("by_hand"), {"points", "most", "reason"}),
    (WrittenMark("by_hand", "5", "4", "Why not"), {"points"}),
    (WrittenMark("by_hand", "-1", "4", "Why not"), {"points"}),
    (WrittenMark("by_hand", "1", "0", "Why not"), {"most"}),
    (WrittenMark("by_hand", "1e3", "4", "Why not"), {"points"}),
    (WrittenMark("excused"), {"reason"}),
    (WrittenMark("excused", reason="x" * 501), {"reason"}),
    (WrittenMark("reckoned", comment="x" * 4_001), {"comment"}),
    (WrittenMark("nonsense"), {"held"}),
)


def test_what_is_wrong_is_said_beside_its_field(room: Room) -> None:
    for written, fields in MISTAKES:
        with pytest.raises(Invalid) as caught:
            room.write(written)

        assert {problem.path for problem in caught.value.problems} == fields, written


def test_points_are_read_as_people_type_them(room: Room) -> None:
    room.write(WrittenMark("by_hand", " 2,5 ", "10/3", "Why not"))

    assert str(room.cell().standing.mark) == "2.5 of 3.33"


def test_only_students_of_the_course_have_marks_and_only_its_teachers_write(
    room: Room, make: Make
) -> None:
    elsewhere, other = make.course(), make.course()
    stranger = make.learner(elsewhere)
    foreign = make.quiz(other)

    with pytest.raises(NotFound):
        room.write(place=MarkPlace(stranger.id, room.quiz.id))
    with pytest.raises(NotFound):
        room.write(place=MarkPlace(room.teacher.id, room.quiz.id))
    with pytest.raises(NotFound):
        room.write(place=MarkPlace(room.learner.id, foreign.id))
    with pytest.raises(Forbidden):
        room.write(actor=room.learner)


class TestWhatTheStudentSees:
    @pytest.fixture
    def hidden(self, session: Session, make: Make, now: datetime) -> Room:
        """A quiz that shows no marks until it closes, in an hour."""
        told = {"after_submit": ["response"], "after_close": ["response", "marks"]}
        closes = now + timedelta(hours=1)
        return Room(session, make, now, disclosure=told, closes_at=closes.isoformat())

    def test_nothing_of_a_mark_by_hand_shows_while_marks_are_hidden(self, hidden: Room) -> None:
        attempt = hidden.hand_in(2)
        hidden.write()

        for told in (hidden.own().standing, hidden.results(attempt)):
            assert (told.mark, told.entry, told.reckoned) == (None, None, None)
        assert str(hidden.cell().standing.mark) == "3 of 4"
        late = hidden.now + timedelta(hours=2)
        for told in (hidden.own(late).standing, hidden.results(attempt, late)):
            assert str(told.mark) == "3 of 4"
            assert told.entry is not None
            assert told.entry.comment == "**Well done.**"

    def test_a_copy_of_their_data_tells_no_mark_while_marks_are_hidden(self, hidden: Room) -> None:
        hidden.hand_in(2)
        hidden.write()
        tables, late = ("mark_entry", "attempt", "review"), hidden.now + timedelta(hours=2)

        before, after = ([hidden.copied(one, at) for one in tables] for at in (None, late))

        assert before == [[], [], []]
        assert [len(rows) for rows in after] == [1, 1, 2]
        assert (after[0][0]["points"], after[0][0]["comment"]) == (3, "**Well done.**")

    def test_an_exception_of_their_own_holds_for_what_they_see(self, hidden: Room) -> None:
        attempt = hidden.hand_in(2)
        longer = LearnerOverride(learner_id=hidden.learner.id, quiz_id=hidden.quiz.id)
        longer.closes_at = hidden.now + timedelta(hours=5)
        longer.reason, longer.set_at = "Was ill", hidden.now
        hidden.session.add(longer)
        hidden.session.flush()
        late = hidden.now + timedelta(hours=2)

        assert hidden.own(late).standing.mark is None
        assert hidden.results(attempt, late).mark is None
        assert str(hidden.cell(late).standing.mark) == "2 of 4"
        assert hidden.cell(late).has_allowance

    def test_that_they_are_excused_they_see_at_once_and_no_more(self, hidden: Room) -> None:
        hidden.hand_in(2)
        hidden.write(WrittenMark("excused", reason="You were ill.", comment="It was 2 of 4."))

        told = hidden.own().standing

        assert told.is_excused
        assert told.entry is not None
        assert (told.entry.reason, told.entry.comment, told.entry.was) == (
            "You were ill.",
            "",
            None,
        )

    def test_nobody_sees_what_was_written_of_another(self, room: Room, make: Make) -> None:
        room.hand_in(2)
        room.write()
        other: Actor = make.learner(room.sitting.course)

        found = own_marks(room.session, actor=other, course_id=room.course_id, now=room.now)

        assert [row.quiz.entry for row in found.rows] == [None]
        stranger = make.learner(make.course())
        with pytest.raises(NotFound):
            own_marks(room.session, actor=stranger, course_id=room.course_id, now=room.now)


def test_what_is_open_and_what_is_over(room: Room, make: Make, now: datetime) -> None:
    closed = {"closes_at": (now - timedelta(days=1)).isoformat()}
    missed = make.quiz(room.sitting.course, settings=closed)
    make.quiz(room.sitting.course, title="Still to come")
    taken = room.hand_in(2)

    found = own_marks(room.session, actor=room.learner, course_id=room.course_id, now=now)

    assert [(row.is_open, row.quiz.is_closed) for row in found.rows] == [
        (False, False),
        (False, True),
        (True, False),
    ]
    assert (found.marked, found.judged, found.passed, found.open) == (1, 1, 1, 1)
    assert found.mean == pytest.approx(0.5)
    assert missed.id == found.rows[1].quiz.id
    last = found.rows[0].quiz.last
    assert last is not None
    assert last.id == taken


def test_late_is_what_was_handed_in_after_closing_and_its_grace(room: Room, now: datetime) -> None:
    room.hand_in(2, after=7_200)

    lates = []
    for before in (3_600, 31, 30, 0.4):  # seconds; the grace is 30 of them
        room.rule(closes_at=(now + timedelta(seconds=7_200 - before)).isoformat())
        lates.append(room.cell().late)

    assert lates == [timedelta(hours=1), timedelta(seconds=31), None, None]


def test_a_quiz_that_was_withdrawn_stays_for_who_has_a_mark_in_it(room: Room, make: Make) -> None:
    unused = make.quiz(room.sitting.course)
    room.hand_in(2)
    room.session.execute(sa.update(Quiz).values(status="retired"))

    book = gradebook(
        room.session,
        actor=room.teacher,
        course_id=room.course_id,
        wanted=StudentFilter(),
        now=room.now,
    )

    assert [quiz.id for quiz in book.quizzes] == [room.quiz.id]
    assert unused.id != room.quiz.id
    assert str(room.own().standing.mark) == "2 of 4"
    # Each student's quizzes are those of their own page.
    other = make.learner(room.sitting.course)
    for learner, quizzes in ((room.learner, 1), (other, 0)):
        whose: dict[str, Any] = {"course_id": room.course_id, "now": room.now}
        mine = own_marks(room.session, actor=learner, **whose)
        found = student_marks(room.session, actor=room.teacher, learner_id=learner.id, **whose)
        assert len(found.quizzes) == len(found.row.cells) == len(mine.rows) == quizzes


class TestAClass:
    """Five students, and what they have of 4 points in two quizzes."""

    #: By name; None for no attempt. Dora is excused from the first, Emil's mark in it is by hand.
    MARKS = {
        "Ada": (1, 4),
        "Ben": (None, 1),
        "Cem": (3, None),
        "Dora": (2, None),
        "Emil": (0, None),
    }
    ORDERS = (
        ("name", "Ada Ben Cem Dora Emil"),
        ("-name", "Emil Dora Cem Ben Ada"),
        ("quiz", "Ada Cem Emil Ben Dora"),
        ("-quiz", "Cem Emil Ada Ben Dora"),
        ("mean", "Ben Ada Cem Emil Dora"),  # 1/4, 5/8, 3/4, 3/4, none
        ("-mean", "Cem Emil Ada Ben Dora"),
    )

    @pytest.fixture
    def taught(self, session: Session, make: Make, now: datetime) -> dict[str, Any]:
        course = make.course()
        teacher = make.instructor(course)
        self.first, second = make.quiz(course).id, make.quiz(course).id
        for number, (name, marks) in enumerate(self.MARKS.items()):
            learner = make.learner(course, name=name)
            for quiz_id, points in zip((self.first, second), marks, strict=True):
                if points is not None:
                    session.add(_handed_in(learner.id, quiz_id, points, number, now))
            written = {"Dora": WrittenMark("excused", reason="Ill"), "Emil": BY_HAND}.get(name)
            session.flush()
            if written:
                place = MarkPlace(learner.id, self.first)
                whose: dict[str, Any] = {"course_id": course.id, "place": place, "seen": 0}
                write_entry(session, actor=teacher, written=written, now=now, **whose)
        return {"actor": teacher, "course_id": course.id, "now": now}

    def order(self, said: str) -> Order:
        by = SortBy(said.removeprefix("-"))
        return Order(by, self.first if by is SortBy.QUIZ else None, said.startswith("-"))

    def test_stands_in_any_order_and_who_has_no_mark_is_last(
        self, session: Session, taught: dict[str, Any]
    ) -> None:
        for said, names in self.ORDERS:
            for read in (gradebook, whole_gradebook):
                book = read(session, wanted=StudentFilter(), order=self.order(said), **taught)
                found = " ".join(row.student.name for row in book.rows)
                assert found == names, (said, read.__name__)
        nowhere = Order(SortBy.QUIZ, 0, is_reversed=True)
        book = gradebook(session, wanted=StudentFilter(), order=nowhere, **taught)
        assert (book.order, book.rows[0].student.name) == (BY_NAME, "Ada")

    def test_comes_to_a_mean_over_all_its_pages(
        self, session: Session, taught: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(queries, "PAGE_SIZE", 2)

        last = StudentFilter(page=3)
        book = gradebook(session, wanted=last, order=self.order("-mean"), **taught)
        by_name = gradebook(session, wanted=last, order=BY_NAME, **taught)
        some = gradebook(session, wanted=StudentFilter(text="em"), order=BY_NAME, **taught)

        assert [row.student.name for row in book.rows] == ["Dora"]
        assert (book.total, book.pages) == (5, 3)
        # (1/4 + 3/4 + 3/4) / 3 and (1 + 1/4) / 2.
        assert book.foot == (Middle(Fraction(7, 12), 3), Middle(Fraction(5, 8), 2))
        assert ([row.student.name for row in by_name.rows], by_name.foot) == (["Emil"], ())
        assert some.foot == (Middle(Fraction(3, 4), 2), Middle(None, 0))  # Cem and Emil


def _handed_in(learner_id: int, quiz_id: int, points: int, number: int, now: datetime) -> Attempt:
    return Attempt(
        learner_id=learner_id,
        id=quiz_id * 100 + number,
        quiz_id=quiz_id,
        number=1,
        state=AttemptState.SUBMITTED,
        seed=1,
        layout=[],
        settings={},
        started_at=now,
        submitted_at=now,
        mark=Fraction(points),
        max_mark=Fraction(4),
    )


def test_a_regrade_says_which_marks_by_hand_it_leaves_and_leaves_them(room: Room) -> None:
    room.hand_in(2)
    room.hand_in(1)
    others = room.make.learner(room.sitting.course)
    room.sitting.start(room.quiz, actor=others, seed=7)
    room.sitting.submit(actor=others)
    room.write()
    written = room.session.scalar(sa.select(sa.func.count()).select_from(MarkEntry))
    revision = room.sitting.layout()[0].revision_id
    stated = NewRegrade(revision_id=revision, fix="drop", reason="The key was wrong.")
    whose: dict[str, Any] = {"actor": room.teacher, "stated": stated, "now": room.now}

    planned = plan_regrade(room.session, **whose)
    room.write(replace(BY_HAND, points="2"), seen=1)
    again = plan_regrade(room.session, **whose)
    _, done = apply_regrade(room.session, seen=fingerprint(again), **whose)

    # Another mark stays than was looked at first, so that plan could not be applied any more.
    assert fingerprint(planned) != fingerprint(again)
    kept = {(one.learner_id, str(one.kept.mark if one.kept else None)) for one in planned}
    assert kept == {(room.learner.id, "3 of 4"), (others.id, "None")}
    assert {str(one.kept.mark) for one in done if one.kept} == {"2 of 4"}
    assert totals(done).by_hand == 1  # of two attempts, one mark
    assert str(room.standing().mark) == "2 of 4"
    assert room.standing().has_moved
    assert room.session.scalar(sa.select(sa.func.count()).select_from(MarkEntry)) == written + 1
