"""How questions did, as lists say it: never otherwise than their item analysis does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    ItemFigure,
    ItemTally,
    QuestionFigure,
    Quiz,
    QuizCount,
    QuizTotal,
    Revision,
    Status,
)
from quizapp.policy import Actor
from quizapp.psychometrics.counts import EVERYBODY, GRAIN, Cohort, Kind
from quizapp.psychometrics.flags import Flag
from quizapp.psychometrics.standing import Standing, flags_in
from quizapp.queries.analysis_lists import question_analysis
from quizapp.queries.item_analysis import FIRST, quiz_analysis
from quizapp.queries.item_figures import figured_quiz, figures_age
from quizapp.services.authoring import Written, revise_question
from quizapp.services.item_figures import due_quizzes, store_figures
from quizapp.services.recount import Recounted, recount, store_recount
from tests.support.make import RAW, Make
from tests.support.sitting import Sitting


class Desk:
    """A quiz of two choice questions and a teacher; attempts are added as their counts."""

    def __init__(self, session: Session, make: Make, now: Any) -> None:
        self.session, self.make, self.now = session, make, now
        self.sitting = Sitting(session, make, now)
        self.course_id = self.sitting.course.id
        self.teacher: Actor = make.instructor(self.sitting.course)
        self.quiz: Quiz = self.sitting.quiz("single_choice", "single_choice")

    def figure(self) -> None:
        """Do what the job does."""
        for quiz_id in due_quizzes(self.session):
            found = figured_quiz(self.session, quiz_id=quiz_id)
            store_figures(self.session, figured=found, now=self.now)

    def revision_id(self, slot: int) -> int:
        question = self.sitting.questions[slot]
        return self.session.scalars(
            sa.select(Revision.id).where(
                Revision.question_id == question.id, Revision.number == question.current_number
            )
        ).one()

    def count(self, slot: int, *, strong: tuple[int, int], weak: tuple[int, int]) -> None:
        """Count answers of those who know the rest and of those who do not: (right, wrong)."""
        revision_id, choices = self.revision_id(slot), {}
        tallies: dict[tuple[int, int, int], list[int]] = {}
        for (right, wrong), rest in ((strong, GRAIN), (weak, 0)):
            for n, mark in ((right, GRAIN), (wrong, 0)):
                _add(tallies, (Kind.MARK, mark, 0), n, n * rest, n * GRAIN)
                _add(tallies, (Kind.REST, rest, 0), n, 0, 0)
                option, band = (0 if mark else 1), (40 if rest else 0)
                choices[option, band] = n
                _add(tallies, (Kind.CHOICE, option, band), n, n * rest, 0)
                _add(tallies, (Kind.CHOICE, EVERYBODY, band), n, n * rest, 0)
        place = {"quiz_id": self.quiz.id, "revision_id": revision_id, "cohort": Cohort.FIRST}
        for (kind, value, band), (n, amount, most) in tallies.items():
            self.session.add(
                ItemTally(**place, kind=kind, value=value, band=band, n=n, amount=amount, most=most)
            )
        self.session.flush()

    def touch(self) -> None:
        """Let figures be due, as after an attempt."""
        known = self.session.get(QuizCount, self.quiz.id)
        if known is None:
            self.session.add(QuizCount(quiz_id=self.quiz.id, changed=1, figured=0))
        else:
            known.changed += 1
        self.session.flush()

    def shown(self, slot: int = 0) -> QuestionFigure | None:
        self.session.expire_all()
        of = QuestionFigure.question_id == self.sitting.questions[slot].id
        return self.session.scalar(sa.select(QuestionFigure).where(of))

    def recounted(self) -> Recounted:
        return list(recount(self.session))[-1]


def _add(tallies: Any, place: Any, n: int, amount: int, most: int) -> None:
    mine = tallies.setdefault(place, [0, 0, 0])
    for at, value in enumerate((n, amount, most)):
        mine[at] += value


@pytest.fixture
def desk(session: Session, make: Make, now: Any) -> Desk:
    return Desk(session, make, now)


@pytest.fixture
def flagged(desk: Desk) -> Desk:
    """Forty took the quiz: the first question's key is suspect, the second one is sound."""
    desk.count(0, strong=(2, 18), weak=(18, 2))
    desk.count(1, strong=(18, 2), weak=(2, 18))
    desk.touch()
    desk.figure()
    return desk


def hand_in(desk: Desk, choices: tuple[str, str]) -> None:
    learner = desk.make.learner(desk.sitting.course)
    desk.sitting.start(desk.quiz, actor=learner, seed=1)
    for slot, choice in enumerate(choices):
        desk.sitting.save(slot, actor=learner, choice=choice, nonce=f"n{slot}", after=10)
    desk.sitting.submit(actor=learner)


def test_handing_in_makes_figures_due_until_they_are_worked_out(desk: Desk) -> None:
    given: dict[str, Any] = {"course_id": desk.course_id}
    assert figures_age(desk.session, **given).at is None

    hand_in(desk, ("0", "0"))
    assert list(due_quizzes(desk.session)) == [desk.quiz.id]
    assert figures_age(desk.session, **given).waiting == 1
    desk.figure()
    age = figures_age(desk.session, **given)

    assert (age.at, age.waiting) == (desk.now, 0)
    assert list(due_quizzes(desk.session)) == []
    shown = desk.shown()
    assert shown is not None
    assert (shown.answers, shown.facility, shown.standing) == (1, None, Standing.FEW)
    hand_in(desk, ("0", "1"))
    assert list(due_quizzes(desk.session)) == [desk.quiz.id]
    assert desk.recounted().waiting == 1


