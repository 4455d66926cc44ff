"""Two who do something to one class at the same moment, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TypeVar

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, NotFound
from quizapp.models import Enrolment, Invitation, Role
from quizapp.services.enrolments import leave_course
from quizapp.services.invitation_links import accept, make_letter
from quizapp.services.invitations import Wanted, invite
from quizapp.services.join_codes import Whose, join_by_code, make_code
from quizapp.services.membership import change_role, remove_member
from tests.support.make import NOON, Make

_Told = TypeVar("_Told")
_Other = TypeVar("_Other")


class Room:
    """A course that two people teach, and two who are not in it."""

    def __init__(self, database_url: str) -> None:
        self.engine = sa.create_engine(database_url)
        with self.writing() as session:
            make = Make(session)
            self.course = make.course(is_public=False)
            self.one, self.other = make.instructor(self.course), make.instructor(self.course)
            self.newcomer, self.stranger = (make.actor(make.user()) for _ in range(2))

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with Session(self.engine, expire_on_commit=False) as session:
            session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
            yield session
            session.commit()

    def at_once(
        self, first: Callable[[Session], _Told], then: Callable[[Session], _Other]
    ) -> tuple[_Told, _Other | str]:
        """Begin something else when all of a transaction is done but its commit.

        Return what each was told; of the other it may be why not.
        """

        def follow() -> _Other | str:
            try:
                with self.writing() as session:
                    told = then(session)
            except (Conflict, NotFound) as error:
                return str(error)
            return told

        with ThreadPoolExecutor(1) as pool:
            with self.writing() as session:
                told = first(session)
                other = pool.submit(follow)
                wait([other], timeout=0.3)  # to overtake, if it can
            return told, other.result(timeout=60)

    def roles(self) -> list[Role]:
        with self.writing() as session:
            found = sa.select(Enrolment.role).where(Enrolment.course_id == self.course.id)
            return list(session.scalars(found))


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    room = Room(database_url)
    yield room
    room.engine.dispose()


@pytest.mark.parametrize("first", ["leaves", "removes the other"])
def test_of_two_instructors_who_go_at_once_one_stays(room: Room, first: str) -> None:
    given = {"course_id": room.course.id, "user_id": room.other.id}

    def go(session: Session) -> object:
        if first == "leaves":
            return leave_course(session, actor=room.one, slug=room.course.slug, now=NOON)
        return remove_member(session, actor=room.one, now=NOON, **given)

    def step_down(session: Session) -> bool:
        return change_role(session, actor=room.other, role=Role.STUDENT, is_sure=True, **given)

    _, second = room.at_once(go, step_down)

    assert (
        second
        == {
            "leaves": "A course needs an instructor. Make somebody else one first.",
            "removes the other": "There is no such person in this course.",
        }[first]
    )
    assert room.roles().count(Role.INSTRUCTOR) == 1


def test_a_link_that_two_use_at_once_lets_one_in(room: Room) -> None:
    with room.writing() as session:
        given = {"actor": room.one, "course_id": room.course.id, "now": NOON}
        invite(session, wanted=Wanted("a@x.org", Role.INSTRUCTOR), site="", **given)
        invitation = session.scalars(sa.select(Invitation.id)).one()
        letter = make_letter(session, invitation_id=invitation, site="", now=NOON)
        assert letter is not None
        token = letter.body.partition("invited/")[2].split()[0]

    slug, second = room.at_once(
        lambda session: accept(session, actor=room.newcomer, token=token, now=NOON),
        lambda session: accept(session, actor=room.stranger, token=token, now=NOON),
    )

    assert slug == room.course.slug
    assert "no longer works" in second
    assert len(room.roles()) == 3


def test_who_presses_join_twice_is_in_the_course_once_and_hears_of_no_fault(room: Room) -> None:
    with room.writing() as session:
        code = make_code(session, actor=room.one, whose=Whose(room.course.id), now=NOON)

    def join(session: Session) -> tuple[str, bool]:
        return join_by_code(session, actor=room.newcomer, code=code, now=NOON)

    first, second = room.at_once(join, join)

    assert (first, second) == ((room.course.slug, True), (room.course.slug, False))
    assert len(room.roles()) == 3
