"""Which questions of a course an instructor asks to see, as conditions of a statement."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from quizapp.models import Citation, Fact, Question, QuestionFigure, QuestionText, Status
from quizapp.models.question import IS_TAGGED
from quizapp.psychometrics.flags import Flag
from quizapp.psychometrics.standing import Standing, bits
from quizapp.questions.searching import needles

_IS_LOST = Citation.lost_at.is_not(None)


class Sort(StrEnum):
    """The orders of the list; each can be read off an index.

    By a figure, the questions without one come last; those never asked have 0 answers.
    """

    EDITED = "edited"
    UNEDITED = "unedited"  # the one longest untouched first
    NEWEST = "newest"
    OLDEST = "oldest"
    STEM = "stem"
    HARDEST = "hardest"
    EASIEST = "easiest"
    WEAKEST = "weakest"  # what tells least who knows more
    STRONGEST = "strongest"
    FEWEST = "fewest"
    MOST = "most"


class Health(StrEnum):
    """What became of the words that prove a question's fact."""

    FOUND = "found"
    LOST = "lost"
    NONE = "none"


class Quality(StrEnum):
    """How a question did with those who were asked it; from KEY to DEAD: why it fails."""

    FAILS = "fails"
    KEY = "key"
    HARD = "hard"
    EASY = "easy"
    WEAK = "weak"
    DRAWS = "draws"
    DEAD = "dead"
    FINE = "fine"
    FEW = "few"
    NEVER = "never"


#: The flags of the item analysis that a reason stands for.
REASONS: Mapping[Quality, frozenset[Flag]] = MappingProxyType(
    {
        Quality.KEY: frozenset({Flag.KEY_SUSPECT, Flag.TWO_KEYS, Flag.NEGATIVE}),
        Quality.HARD: frozenset({Flag.TOO_HARD}),
        Quality.EASY: frozenset({Flag.TOO_EASY}),
        Quality.WEAK: frozenset({Flag.LOW, Flag.DUBIOUS}),
        Quality.DRAWS: frozenset({Flag.ATTRACTIVE}),
        Quality.DEAD: frozenset({Flag.DEAD}),
    }
)
_STANDINGS = {
    Quality.NEVER: Standing.NEVER,
    Quality.FEW: Standing.FEW,
    Quality.FINE: Standing.FINE,
}
#: Of these there are few, as a rule.
_FAILING = frozenset({Quality.FAILS, *REASONS})


@dataclass(frozen=True, slots=True)
class QuestionFilter:
    """What to list; "" and None do not filter.

    :param text: words that stand in the question, its key or its number, whatever their case
        and accents. :param topic_id: of the fact that a question tests.
    :param quality: what the item analysis says of it.
    :param type_name: a key of `TYPES`. :param tag: as it is stored.
    :param author_id: who wrote the current revision; 0 for the bank's files.
    :param page: 1 for the first; one beyond the last gives the last.
    """

    text: str = ""
    topic_id: int | None = None
    type_name: str = ""
    status: Status | None = None
    sort: Sort = Sort.EDITED
    page: int = 1
    tag: str = ""
    citation: Health | None = None
    author_id: int | None = None
    quality: Quality | None = None

    @property
    def is_narrowed(self) -> bool:
        """Return whether more is asked for than a status."""
        return bool(
            self.text
            or self.topic_id is not None
            or self.type_name
            or self.tag
            or self.citation
            or self.quality
            or self.author_id is not None
        )


def leads_by_text(wanted: QuestionFilter) -> bool:
    """Return whether the words are what is best looked at first."""
    few = wanted.tag or wanted.topic_id is not None
    few = few or wanted.citation in (Health.LOST, Health.NONE)
    few = few or wanted.quality in _FAILING
    return not few and bool(wanted.text or wanted.author_id is not None)


def leads_by_figure(wanted: QuestionFilter) -> bool:
    """Return whether the quality is what is best looked at first."""
    few = wanted.tag or wanted.topic_id is not None
    few = few or wanted.citation in (Health.LOST, Health.NONE)
    return not few and not leads_by_text(wanted) and wanted.quality is not None