def test_what_is_handed_in_while_figures_are_worked_out_makes_them_due_again(desk: Desk) -> None:
    hand_in(desk, ("0", "0"))
    early = figured_quiz(desk.session, quiz_id=desk.quiz.id)
    hand_in(desk, ("0", "1"))
    late = figured_quiz(desk.session, quiz_id=desk.quiz.id)

    store_figures(desk.session, figured=early, now=desk.now)
    assert list(due_quizzes(desk.session)) == [desk.quiz.id]
    store_figures(desk.session, figured=late, now=desk.now)
    store_figures(desk.session, figured=early, now=desk.now + timedelta(hours=1))

    shown = desk.shown()
    assert shown is not None
    assert shown.answers == 2  # a slower worker does not put older figures back
    assert list(due_quizzes(desk.session)) == []


def test_lists_flag_what_the_analysis_flags_and_say_its_figures(flagged: Desk) -> None:
    given: dict[str, Any] = {"actor": flagged.teacher, "course_id": flagged.course_id}
    analysis = quiz_analysis(flagged.session, **given, quiz_id=flagged.quiz.id)

    bad, sound = flagged.shown(0), flagged.shown(1)
    assert bad is not None
    assert sound is not None
    # By hand: 4 of 20 know it among those who do well, 18 among the others; half are right.
    assert (bad.answers, bad.facility) == (40, 0.5)
    assert bad.discrimination == pytest.approx(-0.8)
    assert (bad.standing, sound.standing) == (Standing.FAILS, Standing.FINE)
    assert Flag.KEY_SUSPECT in flags_in(bad.flags)
    for slot, shown in enumerate((bad, sound)):
        question = flagged.sitting.questions[slot]
        (item,) = [one for one in analysis.items if one.question_id == question.id]
        assert flags_in(shown.flags) == tuple(
            dict.fromkeys(finding.flag for finding in item.findings)
        )
        assert (shown.facility, shown.discrimination) == (
            item.figures.facility,
            item.figures.discrimination,
        )
        uses = question_analysis(
            flagged.session, **given, question_id=question.id, cohorts=FIRST
        ).versions
        assert [one.discrimination for one in uses] == [pytest.approx(shown.discrimination)]


def test_where_a_question_is_worth_more_its_answers_weigh_more(flagged: Desk) -> None:
    question, revision_id = flagged.sitting.questions[0], flagged.revision_id(0)
    other = flagged.make.quiz(flagged.sitting.course, [question])
    place = {"quiz_id": other.id, "revision_id": revision_id, "cohort": Cohort.FIRST}
    for value, n in ((3 * GRAIN, 30), (0, 10)):
        mark = ItemTally(**place, kind=Kind.MARK, value=value, band=0, n=n, amount=0)
        mark.most = n * 3 * GRAIN
        flagged.session.add(mark)
    rest = ItemTally(**place, kind=Kind.REST, value=0, band=0, n=40, amount=0, most=0)
    flagged.session.add(rest)
    flagged.session.add(QuizCount(quiz_id=other.id, changed=1, figured=0))
    flagged.session.flush()
    flagged.figure()

    given: dict[str, Any] = {"actor": flagged.teacher, "course_id": flagged.course_id}
    [version] = question_analysis(
        flagged.session, **given, question_id=question.id, cohorts=FIRST
    ).versions
    shown = flagged.shown(0)

    # By hand: 20 of 40 right for a point, 30 of 40 for three: 110 of 160 points.
    assert version.facility == pytest.approx(110 / 160)
    assert shown is not None
    assert shown.facility == pytest.approx(110 / 160)


def test_a_question_that_was_revised_is_not_flagged_for_what_it_was(flagged: Desk) -> None:
    question = flagged.sitting.questions[0]
    raw = RAW["single_choice"] | {"stem": "Mended?"}
    written = Written("single_choice", raw, question.fact_id, Status.READY)

    revise_question(
        flagged.session,
        actor=flagged.teacher,
        course_id=flagged.course_id,
        question_id=question.id,
        written=written,
        seen=1,
        now=flagged.now,
    )

    shown = flagged.shown(0)
    assert shown is not None
    assert (shown.standing, shown.flags) == (Standing.FEW, 0)
    assert shown.answers == 40


def test_what_is_taken_out_of_the_counts_leaves_the_lists(flagged: Desk) -> None:
    flagged.session.execute(sa.delete(ItemTally))
    flagged.touch()

    flagged.figure()

    shown = flagged.shown(0)
    assert shown is not None
    assert (shown.answers, shown.facility, shown.discrimination) == (0, None, None)
    assert (shown.standing, shown.flags) == (Standing.NEVER, 0)
    assert flagged.session.scalars(sa.select(ItemFigure.quiz_id)).all() == []


@pytest.mark.parametrize(
    "wrong",
    [
        sa.update(ItemFigure).values(flags=ItemFigure.flags + 256),
        sa.update(ItemFigure).values(discrimination=0.123),
        sa.update(QuestionFigure).values(facility=0.999),
        sa.delete(QuestionFigure),
        sa.delete(ItemFigure),
    ],
)
def test_a_recount_tells_figures_that_are_stored_wrongly_and_puts_them_right(
    desk: Desk, wrong: Any
) -> None:
    for choices in (("0", "0"), ("1", "0"), ("1", "1")):
        hand_in(desk, choices)
    desk.figure()
    assert desk.recounted().differences == []
    desk.session.execute(wrong)
    desk.session.expire_all()

    (found,) = desk.recounted().differences

    assert found.quiz_id == desk.quiz.id
    assert "stored" in str(found)
    store_recount(desk.session, [found], now=desk.now)
    assert desk.recounted().differences == []
    shown = desk.shown()
    assert shown is not None
    assert shown.answers == 3
    assert desk.session.scalars(sa.select(QuizTotal.quiz_id)).all() != []
