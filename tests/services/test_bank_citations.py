"""Loading files when texts change, in the files or on the site: what cites them follows."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.check import check
from quizapp.bank.schema import Bank
from quizapp.models import Citation, Fact, Passage
from quizapp.services.bank_sync import Changes, load_bank
from quizapp.services.facts import NewFact
from quizapp.services.passages import StatedPassage, revise_passage
from tests.support.make import Make
from tests.support.stated import state_fact

COURSE = """
slug: small
title: A small course
language: en
summary: Two facts.
topics:
  - {key: law, title: The law, summary: What it says.}
sources:
  - {key: reader, title: Reader, author: Us, year: "2026", licence: CC BY 4.0}
"""
TEXT = "The aversion is codified in Article 146 of the law. It covers bases of any kind."
READER = f"""
source: reader
passages:
  - {{key: p1, heading: Bases, locator: P1, text: "{TEXT}"}}
"""
FACTS = """
facts:
  - key: article
    topic: law
    statement: The article is 146.
    citations:
      - {passage: p1, exact: codified in Article 146}
  - key: kind
    topic: law
    statement: It covers bases of any kind.
    citations:
      - {passage: p1, exact: bases of any kind}
"""
QUESTIONS = """
questions:
  - {key: number, fact: article, type: short_text, stem: Which article?, accepted: ["146"]}
  - {key: any, fact: kind, type: true_false, stem: It covers bases of any kind., truth: true}
"""
QUIZZES = """
quizzes:
  - key: short
    title: A short quiz
    slots: [{question: number, mark: 1}]
"""
FILES = {
    "course": COURSE,
    "reader": READER,
    "facts": FACTS,
    "questions": QUESTIONS,
    "quizzes": QUIZZES,
}


class Place:
    """A loaded course, its folder and an instructor who edits it on the site."""

    def __init__(self, session: Session, make: Make, folder: Path, now: datetime) -> None:
        self.session, self.make, self.folder, self.now = session, make, folder, now

    def load(self, **edits: tuple[str, str]) -> Changes:
        """Change the files of these names, then load them, a minute after the last load."""
        for name, (old, new) in edits.items():
            path = self.folder / f"{name}.yaml"
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new), encoding="utf-8")
        report = check(self.folder.parent)
        assert not report.errors, report.errors
        self.now += timedelta(minutes=1)
        changes = load_bank(self.session, Bank(report.courses, ()), now=self.now)
        self.session.flush()
        return changes

    @property
    def passage(self) -> Any:
        return self.session.execute(sa.select(*Passage.__table__.c)).one()

    def edit_on_site(self, old: str, new: str) -> None:
        row = self.passage
        assert old in row.text
        course_id = self.session.scalars(sa.select(Fact.course_id)).first()
        assert course_id is not None
        user = self.make.user(is_admin=True)
        stated = StatedPassage(row.heading, row.locator, row.text, row.note)
        text = row.text.replace(old, new)
        revise_passage(
            self.session,
            actor=self.make.actor(user),
            course_id=course_id,
            passage_id=row.id,
            stated=StatedPassage(row.heading, row.locator, text, row.note),
            seen_sha256=stated.sha256,
            agreed=[(fact_id, 0) for fact_id in self.session.scalars(sa.select(Fact.id))],
            now=self.now,
        )
        self.session.expire_all()

    def write_fact(self, exact: str) -> int:
        fact = self.session.scalars(sa.select(Fact)).first()
        assert fact is not None
        return state_fact(
            self.session,
            course_id=fact.course_id,
            stated=NewFact("Written on the site.", fact.topic_id, self.passage.id, exact),
        )

    def cited(self) -> dict[str, str | None]:
        """Return the words that each fact's citation marks, None where they are lost."""
        text = self.passage.text
        rows = self.session.execute(
            sa.select(Fact.key, *Citation.__table__.c).join(Fact, Fact.id == Citation.fact_id)
        )
        found = {}
        for row in rows:
            marked = text[row.start : row.end]
            assert row.lost_at or (
                text[: row.start].endswith(row.prefix) and text[row.end :].startswith(row.suffix)
            )
            found[row.key if row.key in ("article", "kind") else "site"] = (
                None if row.lost_at else marked
            )
        return found


