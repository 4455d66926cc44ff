"""The words of the list of questions: its filters, its orders, and how questions did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from quizapp.psychometrics.flags import Flag
from quizapp.queries.item_figures import FiguresAge
from quizapp.queries.list_choices import Author
from quizapp.queries.question_filters import REASONS, Health, Quality, QuestionFilter, Sort
from quizapp.queries.questions import TopicChoice
from quizapp.questions.registry import TYPES
from quizapp.web.analysis_words import GRAVE
from quizapp.web.filters import ago
from quizapp.web.wording import count

SORTS: Mapping[Sort, str] = {
    Sort.EDITED: "Last edited",
    Sort.UNEDITED: "Longest unedited",
    Sort.NEWEST: "Newest",
    Sort.OLDEST: "Oldest",
    Sort.STEM: "A to Z",
    Sort.HARDEST: "Fewest right",
    Sort.EASIEST: "Most right",
    Sort.WEAKEST: "Lowest discrimination",
    Sort.STRONGEST: "Highest discrimination",
    Sort.FEWEST: "Fewest answers",
    Sort.MOST: "Most answers",
}
QUALITIES: Mapping[Quality, str] = {
    Quality.FAILS: "Fails",
    Quality.KEY: "Key in doubt",
    Quality.HARD: "Too hard",
    Quality.EASY: "Too easy",
    Quality.WEAK: "Hardly separates",
    Quality.DRAWS: "Tempting wrong option",
    Quality.DEAD: "Option nobody takes",
    Quality.FINE: "Fine",
    Quality.FEW: "Too few answers",
    Quality.NEVER: "Never asked",
}
HEALTHS: Mapping[Health, str] = {
    Health.FOUND: "Words found",
    Health.LOST: "Words lost",
    Health.NONE: "No source",
}
FILES = "The bank’s files"


@dataclass(frozen=True, slots=True)
class Column:
    """A heading that sorts: by the first order, and when that is shown by the other.

    :param abbreviated: what the title stands for; "" where it says all.
    """

    title: str
    css: str
    orders: tuple[Sort, Sort]
    abbreviated: str = ""

    def aria(self, now: Sort) -> str:
        """Return how the column is sorted, as `aria-sort` says it; "" where it is not."""
        if now not in self.orders:
            return ""
        return "descending" if now in _DESCENDING else "ascending"

    def next(self, now: Sort) -> Sort:
        """Return the order that a press on the heading asks for."""
        return self.orders[1] if now is self.orders[0] else self.orders[0]


_DESCENDING = {Sort.EDITED, Sort.EASIEST, Sort.STRONGEST, Sort.MOST}
#: The worst first: that is what instructors look for.
COLUMNS: tuple[Column, ...] = (
    Column("Right", "n", (Sort.HARDEST, Sort.EASIEST), "Share of the points that students earn"),
    Column(
        "Discrim.",
        "n",
        (Sort.WEAKEST, Sort.STRONGEST),
        "How well the question tells those who know from those who do not, −1 to 1",
    ),
    Column("Answers", "n", (Sort.MOST, Sort.FEWEST)),
)
EDITED = Column("Edited", "", (Sort.EDITED, Sort.UNEDITED))


@dataclass(frozen=True, slots=True)
class Fault:
    """What is the matter with a question, in a word or two. `kind`: the colour."""

    words: str
    kind: str


def faults(flags: Sequence[Flag]) -> tuple[Fault, ...]:
    """Return what flags come to, the worst first, each once."""
    found = {
        QUALITIES[quality]: "bad" if flag in GRAVE else "warn"
        for flag in reversed(flags)
        for quality, meant in REASONS.items()
        if flag in meant
    }
    return tuple(Fault(words, kind) for words, kind in reversed(found.items()))


@dataclass(frozen=True, slots=True)
class Chosen:
    """A filter that is on; `without`: what is asked for when it is taken away."""

    what: str
    words: str
    without: QuestionFilter


def chosen_filters(
    wanted: QuestionFilter, topics: Sequence[TopicChoice], authors: Sequence[Author]
) -> tuple[Chosen, ...]:
    """Return the filters that are on but for the status, in the order of their fields."""
    titles: dict[int | None, str] = {topic.id: topic.title for topic in topics}
    names: dict[int | None, str] = {0: FILES}
    names.update((author.id, author.name) for author in authors)
    quality, health = wanted.quality, wanted.citation
    stated: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("Words", f"“{wanted.text}”" if wanted.text else "", {"text": ""}),
        ("Topic", titles.get(wanted.topic_id, ""), {"topic_id": None}),
        ("Type", TYPES[wanted.type_name].label if wanted.type_name else "", {"type_name": ""}),
        ("Quality", QUALITIES[quality] if quality else "", {"quality": None}),
        ("Source", HEALTHS[health] if health else "", {"citation": None}),
        ("Author", names.get(wanted.author_id, ""), {"author_id": None}),
        ("Tag", wanted.tag, {"tag": ""}),
    )
    return tuple(
        Chosen(what, words, replace(wanted, page=1, **cleared))
        for what, words, cleared in stated
        if words
    )


def age_words(age: FiguresAge) -> str:
    """Return as of when the figures of the list are; "" where there are none to come."""
    if age.at is None:
        return "The first answers are being counted." if age.waiting else ""
    if age.waiting:
        quizzes = count(age.waiting, "quiz", "quizzes")
        return f"Figures of {ago(age.at)}; new answers to {quizzes} follow within a minute or two."
    return "Figures of all first attempts so far."
