"""Answering cards in place: the response rates the fact, and its learner may say otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound
from quizapp.memory.credit import knew
from quizapp.memory.state import Rating
from quizapp.models import FitOutcome, MemoryFit, Origin
from quizapp.queries.answered_cards import AnsweredCard, answered_card
from quizapp.services.answering import CardAnswer, answer_card, change_rating
from quizapp.services.memory_replay import replay
from quizapp.services.reviews import Recorded
from tests.support.desk import Desk
from tests.support.make import Make
from tests.support.sitting import Sitting

NONCE = "answer-1"


class Answering(Desk):
    """A learner who answers cards."""

    def answer(self, fact: Any, **posted: Any) -> Recorded | None:
        given: dict[str, Any] = {
            name: posted.pop(name)
            for name in ("is_unsure", "seen", "nonce", "duration_ms")
            if name in posted
        }
        now = posted.pop("now", self.now)
        fields = {name: [value] for name, value in posted.items()}
        blank = {"is_unsure": False, "seen": 0, "nonce": NONCE, "duration_ms": 0}
        answer = CardAnswer(fact.id, self.revision_id(fact), fields, **blank | given)
        return answer_card(
            self.session, actor=self.actor, course_id=self.course.id, answer=answer, now=now
        )

    def choose_option(self, fact: Any, text: str, **given: Any) -> Recorded | None:
        """Choose the option with this text, wherever it is shown."""
        card = self.look(first=fact.id).card
        assert card is not None
        (value,) = (one.value for one in card.public.options if one.text == text)
        return self.answer(fact, choice=value, **given)

    def change(self, rating: int, nonce: str = NONCE, new_nonce: str = "changed") -> bool:
        return change_rating(
            self.session,
            actor=self.actor,
            course_id=self.course.id,
            nonce=nonce,
            rating=rating,
            new_nonce=new_nonce,
            now=self.now + timedelta(seconds=5),
        )

    def shown(self, nonce: str = NONCE) -> AnsweredCard:
        return answered_card(self.session, actor=self.actor, course_id=self.course.id, nonce=nonce)


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Answering:
    return Answering(session, make, now)


def told(review: Any) -> tuple[Any, ...]:
    return Rating(review.rating), review.came, review.known


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Euphrates", (Rating.GOOD, "right", None)),
        ("Euphratis", (Rating.GOOD, "slip", None)),
        ("Tigris", (Rating.AGAIN, "wrong", None)),
        ("", (Rating.AGAIN, "skipped", None)),
    ],
)
def test_what_is_typed_rates_the_card(desk: Answering, text: str, expected: Any) -> None:
    desk.answer(desk.fact("short_text"), text=text, duration_ms=4_000)

    (review,) = desk.reviews()
    assert told(review) == expected
    assert review.response == ({"text": text} if text else None)
    assert (review.origin, review.duration_ms) == (Origin.FLASHCARD, 4_000)
    assert review.fraction == int(expected[0] > Rating.AGAIN)


def test_not_sure_is_missed_whatever_is_chosen_beside_it(desk: Answering) -> None:
    desk.choose_option(desk.fact(), "Article 146", is_unsure=True)

    (review,) = desk.reviews()
    assert told(review) == (Rating.AGAIN, "not_sure", None)
    assert review.response is None


def test_a_right_choice_is_believed_by_what_was_remembered_before(desk: Answering) -> None:
    fact, other = desk.fact(), desk.fact()
    desk.choose_option(fact, "Article 146")
    desk.rate(other, 4)
    later = desk.now + timedelta(days=30)
    recall = desk.look(first=other.id, now=later).card
    assert recall is not None
    assert recall.recall is not None
    seen = desk.memory(other).seen
    (value,) = (one.value for one in recall.public.options if one.text == "Article 146")
    desk.answer(other, choice=value, seen=seen, nonce="answer-2", now=later)

    first, _, second = sorted(desk.reviews(), key=lambda one: one.at)[-3:]
    known = {one.nonce: one.known for one in desk.reviews() if one.came}
    assert known[NONCE] == pytest.approx(knew(0.5, 1 / 3))
    assert known["answer-2"] == pytest.approx(knew(recall.recall, 1 / 3))
    assert first.id < second.id
    (*_, replayed) = replay(desk.session)
    assert replayed.differences == []


def test_a_guess_holds_for_less_long_than_what_was_typed(desk: Answering) -> None:
    chosen, typed = desk.fact(), desk.fact("short_text")
    desk.choose_option(chosen, "Article 146")
    desk.answer(typed, text="Euphrates", nonce="answer-2")

    assert desk.memory(chosen).stability < desk.memory(typed).stability


def test_sent_twice_it_counts_once(desk: Answering) -> None:
    fact = desk.fact("short_text")

    recorded = [desk.answer(fact, text="Euphrates") for _ in range(2)]

    assert [one is None for one in recorded] == [False, True]
    assert len(desk.reviews()) == 1


def test_a_page_left_open_rates_nothing(desk: Answering) -> None:
    fact = desk.fact()
    desk.rate(fact, 3)

    with pytest.raises(Conflict):
        desk.answer(fact, choice="0", nonce="stale")


def test_what_nobody_can_grade_is_refused(desk: Answering) -> None:
    with pytest.raises(Invalid, match="for you to judge"):
        desk.answer(desk.fact("self_rated"), text="Because.")


def test_a_question_on_another_fact_is_no_card(desk: Answering) -> None:
    fact, other = desk.fact("short_text"), desk.fact("short_text")
    answer = CardAnswer(fact.id, desk.revision_id(other), {}, False, 0, NONCE, 0)

    with pytest.raises(NotFound):
        answer_card(
            desk.session,
            actor=desk.actor,
            course_id=desk.course.id,
            answer=answer,
            now=desk.now,
        )


def test_what_was_answered_is_shown_with_what_it_counts_as(desk: Answering) -> None:
    desk.choose_option(desk.fact(), "Article 5")

    shown = desk.shown()

    assert shown.rating is Rating.AGAIN
    reviewed = shown.kind.review(shown.content, shown.response, shown.order)
    assert {one.text: one.state for one in reviewed if one.state} == {
        "Article 146": "missed",
        "Article 5": "wrong",
    }
    assert (shown.due, shown.is_choice) == ("1 min", True)


def test_its_learner_may_say_otherwise_and_undo_takes_it_back(desk: Answering) -> None:
    fact = desk.fact("short_text")
    desk.answer(fact, text="Tigris", duration_ms=3_000)

    assert desk.change(Rating.EASY)

    standing = [one for one in desk.reviews() if one.undone_at is None]
    assert [(told(one), one.response, one.duration_ms) for one in standing] == [
        ((Rating.EASY, "wrong", None), {"text": "Tigris"}, 3_000)
    ]
    assert [total.reviews for total in desk.totals()] == [1]
    desk.undo(now=desk.now + timedelta(seconds=9))
    assert desk.memory(fact) is None
    (*_, replayed) = replay(desk.session)
    assert replayed.differences == []


def test_what_it_counts_as_already_is_not_written_again(desk: Answering) -> None:
    desk.answer(desk.fact("short_text"), text="Euphrates")

    assert not desk.change(Rating.GOOD)
    assert len(desk.reviews()) == 1


def test_a_choice_is_never_easy(desk: Answering) -> None:
    desk.choose_option(desk.fact(), "Article 146")

    with pytest.raises(Invalid), desk.session.begin_nested():
        desk.change(Rating.EASY)
    desk.change(Rating.HARD)

    assert [told(one)[2] for one in desk.reviews()] == [pytest.approx(0.75)] * 2


def test_what_was_done_since_keeps_it_from_being_changed(desk: Answering) -> None:
    desk.answer(desk.fact("short_text"), text="Euphrates")
    desk.rate(desk.fact(), 3)

    with pytest.raises(Conflict):
        desk.change(Rating.HARD)
    with pytest.raises(NotFound):
        desk.change(Rating.HARD, nonce="somebody-elses")


def fitted(desk: Answering, *, is_timed: bool) -> None:
    """Store that times tell something of the learner."""
    times = {"choice": None, "quartiles": {"short_text": [2_000, 9_000]}}
    blank = {"reviews": 0, "trials": 0, "held_out": 0, "asked_at": desk.now}
    desk.session.add(
        MemoryFit(
            learner_id=desk.actor.id,
            course_id=desk.course.id,
            number=1,
            outcome=FitOutcome.KEPT,
            is_timed=is_timed,
            times=times,
            **blank,
        )
    )
    desk.session.flush()


@pytest.mark.parametrize(
    ("duration_ms", "is_timed", "rating"),
    [
        (1_000, True, Rating.EASY),
        (5_000, True, Rating.GOOD),
        (9_500, True, Rating.HARD),
        (0, True, Rating.GOOD),
        (9_500, False, Rating.GOOD),
    ],
)
def test_time_refines_what_is_right_where_it_tells_something(
    desk: Answering, duration_ms: int, is_timed: bool, rating: Rating
) -> None:
    fitted(desk, is_timed=is_timed)

    desk.answer(desk.fact("short_text"), text="Euphrates", duration_ms=duration_ms)

    assert desk.reviews()[0].rating == rating


def test_quiz_and_card_tell_the_memory_the_same(
    session: Session, make: Make, now: datetime, desk: Answering
) -> None:
    sitting = Sitting(session, make, now)
    sitting.start(sitting.quiz("single_choice"))
    sitting.answer_rightly(0)
    sitting.submit()
    desk.choose_option(desk.fact(), "Article 146")

    (asked,), (card,) = sitting.reviews(), (one for one in desk.reviews() if one.came)
    assert (asked.rating, asked.known) == (card.rating, card.known)
    assert asked.origin is Origin.QUIZ
