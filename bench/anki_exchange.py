"""Cards to Anki and back: what is the same at the end.

    python -m bench.anki_exchange [--facts 400] [--cache FOLDER] [--zone Europe/Berlin]

Exports a course with the memories of a learner, opens it in Anki's package (in an environment of
its own), has Anki export it in each of its forms, and imports these again, each as a new course.
Counts, after every step, cards whose text, day, stability, difficulty, counts or reviews differ,
and memories that a replay works out otherwise. Exits 1 if there is any difference.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa

from bench import anki_package
from bench.stage import SECRET
from quizapp.app import create_app
from quizapp.config import Settings
from quizapp.db import db, transaction, upgrade
from quizapp.formats.anki_package.cards import key_of
from quizapp.formats.anki_package.writer import guid_of, write_package
from quizapp.formats.report import Part
from quizapp.jobs.worker import do_one
from quizapp.markup.html_text import from_html
from quizapp.memory.days import LearnerClock
from quizapp.memory.state import Phase
from quizapp.models import Course, Fact, Memory, Origin, Review, Revision
from quizapp.policy import Actor
from quizapp.queries.accounts import actor_for_id
from quizapp.queries.courses import course_by_id
from quizapp.queries.package_export import plan_export, written_cards
from quizapp.queries.package_imports import import_page
from quizapp.services.memory_acts import suspend_fact
from quizapp.services.memory_replay import replay
from quizapp.services.package_imports import Wanted, ask_import
from quizapp.services.reviews import record_review
from tests.support.make import Make

_SIDE = Path(__file__).with_name("anki_exchange_side.py")
_TYPES = ("self_rated", "short_text", "cloze", "single_choice", "true_false")
_FORMS = ("new.apkg", "legacy.apkg", "new.colpkg", "legacy.colpkg")
_ROLLOVER = 4


@dataclass(frozen=True, slots=True)
class _Card:
    """What has to come through: words of both sides, the schedule, the counts."""

    front: str
    back: str
    phase: str
    is_suspended: bool
    due: str
    stability: float | None
    difficulty: float | None
    reps: int
    lapses: int
    reviews: int


def main() -> int:
    """Go there and back; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.anki_exchange")
    parser.add_argument("--facts", type=int, default=400)
    parser.add_argument("--cache", type=Path, default=anki_package.default_cache())
    parser.add_argument("--zone", default="Europe/Berlin")
    chosen = parser.parse_args()
    python = anki_package.environment(chosen.cache)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'bench.sqlite3'}"
        settings = Settings(data=folder, database_url=url, secret_key=SECRET)
        upgrade(settings)
        settings.imports.mkdir()
        app = create_app(settings)
        with app.app_context():
            actor, course_id = _learnt(chosen.facts, chosen.zone)
            return _Exchange(app, settings, actor, course_id, folder).run(python)


