"""Practice: drawn from the learner's memory, stored as an attempt at a quiz that nobody sees."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import db
from quizapp.bank.check import check
from quizapp.bank.schema import Bank
from quizapp.errors import Invalid, NotFound
from quizapp.grading.practice import Choice
from quizapp.grading.settings import Behaviour, QuizSettings
from quizapp.models import Attempt, AttemptState, Course, Memory, Quiz, Review, Status
from quizapp.paths import QUESTION_BANK
from quizapp.queries.attempts import attempt_head
from quizapp.queries.home import home
from quizapp.queries.library import course_cards, course_page
from quizapp.queries.practise import PracticePage, practice_page, practised
from quizapp.queries.quiz_history import open_attempt, past_attempts, quiz_offers
from quizapp.queries.quizzes import quiz_list, quiz_page
from quizapp.queries.results import results_page
from quizapp.services.attempt_start import start_attempt
from quizapp.services.attempt_submit import submit_attempt
from quizapp.services.attempts import save_response
from quizapp.services.bank_sync import load_bank
from quizapp.services.practise import PRACTICE_KEY, practice_quiz, start_practice
from quizapp.services.replay import replay
from tests.support.apps import make_app
from tests.support.make import NOON, Make
from tests.support.practising import FADED, FRESH, IN_BAND, Practising
from tests.support.settings import settings_for


@pytest.fixture
def practising(session: Session, make: Make, now: datetime) -> Practising:
    return Practising(session, make, now)


def submit(practising: Practising, attempt_id: int) -> None:
    submit_attempt(
        practising.session, actor=practising.actor, attempt_id=attempt_id, now=practising.now
    )


def answer(practising: Practising, attempt_id: int, slot: int = 0, choice: str = "0") -> None:
    save_response(
        practising.session,
        actor=practising.actor,
        attempt_id=attempt_id,
        slot=slot,
        posted={"choice": [choice]},
        nonce=f"page-{slot}",
        now=practising.now,
    )


class TestTheDraw:
    def test_the_band_comes_first_then_the_nearest_then_new_facts(
        self, practising: Practising
    ) -> None:
        new = practising.facts(3)
        faded = practising.facts(2, FADED)
        fresh = practising.facts(2, FRESH)
        band = practising.facts(3, IN_BAND)

        asked = practising.asked(length=20)

        assert set(asked[:3]) == set(band)
        assert set(asked[3:7]) == {*faded, *fresh}
        assert set(asked[7:]) == set(new)

    def test_recall_is_counted_in_the_days_of_the_learner(
        self, session: Session, make: Make
    ) -> None:
        # Reviewed late on one evening; at three in the morning it is that same day still, whose
        # recall is whole, and at five the next, whose recall is in the band.
        evening = datetime.fromisoformat("2026-03-03T22:00+00:00")
        practising = Practising(session, make, evening)
        practising.fact((0.3, 0))

        def in_band(hour: int) -> int:
            now = evening.replace(day=4, hour=hour)
            given = {"actor": practising.actor, "course_id": practising.course.id}
            return practice_page(session, **given, now=now).in_band

        assert (in_band(3), in_band(5)) == (0, 1)

    def test_the_same_seed_and_memory_ask_the_same_in_the_same_order(
        self, practising: Practising, session: Session
    ) -> None:
        for memory in (None, FRESH, IN_BAND, FADED):
            practising.facts(6, memory)
        first = practising.start(seed=5, length=8)
        kept = practising.attempt(first.attempt_id).layout
        session.execute(sa.delete(Attempt))

        again = practising.start(seed=5, length=8)
        again_layout = practising.attempt(again.attempt_id).layout
        session.execute(sa.delete(Attempt))
        other = practising.start(seed=6, length=8)

        assert again_layout == kept
        assert practising.attempt(other.attempt_id).layout != kept

    def test_the_form_grows_with_the_memory(self, practising: Practising) -> None:
        forms = ("short_text", "cloze", "single_choice")
        for memory in (None, (1.0, 1), (5.0, 5), (40.0, 40)):
            practising.fact(memory, *forms)

        practice = practising.start()

        types = dict(
            zip(
                [laid.fact_id for laid in practising.layout(practice.attempt_id)],
                practising.types(practice.attempt_id),
                strict=True,
            )
        )
        assert [types[fact] for fact in sorted(types)] == [
            *("single_choice", "single_choice", "cloze", "short_text")
        ]

    def test_what_learners_rate_themselves_is_never_asked(self, practising: Practising) -> None:
        practising.fact((40.0, 40), "self_rated")
        mixed = practising.fact((40.0, 40), "self_rated", "true_false")

        practice = practising.start()

        assert practising.types(practice.attempt_id) == ["true_false"]
        assert [laid.fact_id for laid in practising.layout(practice.attempt_id)] == [mixed.id]

    def test_what_was_put_aside_or_is_not_ready_is_left_out(
        self, practising: Practising, session: Session
    ) -> None:
        practising.fact(IN_BAND, is_suspended=True)
        practising.fact(None, is_suspended=True)
        practising.fact(IN_BAND, buried_until=practising.now + timedelta(hours=3))
        practising.fact(IN_BAND).status = Status.DRAFT
        over = practising.fact(IN_BAND, buried_until=practising.now - timedelta(hours=3))
        never_rated = practising.fact(None, buried_until=practising.now - timedelta(hours=3))
        session.flush()

        assert practising.asked() == [over.id, never_rated.id]

    def test_only_the_topics_chosen_are_asked(self, practising: Practising) -> None:
        practising.facts(3, IN_BAND)
        aleppo = practising.make.topic(practising.course, key="aleppo", title="Aleppo")
        wanted = [practising.fact(topic=aleppo).id for _ in range(2)]

        practice = practising.start(topics=("aleppo",))

        asked = [laid.fact_id for laid in practising.layout(practice.attempt_id)]
        assert sorted(asked) == wanted
        assert practising.attempt(practice.attempt_id).title == "Practice: Aleppo"

    def test_the_memory_of_others_does_not_count(self, practising: Practising) -> None:
        theirs, mine = practising.facts(1, None)[0], practising.facts(1, FRESH)[0]
        other = practising.make.learner(practising.course)
        memory = practising.session.scalars(sa.select(Memory)).one()
        practising.session.execute(
            sa.insert(Memory).values(
                {column.key: getattr(memory, column.key) for column in sa.inspect(Memory).columns}
                | {"learner_id": other.id, "fact_id": theirs, "is_suspended": True}
            )
        )

        assert practising.asked() == [mine, theirs]

    def test_practising_again_asks_other_facts_first(self, practising: Practising) -> None:
        practising.facts(8, IN_BAND)
        first = practising.start(length=4)
        asked = {laid.fact_id for laid in practising.layout(first.attempt_id)}
        submit(practising, first.attempt_id)

        again = practising.asked(length=6, after=first.attempt_id, seed=9)

        assert asked.isdisjoint(again[:4])
        assert set(again[4:]) < asked

    def test_somebody_elses_practice_changes_nothing(self, practising: Practising) -> None:
        practising.facts(8, IN_BAND)
        other = practising.make.learner(practising.course)
        theirs = practising.start(actor=other, length=4)
        found = practised(
            practising.session,
            actor=practising.actor,
            course_id=practising.course.id,
            attempt_id=theirs.attempt_id,
        )

        assert found is None
        plain = practising.asked(seed=3, length=4)
        practising.session.execute(sa.delete(Attempt).where(Attempt.learner_id != other.id))
        assert practising.asked(seed=3, length=4, after=theirs.attempt_id) == plain


class TestTheAttempt:
    def test_it_is_an_attempt_with_a_title_and_its_settings(self, practising: Practising) -> None:
        practising.facts(3)

        practice = practising.start(length=2, behaviour=Behaviour.CERTAINTY, seed=77)

        attempt = practising.attempt(practice.attempt_id)
        settings = QuizSettings.parse(attempt.settings)
        assert practice.is_new
        assert (attempt.number, attempt.seed, len(attempt.layout)) == (1, 77, 2)
        assert (attempt.title, attempt.due_at) == ("Practice: all topics", None)
        assert settings.behaviour is Behaviour.CERTAINTY
        assert settings.counts_for_memory
        assert attempt.max_mark == 6

    def test_what_is_answered_is_told_to_the_memory(
        self, practising: Practising, session: Session
    ) -> None:
        practising.facts(3)
        practice = practising.start(length=2, behaviour=Behaviour.DEFERRED)
        answer(practising, practice.attempt_id)

        submit(practising, practice.attempt_id)

        asked = practising.layout(practice.attempt_id)[0].fact_id
        assert session.scalars(sa.select(Review.fact_id)).all() == [asked]

    def test_a_replay_finds_what_is_stored(self, practising: Practising) -> None:
        practising.facts(3)
        practice = practising.start(length=2)
        answer(practising, practice.attempt_id)
        submit(practising, practice.attempt_id)

        (found,) = replay(practising.session)

        assert (found.attempts, found.differences) == (1, [])

    def test_nothing_to_ask_starts_nothing(self, practising: Practising, session: Session) -> None:
        practising.fact(IN_BAND, is_suspended=True)

        with pytest.raises(Invalid) as refused:
            practising.start()

        assert refused.value.problems[0].path == "topic"
        assert session.scalars(sa.select(Attempt)).all() == []

    def test_a_topic_of_another_course_is_refused(self, practising: Practising) -> None:
        practising.facts(1)
        practising.make.topic(practising.make.course(), key="elsewhere")

        with pytest.raises(Invalid):
            practising.start(topics=("elsewhere",))

    def test_who_is_not_in_the_course_finds_nothing(self, practising: Practising) -> None:
        practising.facts(1)
        stranger = practising.make.learner(practising.make.course())

        with pytest.raises(NotFound):
            practising.start(actor=stranger)


class TestOneAtATime:
    def test_the_same_form_sent_twice_starts_one(self, practising: Practising) -> None:
        practising.facts(5)

        first, second = practising.start(seed=4), practising.start(seed=4)

        assert (first.is_new, second.is_new, second.must_ask) == (True, False, False)
        assert first.attempt_id == second.attempt_id

    def test_another_one_has_to_be_asked_for(self, practising: Practising) -> None:
        practising.facts(5)
        first = practising.start(seed=4, length=2)

        second = practising.start(seed=5, length=3)

        assert second.must_ask
        assert second.attempt_id == first.attempt_id
        assert practising.attempt(first.attempt_id).state is AttemptState.OPEN

    def test_instead_of_the_open_one_hands_that_in(
        self, practising: Practising, session: Session
    ) -> None:
        practising.facts(5)
        first = practising.start(seed=4, length=2, behaviour=Behaviour.DEFERRED)
        answer(practising, first.attempt_id)

        second = practising.start(seed=5, length=3, instead_of=first.attempt_id)

        before, after = (practising.attempt(one.attempt_id) for one in (first, second))
        assert (before.state, after.state) == (AttemptState.SUBMITTED, AttemptState.OPEN)
        assert before.mark is not None
        assert (before.number, after.number) == (1, 2)
        assert len(session.scalars(sa.select(Review)).all()) == 1

    def test_instead_of_one_that_is_handed_in_asks_about_the_open_one(
        self, practising: Practising
    ) -> None:
        practising.facts(5)
        first = practising.start(seed=4)
        submit(practising, first.attempt_id)
        second = practising.start(seed=5)

        third = practising.start(seed=6, instead_of=first.attempt_id)

        assert third.must_ask
        assert third.attempt_id == second.attempt_id

    def test_each_course_has_its_own(self, practising: Practising, session: Session) -> None:
        practising.facts(2)
        practising.start()
        other = Practising(session, practising.make, practising.now)
        other.facts(2)
        practising.make.enrol(practising.make.user(), other.course)

        assert other.start().is_new
        assert session.scalar(sa.select(sa.func.count()).where(Quiz.is_practice)) == 2


class TestTheHiddenQuiz:
    def test_no_list_and_no_page_shows_it(
        self, practising: Practising, session: Session, now: datetime
    ) -> None:
        practising.facts(2)
        practising.start()
        quiz_id = practice_quiz(session, practising.course.id)
        given = {"actor": practising.actor, "now": now}
        ids = {"learner_id": practising.actor.id, "course_id": practising.course.id}

        assert quiz_list(session, course_id=practising.course.id, **given) == ()
        assert quiz_offers(session, limit=9, now=now, **ids) == ()
        page = course_page(session, actor=practising.actor, slug=practising.course.slug)
        assert page.quizzes == ()
        (card,) = course_cards(session, actor=practising.actor)
        assert card.quiz_count == 0
        first = home(session).course
        assert first is not None
        assert first.quiz_count == 0
        with pytest.raises(NotFound):
            quiz_page(session, quiz_id=quiz_id, **given)
        with pytest.raises(NotFound):
            start_attempt(session, quiz_id=quiz_id, seed=1, **given)

    def test_pages_name_what_was_practised(
        self, practising: Practising, session: Session, now: datetime
    ) -> None:
        practising.facts(2)
        practising.make.topic(practising.course)
        ids = {"learner_id": practising.actor.id, "course_id": practising.course.id}
        practice = practising.start(topics=("base",))

        head = attempt_head(
            session, actor=practising.actor, attempt_id=practice.attempt_id, now=now
        )
        going = open_attempt(session, **ids)
        submit(practising, practice.attempt_id)
        (past,) = past_attempts(session, limit=9, now=now, **ids)

        assert head.quiz_title == past.title == "Practice: The base"
        assert going is not None
        assert going.title == head.quiz_title

    def test_practices_are_not_compared(
        self, practising: Practising, session: Session, now: datetime
    ) -> None:
        practising.facts(9)
        for seed in (1, 2):
            practice = practising.start(seed=seed, length=3)
            submit(practising, practice.attempt_id)
        head = attempt_head(
            session, actor=practising.actor, attempt_id=practice.attempt_id, now=now
        )

        page = results_page(session, actor=practising.actor, head=head, now=now)
        past = past_attempts(
            session,
            learner_id=practising.actor.id,
            course_id=practising.course.id,
            limit=9,
            now=now,
        )

        assert page.earlier is None
        assert len(page.attempts) == 1
        assert not page.may_retry
        assert [one.change for one in past] == [None, None]

    def test_a_quiz_with_a_like_key_is_not_in_the_way(
        self, practising: Practising, session: Session
    ) -> None:
        theirs = practising.make.quiz(practising.course, key="practice", title="Practice")

        assert practice_quiz(session, practising.course.id) != theirs.id

    def test_loading_the_bank_leaves_it_alone(self, session: Session, now: datetime) -> None:
        bank = Bank(check(QUESTION_BANK).courses, ())
        load_bank(session, bank, now=now)
        course_id = session.scalars(sa.select(Course.id)).one()
        quiz_id = practice_quiz(session, course_id)

        load_bank(session, bank, now=now)

        quiz = session.get_one(Quiz, quiz_id)
        assert (quiz.key, quiz.status, quiz.is_practice) == (PRACTICE_KEY, Status.READY, True)
        assert practice_quiz(session, course_id) == quiz_id


class TestThePage:
    def page(self, practising: Practising) -> PracticePage:
        return practice_page(
            practising.session,
            actor=practising.actor,
            course_id=practising.course.id,
            now=practising.now,
        )

    def test_it_counts_what_a_draw_would_see(self, practising: Practising) -> None:
        practising.facts(4, IN_BAND)
        practising.facts(2, FRESH)
        practising.facts(3)
        practising.fact(IN_BAND, is_suspended=True)
        practising.make.topic(practising.course, title="Nothing in it")

        page = self.page(practising)

        (topic,) = page.topics
        assert (topic.key, topic.facts, topic.met, topic.in_band) == ("base", 9, 6, 4)

    def test_it_shows_what_goes_on_and_what_was_done(self, practising: Practising) -> None:
        practising.facts(5)
        first = practising.start(seed=1, length=2)
        submit(practising, first.attempt_id)
        second = practising.start(seed=2, length=3)
        answer(practising, second.attempt_id, slot=1)

        page = self.page(practising)

        assert page.open is not None
        assert page.open.attempt_id == second.attempt_id
        assert (page.open.answered, page.open.questions) == (1, 3)
        assert [one.attempt_id for one in page.past] == [first.attempt_id]

    def test_an_earlier_practice_can_be_repeated_from_its_attempt(
        self, practising: Practising
    ) -> None:
        practising.facts(2)
        aleppo = practising.make.topic(practising.course, key="aleppo")
        practising.fact(topic=aleppo)
        given = {"actor": practising.actor, "course_id": practising.course.id}
        one = practising.start(topics=("aleppo",), behaviour=Behaviour.PRACTICE)
        submit(practising, one.attempt_id)
        both = practising.start(seed=2)

        narrow = practised(practising.session, attempt_id=one.attempt_id, **given)
        wide = practised(practising.session, attempt_id=both.attempt_id, **given)

        assert narrow is not None
        assert wide is not None
        assert (narrow.choice.topics, narrow.choice.length) == (("aleppo",), 1)
        assert narrow.choice.behaviour is Behaviour.PRACTICE
        assert wide.choice.topics == ()


@pytest.mark.parametrize("seeds", [(7, 7, 7, 7), (1, 2, 3, 4)], ids=["one form", "four forms"])
def test_four_starts_at_once_make_one_quiz_and_one_practice(
    database_url: str, tmp_path: Path, seeds: tuple[int, ...]
) -> None:
    app = make_app(settings_for(database_url, tmp_path))
    with app.app_context(), db.transaction() as session:
        practising = Practising(session, Make(session), NOON)
        practising.facts(12)
        actor, course_id = practising.actor, practising.course.id
    gate, started = threading.Barrier(4), []

    def start(seed: int) -> None:
        with app.app_context():
            gate.wait(timeout=20)
            with db.transaction() as session:
                found = start_practice(
                    session, actor=actor, course_id=course_id, choice=Choice(), seed=seed, now=NOON
                )
            started.append(found.attempt_id)
            db.db.session.remove()

    run_together([lambda seed=seed: start(seed) for seed in seeds])  # type: ignore[misc]

    with app.app_context():
        attempts = db.db.session.scalars(sa.select(Attempt.id)).all()
        quizzes = db.db.session.scalars(sa.select(Quiz.id)).all()
        db.db.session.remove()
        db.db.engine.dispose()
    assert (len(attempts), len(quizzes)) == (1, 1)
    assert started == list(attempts) * 4


def run_together(jobs: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
