"""What attempts add up to: at handing in, by markings and regrades, and counted anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.regrades import RegradeFix
from quizapp.models import ItemTally, Quiz, QuizTotal, Response, Revision, User
from quizapp.policy import Actor
from quizapp.psychometrics.counts import EVERYBODY, GRAIN, NONE_CHOSEN, Cohort, Kind
from quizapp.queries.item_analysis import ALL, quiz_analysis
from quizapp.queries.places import among
from quizapp.services.guests import purge_guests
from quizapp.services.marking import AnswerPlace, Written, mark_answer, undo_marking
from quizapp.services.recount import recount, store_recount, uncounted
from quizapp.services.regrades import NewRegrade, apply_regrade, undo_regrade
from tests.support.make import Make
from tests.support.sitting import Sitting


class Room:
    """A class that takes quizzes, and its teacher."""

    def __init__(self, session: Session, make: Make, now: datetime) -> None:
        self.session, self.make, self.now = session, make, now
        self.sitting = Sitting(session, make, now)
        self.course_id = self.sitting.course.id
        self.teacher = make.instructor(self.sitting.course)
        self._seed = 0

    def hand_in(
        self, quiz: Quiz, answers: Sequence[str | None], actor: Actor | None = None
    ) -> tuple[Actor, int]:
        """Hand in the options or words of each slot, None for nothing; ten seconds apart."""
        learner = actor or self.make.learner(self.sitting.course)
        self._seed += 1
        self.sitting.start(quiz, actor=learner, seed=self._seed)
        kinds = [question.type for question in self.sitting.questions]
        for slot, given in enumerate(answers):
            if given is not None:
                field = "choice" if kinds[slot] in ("single_choice", "true_false") else "text"
                fields = {field: given, "nonce": f"page-{slot}", "after": 10 * (slot + 1)}
                self.sitting.save(slot, actor=learner, **fields)
        self.sitting.submit(actor=learner)
        return learner, self.sitting.attempt_id

    def counts(self, kind: Kind, slot: int = 0, cohort: Cohort = Cohort.FIRST) -> dict[Any, Any]:
        rows = self.session.execute(
            sa.select(
                ItemTally.value,
                sa.func.sum(ItemTally.n).label("n"),
                sa.func.sum(ItemTally.amount).label("amount"),
            )
            .join(Revision, Revision.id == ItemTally.revision_id)
            .where(
                Revision.question_id == self.sitting.questions[slot].id,
                ItemTally.kind == kind,
                ItemTally.cohort == cohort,
                ItemTally.n != 0,
            )
            .group_by(ItemTally.value)
        )
        return {row.value: (row.n, row.amount) for row in rows}

    def totals(self) -> dict[int, int]:
        rows = self.session.execute(
            sa.select(QuizTotal.total, QuizTotal.n).where(
                QuizTotal.n != 0, QuizTotal.cohort == Cohort.FIRST
            )
        )
        return {row.total: row.n for row in rows}

    def miscounts(self) -> list[Any]:
        return [one for last in list(recount(self.session))[-1:] for one in last.differences]


@pytest.fixture
def room(session: Session, make: Make, now: datetime) -> Room:
    return Room(session, make, now)


def test_handing_in_adds_the_mark_the_rest_the_option_and_the_time(room: Room) -> None:
    quiz = room.sitting.quiz("single_choice", "true_false")
    room.hand_in(quiz, ["0", "true"])
    room.hand_in(quiz, ["1", None])

    right = {mark: n for mark, (n, _) in room.counts(Kind.MARK).items()}
    chosen = room.counts(Kind.CHOICE)

    assert sum(right.values()) == sum(room.totals().values()) == 2
    assert {option: n for option, (n, _) in chosen.items()} == {EVERYBODY: 2, 0: 1, 1: 1}
    assert room.counts(Kind.CHOICE, 1)[NONE_CHOSEN][0] == 1
    assert sum(n for n, _ in room.counts(Kind.TIME, 1).values()) == 1  # the other gave nothing
    assert [amount for _, amount in room.counts(Kind.TIME, 1).values()] == [10_000]
    assert room.miscounts() == []


def test_later_attempts_are_kept_apart_and_practices_are_left_out(room: Room) -> None:
    quiz = room.sitting.quiz("single_choice")
    learner, _ = room.hand_in(quiz, ["0"])
    room.hand_in(quiz, ["1"], learner)
    other = room.make.learner(room.sitting.course)
    room.sitting.start(quiz, actor=other, seed=9)
    quiz.is_practice = True
    room.session.flush()
    room.sitting.submit(actor=other)
    quiz.is_practice = False
    room.session.flush()

    given = {"actor": room.teacher, "course_id": room.course_id, "quiz_id": quiz.id}

    assert quiz_analysis(room.session, **given).figures.n == 1
    assert quiz_analysis(room.session, **given, cohorts=ALL).figures.n == 2
    assert len(room.miscounts()) == 1  # it is no practice any more


@pytest.mark.parametrize("fix", [RegradeFix.GIVE_ALL, RegradeFix.DROP])
def test_a_regrade_moves_what_it_changes_and_its_undoing_moves_it_back(
    room: Room, fix: RegradeFix
) -> None:
    quiz = room.sitting.quiz("single_choice", "short_text")
    for choice, text in (("0", "Euphrates"), ("1", "Tigris"), ("1", None), (None, "Euphrates")):
        room.hand_in(quiz, [choice, text])
    before = [room.counts(kind, slot) for kind in Kind for slot in (0, 1)], room.totals()
    revision_id = room.session.scalars(
        sa.select(Revision.id).where(Revision.question_id == room.sitting.questions[1].id)
    ).one()
    stated = NewRegrade(revision_id, fix, "The key was wrong.")
    later = room.now + timedelta(days=1)

    regrade_id, _ = apply_regrade(room.session, actor=room.teacher, stated=stated, now=later)

    full = {GRAIN: 4} if fix is RegradeFix.GIVE_ALL else {}
    assert {mark: n for mark, (n, _) in room.counts(Kind.MARK, 1).items()} == full
    assert room.miscounts() == []

    undo_regrade(room.session, actor=room.teacher, regrade_id=regrade_id, now=later)

    after = [room.counts(kind, slot) for kind in Kind for slot in (0, 1)], room.totals()
    assert after == before
    assert room.miscounts() == []


def test_an_attempt_counts_once_all_of_it_is_marked(room: Room) -> None:
    quiz = room.sitting.quiz("self_rated", "true_false")
    learner, attempt_id = room.hand_in(quiz, ["It was so.", "true"])
    where: dict[str, Any] = {
        "actor": room.teacher,
        "course_id": room.course_id,
        "place": AnswerPlace(learner.id, attempt_id, 0),
        "now": room.now + timedelta(days=1),
    }
    assert room.totals() == {}

    for seen, share in enumerate(("1/2", "1")):
        mark_answer(room.session, written=Written(share), seen=seen, **where)
        assert sum(room.totals().values()) == 1
        assert room.miscounts() == []

    assert {mark: n for mark, (n, _) in room.counts(Kind.MARK).items()} == {GRAIN: 1}
    undo_marking(room.session, seen=2, **where)
    assert {mark: n for mark, (n, _) in room.counts(Kind.MARK).items()} == {GRAIN // 2: 1}
    assert room.miscounts() == []


def test_guests_who_are_dropped_take_what_they_added_along(room: Room) -> None:
    quiz = room.sitting.quiz("single_choice")
    guest, _ = room.hand_in(quiz, ["0"])
    room.hand_in(quiz, ["1"])
    made = sa.update(User).where(User.id == guest.id)
    room.session.execute(made.values(is_guest=True, email=None))

    purge_guests(room.session, now=room.now + timedelta(days=90))

    assert sum(room.totals().values()) == 1
    assert room.miscounts() == []


def test_a_recount_tells_what_is_stored_wrongly_and_puts_it_right(room: Room) -> None:
    quiz = room.sitting.quiz("single_choice", "true_false")
    for choice in ("0", "1", "1"):
        room.hand_in(quiz, [choice, "true"])
    before = room.counts(Kind.MARK), room.totals()
    room.session.execute(sa.update(QuizTotal).values(n=QuizTotal.n + 1))

    (found,) = room.miscounts()

    assert (found.quiz_id, found.course_id) == (quiz.id, room.course_id)
    assert "stored" in str(found)
    store_recount(room.session, [found], now=room.now)
    assert (room.counts(Kind.MARK), room.totals()) == before
    assert room.miscounts() == []


def test_quizzes_of_before_the_statistics_are_found_and_counted(room: Room) -> None:
    quiz = room.sitting.quiz("single_choice")
    room.hand_in(quiz, ["0"])
    for table in (QuizTotal, ItemTally):
        room.session.execute(sa.delete(table))

    missing = uncounted(room.session)
    store_recount(room.session, missing, now=room.now)

    assert [one.quiz_id for one in missing] == [quiz.id]
    assert uncounted(room.session) == []
    assert room.miscounts() == []


def test_the_same_answer_counts_by_what_was_decided_for_its_own_quiz(
    session: Session, make: Make, now: datetime
) -> None:
    room = Room(session, make, now)
    first = room.sitting.quiz("single_choice", "true_false")
    second = make.quiz(
        room.sitting.course, room.sitting.questions, settings={"shuffle_options": False}
    )
    wrong = next(iter({"0", "1", "2"} - {_right(room)}))
    room.hand_in(first, [wrong, None])
    room.hand_in(second, [wrong, None])
    stated = NewRegrade(_revision(room), "give_all", "The key was wrong.", quiz_id=second.id)

    apply_regrade(session, actor=room.teacher, stated=stated, now=now + timedelta(days=1))

    # One wrong answer in each quiz: nothing in the first, a whole point in the second.
    assert {mark: n for mark, (n, _) in room.counts(Kind.MARK).items()} == {0: 1, GRAIN: 1}
    assert room.miscounts() == []


def _revision(room: Room) -> int:
    question = room.sitting.questions[0]
    found = sa.select(Revision.id).where(Revision.question_id == question.id)
    return room.session.scalars(found).one()


def _right(room: Room) -> str:
    content = room.session.scalars(
        sa.select(Revision.content).where(Revision.id == _revision(room))
    ).one()
    return str([option["key"] for option in content["options"]].index(True))


def test_many_attempts_are_found_without_reading_the_whole_table(session: Session) -> None:
    place = (Response.learner_id, Response.attempt_id)
    wanted = sa.select(Response.slot).where(among(place, [(1, 2), (3, 4)]))
    statement = wanted.compile(
        session.get_bind(), compile_kwargs={"literal_binds": True, "render_postcompile": True}
    )
    explain = "EXPLAIN QUERY PLAN" if session.get_bind().dialect.name == "sqlite" else "EXPLAIN"
    if explain == "EXPLAIN":
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))

    plan = str(session.execute(sa.text(f"{explain} {statement}")).all())

    assert "SCAN response" not in plan
    assert "Seq Scan" not in plan