def fits(
    course_id: int, wanted: QuestionFilter, *, in_order: bool = False
) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on `Question` for everything asked for but the status.

    :param in_order: they are read in the order of an index, until a page is full; else all at
        once, and best by way of the facts where few facts fit.
    """
    by_facts, is_few = _facts(course_id, wanted), wanted.quality in _FAILING
    # Not the bare column: SQLite would read the whole course and look at the facts of each.
    is_few = not in_order and is_few
    course = Question.course_id + 0 if (by_facts and not in_order) or is_few else Question.course_id
    conditions: list[sa.ColumnElement[bool]] = [course == course_id]
    conditions += [Question.fact_id.in_(facts) for facts in by_facts]
    if wanted.quality is not None:
        figured = has_quality(course_id, wanted.quality)
        if is_few:
            ids = sa.select(QuestionFigure.question_id).where(*figured)
            conditions.append(Question.id.in_(ids))
        else:
            of_question = QuestionFigure.question_id == Question.id
            conditions.append(sa.exists().where(of_question, *figured).correlate(Question))
    if wanted.type_name:
        conditions.append(Question.type == wanted.type_name)
    if wanted.tag:
        # As the list is written: the quotation marks tell a tag from longer ones.
        written = sa.cast(Question.tags, sa.Text)
        conditions.append(written.contains(json.dumps(wanted.tag), autoescape=True))
        conditions.append(sa.literal_column(f"({IS_TAGGED.text})"))
    if wanted.citation is Health.FOUND:
        cites = sa.exists().where(Citation.fact_id == Question.fact_id)
        conditions += [cites, ~cites.where(_IS_LOST)]
    if wanted.text:
        conditions.append(holds_words(wanted.text))
    if wanted.author_id is not None:
        conditions.append(_text_of_question(is_by(wanted.author_id)))
    return conditions


def chosen(
    course_id: int, wanted: QuestionFilter, *, in_order: bool = False
) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on `Question` for all that is asked for, the status as well."""
    conditions = fits(course_id, wanted, in_order=in_order)
    return conditions if wanted.status is None else [*conditions, Question.status == wanted.status]


def holds_words(text: str) -> sa.ColumnElement[bool]:
    """Return the condition that a question says these words, anywhere in it."""
    return _text_of_question(*text_holds(text))


def text_holds(text: str) -> list[sa.ColumnElement[bool]]:
    """Return the same as conditions on `QuestionText`."""
    # Escaped: an instructor who looks for "100 %" means the sign.
    return [QuestionText.text.contains(word, autoescape=True) for word in needles(text)]


def is_by(author_id: int) -> sa.ColumnElement[bool]:
    """Return the condition on `QuestionText` that someone wrote it; 0: the bank's files."""
    if author_id:
        return QuestionText.author_id == author_id
    return QuestionText.author_id.is_(None)


def has_quality(course_id: int, quality: Quality) -> list[sa.ColumnElement[bool]]:
    """Return the conditions on `QuestionFigure` for a quality."""
    standing = _STANDINGS.get(quality, Standing.FAILS)
    found = [QuestionFigure.course_id == course_id, QuestionFigure.standing == int(standing)]
    mask = bits(REASONS.get(quality, ()))
    return [*found, QuestionFigure.flags.bitwise_and(mask) != 0] if mask else found


def _text_of_question(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    of_question = (
        QuestionText.course_id == Question.course_id,
        QuestionText.question_id == Question.id,
    )
    return sa.exists().where(*of_question, *conditions).correlate(Question)


def _facts(course_id: int, wanted: QuestionFilter) -> list[sa.Select[Any]]:
    """Return which facts are asked for; none for all of them."""
    found = []
    if wanted.topic_id is not None:
        found.append(sa.select(Fact.id).where(Fact.topic_id == wanted.topic_id))
    if wanted.citation is Health.LOST:
        found.append(sa.select(Citation.fact_id).where(_IS_LOST))
    if wanted.citation is Health.NONE:
        is_cited = sa.exists().where(Citation.fact_id == Fact.id)
        found.append(sa.select(Fact.id).where(Fact.course_id == course_id, ~is_cited))
    return found
