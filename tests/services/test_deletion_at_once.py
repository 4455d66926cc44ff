"""An account that is deleted while somebody else is at it; on SQLite writers take turns anyway."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.models import AccountDeletion, QuizTotal, Role, User
from quizapp.services.account_deletions import Leaving, begin_deletion
from quizapp.services.enrolments import enrol
from quizapp.services.erasure import erase_some, finish_erasure
from quizapp.services.recount import recount
from tests.support.make import NOON, Make
from tests.support.sitting import Sitting


class AtOnce:
    """Two who write to one database."""

    def __init__(self, database_url: str) -> None:
        self.engine = sa.create_engine(database_url)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()

    def at_once(self, first: Callable[[Session], Any], then: Callable[[Session], Any]) -> Any:
        """Begin something else when all of a transaction is done but its commit."""

        def follow() -> Any:
            with self.writing() as session:
                return then(session)

        with ThreadPoolExecutor(1) as pool:
            with self.writing() as session:
                told = first(session)
                other = pool.submit(follow)
                wait([other], timeout=0.3)  # to overtake, if it can
            return told, other.result(timeout=60)


class Going(AtOnce):
    """A quiz that two took and whose account is being deleted of the one; both may act at once."""

    def __init__(self, database_url: str, *, is_open: bool) -> None:
        super().__init__(database_url)
        with self.writing() as session:
            make = Make(session)
            self.sitting = Sitting(session, make, NOON)
            quiz = self.sitting.quiz("single_choice")
            neighbour = make.learner(self.sitting.course)
            for actor in (neighbour, self.sitting.actor):
                self.sitting.start(quiz, actor=actor)
                self.sitting.save(0, choice="1", actor=actor, nonce=f"by-{actor.id}")
                if actor is neighbour or not is_open:
                    self.sitting.submit(actor=actor)
            self.user_id = self.sitting.actor.id
            row = AccountDeletion(user_id=self.user_id, keeps_statistics=False, courses=[])
            row.asked_at = row.due_at = NOON
            session.add(row)
        with self.writing() as session:
            leaving = begin_deletion(session, user_id=self.user_id, now=NOON)
        assert leaving is not None
        self.leaving: Leaving = leaving

    def erase(self, session: Session) -> bool:
        return erase_some(session, leaving=self.leaving, now=NOON)

    def hand_in(self, session: Session) -> bool:
        self.sitting.session = session
        self.sitting.submit()
        return True

    def finish(self, session: Session) -> bool:
        return finish_erasure(session, leaving=self.leaving)

    def counted(self) -> tuple[int | None, list[Any]]:
        with self.writing() as session:
            *_, last = recount(session)
            return session.scalar(sa.select(sa.func.sum(QuizTotal.n))), last.differences


@pytest.fixture
def going(postgresql_url: str, request: pytest.FixtureRequest) -> Iterator[Going]:
    going = Going(postgresql_url, is_open=getattr(request, "param", False))
    yield going
    going.engine.dispose()


def test_two_workers_take_an_attempt_out_of_the_statistics_once(going: Going) -> None:
    going.at_once(going.erase, going.erase)

    assert going.counted() == (1, [])


@pytest.mark.parametrize("going", [True], indirect=True)
def test_what_is_handed_in_meanwhile_is_counted_and_taken_out_again(going: Going) -> None:
    going.at_once(going.hand_in, going.erase)

    assert going.counted() == (1, [])


def test_of_two_who_finish_one_does(going: Going) -> None:
    assert going.at_once(going.finish, going.finish) == (True, False)
    with going.writing() as session:
        assert session.get(User, going.user_id) is None


def test_who_joins_a_course_while_it_goes_with_an_account_is_told_that_there_is_none(
    postgresql_url: str,
) -> None:
    both = AtOnce(postgresql_url)
    with both.writing() as session:
        make = Make(session)
        course, newcomer = make.course(is_public=False), make.user()
        owner = make.instructor(course)
        row = AccountDeletion(user_id=owner.id, keeps_statistics=False, courses=[])
        row.asked_at = row.due_at = NOON
        session.add(row)
    keys = {"user_id": newcomer.id, "course_id": course.id}

    def join(session: Session) -> str:
        with pytest.raises(NotFound) as told:
            enrol(session, **keys, role=Role.STUDENT, now=NOON)
        return str(told.value)

    _, told = both.at_once(lambda one: begin_deletion(one, user_id=owner.id, now=NOON), join)

    assert told == "There is no such course to join."
    both.engine.dispose()
