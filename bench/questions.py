"""How long the list of questions takes with very many: `python -m bench.questions`.

    python -m bench.questions --questions 100000 --database postgresql
    python -m bench.questions --questions 100000 --keep folder    # to look at it with a browser

Makes one course of made-up questions, as long as real ones: four options with feedback each, an
explanation, eight topics, tags on a few; some say the same as another, most were asked and have
figures. Then every filter, order, search and act is timed as its page does it, and looking for
questions like the one that is typed.

It ends with 1 when a page takes more than `_MOST_TIMES` the processor of the plain first page, in
the same run: a busy machine slows both.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.bank_check import vocabulary
from bench.serve import Place, places
from quizapp.bank.digest import digest
from quizapp.db import upgrade
from quizapp.models import (
    Base,
    BulkKind,
    Citation,
    Course,
    Fact,
    Passage,
    Question,
    QuestionFigure,
    Revision,
    Status,
    Topic,
)
from quizapp.policy import Actor
from quizapp.psychometrics.standing import BITS, Standing
from quizapp.queries.duplicates import alike_questions, find_pairs
from quizapp.queries.question_filters import Health, Quality, QuestionFilter, Sort
from quizapp.queries.questions import list_questions
from quizapp.questions.registry import TYPES
from quizapp.services.bulk_acts import Picked, change_many
from quizapp.services.bulk_undo import undo_many
from quizapp.services.question_index import index_questions
from tests.support.make import NOON, Make

_BATCH = 2_000
_ROUNDS = 5
#: The plain page takes 6 ms of processor on SQLite, so that this is 150 ms.
_MOST_TIMES = 25.0
_TOPICS = 8
_FORMS = ("single_choice", "true_false", "short_text", "cloze")
#: One in so many: a repeated question, a tagged one, one without proof, one whose proof is lost.
_REPEATED, _TAGGED, _UNPROVED, _LOST = 499, 100, 400, 1_000
#: One in so many was never asked, has too few answers; is flagged.
_NEVER, _FEW, _FLAGGED = 5, 7, 9


@dataclass(frozen=True, slots=True)
class Stage:
    """A course with its questions and its instructor; `rare` and `common` stand in some."""

    actor: Actor
    course_id: int
    topic_id: int
    rare: str
    common: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the questions, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--questions", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--keep", type=Path, help="an empty folder that the database stays in")
    chosen = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        places(chosen.database, chosen.keep or Path(folder), ["questions"]) as found,
    ):
        upgrade(found["questions"].settings)
        return _measure(found["questions"], chosen)


def _measure(place: Place, chosen: argparse.Namespace) -> int:
    engine = sa.create_engine(place.settings.database_url)
    with Session(engine) as session:
        began = perf_counter()
        stage = build(session, chosen.questions, Random(chosen.seed))  # noqa: S311
        session.commit()
        seconds = perf_counter() - began
        print(f"{chosen.database}: {chosen.questions:,} questions made in {seconds:.0f} s")
        if engine.dialect.name == "postgresql":
            session.execute(sa.text("ANALYZE"))  # as its daemon does after so many rows
            session.commit()
            session.execute(sa.text("SET max_parallel_workers_per_gather = 0"))  # to see their cost
        _acts(session, stage)
        _typing(session, stage)
        costs = {name: _timed(session, stage, name, wanted) for name, wanted in _pages(stage)}
    engine.dispose()
    plain, worst = costs["first page"], max(costs, key=lambda name: costs[name])
    slow = [name for name, cost in costs.items() if cost > _MOST_TIMES * plain]
    print(f"worst: {worst}, {costs[worst]:.1f} ms, {costs[worst] / plain:.1f} times the plain page")
    print(f"over {_MOST_TIMES:.0f} times the plain page: {', '.join(slow) or 'none'}")
    return 1 if slow else 0


def _pages(stage: Stage) -> Iterator[tuple[str, QuestionFilter]]:
    yield "first page", QuestionFilter()
    yield "last page", QuestionFilter(page=1_000_000)
    for sort in Sort:
        yield f"order: {sort}", QuestionFilter(sort=sort)
    for status in Status:
        yield f"status: {status}", QuestionFilter(status=status)
    yield "search: a rare word", QuestionFilter(text=stage.rare)
    yield "search: a common word", QuestionFilter(text=stage.common)
    yield "search: no such word", QuestionFilter(text="xylophone")
    yield "search: a key", QuestionFilter(text="question-77")
    yield "search: a number", QuestionFilter(text="#4321")
    yield (
        "search: two words, by stem",
        QuestionFilter(text=f"{stage.common} {stage.rare}", sort=Sort.STEM),
    )
    yield (
        "search: common, drafts, last page",
        QuestionFilter(text=stage.common, status=Status.DRAFT, page=1_000_000),
    )
    yield "topic", QuestionFilter(topic_id=stage.topic_id)
    for name in _FORMS[:2]:
        yield f"type: {name}", QuestionFilter(type_name=name)
    yield "type: one that is not there", QuestionFilter(type_name="numeric")
    yield "tag", QuestionFilter(tag="exam")
    yield "tag that is not there", QuestionFilter(tag="nowhere")
    for health in Health:
        yield f"citation: {health}", QuestionFilter(citation=health)
    yield "type, last page", QuestionFilter(type_name=_FORMS[0], page=1_000_000)
    yield "topic, last page", QuestionFilter(topic_id=stage.topic_id, page=1_000_000)
    yield "common word, last page", QuestionFilter(text=stage.common, page=1_000_000)
    yield "drafts, last page", QuestionFilter(status=Status.DRAFT, page=1_000_000)
    yield "page 300, easiest first", QuestionFilter(sort=Sort.EASIEST, page=300)
    yield "fewest answers, last page", QuestionFilter(sort=Sort.FEWEST, page=1_000_000)
    for quality in Quality:
        yield f"quality: {quality}", QuestionFilter(quality=quality)
    yield (
        "fails, by discrimination, last page",
        QuestionFilter(quality=Quality.FAILS, sort=Sort.WEAKEST, page=1_000_000),
    )
    yield (
        "fine, a common word, hardest first",
        QuestionFilter(quality=Quality.FINE, text=stage.common, sort=Sort.HARDEST),
    )
    yield (
        "never asked, drafts, a common word",
        QuestionFilter(quality=Quality.NEVER, text=stage.common, status=Status.DRAFT),
    )
    yield "topic, by discrimination", QuestionFilter(topic_id=stage.topic_id, sort=Sort.WEAKEST)
    yield (
        "common word, easiest first, page 300",
        QuestionFilter(text=stage.common, sort=Sort.EASIEST, page=300),
    )
    yield "author: the files", QuestionFilter(author_id=0)
    yield "author", QuestionFilter(author_id=stage.actor.id)
    yield (
        "topic, type, tag and word",
        QuestionFilter(topic_id=stage.topic_id, type_name=_FORMS[0], tag="exam", text=stage.common),
    )


def _timed(session: Session, stage: Stage, name: str, wanted: QuestionFilter) -> float:
    """Print how long one page takes; return the milliseconds of processor at best."""
    walls, busy = [], []
    for _ in range(_ROUNDS):
        began, worked = perf_counter(), _worked(session)
        found = list_questions(session, actor=stage.actor, course_id=stage.course_id, wanted=wanted)
        walls.append((perf_counter() - began) * 1000)
        busy.append((_worked(session) - worked) * 1000)
        session.rollback()
    wall, cost = statistics.median(walls), min(busy)
    print(f"  {name:38} {wall:7.1f} ms, {cost:6.1f} of processor, {found.total!s:>8} found")
    return cost


def _worked(session: Session) -> float:
    """Return the seconds of processor so far: of this process, and of the database's for us."""
    if session.get_bind().dialect.name == "sqlite":
        return process_time()
    backend = session.scalar(sa.select(sa.func.pg_backend_pid()))
    spent = Path(f"/proc/{backend}/schedstat").read_text().split()[0]  # in nanoseconds
    return process_time() + int(spent) / 1e9


