"""What the page of progress says in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from quizapp.memory.mastery import Level
from quizapp.queries.history import LATELY, MEASURABLE, History, Recall
from quizapp.queries.progress import ProgressView, TopicMastery
from quizapp.queries.quiz_history import PastAttempt
from quizapp.queries.today import slipping
from quizapp.queries.topic_recall import TopicRecall
from quizapp.web import charts
from quizapp.web.study_charts import life
from quizapp.web.study_words import marks, points
from quizapp.web.wording import YOU, Person, count, duration, percent, thousands

#: Levels as the page shows them, the best known first: level, class of the mark, words.
LEVELS = (
    (Level.MATURE, "f-ink", "Known well"),
    (Level.YOUNG, "f-soft", "Getting there"),
    (Level.LEARNING, "f-amber", "Learning"),
    (Level.NEW, "f-grey", "Not started"),
)

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure on top of a page; `kind` colours its note: good, warn or ""."""

    label: str
    value: str
    note: str = ""
    unit: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic in the table; `is_slipping` if it is certainly under the target."""

    key: str
    title: str
    bar: Markup
    known: str
    recalled: str
    is_slipping: bool
    ready: int
    levels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """A quiz that was taken; `kind` colours the change: good, bad or ""."""

    attempt: PastAttempt
    score: str
    change: str
    kind: str


def figures(view: ProgressView, *, who: Person = YOU) -> tuple[Figure, ...]:
    """Return the four figures on top of the page, whatever is known so far."""
    return _remembered(view), _known(view), _life(view), _time(view, who)


def topic_rows(view: ProgressView) -> list[TopicRow]:
    """Return the topics in the order of the course."""
    worst = {topic.id for topic in _slipping(view)}
    return [_topic_row(mastery, mastery.topic.id in worst) for mastery in view.topics]


def topics_finding(view: ProgressView, *, who: Person = YOU) -> str:
    """Return which topics need work, as far as that can be said."""
    worst = [topic.title for topic in _slipping(view)]
    if worst:
        names = " and ".join([", ".join(worst[:-1]), worst[-1]] if len(worst) > 1 else worst)
        return f"{names} {'need' if len(worst) > 1 else 'needs'} the most work"
    if not view.facts:
        return "This course has no cards yet"
    started = sum(mastery.facts - mastery.levels[Level.NEW] for mastery in view.topics)
    if not started:
        return "Nothing started yet"
    if view.known_well:
        return f"{who.You} know {view.known_well} of {count(view.facts, 'card')} well"
    return f"{who.You} have started {started} of {count(view.facts, 'card')}"


def attempt_rows(attempts: Sequence[PastAttempt]) -> list[AttemptRow]:
    """Return quizzes that were taken, the newest first."""
    return [_attempt_row(attempt) for attempt in attempts]


def _remembered(view: ProgressView) -> Figure:
    recall, target = view.history.lately.recall, view.waiting.settings.desired_retention
    label = "Remembered, 30 days"
    if not recall.is_measurable:
        seen = f"{recall.tested} so far" if recall.tested else "none so far"
        return Figure(label, "–", f"after {MEASURABLE} reviews of known cards, {seen}")
    kind = "warn" if recall.high < target else "good" if recall.share >= target else ""
    note, before = points(recall, target), _before(view.history)
    if before.is_measurable:
        note += f", {percent(before.share)} the month before"
    return Figure(label, percent(recall.share), note, kind=kind)


def _before(history: History) -> Recall:
    """Return what was recalled in the month before the last 30 days."""
    lately, both = history.lately, history.last(2 * LATELY)
    return Recall(both.tested - lately.tested, both.recalled - lately.recalled)


def _known(view: ProgressView) -> Figure:
    note = "should last 3 weeks or more"
    if view.then is not None:
        more = view.known_well - view.then.known_well
        note = f"{abs(more)} {'more' if more > 0 else 'fewer'} than a month ago"
        if not more:
            note = "as many as a month ago"
    known, facts = thousands(view.known_well), thousands(view.facts)
    return Figure("Known well", known, note, unit=f"of {facts}")


def _life(view: ProgressView) -> Figure:
    label = "Typical memory life"
    if view.memory_life is None:
        return Figure(label, "–", "once a card is past its first steps")
    said, before = life(view.memory_life), view.then.memory_life if view.then else None
    note = f"until recall falls to {percent(0.9)}"
    if before is not None and life(before) != said:
        note = f"{'up' if view.memory_life > before else 'down'} from {life(before)} a month ago"
    return Figure(label, said, note)


def _time(view: ProgressView, who: Person) -> Figure:
    cards = view.history.cards_a_day
    if not cards:
        return Figure("Time a day", "–", f"on days {who.you} review")
    seconds = view.history.seconds_a_day
    # In whole minutes, but for who has given it less than one.
    whole = round(seconds / 60) * 60 if seconds >= _MINUTE else seconds
    note = f"{count(cards, 'card')}, on days {who.you} review"
    return Figure("Time a day", duration(whole), note)


def _slipping(view: ProgressView) -> tuple[TopicRecall, ...]:
    topics = tuple(mastery.topic for mastery in view.topics)
    return slipping(topics, view.waiting.settings.desired_retention)


def _topic_row(mastery: TopicMastery, is_slipping: bool) -> TopicRow:
    topic, levels = mastery.topic, mastery.levels
    parts = [(levels[level], cls, words) for level, cls, words in LEVELS]
    label = f"{topic.title}: " + ", ".join(f"{n} {words.lower()}" for n, _, words in parts)
    return TopicRow(
        key=topic.key,
        title=topic.title,
        bar=charts.segments(parts, label),
        known=f"{mastery.known_well} of {mastery.facts}",
        recalled=percent(topic.recall.share) if topic.recall.is_measurable else "–",
        is_slipping=is_slipping,
        ready=topic.ready,
        levels=tuple(thousands(n) for n, _, _ in parts),
    )


def _attempt_row(attempt: PastAttempt) -> AttemptRow:
    if attempt.mark is None:
        return AttemptRow(attempt, "not shown", "–", "")
    so_far = " so far" if attempt.waits else ""
    score = f"{marks(attempt.mark)} of {marks(attempt.max_mark)}{so_far}"
    if attempt.change is None:
        is_first = attempt.number == 1 and not (attempt.is_practice or attempt.waits)
        return AttemptRow(attempt, score, "first" if is_first else "–", "")
    if not attempt.change:
        return AttemptRow(attempt, score, "0", "")
    sign, kind = ("+", "good") if attempt.change > 0 else ("−", "bad")
    return AttemptRow(attempt, score, f"{sign}{marks(abs(attempt.change))}", kind)
