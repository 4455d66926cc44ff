"""Who may do what: the whole permission table on one screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from quizapp.errors import Forbidden, NotFound
from quizapp.models import Role

ARCHIVED = (
    "This course is archived: nothing new begins in it. Your results stay, and so do your cards."
)
ARCHIVED_TAUGHT = "This course is archived, so nothing in it can be changed. Bring it back first."


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks, with everything that permissions need; loaded in one query.

    :param roles: course id → role, in the order joined.
    :param archived: those of their courses that are archived; of an admin, of all courses.
    """

    id: int
    name: str
    email: str | None = None
    is_admin: bool = False
    is_guest: bool = False
    timezone: str = "UTC"
    day_start_hour: int = 4
    roles: Mapping[int, Role] = field(default_factory=lambda: MappingProxyType({}))
    archived: frozenset[int] = frozenset()

    def teaches(self, course_id: int) -> bool:
        return self.roles.get(course_id) is Role.INSTRUCTOR


def may_learn(actor: Actor, course_id: int) -> bool:
    """Members learn: students, and instructors who want to see what students see."""
    return course_id in actor.roles


def may_take(actor: Actor, course_id: int) -> bool:
    """Members of a course that runs begin attempts, and say what is wrong with what was asked."""
    return may_learn(actor, course_id) and course_id not in actor.archived


def may_teach(actor: Actor, course_id: int) -> bool:
    """Instructors of the course, and admins, write and retire its questions."""
    return actor.is_admin or actor.teaches(course_id)


def may_make_courses(actor: Actor) -> bool:
    """Whoever teaches some course makes others, and admins do."""
    return actor.is_admin or Role.INSTRUCTOR in actor.roles.values()


def may_read(actor: Actor | None, course_id: int, *, is_public: bool) -> bool:
    """Anyone reads a public course's texts; only members read another's."""
    if is_public:
        return True
    return actor is not None and (may_learn(actor, course_id) or may_teach(actor, course_id))


def require_learner(actor: Actor, course_id: int) -> None:
    """Pass members of the course.

    :raises NotFound: to everyone else the course's exercises do not exist.
    """
    if not may_learn(actor, course_id):
        raise NotFound("You are not in that course. Join it first.")


def require_instructor(actor: Actor, course_id: int) -> None:
    """Pass those who may write the course's questions.

    :raises Forbidden: a member who is not an instructor. :raises NotFound: anyone else.
    """
    if may_teach(actor, course_id):
        return
    if may_learn(actor, course_id):
        raise Forbidden("Only instructors of this course may do that.")
    raise NotFound("There is no such course.")


def require_progress_of(actor: Actor, learner: Actor, course_id: int) -> None:
    """Pass learners to their own progress in a course, and its instructors to a student's.

    Guests are nobody's students: no instructor knows who they are.

    :raises Forbidden: a member who is neither. :raises NotFound: anyone else, and where the
        learner is no student of the course.
    """
    if actor.id == learner.id:
        require_learner(actor, course_id)
        return
    require_instructor(actor, course_id)
    if learner.is_guest or learner.roles.get(course_id) is not Role.STUDENT:
        raise NotFound("There is no such student in this course.")


def require_course_maker(actor: Actor) -> None:
    """Pass those who may make courses.

    :raises Forbidden: to everyone else.
    """
    if not may_make_courses(actor):
        raise Forbidden("Only those who teach a course may make another.")


def require_admin(actor: Actor) -> None:
    """Pass those who run the site.

    :raises Forbidden: to everyone else.
    """
    if not actor.is_admin:
        raise Forbidden("Only those who run this site may do that.")


def require_author(actor: Actor, course_id: int) -> None:
    """Pass those who may write to the course now: everything that an instructor does asks this.

    :raises Forbidden: a member who is not an instructor, or the course is archived.
    :raises NotFound: anyone else.
    """
    require_instructor(actor, course_id)
    require_running(actor, course_id)


def require_taker(actor: Actor, course_id: int) -> None:
    """Pass those who `may_take`.

    :raises NotFound: to everyone else. :raises Forbidden: the course is archived.
    """
    require_learner(actor, course_id)
    require_running(actor, course_id)


def require_running(actor: Actor, course_id: int) -> None:
    """Pass anybody, unless the course is one of theirs and archived.

    :raises Forbidden: it is.
    """
    if course_id in actor.archived:
        raise Forbidden(ARCHIVED_TAUGHT if may_teach(actor, course_id) else ARCHIVED)
