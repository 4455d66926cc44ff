"""Thirty-two requests of one learner at the same moment, on both databases: none is lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Action, Attempt, AttemptState, Quiz
from quizapp.services.attempt_place import Outcome, Step
from quizapp.services.attempt_start import Started, start_attempt
from quizapp.services.attempt_submit import Submitted
from tests.support.crowd import AT_ONCE, Crowd


@pytest.fixture
def crowd(database_url: str, tmp_path: Path) -> Iterator[Crowd]:
    crowd = Crowd(database_url, tmp_path)
    yield crowd
    crowd.close()


def test_of_many_who_finish_one_does_and_all_are_told_the_same(crowd: Crowd) -> None:
    crowd.start()
    with crowd.writing() as session:
        crowd.save(session, "Euphrates", nonce="page")

    told = crowd.at_once(lambda session, place: crowd.submit(session, after=60 + place))

    row, counts, differences = crowd.stored()
    assert Counter(one.repeated for one in told) == {False: 1, True: AT_ONCE - 1}
    assert {(one.mark.points, one.submitted_at) for one in told} == {(row.mark, row.submitted_at)}
    assert (row.state, row.mark) == (AttemptState.SUBMITTED, 1)
    assert (counts, differences) == ([1, 1], [])


def test_one_save_sent_many_times_is_one_row(crowd: Crowd) -> None:
    crowd.start()

    told = crowd.at_once(lambda session, _: crowd.save(session, "Euphrates", nonce="page"))

    assert crowd.log() == [(1, Action.SAVE, {"text": "Euphrates"})]
    assert Counter(one.outcome for one in told) == {
        Outcome.SAVED: 1,
        Outcome.UNCHANGED: AT_ONCE - 1,
    }
    assert len({(one.state.saved_at, one.state.seen) for one in told}) == 1


def test_saves_from_many_tabs_are_all_kept_and_the_last_stands(crowd: Crowd) -> None:
    crowd.start()

    told = crowd.at_once(
        lambda session, place: crowd.save(session, f"Tab {place}", nonce=f"page {place}")
    )

    log = crowd.log()
    assert [row.seq for row in log] == list(range(1, AT_ONCE + 1))
    assert {row.content["text"] for row in log} == {f"Tab {place}" for place in range(AT_ONCE)}
    numbers = {one.state.seen: place for place, one in enumerate(told)}
    assert [row.content["text"] for row in log] == [
        f"Tab {numbers[number]}" for number in range(1, AT_ONCE + 1)
    ]
    assert Counter(one.outcome for one in told) == {
        Outcome.SAVED: 1,
        Outcome.REPLACED: AT_ONCE - 1,
    }


def test_what_races_the_end_is_in_the_mark_or_refused(crowd: Crowd) -> None:
    for number in range(3):
        crowd.start(seed=number, counts_for_memory=False)

        def act(session: Session, place: int, number: int = number) -> Step | Submitted:
            if place % 4 == number:
                return crowd.submit(session)
            return crowd.save(session, f"Tab {place}", nonce=f"page {place}")

        told = crowd.at_once(act)

        saved = [one for one in told if isinstance(one, Step)]
        kept = [one for one in saved if one.outcome is not Outcome.HANDED_IN]
        log = crowd.log()
        assert len(log) == len(kept)
        assert {one.state.seen for one in kept} == {row.seq for row in log}
        results = {(one.mark.points, one.submitted_at) for one in told if one not in saved}
        row, _, differences = crowd.stored()
        assert results == {(row.mark, row.submitted_at)}
        assert differences == []


def test_of_many_right_answers_in_a_race_with_the_end_the_mark_has_those_kept(
    crowd: Crowd,
) -> None:
    crowd.start()

    def act(session: Session, place: int) -> Step | Submitted:
        if place:
            return crowd.save(session, "Euphrates", nonce=f"page {place}")
        return crowd.submit(session)

    told = crowd.at_once(act)

    is_kept = any(isinstance(one, Step) and one.outcome is not Outcome.HANDED_IN for one in told)
    row, counts, differences = crowd.stored()
    assert row.mark == int(is_kept)
    assert (counts, differences) == ([int(is_kept)] * 2, [])


def test_many_starts_are_one_attempt(crowd: Crowd) -> None:
    crowd.start()
    with crowd.writing() as session:
        crowd.submit(session)

    def start(session: Session, place: int) -> Started:
        own = {"actor": crowd.sitting.actor, "quiz_id": crowd.quiz_id}
        return start_attempt(session, **own, seed=place, now=crowd.sitting.at(100))

    told = crowd.at_once(start)

    with crowd.writing() as session:
        rows = session.execute(
            sa.select(Attempt.id, Attempt.number, Attempt.state).order_by(Attempt.number)
        ).all()
    assert [(row.number, row.state) for row in rows] == [
        (1, AttemptState.SUBMITTED),
        (2, AttemptState.OPEN),
    ]
    assert {one.attempt_id for one in told} == {rows[1].id}
    assert Counter(one.resumed for one in told) == {False: 1, True: AT_ONCE - 1}


def test_an_attempt_too_many_is_never_started(crowd: Crowd) -> None:
    crowd.start(attempts_allowed=2)
    with crowd.writing() as session:
        crowd.submit(session)

    def go(session: Session, place: int) -> int:
        own = {"actor": crowd.sitting.actor, "quiz_id": crowd.quiz_id}
        return start_attempt(session, **own, seed=place, now=crowd.sitting.at(9)).attempt_id

    assert len(set(crowd.at_once(go, 8))) == 1
    with crowd.writing() as session:
        settings = session.scalars(sa.select(Quiz.settings)).one()
        numbers = session.scalars(sa.select(Attempt.number)).all()
    assert sorted(numbers) == [1, settings["attempts_allowed"]]


@pytest.mark.parametrize("tries", [1, 3])
def test_many_checks_are_never_more_tries_than_allowed(crowd: Crowd, tries: int) -> None:
    crowd.start(behaviour="practice", tries=tries)

    told = crowd.at_once(
        lambda session, place: crowd.check(session, f"Volga {place}", nonce=f"page {place}")
    )

    log = crowd.log()
    assert [row.action for row in log] == [Action.CHECK] * tries
    outcomes = Counter(one.outcome for one in told)
    assert outcomes[Outcome.FINAL] == AT_ONCE - tries
    assert sum(outcomes.values()) == AT_ONCE


def test_one_check_sent_many_times_is_one_try(crowd: Crowd) -> None:
    crowd.start(behaviour="practice", tries=3)

    crowd.at_once(lambda session, _: crowd.check(session, "Volga", nonce="page"))

    assert [row.action for row in crowd.log()] == [Action.CHECK]
