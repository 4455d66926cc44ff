"""Loading a course's topics, texts and facts from its bank files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.anchoring import anchor_at, follow
from quizapp.bank.digest import digest, passage_digest
from quizapp.bank.schema import BankCitation, BankCourse, BankFact, BankPassage
from quizapp.bank.text import locate
from quizapp.models import Citation, Course, Fact, Passage, Source, Status, Topic
from quizapp.services.citations import follow_citations, lost_citation, new_citation


class Tally(Protocol):
    """Counts what a load does; see `bank_sync.Changes`."""

    retired: int

    def count(self, *, before: bool, differs: bool) -> None: ...


def load_topics(
    session: Session, course: Course, stated: BankCourse, tally: Tally
) -> dict[str, Topic]:
    """Store the topics in their order; return them by key. Topics left out stay, at the end."""
    stored = {
        topic.key: topic
        for topic in session.scalars(sa.select(Topic).where(Topic.course_id == course.id))
    }
    for position, item in enumerate(stated.topics):
        values = {"title": item.title, "summary": item.summary, "position": position}
        known = item.key in stored
        if not known:
            stored[item.key] = Topic(course_id=course.id, key=item.key)
            session.add(stored[item.key])
        tally.count(before=known, differs=_assign(stored[item.key], values))
    session.flush()  # generate ids
    for topic in stored.values():
        if topic.key not in {item.key for item in stated.topics}:
            topic.position = len(stated.topics)
    return stored


def load_reader(
    session: Session, course: Course, stated: BankCourse, tally: Tally, *, now: datetime
) -> dict[str, Passage]:
    """Store sources and passages; return the passages by key.

    A passage edited on the site stays so until its file states something else. What cites a
    passage follows its words. One that the files no longer hold is deleted unless something
    still cites it.
    """
    sources = _load_sources(session, course, stated, tally)
    # Not those of texts that were added on the site: theirs may be called the same.
    of_files = [sources[item.key].id for item in stated.sources]
    stored = {
        passage.key: passage
        for passage in session.scalars(sa.select(Passage).where(Passage.source_id.in_(of_files)))
    }
    for position, item in enumerate(stated.passages):
        known = item.key in stored
        passage = stored.setdefault(item.key, Passage(key=item.key))
        place = {"source_id": sources[item.source].id, "position": position}
        has_moved = _assign(passage, place)
        says_else = _load_passage(session, passage, item, now=now)
        tally.count(before=known, differs=has_moved or says_else)
        session.add(passage)
    session.flush()  # generate ids
    _drop_uncited(session, stored, {item.key for item in stated.passages}, tally)
    return stored


def load_facts(
    session: Session,
    course: Course,
    stated: BankCourse,
    topics: Mapping[str, Topic],
    passages: Mapping[str, Passage],
    *,
    tally: Tally,
    now: datetime,
) -> dict[str, Fact]:
    """Store the facts and where each is proved; return those of the files by key."""
    stored = {
        fact.key: fact
        for fact in session.scalars(
            sa.select(Fact).where(Fact.course_id == course.id, Fact.bank_sha256.is_not(None))
        )
    }
    texts = {item.key: item.text for item in stated.passages}
    for position, item in enumerate(stated.facts):
        sha256 = _fact_digest(item, texts, position)
        known = item.key in stored
        fact = stored.setdefault(item.key, Fact(course_id=course.id, key=item.key))
        differs = fact.bank_sha256 != sha256
        tally.count(before=known, differs=differs)
        if differs:
            fact.topic_id = topics[item.topic].id
            fact.statement, fact.note, fact.record = item.statement, item.note, item.record
            fact.status, fact.position, fact.bank_sha256 = Status.READY, position, sha256
            session.add(fact)
            session.flush()  # generate fact.id
            _cite(session, fact, item.citations, passages, texts=texts, now=now)
    for key in stored.keys() - {item.key for item in stated.facts}:
        if stored[key].status is not Status.RETIRED:
            stored[key].status = Status.RETIRED
            stored[key].bank_sha256 = ""  # so that it comes back when the file does
            tally.retired += 1
    return stored


def _load_passage(session: Session, passage: Passage, item: BankPassage, *, now: datetime) -> bool:
    """Make the file's words those of the passage unless they were so before; return whether."""
    stated = {name: getattr(item, name) for name in ("heading", "locator", "text", "note")}
    sha256 = passage_digest(**stated)
    if passage.bank_sha256 == sha256:
        return False
    old_text = passage.text
    passage.bank_sha256 = sha256
    differs = _assign(passage, stated)
    if old_text is not None and old_text != item.text:
        follow_citations(
            session, passage_id=passage.id, old_text=old_text, new_text=item.text, now=now
        )
    return differs


def _load_sources(
    session: Session, course: Course, stated: BankCourse, tally: Tally
) -> dict[str, Source]:
    stored = {
        source.key: source
        for source in session.scalars(sa.select(Source).where(Source.course_id == course.id))
    }
    for item in stated.sources:
        values = {
            name: getattr(item, name) for name in ("title", "author", "year", "licence", "note")
        }
        known = item.key in stored
        if not known:
            stored[item.key] = Source(course_id=course.id, key=item.key)
            session.add(stored[item.key])
        tally.count(before=known, differs=_assign(stored[item.key], values))
    session.flush()  # generate ids
    return stored


def _drop_uncited(
    session: Session, stored: dict[str, Passage], kept: set[str], tally: Tally
) -> None:
    for key in stored.keys() - kept:
        if stored[key].bank_sha256 is None:
            continue  # written on the site: no file ever stated it
        cited = session.scalar(
            sa.select(Citation.fact_id).where(Citation.passage_id == stored[key].id).limit(1)
        )
        if cited is None:
            session.delete(stored[key])
            tally.retired += 1


def _cite(
    session: Session,
    fact: Fact,
    citations: tuple[BankCitation, ...],
    passages: Mapping[str, Passage],
    *,
    texts: Mapping[str, str],
    now: datetime,
) -> None:
    """Cite what the file of a fact cites; where the site's text no longer has it, flag that.

    :param texts: of the passages, as the files state them.
    """
    session.execute(sa.delete(Citation).where(Citation.fact_id == fact.id))
    for position, item in enumerate(citations):
        passage, text = passages[item.passage], texts[item.passage]
        anchor = anchor_at(text, *locate(text, item.exact))
        place = follow(anchor, text, passage.text)
        if place is None:
            row = lost_citation(fact.id, position, passage.id, anchor, now=now)
        else:
            row = new_citation(fact.id, position, passage.id, anchor_at(passage.text, *place))
        session.add(row)


def _fact_digest(item: BankFact, texts: Mapping[str, str], position: int) -> str:
    """Return the digest of a fact and of the passages it cites: either may move the span."""
    stated = asdict(item)
    for remark in ("where", "evidence", "waivers"):  # for editors; learners see none of it
        del stated[remark]
    for citation in stated["citations"]:
        del citation["where"]
    cited = [texts[citation.passage] for citation in item.citations]
    return digest({"fact": stated, "passages": cited, "position": position})


def _assign(row: object, values: Mapping[str, Any]) -> bool:
    """Set what differs on a row; return whether anything did."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)
