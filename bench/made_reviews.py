"""Reviews by the million, made in the database: one learner with very many, one with few, a class.

The rows are those that a review leaves (`services.reviews`): the log, the memory, the totals by the
quarter of an hour, and how what was foretold came out. Chance is worked out from the number of a
review, so that both databases hold the same. A learner of many reviews spreads them over three
years, one of few over as long; both have met the same facts, so that only the log differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.serve import Place
from quizapp.db import upgrade
from quizapp.models import Course, Role, UserSession, to_millis
from quizapp.queries.accounts import token_hash
from quizapp.services.demo_course import store_demo_course
from quizapp.services.demo_people import DemoPerson, store_demo_people
from quizapp.simulation.course import course_text

TEACHER, MANY, FEW = "teacher", "many", "few"
#: Who has such a browser is signed in as that person.
TOKENS = {one: f"measured-{one}-0123456789abcdef" for one in (TEACHER, MANY, FEW)}
_YEARS = 3 * 365
_AT_ONCE = 100_000
_DAY_MS, _EACH_MS = 86_400_000, 8_000
#: One of these is a learner whose log the others' are copies of.
_OTHER_REVIEWS = 10_000
_MILLION = 1_000_000
_BEFORE = (
    '{"phase": "review", "step": null, "stability": 30.5, "difficulty": 5.2,'
    ' "due_at": 1767225600000, "last_review_at": 1764547200000, "reps": 9, "lapses": 1}'
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """How much is made.

    :param many: reviews of one learner, :param few: of another. :param students: in the class,
        with :param each: reviews. :param others: reviews of learners of no further use.
    """

    facts: int
    many: int
    few: int
    students: int
    each: int
    others: int


def fill(place: Place, wanted: Wanted) -> None:
    """Set a database up and make everything in it."""
    upgrade(place.settings)
    engine = sa.create_engine(place.settings.database_url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _in_haste)
    now = datetime.now(UTC).replace(microsecond=0)
    with Session(engine) as session:
        _Filling(session, wanted, now).make()
        session.execute(sa.text("ANALYZE"))
        session.commit()
    engine.dispose()


def _in_haste(connection: Any, _record: Any) -> None:
    # Nobody needs the file if the power goes meanwhile. ANALYZE reads a part of each index only:
    # all of fifty million rows would take longer than making them.
    haste = ("synchronous=OFF", "journal_mode=MEMORY", "cache_size=-200000", "analysis_limit=1000")
    for pragma in haste:
        connection.execute(f"PRAGMA {pragma}")


class _Filling:
    """The statements that make learners and what they leave, for one database."""

    def __init__(self, session: Session, wanted: Wanted, now: datetime) -> None:
        self._session, self._wanted, self._now = session, wanted, now
        self._sqlite = session.get_bind().dialect.name == "sqlite"
        self._begins = to_millis(now) - _YEARS * _DAY_MS

    def make(self) -> None:
        wanted = self._wanted
        course = store_demo_course(
            self._session,
            course_text(wanted.facts),
            begins=(self._now - timedelta(days=365)).date(),
            days=60,
            seed=1,
            now=self._now,
        )
        self._course, self._first_fact = course.id, course.fact_ids[0]
        self._revision = course.revision_ids[0][0]
        copies = -(-wanted.others // _OTHER_REVIEWS)
        people = self._people(wanted.students)
        aside = self._aside(copies)
        for token in (TEACHER, MANY, FEW):
            self._sign_in(token, people[token])
        self._session.commit()
        self._log(people[MANY], wanted.many)
        self._log(people[FEW], wanted.few)
        students = [number for name, number in people.items() if name not in TOKENS]
        for group, each in ((students, wanted.each), (aside, _OTHER_REVIEWS)):
            if group:
                self._log(group[0], each)
                self._copy(group[0], group[1:])

    def _people(self, students: int) -> dict[str, int]:
        names = [TEACHER, MANY, FEW, *(f"student-{n}" for n in range(students - 2))]
        return dict(zip(names, self._stored(names, self._course), strict=True))

    def _aside(self, copies: int) -> list[int]:
        """Return learners of a course that nobody looks at."""
        if not copies:
            return []
        text = {"title": "Aside", "summary": "", "language": "en", "is_public": False}
        # Archived, so that the worker works out how the class stands and not they.
        aside = Course(slug="aside", created_at=self._now, archived_at=self._now, **text)
        self._session.add(aside)
        self._session.flush()  # generate aside.id
        return self._stored([f"aside-{n}" for n in range(copies)], aside.id)

    def _stored(self, names: list[str], course_id: int) -> list[int]:
        people = [
            DemoPerson(
                email=f"{name}@example.org",
                name=name.title(),
                zone="Europe/Berlin",
                day_start_hour=4,
                password_hash="-",  # noqa: S106
                role=Role.INSTRUCTOR if name == TEACHER else Role.STUDENT,
                joined_at=self._now - timedelta(days=_YEARS),
            )
            for name in names
        ]
        return store_demo_people(self._session, people, course_id=course_id)

    def _sign_in(self, token: str, user_id: int) -> None:
        expires = datetime.now(UTC) + timedelta(days=30)
        row = UserSession(token_hash=token_hash(TOKENS[token]), user_id=user_id)
        row.created_at, row.expires_at = self._now, expires
        self._session.add(row)

    def _log(self, learner: int, reviews: int) -> None:
        """Make a learner's log, then what it adds up to."""
        for first in range(0, reviews, _AT_ONCE):
            self._run(self._reviews(learner, first, min(reviews, first + _AT_ONCE), reviews))
            self._session.commit()
        for statement in self._sums(learner):
            self._run(statement)
        self._run(self._memories(learner))
        self._session.commit()

    def _reviews(self, learner: int, first: int, until: int, reviews: int) -> str:
        yes, no = ("1", "0") if self._sqlite else ("true", "false")
        before = f"'{_BEFORE}'" if self._sqlite else f"CAST('{_BEFORE}' AS json)"
        # One sitting a day, as long as it takes, until now; of few reviews, one at most.
        a_day = -(-reviews // _YEARS)
        day_of = f"n * {_YEARS} / {reviews}"
        at = f"{self._begins} + {day_of} * {_DAY_MS} + n % {a_day} * {_EACH_MS}"
        luck = "(n * 104729 + n / 13 * 31) % 1000"
        day = (
            "date(at / 1000, 'unixepoch')"
            if self._sqlite
            else "CAST(to_timestamp(at / 1000) AS date)"
        )
        return (
            "INSERT INTO review (learner_id, id, fact_id, course_id, revision_id, at, day, rating,"  # noqa: S608
            " origin, duration_ms, before, rules, interval_days, nonce, is_first, is_test,"
            " predicted)"
            f" WITH RECURSIVE counted(n) AS (SELECT CAST({first} AS BIGINT)"
            f" UNION ALL SELECT n + 1 FROM counted WHERE n < {until - 1}),"
            f" made AS (SELECT n, {at} AS at, {luck} AS luck FROM counted)"
            f" SELECT {learner}, at * 1048576 + n % 1048576, {self._first_fact} + n % "
            f"{self._wanted.facts}, {self._course}, {self._revision}, at, {day},"
            f" CASE WHEN luck < 880 THEN 3 ELSE 1 END, 'flashcard', 3000 + luck * 9, {before}, 0,"
            f" 30, 'made' || n, {no}, {yes}, 700000 + luck * 290 FROM made"
        )

    def _sums(self, learner: int) -> tuple[str, str]:
        """Return what adds a log up; the same sums as `services.totals.count`."""
        right = "CASE WHEN rating > 1 THEN 1 ELSE 0 END"
        missed = f"(predicted - {right} * {_MILLION})"
        # Weeks from Monday, 29 December 1969; a band is 5 % wide.
        return (
            "INSERT INTO quarter_total (learner_id, course_id, quarter, reviews, tested, recalled,"  # noqa: S608
            f" introduced, milliseconds) SELECT learner_id, course_id, at / 900000, count(*),"
            f" count(*), sum({right}), 0, sum(duration_ms) FROM review"
            f" WHERE learner_id = {learner} GROUP BY learner_id, course_id, at / 900000",
            "INSERT INTO prediction_total (learner_id, course_id, week, band, tested, recalled,"  # noqa: S608
            f" predicted, squared_error) SELECT learner_id, course_id, (at / {_DAY_MS} + 3) / 7,"
            f" predicted / 50000, count(*), sum({right}), sum(predicted),"
            f" sum(CAST({missed} AS BIGINT) * {missed}) FROM review"
            f" WHERE learner_id = {learner}"
            f" GROUP BY learner_id, course_id, (at / {_DAY_MS} + 3) / 7, predicted / 50000",
        )

    def _memories(self, learner: int) -> str:
        no = "0" if self._sqlite else "false"
        now, day = to_millis(self._now), f"CAST({_DAY_MS} AS BIGINT)"
        return (
            "INSERT INTO memory (learner_id, fact_id, course_id, phase, stability, difficulty,"  # noqa: S608
            " due_at, last_review_at, reps, lapses, is_suspended, seen)"
            f" SELECT {learner}, id, course_id, 'review', 1 + id * 37 % 300, 3 + id % 6,"
            f" {now} + (id * 53 % 300 - 10) * {day}, {now} - (1 + id % 40) * {day}, 9,"
            f" id % 4, {no}, 9 FROM fact WHERE course_id = {self._course}"
        )

    def _copy(self, model: int, learners: list[int]) -> None:
        """Give learners, a hundred at once, the rows of another."""
        for start in range(0, len(learners), 100):
            some = learners[start : start + 100]
            for table in ("review", "quarter_total", "prediction_total", "memory"):
                names = self._names(table)
                values = ["who.id" if one == "learner_id" else f"model.{one}" for one in names]
                self._run(
                    f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)}"  # noqa: S608
                    f" FROM user_account who JOIN {table} model ON model.learner_id = {model}"
                    f" WHERE who.id BETWEEN {some[0]} AND {some[-1]}"
                )
            self._session.commit()

    def _names(self, table: str) -> list[str]:
        columns = sa.inspect(self._session.connection()).get_columns(table)
        return [
            f'"{column["name"]}"' if column["name"] == "before" else column["name"]
            for column in columns
        ]

    def _run(self, statement: str) -> None:
        self._session.execute(sa.text(statement.replace(":", "\\:")))
