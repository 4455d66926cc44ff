"""Jobs: leased, not lost; tried again, then parked."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Job, JobState
from quizapp.services.jobs import (
    MAXIMUM_TRIES,
    claim,
    enqueue,
    enqueue_only,
    fail,
    finish,
    purge_failed,
    waiting_kinds,
)

LEASE = 120
AFTER_LEASE = timedelta(seconds=LEASE)


def leave(session, now, **given):
    values = {"name": "send_mail", "payload": {"to": "a@example.org"}, "now": now}
    enqueue(session, **values | given)


def take(session, now):
    return claim(session, now=now, lease_seconds=LEASE)


def the_job(session) -> Job:
    session.expire_all()
    return session.scalars(sa.select(Job)).one()


class TestClaiming:
    def test_the_job_that_waited_longest_comes_first(self, session, now):
        leave(session, now, payload={"n": 2}, run_after=now - timedelta(seconds=1))
        leave(session, now, payload={"n": 1}, run_after=now - timedelta(seconds=2))

        assert take(session, now).payload == {"n": 1}
        assert take(session, now).payload == {"n": 2}
        assert take(session, now) is None

    def test_the_kind_whose_turn_it_is_comes_before_what_waited_longer(self, session, now):
        leave(session, now, name="plan_exam", payload={"n": 1})
        leave(session, now, payload={"n": 3}, run_after=now + timedelta(seconds=2))
        leave(session, now, payload={"n": 2}, run_after=now + timedelta(seconds=1))
        later, keys = now + timedelta(seconds=9), {"lease_seconds": LEASE, "kind": "send_mail"}

        assert list(waiting_kinds(session, now=later)) == ["plan_exam", "send_mail"]
        # When none of that kind is left, any other will do.
        for number in (2, 3, 1):
            assert claim(session, now=later, **keys).payload == {"n": number}

    def test_a_job_waits_for_its_time(self, session, now):
        leave(session, now, run_after=now + timedelta(seconds=5))

        assert take(session, now) is None
        assert not waiting_kinds(session, now=now)
        assert waiting_kinds(session, now=now + timedelta(seconds=5))
        assert take(session, now + timedelta(seconds=5))

    def test_a_job_whose_worker_died_is_free_again_after_the_lease(self, session, now):
        leave(session, now)
        first = take(session, now)

        assert take(session, now + AFTER_LEASE - timedelta(milliseconds=1)) is None
        again = take(session, now + AFTER_LEASE)

        assert again.id == first.id
        assert (first.tries, again.tries) == (1, 2)

    def test_a_job_that_kills_every_worker_is_parked(self, session, now):
        leave(session, now)
        for number in range(MAXIMUM_TRIES):
            assert take(session, now + number * AFTER_LEASE)

        assert take(session, now + MAXIMUM_TRIES * AFTER_LEASE) is None

        job = the_job(session)
        assert job.state is JobState.FAILED
        assert "5 times" in job.error

    def test_there_is_no_job_without_a_name(self, session, now):
        with pytest.raises(ValueError, match="launch"):
            leave(session, now, name="launch")


class TestEnding:
    def test_a_finished_job_is_gone(self, session, now):
        leave(session, now)

        finish(session, job=take(session, now))

        assert session.scalar(sa.select(sa.func.count()).select_from(Job)) == 0

    def test_whoever_comes_late_does_not_end_what_another_worker_does(self, session, now):
        leave(session, now)
        late = take(session, now)
        take(session, now + AFTER_LEASE)

        finish(session, job=late)
        fail(session, job=late, error="late", now=now + AFTER_LEASE)

        job = the_job(session)
        assert (job.state, job.tries, job.error) == (JobState.WAITING, 2, "")
        assert job.leased_until == now + 2 * AFTER_LEASE

    def test_a_failed_try_waits_longer_each_time(self, session, now):
        leave(session, now)
        waits = []
        at = now
        for _ in range(MAXIMUM_TRIES - 1):
            fail(session, job=take(session, at), error="no route", now=at)
            waits.append(the_job(session).run_after - at)
            at = the_job(session).run_after

        assert [wait.total_seconds() / 60 for wait in waits] == [1, 4, 16, 64]

    def test_after_five_tries_a_job_is_kept_with_its_error(self, session, now):
        leave(session, now)
        at = now
        for number in range(MAXIMUM_TRIES):
            fail(session, job=take(session, at), error=f"error {number}", now=at)
            at = the_job(session).run_after

        job = the_job(session)
        assert (job.state, job.tries, job.error) == (JobState.FAILED, 5, "error 4")
        assert take(session, at + timedelta(days=9)) is None

    def test_what_cannot_get_better_is_parked_at_once(self, session, now):
        leave(session, now)

        fail(session, job=take(session, now), error="e" * 9000, now=now, is_final=True)

        job = the_job(session)
        assert job.state is JobState.FAILED
        assert len(job.error) == 500


def test_parked_jobs_go_after_thirty_days_and_waiting_ones_stay(session, now):
    leave(session, now)
    leave(session, now)
    fail(session, job=take(session, now), error="no", now=now, is_final=True)
    parked_at = now + timedelta(minutes=1)

    purge_failed(session, now=parked_at + timedelta(days=30) - timedelta(seconds=1))
    before = session.scalar(sa.select(sa.func.count()).select_from(Job))
    purge_failed(session, now=parked_at + timedelta(days=30))

    assert before == 2
    assert the_job(session).state is JobState.WAITING


class TestOneOfAKind:
    def test_a_repeated_job_takes_the_place_of_those_that_wait(self, session, now):
        for _ in range(3):
            enqueue_only(session, name="purge_expired", now=now, run_after=now)
        leave(session, now)

        enqueue_only(session, name="purge_expired", now=now, run_after=now + timedelta(hours=1))

        other = take(session, now)
        assert other.name == "send_mail"
        finish(session, job=other)
        assert take(session, now) is None
        assert take(session, now + timedelta(hours=1)).name == "purge_expired"

    def test_the_one_that_runs_is_left_alone(self, session, now):
        enqueue_only(session, name="purge_expired", now=now, run_after=now)
        running = take(session, now)

        enqueue_only(session, name="purge_expired", now=now, run_after=now + timedelta(hours=1))

        finish(session, job=running)
        assert the_job(session).run_after == now + timedelta(hours=1)


def test_two_workers_at_once_never_get_the_same_job(postgresql_url, now):
    engine = sa.create_engine(postgresql_url)
    with Session(engine) as session:
        leave(session, now)
        leave(session, now)
        session.commit()

    with Session(engine) as one, Session(engine) as two, Session(engine) as three:
        claimed = [take(one, now), take(two, now), take(three, now)]
        for worker in (one, two, three):
            worker.rollback()
    engine.dispose()

    assert claimed[2] is None
    assert claimed[0].id != claimed[1].id
