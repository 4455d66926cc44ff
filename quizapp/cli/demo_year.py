"""`quizapp demo`: accounts to look round with, and a year of learners who never were."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import click

from quizapp.cli import demo as accounts
from quizapp.cli.demo_lives import live
from quizapp.cli.running import application, settings
from quizapp.cli.users import random_password
from quizapp.config import Settings
from quizapp.db import db, transaction
from quizapp.errors import Conflict, NotFound
from quizapp.models import Role
from quizapp.queries.memory_rows import seed_of
from quizapp.services.accounts import set_role, user_id_of
from quizapp.services.demo_course import (
    DEMO_SLUG,
    DemoCourse,
    has_demo_course,
    store_demo_course,
)
from quizapp.services.demo_people import DemoPerson, store_demo_people
from quizapp.services.jobs import JobName, drop_waiting
from quizapp.services.passwords import hash_password
from quizapp.simulation.course import MAXIMUM_FACTS, CourseText, course_text
from quizapp.simulation.people import DOZEN, YEAR_DAYS, Person, people
from quizapp.simulation.truth import fact_ease
from quizapp.simulation.year import LearnerYear

_FACTS, _LEAST_FACTS, _MOST_STUDENTS = 1_000, 20, 2_000
_TEACHER = "demo-teacher@example.org"
#: Teaches every public course of a new installation, and this one too.
_INSTRUCTOR = "instructor@example.org"
#: How often a class is told how far it has come.
_TOLD_EVERY = 25


@click.command()
@click.option("--year", is_flag=True, help="Make a course with learners and their year in it.")
@click.option(
    "--students", default=len(DOZEN), show_default=True, type=click.IntRange(1, _MOST_STUDENTS)
)
@click.option(
    "--facts", default=_FACTS, show_default=True, type=click.IntRange(_LEAST_FACTS, MAXIMUM_FACTS)
)
@click.option("--seed", default=1, show_default=True, help="Another number is another year.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day that the year ends with; by default now.",
)
def demo(year: bool, students: int, facts: int, seed: int, until: datetime | None) -> None:
    """Fill a database for looking round; never one in production.

    Without --year, make the two demo accounts of `quizapp init`, if nobody has an account.
    """
    chosen = settings()
    if chosen.is_production:
        raise Conflict("Demo data does not belong in production, so nothing was made.")
    now = datetime.now(UTC).replace(microsecond=0)
    if until is not None:
        now = datetime.combine(until.date(), time(23, 59), tzinfo=UTC)
    with application(chosen):
        for line in accounts.ensure_demo_accounts(chosen):
            click.echo(line)
        if year:
            _Demo(chosen, course_text(facts), students, seed, now).make()


class _Demo:
    """One run: the course, its people, and then each learner's year in turn."""

    def __init__(
        self, chosen: Settings, text: CourseText, students: int, seed: int, now: datetime
    ) -> None:
        self._settings, self._text, self._seed, self._now = chosen, text, seed, now
        self._people = people(students, seed=seed)
        self._begins: date = (now - timedelta(days=YEAR_DAYS)).date()
        self._eases = tuple(
            fact_ease(number, fact.topic, seed=seed) for number, fact in enumerate(text.facts)
        )

    def make(self) -> None:
        """Make everything, telling how far it is.

        :raises Conflict: there is a demo year already.
        """
        if has_demo_course(db.session()):
            raise Conflict(
                "This database has a demo year already, and nothing was added to it. "
                "Another one needs another data folder (QUIZAPP_DATA) or database."
            )
        course, ids, lines = self._store_people()
        total = 0
        for number, (person, learner_id) in enumerate(zip(self._people, ids, strict=True), 1):
            done = self._live(course, person, number, learner_id)
            total += done
            if len(ids) <= _TOLD_EVERY:
                click.echo(f"  {person.name:<20}{done:>7,} reviews")
            elif not number % _TOLD_EVERY:
                click.echo(f"  {number} of {len(ids)} learners, {total:,} reviews")
        with transaction() as session:
            # Rounds plan them a few at a time; a hundred jobs would keep the worker from all else.
            drop_waiting(session, name=JobName.PLAN_EXAM)
        click.echo(f"{len(ids)} learners of /courses/{DEMO_SLUG}, {total:,} reviews")
        click.echo(f"Their accounts are in {accounts.demo_accounts_file(self._settings)}:")
        for line in lines[: len(DOZEN) + 1]:
            click.echo(f"  {line}")

    def _store_people(self) -> tuple[DemoCourse, list[int], list[str]]:
        """Store the course and who is in it; return their ids and the lines with passwords."""
        members, lines = self._members()
        with transaction() as session:
            course = store_demo_course(
                session,
                self._text,
                begins=self._begins,
                days=YEAR_DAYS,
                seed=self._seed,
                now=self._now,
            )
            _, *ids = store_demo_people(session, members, course_id=course.id)
            try:
                known = user_id_of(session, email=_INSTRUCTOR)
            except NotFound:
                known = None
            if known is not None:
                role = Role.INSTRUCTOR
                set_role(session, user_id=known, course_id=course.id, role=role, now=self._now)
            # Before the commit: accounts whose passwords nobody can read would be of no use.
            accounts.add_demo_accounts(self._settings, lines)
        return course, ids, lines

    def _members(self) -> tuple[list[DemoPerson], list[str]]:
        """Return the teacher and the learners, and the lines that tell their passwords."""
        stranger = random_password()
        # Hashing takes its time on purpose; one password does for all of a large class.
        shared = (stranger, hash_password(stranger))
        begun = datetime.combine(self._begins, time(), tzinfo=UTC)
        members, lines = [], []
        teacher = Person("Jonas Weber", "Europe/Berlin")
        for number, person in enumerate((teacher, *self._people)):
            email = f"learner{number:02}@example.org" if number else _TEACHER
            password, hashed = shared
            if number <= len(DOZEN):
                password = random_password()
                hashed = hash_password(password)
            role = Role.STUDENT if number else Role.INSTRUCTOR
            joined_at = begun + timedelta(days=person.first_day)
            members.append(
                DemoPerson(
                    email, person.name, person.zone, person.day_start_hour, hashed, role, joined_at
                )
            )
            lines.append(accounts.account_line(role, email, password))
        return members, lines

    def _live(self, course: DemoCourse, person: Person, number: int, learner_id: int) -> int:
        """Simulate one learner's year and store it; return how many cards they were asked."""
        seeds = tuple(seed_of(learner_id, fact_id) for fact_id in course.fact_ids)
        year = LearnerYear(
            person,
            number=number,
            eases=self._eases,
            begins=self._begins,
            now=self._now,
            seeds=seeds,
            seed=self._seed,
        )
        return live(course, year, learner_id=learner_id, seed=self._seed, now=self._now)