@pytest.fixture
def place(session: Session, make: Make, tmp_path: Path, now: datetime) -> Place:
    folder = tmp_path / "question_bank" / "small"
    folder.mkdir(parents=True)
    for name, text in FILES.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    loaded = Place(session, make, folder, now)
    loaded.load()
    return loaded


BOTH = {"article": "codified in Article 146", "kind": "bases of any kind"}


def test_a_load_keeps_what_stands_around_the_cited_words(place: Place) -> None:
    row = place.session.execute(
        sa.select(Citation.prefix, Citation.suffix).order_by(Citation.fact_id)
    ).first()

    assert row is not None
    assert tuple(row) == ("The aversion is ", " of the law. It covers bases of any kind"[:32])
    assert place.cited() == BOTH


def test_a_text_that_changes_in_its_file_takes_citations_along(place: Place) -> None:
    place.write_fact("of the law")

    changes = place.load(reader=("The aversion", "The old aversion"))

    assert place.cited() == {**BOTH, "site": "of the law"}
    assert changes.lost == {}


def test_a_word_removed_in_the_file_flags_what_the_site_wrote_on_it(place: Place) -> None:
    place.write_fact("of the law")

    changes = place.load(reader=("of the law", "of law"))

    assert place.cited() == {**BOTH, "site": None}
    assert changes.lost == {"small": ("of the law",)}
    assert place.load(reader=("of law", "of the law")).lost == {}
    assert place.cited() == {**BOTH, "site": "of the law"}


def test_an_edit_on_the_site_outlives_a_load_of_the_same_files(place: Place) -> None:
    place.edit_on_site("bases of any kind", "bases of all kinds")

    changes = place.load()

    assert "all kinds" in place.passage.text
    assert place.cited() == {"article": "codified in Article 146", "kind": None}
    assert (changes.added, changes.changed, changes.lost) == (0, 0, {})


def test_another_paragraph_before_it_leaves_an_edit_as_it_is(place: Place) -> None:
    place.edit_on_site("The aversion", "This aversion")
    other = '  - {key: p0, heading: Title, locator: P0, text: "A heading."}\n'

    place.load(reader=("passages:\n", "passages:\n" + other))

    row = place.session.execute(
        sa.select(Passage.text, Passage.position).where(Passage.key == "p1")
    ).one()
    assert row.text.startswith("This aversion")
    assert row.position == 1


def test_a_changed_file_wins_over_an_edit_on_the_site(place: Place) -> None:
    place.edit_on_site("bases of any kind", "bases of all kinds")

    changes = place.load(reader=("The aversion", "The old aversion"))

    assert place.passage.text == TEXT.replace("The aversion", "The old aversion")
    assert place.cited() == BOTH
    assert changes.lost == {}


def test_a_fact_that_changes_in_its_file_is_found_in_the_text_of_the_site(place: Place) -> None:
    place.edit_on_site("The aversion", "That old aversion")

    changes = place.load(facts=("The article is 146.", "It is Article 146."))

    assert place.passage.text.startswith("That old aversion")
    assert place.cited() == BOTH
    assert (changes.changed, changes.lost) == (1, {})


def test_a_fact_that_changes_in_its_file_is_flagged_where_the_site_has_other_words(
    place: Place,
) -> None:
    place.edit_on_site("codified in Article 146", "laid down in an article")

    changes = place.load(facts=("The article is 146.", "It is Article 146."))

    assert place.cited() == {**BOTH, "article": None}
    assert changes.lost == {"small": ("codified in Article 146",)}
    place.edit_on_site("laid down in an article", "codified in Article 146")
    assert place.cited() == BOTH


def test_words_put_elsewhere_on_the_site_are_not_taken_for_those_of_the_file(
    place: Place,
) -> None:
    place.edit_on_site("It covers bases of any kind.", "It covers nothing.")
    place.edit_on_site("of the law.", "of the law. Others allow bases of any kind and more.")

    place.load(facts=("It covers bases of any kind.", "It covers all bases."))

    assert place.cited() == {**BOTH, "kind": None}


def test_the_first_load_after_the_upgrade_changes_nothing(place: Place) -> None:
    place.session.execute(sa.update(Passage).values(bank_sha256=None))
    place.session.expire_all()

    changes = place.load()

    assert (changes.added, changes.changed, changes.retired) == (0, 0, 0)
    assert place.passage.bank_sha256
    assert place.cited() == BOTH
