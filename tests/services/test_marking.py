"""Marking answers in students' own words: events, what they come to, and who may."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Forbidden, Invalid, NotFound
from quizapp.grading.regrades import RegradeFix
from quizapp.models import Attempt, MarkChange, Marking, Review, Slot
from quizapp.policy import Actor
from quizapp.queries.attempts import attempt_head
from quizapp.queries.challenges import what_waits
from quizapp.queries.marking_page import answers_to, marking_page, next_waiting
from quizapp.queries.marking_queue import marking_queue, open_answers
from quizapp.queries.quizzes import quiz_page
from quizapp.queries.results import ResultsPage, results_page
from quizapp.services.marking import AnswerPlace, Written, mark_answer, undo_marking
from quizapp.services.regrades import NewRegrade, apply_regrade, plan_regrade, undo_regrade
from quizapp.services.replay import Marks, rebuild, replay
from tests.support.make import Make
from tests.support.sitting import Sitting

SEED = "a secret"
HALF = Fraction(1, 2)


class Room:
    """A learner who handed in an open answer worth 4 and a choice worth 1, and their teacher."""

    def __init__(self, sitting: Sitting, **settings: Any) -> None:
        self.sitting, self.session, self.make = sitting, sitting.session, sitting.make
        self.course, self.learner = sitting.course, sitting.actor
        self.teacher = self.make.instructor(sitting.course)
        self.quiz = sitting.quiz("self_rated", "true_false", **settings)
        worth = sa.update(Slot).where(Slot.quiz_id == self.quiz.id, Slot.position == 0)
        self.session.execute(worth.values(max_mark=Fraction(4)))

    def hand_in(self, text: str = "It was so.", actor: Actor | None = None, seed: int = 1) -> int:
        self.sitting.start(self.quiz, actor=actor, seed=seed)
        if text:
            self.sitting.save(0, text=text, actor=actor)
        self.sitting.save(1, choice="true", actor=actor, nonce="page-2")
        self.sitting.submit(actor=actor)
        return self.sitting.attempt_id

    def place(self, attempt_id: int, actor: Actor | None = None, slot: int = 0) -> AnswerPlace:
        return AnswerPlace((actor or self.learner).id, attempt_id, slot)

    def mark(self, attempt_id: int, share: str = "1/2", *, seen: int = 0, **given: Any) -> Fraction:
        fields = {name: given.pop(name) for name in ("points", "comment") if name in given}
        values: dict[str, Any] = {
            "actor": self.teacher,
            "course_id": self.course.id,
            "place": self.place(attempt_id),
            "written": Written(share, **fields),
            "now": self.sitting.at(500 + seen),
        }
        return mark_answer(self.session, seen=seen, **values | given)

    def undo(self, attempt_id: int, seen: int, **given: Any) -> None:
        values: dict[str, Any] = {
            "actor": self.teacher,
            "course_id": self.course.id,
            "place": self.place(attempt_id),
            "now": self.sitting.at(900),
        }
        undo_marking(self.session, seen=seen, **values | given)

    def stored(self, attempt_id: int) -> tuple[Any, ...]:
        columns = (Attempt.mark, Attempt.max_mark, Attempt.waiting)
        return tuple(
            self.session.execute(sa.select(*columns).where(Attempt.id == attempt_id)).one()
        )

    def results(self, attempt_id: int) -> ResultsPage:
        now = self.sitting.at(2000)
        head = attempt_head(self.session, actor=self.learner, attempt_id=attempt_id, now=now)
        return results_page(self.session, actor=self.learner, head=head, now=now)

    def regrade(self, fix: RegradeFix) -> NewRegrade:
        revision_id = self.sitting.layout()[0].revision_id
        return NewRegrade(revision_id, fix, "The question was unclear.")

    def differences(self) -> list[Any]:
        *_, last = replay(self.session)
        return last.differences


@pytest.fixture
def room(session: Session, make: Make, now: datetime) -> Room:
    return Room(Sitting(session, make, now))


class TestUntilItIsMarked:
    def test_the_attempt_has_the_points_so_far_and_one_answer_waits(self, room: Room) -> None:
        attempt = room.hand_in()

        assert room.stored(attempt) == (Fraction(1), Fraction(1), 1)

    def test_nothing_is_said_that_the_mark_may_change(
        self, session: Session, make: Make, now: datetime
    ) -> None:
        bands = [{"from_percent": 0, "text": "Read on."}]
        room = Room(Sitting(session, make, now), pass_mark_percent=50, bands=bands)
        attempt = room.hand_in()

        page = room.results(attempt)
        line = quiz_page(session, actor=room.learner, quiz_id=room.quiz.id, now=now).quiz

        assert (page.waits, page.passed, page.band) == (1, None, "")
        assert page.slots[0].verdict == "waiting"
        assert page.slots[0].earned is None
        assert page.slots[0] not in page.missed
        assert line.last is not None
        assert (line.last.waits, line.last.passed, line.standing.mark) == (1, None, None)

        room.mark(attempt, "1")

        page = room.results(attempt)
        assert (page.waits, page.passed, page.band) == (0, True, "Read on.")

    def test_an_empty_answer_is_nothing_without_anybody(self, room: Room) -> None:
        attempt = room.hand_in("")

        assert room.stored(attempt) == (Fraction(1), Fraction(5), 0)
        assert open_answers(room.session, course_id=room.course.id) == ()
        with pytest.raises(NotFound):
            room.mark(attempt)

    def test_an_attempt_that_people_have_no_part_in_waits_for_none(self, room: Room) -> None:
        room.sitting.start(room.sitting.quiz("true_false"))
        room.sitting.submit()

        assert room.sitting.attempt().waiting is None

    def test_the_memory_does_not_hear_of_it(self, room: Room) -> None:
        attempt = room.hand_in()
        room.mark(attempt, "1")

        rated = set(room.session.scalars(sa.select(Review.fact_id)))

        assert rated == {room.sitting.layout()[1].fact_id}

    @pytest.mark.parametrize("behaviour", ["immediate", "practice"])
    def test_it_cannot_be_checked_at_once(
        self, session: Session, make: Make, now: datetime, behaviour: str
    ) -> None:
        room = Room(Sitting(session, make, now), behaviour=behaviour)
        room.sitting.start(room.quiz)

        room.sitting.save(0, text="First")
        room.sitting.save(0, text="Second", after=2)
        room.sitting.submit()

        assert room.sitting.attempt().waiting == 1
        assert room.results(room.sitting.attempt_id).slots[0].graded.response == "Second"

    def test_certainty_plays_no_part_in_it(
        self, session: Session, make: Make, now: datetime
    ) -> None:
        room = Room(Sitting(session, make, now), behaviour="certainty")
        room.sitting.start(room.quiz)
        assert room.sitting.attempt().max_mark == 4 + 3

        room.sitting.save(0, text="It was so.", certainty="3")
        room.sitting.save(1, choice="true", certainty="3", nonce="page-2")
        room.sitting.submit()
        room.mark(room.sitting.attempt_id, "1")

        assert room.stored(room.sitting.attempt_id) == (Fraction(4 + 3), Fraction(7), 0)
        assert room.differences() == []


class TestMarking:
    @pytest.mark.parametrize(
        ("share", "points", "fraction"),
        [
            ("0", "", 0),
            ("3/4", "", Fraction(3, 4)),
            ("", "1/3", Fraction(1, 12)),
            ("", "2,5", Fraction(5, 8)),
            ("1/2", "2", HALF),
        ],
    )
    def test_the_mark_is_exact(self, room: Room, share: str, points: str, fraction: Any) -> None:
        attempt = room.hand_in()

        given = room.mark(attempt, share, points=points)

        assert given == fraction
        assert room.stored(attempt) == (1 + 4 * fraction, Fraction(5), 0)

    @pytest.mark.parametrize(
        "written",
        [
            Written(),
            Written("2"),
            Written("-1"),
            Written(points="5"),
            Written(points="-1"),
            Written(points="1e1"),
            Written(points="one"),
            Written(points="1/0"),
            Written(points="٣"),
            Written("1", "1"),
            Written("1", comment="x" * 2001),
            Written("1", comment="a\x00b"),
        ],
    )
    def test_what_is_no_marking_is_refused(self, room: Room, written: Written) -> None:
        attempt = room.hand_in()

        with pytest.raises(Invalid):
            room.mark(attempt, written=written)

        assert room.stored(attempt)[2] == 1

    def test_the_last_marking_counts_and_nothing_is_overwritten(self, room: Room) -> None:
        attempt = room.hand_in()
        room.mark(attempt, "1/2", comment="Half of it.")

        room.mark(attempt, "1", seen=1, comment="All of it.")

        rows = room.session.execute(sa.select(Marking.seq, Marking.fraction, Marking.comment))
        assert [tuple(row) for row in rows] == [(1, HALF, "Half of it."), (2, 1, "All of it.")]
        assert room.stored(attempt) == (Fraction(5), Fraction(5), 0)
        assert room.results(attempt).slots[0].comment == "All of it."

    def test_the_second_of_two_instructors_sees_what_the_first_gave(self, room: Room) -> None:
        attempt = room.hand_in()
        room.mark(attempt, "1/4")
        other = room.make.instructor(room.course)

        with pytest.raises(Conflict):
            room.mark(attempt, "1", actor=other)

        assert room.stored(attempt)[0] == 1 + 1

    def test_a_form_that_is_sent_twice_is_one_marking(self, room: Room) -> None:
        attempt = room.hand_in()

        room.mark(attempt, "1/4", comment="Short.")
        room.mark(attempt, "1/4", comment="Short.")

        assert room.session.scalar(sa.select(sa.func.count()).select_from(Marking)) == 1

    def test_undoing_brings_back_what_held(self, room: Room) -> None:
        attempt = room.hand_in()
        before = room.stored(attempt)
        room.mark(attempt, "1/4", comment="A little.")
        held = room.stored(attempt)
        room.mark(attempt, "1", seen=1)

        room.undo(attempt, 2)
        assert room.stored(attempt) == held
        assert room.results(attempt).slots[0].comment == "A little."
        with pytest.raises(Conflict):
            room.undo(attempt, 3)
        room.mark(attempt, "0", seen=3)
        room.undo(attempt, 4)
        assert room.stored(attempt) == held
        assert room.stored(attempt) != before
        assert room.session.scalar(sa.select(sa.func.max(Marking.seq))) == 5

    def test_undoing_the_only_marking_lets_it_wait_again(self, room: Room) -> None:
        attempt = room.hand_in()
        before = room.stored(attempt)
        room.mark(attempt, "1/4")

        room.undo(attempt, 1)

        assert room.stored(attempt) == before
        assert room.differences() == []

    def test_only_instructors_of_the_course_may(self, room: Room) -> None:
        attempt = room.hand_in()
        other = room.make.course()

        with pytest.raises(Forbidden):
            room.mark(attempt, actor=room.learner)
        stranger = room.make.instructor(other)
        with pytest.raises(NotFound):
            room.mark(attempt, actor=stranger, course_id=other.id)
        with pytest.raises((Forbidden, NotFound)):
            room.mark(attempt, actor=stranger)

    @pytest.mark.parametrize("slot", [-1, 1, 2])
    def test_only_open_answers_can_be_marked(self, room: Room, slot: int) -> None:
        attempt = room.hand_in()

        with pytest.raises(NotFound):
            room.mark(attempt, place=room.place(attempt, slot=slot))

    def test_an_attempt_that_is_open_cannot_be_marked(self, room: Room) -> None:
        room.sitting.start(room.quiz)
        room.sitting.save(0, text="It was so.")

        with pytest.raises(NotFound):
            room.mark(room.sitting.attempt_id)


class TestReplaying:
    def test_marks_and_what_waits_are_rebuilt_from_the_markings(self, room: Room) -> None:
        first = room.hand_in()
        room.mark(first, points="1/3", share="")
        second = room.hand_in(seed=2)
        right = room.stored(first), room.stored(second)
        assert room.differences() == []
        room.session.execute(sa.update(Attempt).values(mark=Fraction(3), waiting=7))

        found = room.differences()

        assert [one.stored.waiting for one in found] == [7, 7]
        assert found[0].replayed == Marks(*right[0])
        assert "1 of 1, 1 waiting" in str(found[1])
        rebuild(room.session, found)
        assert (room.stored(first), room.stored(second)) == right


class TestRegrades:
    def test_dropping_the_question_settles_what_waits(self, room: Room) -> None:
        attempt = room.hand_in()
        stated = room.regrade(RegradeFix.DROP)
        plan = plan_regrade(room.session, actor=room.teacher, stated=stated, now=room.sitting.at(1))
        assert [(one.waits, one.waits_then) for one in plan] == [(1, 0)]

        regrade_id, _ = apply_regrade(
            room.session, actor=room.teacher, stated=stated, now=room.sitting.at(1)
        )

        assert room.stored(attempt) == (Fraction(1), Fraction(1), 0)
        assert room.session.scalar(sa.select(sa.func.count()).select_from(MarkChange)) == 0
        assert room.differences() == []
        undo_regrade(
            room.session, actor=room.teacher, regrade_id=regrade_id, now=room.sitting.at(2)
        )
        assert room.stored(attempt) == (Fraction(1), Fraction(1), 1)

    def test_full_marks_for_all_come_before_any_marking(self, room: Room) -> None:
        marked, waiting = room.hand_in(), room.hand_in(seed=2)
        room.mark(marked, "0")

        stated = room.regrade(RegradeFix.GIVE_ALL)
        apply_regrade(room.session, actor=room.teacher, stated=stated, now=room.sitting.at(1))

        assert room.stored(marked) == room.stored(waiting) == (Fraction(5), Fraction(5), 0)
        assert open_answers(room.session, course_id=room.course.id, only_waiting=True) == ()
        assert room.differences() == []

    @pytest.mark.parametrize("fix", [RegradeFix.ACCEPT, RegradeFix.CORRECT])
    def test_what_people_mark_is_not_decided_by_a_key(self, room: Room, fix: RegradeFix) -> None:
        room.hand_in()
        question = room.sitting.questions[0]
        room.make.revision(question, {"stem": "Why?", "answer": "So."}, number=2)
        question.current_number = 2

        with pytest.raises(Invalid, match=r"[Mm]arking"):
            stated = room.regrade(fix)
            plan_regrade(room.session, actor=room.teacher, stated=stated, now=room.sitting.at(1))


class TestTheQueue:
    def test_it_counts_by_question_and_the_longest_waiting_comes_first(self, room: Room) -> None:
        first = room.hand_in()
        room.hand_in(seed=2)
        room.mark(first)

        (row,) = marking_queue(room.session, actor=room.teacher, course_id=room.course.id)
        waits = what_waits(room.session, actor=room.teacher, course_id=room.course.id)

        assert (row.waiting, row.marked, waits.answers) == (1, 1, 1)
        assert row.question_id == room.sitting.questions[0].id
        assert row.since == room.sitting.at(60)

    def test_it_is_empty_where_nobody_wrote_anything(self, room: Room) -> None:
        assert marking_queue(room.session, actor=room.teacher, course_id=room.course.id) == ()
        with pytest.raises((Forbidden, NotFound)):
            marking_queue(room.session, actor=room.learner, course_id=room.course.id)

    def test_the_order_follows_no_list_of_people(self, room: Room) -> None:
        actors = [room.make.learner(room.course) for _ in range(12)]
        for actor in actors:
            room.hand_in(actor=actor)

        orders = []
        for seed in ("one", "two"):
            answers = self.answers(room, seed)
            orders.append([one.learner_id for one in answers])

        assert sorted(orders[0]) == sorted(orders[1]) == [actor.id for actor in actors]
        assert orders[0] != orders[1] != sorted(orders[0])

    def test_going_on_leads_to_what_waits_and_around_the_end(self, room: Room) -> None:
        first, second = room.hand_in(), room.hand_in(seed=2)
        answers = self.answers(room)
        tokens = [one.token(SEED) for one in answers]

        assert next_waiting(answers, tokens[1], SEED) == tokens[0]
        assert next_waiting(answers, "", SEED) == tokens[0]
        room.mark(first)
        room.mark(second)
        assert next_waiting(self.answers(room), tokens[0], SEED) == ""

    def test_an_answer_has_no_name_unless_it_is_asked_for(self, room: Room) -> None:
        room.hand_in("Because of this.")
        answers = self.answers(room)
        token = answers[0].token(SEED)

        shown = self.page(room, answers, token)

        assert (shown.place, shown.total, shown.waiting) == (1, 1, 1)
        assert (shown.text, shown.name) == ("Because of this.", "")
        assert self.page(room, answers, token, shows_names=True).name == "Amara Osei"
        with pytest.raises(NotFound):
            self.page(room, answers, "0" * 16)

    def test_what_was_marked_last_can_be_taken_back_until_it_is(self, room: Room) -> None:
        attempt = room.hand_in()
        room.mark(attempt, "1/2")
        answers = self.answers(room)

        last = self.page(room, answers, answers[0].token(SEED)).last

        assert last is not None
        assert (last.points, last.most, last.seq) == (2, 4, 1)
        room.undo(attempt, 1)
        answers = self.answers(room)
        assert self.page(room, answers, answers[0].token(SEED)).last is None

    def answers(self, room: Room, seed: str = SEED) -> list[Any]:
        return answers_to(
            room.session,
            actor=room.teacher,
            course_id=room.course.id,
            quiz_id=room.quiz.id,
            question_id=room.sitting.questions[0].id,
            seed=seed,
        )

    def page(self, room: Room, answers: Any, token: str, **given: Any) -> Any:
        return marking_page(
            room.session, actor=room.teacher, answers=answers, token=token, seed=SEED, **given
        )


@pytest.mark.parametrize(("rule", "said"), [("last", None), ("highest", 1), ("average", None)])
def test_what_counts_while_an_attempt_waits(
    session: Session, make: Make, now: datetime, rule: str, said: int | None
) -> None:
    room = Room(Sitting(session, make, now), counting=rule)
    room.mark(room.hand_in(), "0")
    room.hand_in(seed=2)

    quiz = quiz_page(session, actor=room.learner, quiz_id=room.quiz.id, now=now).quiz
    counted = quiz.standing

    if rule == "last":
        assert counted.mark is None
    else:
        assert counted.mark is not None
        assert (counted.number, counted.is_so_far) == (said, True)
