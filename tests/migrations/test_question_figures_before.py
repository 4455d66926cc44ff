"""What was answered before there were figures of questions gets them, as soon as a job runs."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import db
from quizapp.config import Settings
from quizapp.models import Quiz, QuizTotal
from quizapp.psychometrics.standing import Standing
from quizapp.queries.duplicates import alike_questions
from quizapp.queries.item_figures import figures_age
from quizapp.queries.question_filters import Quality, QuestionFilter
from quizapp.queries.questions import list_questions
from quizapp.services.item_figures import due_quizzes
from tests.support.make import RAW, Make


def test_what_was_there_is_listed_found_alike_and_due(
    settings: Settings, engine: sa.Engine
) -> None:
    with Session(engine) as session, session.begin():
        make = Make(session)
        course = make.course()
        teacher = make.instructor(course)
        question = make.question(make.fact(course))
        quiz = make.quiz(course, [question])
        make.quiz(course, [])  # that nobody took
        session.add(QuizTotal(quiz_id=quiz.id, cohort=1, total=0, n=12, most=0))
        course_id, question_id, stem = course.id, question.id, RAW["single_choice"]["stem"]

    db.downgrade(settings, "0019")
    db.upgrade(settings)

    with Session(engine) as session:
        [taken, _] = session.scalars(sa.select(Quiz.id).order_by(Quiz.id))
        assert list(due_quizzes(session)) == [taken]
        assert (figures_age(session, course_id=course_id).waiting) == 1
        wanted = QuestionFilter(quality=Quality.NEVER)
        [row] = list_questions(session, actor=teacher, course_id=course_id, wanted=wanted).rows
        assert row.figure is not None
        assert (row.id, row.figure.standing) == (question_id, Standing.NEVER)
        [alike] = alike_questions(
            session, course_id=course_id, type_name="single_choice", stem=stem, besides=None
        )
        assert alike.id == question_id