def _typing(session: Session, stage: Stage) -> None:
    """Print how long the editor takes to find questions like the one that is typed."""
    stems = session.execute(
        sa.select(Question.type, Question.stem).order_by(Question.id).limit(40 * _REPEATED)
    ).all()[:: _REPEATED // 10]
    costs = []
    for type_name, stem in stems:
        worked = _worked(session)
        alike_questions(
            session, course_id=stage.course_id, type_name=type_name, stem=stem, besides=None
        )
        costs.append((_worked(session) - worked) * 1000)
    print(
        f"  typing: {statistics.median(costs):.1f} ms of processor in the middle,"
        f" {max(costs):.1f} at worst of {len(costs)} stems"
    )


def _acts(session: Session, stage: Stage) -> None:
    """Print how long acts on many questions take, and looking for duplicates."""
    given: dict[str, Any] = {"actor": stage.actor, "course_id": stage.course_id}
    picked = Picked(all_of=QuestionFilter(type_name=_FORMS[0]))
    for at, (kind, value) in enumerate(
        (
            (BulkKind.STATUS, "retired"),
            (BulkKind.ADD_TAG, "many"),
            (BulkKind.TOPIC, str(stage.topic_id)),
        )
    ):
        now = NOON + timedelta(days=400 + at)
        began, worked = perf_counter(), process_time()
        done = change_many(session, **given, kind=kind, value=value, picked=picked, now=now)
        session.commit()
        acted, cost, began = perf_counter() - began, process_time() - worked, perf_counter()
        undo_many(session, **given, act_id=done.act_id or 0, now=now + timedelta(minutes=1))
        session.commit()
        undone = perf_counter() - began
        print(
            f"  {kind} of {done.changed:,}: {acted:.2f} s ({cost:.2f} s of processor here), ",
            end="",
        )
        print(f"its undo {undone:.2f} s")
    began, worked = perf_counter(), process_time()
    pairs, _ = find_pairs(session, course_id=stage.course_id)
    seconds, cost = perf_counter() - began, process_time() - worked
    print(f"  duplicates: {len(pairs):,} pairs in {seconds:.1f} s, {cost:.1f} s of processor")


def build(session: Session, count: int, chance: Random) -> Stage:
    """Store a course with so many questions, a fact and a citation for each four."""
    make = Make(session)
    words = vocabulary(chance, 6_000)
    course = make.course(slug="made-up", title="Made up")
    topics = [make.topic(course, title=f"Topic {n + 1}") for n in range(_TOPICS)]
    actor = make.instructor(course)
    passage = make.passage(course)
    _insert(session, Fact, _facts(course, topics, count))
    facts = list(session.scalars(sa.select(Fact.id).order_by(Fact.id)))
    _insert(session, Citation, _citations(facts, passage))
    asked = _questions(course, actor, facts, _contents(count, chance, words))
    while some := list(itertools.islice(asked, _BATCH)):
        _insert(session, Question, (question for question, _ in some))
        _insert(session, Revision, (revision for _, revision in some))
        ids = [question["id"] for question, _ in some]
        index_questions(session, ids)
        session.execute(sa.delete(QuestionFigure).where(QuestionFigure.question_id.in_(ids)))
        _insert(session, QuestionFigure, _figures(course, ids, chance))
    return Stage(actor, course.id, topics[2].id, rare=words[4_000], common=words[5])


def _facts(course: Course, topics: Sequence[Topic], count: int) -> Iterator[dict[str, Any]]:
    for number in range(max(1, count // len(_FORMS))):
        yield {
            "course_id": course.id,
            "topic_id": topics[number % _TOPICS].id,
            "key": f"fact-{number}",
            "statement": f"Fact {number} is so.",
            "note": "",
            "record": "",
            "status": Status.READY,
            "position": number,
        }


def _citations(facts: Sequence[int], passage: Passage) -> Iterator[dict[str, Any]]:
    exact = passage.text.split(".")[0]
    for number, fact_id in enumerate(facts):
        if number % _UNPROVED:
            yield {
                "fact_id": fact_id,
                "position": 0,
                "passage_id": passage.id,
                "start": 0,
                "end": len(exact),
                "exact": exact,
                "lost_at": NOON if number % _LOST == 1 else None,
            }


def _figures(course: Course, ids: Sequence[int], chance: Random) -> Iterator[dict[str, Any]]:
    """Give how questions did; some were never asked, or have too few answers."""
    flags = list(BITS.values())
    for question_id in ids:
        standing = Standing.FAILS if question_id % _FLAGGED == 0 else Standing.FINE
        if question_id % _FEW == 0:
            standing = Standing.FEW
        if question_id % _NEVER == 0:
            standing = Standing.NEVER
        is_told = standing >= Standing.FINE
        answers = chance.randrange(10, 3_000) if is_told else chance.randrange(1, 10)
        yield {
            "course_id": course.id,
            "question_id": question_id,
            "answers": answers if standing else 0,
            "facility": chance.random() if is_told else None,
            "discrimination": chance.uniform(-0.2, 0.8) if is_told else None,
            "standing": int(standing),
            "flags": chance.choice(flags) if standing is Standing.FAILS else 0,
        }


def _contents(count: int, chance: Random, words: Sequence[str]) -> Iterator[tuple[str, Any, int]]:
    """Give type, content and a time in seconds; some say what the one before them did."""
    raw = _raw(chance, words)
    for number in range(count):
        if number % _REPEATED >= len(_FORMS):
            raw = _raw(chance, words)
        name = _FORMS[number % len(_FORMS)]
        yield name, TYPES[name].parse(raw[name]), chance.randrange(10_000_000)


def _questions(
    course: Course, actor: Actor, facts: Sequence[int], contents: Iterator[tuple[str, Any, int]]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Give each question with its revision."""
    for number, (name, content, seconds) in enumerate(contents):
        kind = TYPES[name]
        dumped = kind.dump(content)
        question = {
            "id": number + 1,
            "course_id": course.id,
            "fact_id": facts[number // len(_FORMS) % len(facts)],
            "key": f"question-{number}",
            "type": name,
            "recall": int(kind.recall),
            "status": _STATUSES[number % len(_STATUSES)],
            "stem": kind.stem(content),
            "current_number": 1,
            "updated_at": NOON + timedelta(seconds=seconds),
            "tags": ["exam", f"week-{number % 12}"] if number % _TAGGED == 0 else [],
        }
        revision = {
            "question_id": number + 1,
            "number": 1,
            "type": name,
            "content": dumped,
            "sha256": digest(dumped),
            "author_id": actor.id if number % 3 == 0 else None,
            "created_at": NOON,
        }
        yield question, revision


#: Nearly all are ready.
_STATUSES = [Status.READY] * 17 + [Status.DRAFT] * 2 + [Status.RETIRED]


def _raw(chance: Random, words: Sequence[str]) -> dict[str, Any]:
    """Return what the four forms state of one thing."""

    def some(count: int) -> str:
        return " ".join(chance.choices(words, k=count))

    explanation = f"{some(14).capitalize()}."
    stem = f"Which {some(8)} is meant when {some(3)} comes first?"
    options = [
        {"text": some(4), "key": place == 1, "feedback": f"It goes with {some(5)}."}
        for place in range(4)
    ]
    return {
        "single_choice": {"stem": stem, "options": options, "explanation": explanation},
        "true_false": {"stem": f"The {some(9)} goes with {some(3)}.", "key": True}
        | {"feedback": f"It goes with {some(8)}.", "explanation": explanation},
        "short_text": {"stem": f"What goes with {some(8)}?", "accepted": [some(2)]}
        | {"explanation": explanation},
        "cloze": {"text": f"{some(5)} {{{{{some(1)}}}}} {some(6)}.", "explanation": explanation},
    }


def _insert(session: Session, model: Any, rows: Iterator[dict[str, Any]]) -> None:
    table = Base.metadata.tables[model.__tablename__]
    while batch := list(itertools.islice(rows, _BATCH)):
        session.connection().execute(sa.insert(table), batch)


if __name__ == "__main__":
    sys.exit(main())