class _Exchange:
    """One course there and back."""

    def __init__(
        self, app: Any, settings: Settings, actor: Actor, course_id: int, folder: Path
    ) -> None:
        self._app, self._settings, self._actor = app, settings, actor
        self._course_id, self._folder = course_id, folder
        self._clock = LearnerClock(actor.timezone, actor.day_start_hour)
        self._differences = 0

    def run(self, python: Path) -> int:
        package = self._folder / "ours.apkg"
        now, session = datetime.now(UTC), db.session()
        course = course_by_id(session, self._course_id)
        plan = plan_export(session, actor=self._actor, course=course, with_memory=True, now=now)
        count = write_package(package, plan.frame(), written_cards(session, plan), now=now)
        ours = self._stored(self._course_id)
        print(f"exported {count:,} cards, {sum(card.reviews for card in ours.values()):,} reviews")
        self._in_anki(python, package, course.slug, ours)
        for form in _FORMS:
            course_id = self._imported(self._folder / form, compare_with=None)
            back = self._stored(course_id, by_key=False)
            wanted = {key_of(guid_of(course.slug, key), 0): card for key, card in ours.items()}
            self._tell(f"imported from {form}", wanted, back)
        self._compared(package)
        self._replayed()
        return int(self._differences > 0)

    def _in_anki(self, python: Path, package: Path, slug: str, ours: Mapping[str, _Card]) -> None:
        job = {
            "package": str(package),
            "out": str(self._folder),
            "zone": self._actor.timezone,
            "rollover": _ROLLOVER,
        }
        theirs = {}
        for kind, *values in anki_package.run(python, "", job, script=_SIDE):
            if kind == "card":
                theirs[values[0]] = _of_anki(values[1:])
        wanted = {guid_of(slug, key): card for key, card in ours.items()}
        self._tell("opened in Anki", wanted, theirs)

    def _tell(self, step: str, wanted: Mapping[str, _Card], got: Mapping[str, _Card]) -> None:
        wrong = [key for key, card in wanted.items() if got.get(key) != card]
        more = len(got.keys() - wanted.keys())
        self._differences += len(wrong) + more
        print(f"{step}: {len(got):,} cards, {len(wrong):,} differ, {more:,} are not ours")
        for key in wrong[:3]:
            print(f"  {wanted[key]}\n  {got.get(key)}")

    def _stored(self, course_id: int, *, by_key: bool = True) -> dict[str, _Card]:
        """Return the cards of a course by the keys of their facts, as a package would have them."""
        session = db.session()
        session.rollback()
        counts: dict[int, int] = dict(
            session.execute(
                sa.select(Review.fact_id, sa.func.count())
                .where(Review.course_id == course_id)
                .group_by(Review.fact_id)
            ).all()  # type: ignore[arg-type]
        )
        memories = {
            row.fact_id: row
            for row in session.execute(
                sa.select(*Memory.__table__.c).where(Memory.course_id == course_id)
            )
        }
        now = datetime.now(UTC)
        course = course_by_id(session, course_id)
        plan = plan_export(session, actor=self._actor, course=course, with_memory=False, now=now)
        sides = {card.fields[4]: card.fields for card in written_cards(session, plan)}
        facts = session.execute(sa.select(Fact.id, Fact.key).where(Fact.course_id == course_id))
        return {
            fact.key: self._card(sides[fact.key], memories.get(fact.id), counts.get(fact.id, 0))
            for fact in facts
        }

    def _card(self, fields: tuple[str, ...], row: Any, reviews: int) -> _Card:
        front, back = (from_html(side).words for side in fields[:2])
        if row is None or row.phase == Phase.NEW:
            is_suspended = bool(row and row.is_suspended)
            return _Card(front, back, "new", is_suspended, "", None, None, 0, 0, reviews)
        due = (
            self._clock.day_of(row.due_at).isoformat()
            if row.phase == Phase.REVIEW
            else str(int(row.due_at.timestamp()))
        )
        memory = (row.stability, row.difficulty)
        counts = (row.reps, row.lapses, reviews)
        return _Card(front, back, row.phase, row.is_suspended, due, *memory, *counts)

    def _imported(self, package: Path, *, compare_with: int | None) -> int:
        shutil.copyfile(package, self._settings.imports / f"{package.name}.package")
        with transaction() as session:
            wanted = Wanted(package.name, package.name, compare_with=compare_with)
            import_id = ask_import(session, actor=self._actor, wanted=wanted, now=datetime.now(UTC))
        while do_one(self._app):
            pass
        db.session().rollback()
        self._page = import_page(db.session(), learner_id=self._actor.id, import_id=import_id)
        if not self._page.item.is_done:
            raise RuntimeError(f"the import of {package.name} failed: {self._page.item.error}")
        slug = self._page.item.slug
        found = db.session().scalar(sa.select(Course.id).where(Course.slug == slug))
        assert found is not None  # noqa: S101
        return found

    def _compared(self, package: Path) -> None:
        self._imported(package, compare_with=self._course_id)
        tally = self._page.tally
        wrong = tally.total(Part.DIFFERS) + tally.total(Part.UNKNOWN)
        self._differences += wrong
        same = tally.total(Part.SAME)
        print(f"compared with its own course: {same:,} cards the same, {wrong:,} differ")

    def _replayed(self) -> None:
        (*_, last) = replay(db.session())
        self._differences += len(last.differences)
        print(f"{last}: {len(last.differences)} differences")


def _of_anki(values: list[Any]) -> _Card:
    fields, kind, is_suspended, when, reps, lapses, stability, difficulty, _, _, answers = values
    phases = ("new", "learning", "review", "relearning")
    return _Card(
        front=from_html(fields[0]).words,
        back=from_html(fields[1]).words,
        phase=phases[kind],
        is_suspended=is_suspended,
        due=str(when or ""),
        stability=stability,
        difficulty=difficulty,
        reps=reps,
        lapses=lapses,
        reviews=answers,
    )


def _learnt(facts: int, zone: str) -> tuple[Actor, int]:
    """Store a course and a learner who has reviewed most of it, and return both."""
    random, now = Random(5), datetime.now(UTC)  # noqa: S311
    with transaction() as session:
        make = Make(session)
        course = make.course(title="Rivers: a course & more", created_at=now)
        user = make.user(timezone=zone, created_at=now)
        make.enrol(user, course)
        actor = make.actor(user)
        topics = [make.topic(course) for _ in range(4)]
        for number in range(facts):
            fact = make.fact(course, random.choice(topics))
            question = make.question(fact, _TYPES[number % len(_TYPES)])
            revision = session.scalar(
                sa.select(Revision.id).where(Revision.question_id == question.id)
            )
            at = now - timedelta(days=random.uniform(30, 300))
            for _ in range(random.choice((0, 1, 1, 3, 5, 8))):
                if at >= now:
                    break
                record_review(
                    session,
                    actor=actor,
                    course_id=course.id,
                    fact_id=fact.id,
                    revision_id=revision or 0,
                    rating=random.choices((1, 2, 3, 4), (2, 1, 6, 1))[0],
                    origin=Origin.QUIZ,
                    nonce=f"{number}-{at.timestamp()}",
                    now=at,
                    duration_ms=random.randrange(500, 20_000),
                )
                at += timedelta(days=random.choice((0.003, 0.004, 4, 20)) * random.random())
            if number % 17 == 0:
                suspend_fact(session, actor=actor, course_id=course.id, fact_id=fact.id, now=now)
        course_id = course.id
    found = actor_for_id(db.session(), actor.id)
    assert found is not None  # noqa: S101
    return found, course_id


if __name__ == "__main__":
    sys.exit(main())
