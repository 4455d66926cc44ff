"""An answer in a student's own words that waits to be marked."""

from __future__ import annotations

from flask import Flask

from quizapp.models import Question, Quiz
from quizapp.policy import Actor
from quizapp.queries.marking_page import answers_to, marking_seed
from quizapp.services.attempt_start import start_attempt
from quizapp.services.attempt_submit import submit_attempt
from quizapp.services.attempts import save_response
from tests.support.make import NOON, Make


def hand_in(make: Make, actor: Actor, quiz: Quiz, slot: int, text: str = "It was so.") -> int:
    """Hand a quiz in with this text in one slot; return the number of the attempt."""
    session = make.session
    started = start_attempt(session, actor=actor, quiz_id=quiz.id, seed=99, now=NOON)
    save_response(
        session,
        actor=actor,
        attempt_id=started.attempt_id,
        slot=slot,
        posted={"text": [text]},
        nonce="own-words",
        now=NOON,
    )
    submit_attempt(session, actor=actor, attempt_id=started.attempt_id, now=NOON)
    return started.attempt_id


def tokens(make: Make, app: Flask, teacher: Actor, quiz: Quiz, question: Question) -> list[str]:
    """Return what names the answers to a question in addresses, in their order."""
    seed = marking_seed(app.config["SECRET_KEY"], quiz.id, question.id)
    answers = answers_to(
        make.session,
        actor=teacher,
        course_id=quiz.course_id,
        quiz_id=quiz.id,
        question_id=question.id,
        seed=seed,
    )
    return [one.token(seed) for one in answers]
