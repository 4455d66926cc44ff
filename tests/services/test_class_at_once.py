"""Two who do something to one class at the same moment, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, NotFound
from quizapp.models import Enrolment, Invitation, Role
from quizapp.policy import Actor
from quizapp.services.enrolments import leave_course
from quizapp.services.invitations import Wanted, accept, invite, make_letter
from quizapp.services.join_codes import Whose, join_by_code, make_code
from quizapp.services.membership import change_role, remove_member
from tests.support.crowd import Crowd
from tests.support.make import NOON


class Room(Crowd):
    """A course that two people teach, and two who are not in it."""

    def open(self) -> None:
        with self.writing() as session:
            make = self.sitting.make
            make.session = session
            self.course = make.course(is_public=False)
            self.one, self.other = make.instructor(self.course), make.instructor(self.course)
            self.newcomer, self.stranger = (make.actor(make.user()) for _ in range(2))

    def demote(self, session: Session, by: Actor, who: Actor) -> bool:
        given = {"course_id": self.course.id, "user_id": who.id, "is_sure": True}
        return change_role(session, actor=by, role=Role.STUDENT, **given)

    def roles(self) -> list[Role]:
        with self.writing() as session:
            found = sa.select(Enrolment.role).where(Enrolment.course_id == self.course.id)
            return sorted(session.scalars(found))


@pytest.fixture
def room(database_url: str, tmp_path: Path) -> Iterator[Room]:
    room = Room(database_url, tmp_path)
    room.open()
    yield room
    room.close()


def told(act: Callable[[], object]) -> str:
    try:
        act()
    except (Conflict, NotFound) as error:
        return str(error)
    return "done"


@pytest.mark.parametrize("first", ["leaves", "removes the other"])
def test_of_two_instructors_who_go_at_once_one_stays(room: Room, first: str) -> None:
    def go(session: Session) -> object:
        if first == "leaves":
            return leave_course(session, actor=room.one, slug=room.course.slug, now=NOON)
        given = {"course_id": room.course.id, "user_id": room.other.id}
        return remove_member(session, actor=room.one, now=NOON, **given)

    def step_down() -> object:
        return room.transact(lambda session: room.demote(session, room.other, room.other))

    _, second = room.before_commit(go, lambda: told(step_down))

    assert second != "done"
    assert room.roles().count(Role.INSTRUCTOR) == 1


def test_a_link_that_two_use_at_once_lets_one_in(room: Room) -> None:
    with room.writing() as session:
        given = {"actor": room.one, "course_id": room.course.id, "now": NOON}
        invite(session, wanted=Wanted("a@x.org", Role.INSTRUCTOR), site="", **given)
        invitation = session.scalars(sa.select(Invitation.id)).one()
        letter = make_letter(session, invitation_id=invitation, site="", now=NOON)
        assert letter is not None
        token = letter.body.partition("invited/")[2].split()[0]

    def use(session: Session, actor: Actor) -> str:
        return accept(session, actor=actor, token=token, now=NOON)

    slug, second = room.before_commit(
        lambda session: use(session, room.newcomer),
        lambda: told(lambda: room.transact(lambda session: use(session, room.stranger))),
    )

    assert slug == room.course.slug
    assert "no longer works" in second
    assert len(room.roles()) == 3


def test_who_presses_join_twice_is_in_the_course_once_and_hears_of_no_fault(room: Room) -> None:
    with room.writing() as session:
        code = make_code(session, actor=room.one, whose=Whose(room.course.id), now=NOON)

    def join(session: Session) -> tuple[str, bool]:
        return join_by_code(session, actor=room.newcomer, code=code, now=NOON)

    first, second = room.before_commit(join, lambda: room.transact(join))

    assert (first, second) == ((room.course.slug, True), (room.course.slug, False))
    assert len(room.roles()) == 3
