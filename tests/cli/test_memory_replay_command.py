"""`quizapp memory replay`, run as a person would."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from quizapp.models import Memory
from tests.support.command import Done
from tests.support.desk import Desk
from tests.support.make import NOON, Make

Replay = Callable[..., Done]
Store = Callable[[Callable[[Any], Any]], Any]


@pytest.fixture
def replay(quizapp: Replay) -> Replay:
    return partial(quizapp, "memory", "replay")


def studied(session: Any) -> None:
    """Store two memories from three reviews."""
    desk = Desk(session, Make(session), NOON)
    fact = desk.fact()
    desk.rate(fact, 1)
    desk.rate(fact, 3)
    desk.rate(desk.fact(), 4)


def forgotten(session: Any) -> None:
    session.execute(sa.update(Memory).values(lapses=9))


def test_where_everything_is_as_its_log_says_the_check_succeeds(
    replay: Replay, store: Store
) -> None:
    store(studied)

    done = replay("--check")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("2 memories replayed from 3 reviews in ")
    assert done.stdout.endswith(": 0 differences\n")


def test_the_check_names_what_differs_and_without_it_that_is_put_right(
    replay: Replay, store: Store
) -> None:
    store(studied)
    store(forgotten)

    checked, mended, again = replay("--check"), replay(), replay("--check")

    assert (checked.returncode, mended.returncode, again.returncode) == (1, 0, 0)
    assert checked.stderr.count("stored lapses 9, replayed 0") == 2
    assert checked.stdout.endswith(": 2 differences\n")
    assert mended.stdout.endswith(": 2 differences, put right\n")


def test_it_is_a_command_of_its_own(quizapp_process: Replay) -> None:
    done = quizapp_process("memory", "replay", "--check")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("0 memories replayed")
