"""Counting tries: exact, by window, over every worker at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import LimitReached
from quizapp.models import RateLimit
from quizapp.services.limits import Limit, count_try, give_back, network_of, purge_limits
from tests.support.make import NOON

WINDOW = {"bucket": "b", "limit": 3, "window_seconds": 60}


def test_as_many_tries_as_the_limit_pass_and_then_none(session, now):
    for _ in range(3):
        count_try(session, **WINDOW, now=now)

    for _ in range(2):
        with pytest.raises(LimitReached, match="60 seconds"):
            count_try(session, **WINDOW, now=now)


def test_the_window_begins_with_the_first_try_and_does_not_move(session, now):
    count_try(session, **WINDOW, now=now)
    for _ in range(2):
        count_try(session, **WINDOW, now=now + timedelta(seconds=59))

    with pytest.raises(LimitReached) as refused:
        count_try(session, **WINDOW, now=now + timedelta(seconds=59))
    count_try(session, **WINDOW, now=now + timedelta(seconds=60))

    assert refused.value.retry_after_seconds == 1


def test_a_refused_try_that_is_rolled_back_stays_refused(session, now):
    for _ in range(3):
        count_try(session, **WINDOW, now=now)

    for _ in range(3):
        with pytest.raises(LimitReached), session.begin_nested():
            count_try(session, **WINDOW, now=now)


def test_buckets_do_not_share_their_counts(session, now):
    for _ in range(3):
        count_try(session, **WINDOW, now=now)

    count_try(session, **WINDOW | {"bucket": "c"}, now=now)


def test_a_try_given_back_can_be_used_again(session, now):
    limit = Limit("kind", 1, 60)
    one = {"bucket": limit.bucket("x"), "limit": 1, "window_seconds": 60}
    count_try(session, **one, now=now)

    give_back(session, limit=limit, subject="x")

    count_try(session, **one, now=now)
    with pytest.raises(LimitReached):
        count_try(session, **one, now=now)


def test_purging_drops_what_is_over(session, now):
    count_try(session, **WINDOW, now=now - timedelta(seconds=60))
    count_try(session, **WINDOW | {"bucket": "c"}, now=now)

    purge_limits(session, now=now)

    assert list(session.scalars(sa.select(RateLimit.bucket))) == ["c"]


def test_of_forty_tries_at_once_exactly_ten_pass(database_url):
    engine = sa.create_engine(database_url)
    passed = []

    def try_five_times() -> None:
        for _ in range(5):
            with engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection:
                session = Session(connection)
                try:
                    count_try(session, bucket="b", limit=10, window_seconds=60, now=NOON)
                    session.commit()
                    passed.append(1)
                except LimitReached:
                    session.rollback()

    workers = [threading.Thread(target=try_five_times) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    engine.dispose()

    assert len(passed) == 10


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_a_network_is_an_address_or_the_half_that_a_customer_is_given(address, network):
    assert network_of(address) == network


def test_one_kind_of_limit_does_not_use_up_another():
    assert Limit("a", 1, 1).bucket("x") != Limit("b", 1, 1).bucket("x")
    assert len(Limit("sign-in-account", 1, 1).bucket("x" * 5000)) <= 120
