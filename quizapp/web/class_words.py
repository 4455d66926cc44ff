"""What the page of a class says in words, and its chart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from quizapp.queries.class_progress import ClassView
from quizapp.queries.class_report import SMALLEST, Report, Week
from quizapp.queries.class_rows import ClassFilter, Condition, Sort, StudentRow
from quizapp.queries.history import LATELY
from quizapp.web import charts
from quizapp.web.filters import local
from quizapp.web.progress_words import Figure
from quizapp.web.study_charts import Chart
from quizapp.web.wording import count, percent, short_day, thousands

#: The first mastery, in percent, of each shade after the lowest.
SHADES = (40, 55, 70, 85)
#: So many cards waiting stand out in the column.
_MANY_WAITING = 100
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NAMES = {
    Sort.NAME: "Student",
    Sort.RECALL: "Recall",
    Sort.WAITING: "Waiting",
    Sort.ACTIVE: "Active",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the matrix: what it says and the class of its shade, "" for none."""

    text: str
    shade: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the matrix."""

    id: int
    name: str
    cells: tuple[Cell, ...]
    recall: str
    waiting: str
    is_waiting_long: bool
    active: str


@dataclass(frozen=True, slots=True)
class Head:
    """A heading of the matrix, which sorts by it. :param sorted: as `aria-sort` says it, or ""."""

    name: str
    key: str
    sorted: str


def figures(view: ClassView) -> tuple[Figure, ...]:
    """Return the four figures on top; none where the students are too few to tell."""
    report = view.report
    if report is None or not view.is_told:
        return ()
    return _active(report), _recall(report), _hardest(view, report), _quiz(view)


def trend(report: Report) -> Chart | None:
    """Return the class's recall by week beside its target; None before two weeks can be told."""
    weeks, target = report.weeks, report.target
    known = [week for week in weeks if week.active is not None and week.tested]
    if len(known) < 2:
        return None
    shares = [week.recall.share if week in known else None for week in weeks]
    seen = [share for share in shares if share is not None]
    last = seen[-1]
    return Chart(
        # As the figure above has it: the last week may have just begun.
        title=_compared(report.recall.share if report.tested else last, target),
        finding="Share of cards past their first steps that were recalled, all students, by week.",
        drawing=charts.line(
            f"Class recall by week went from {percent(seen[0])} to {percent(last)}; "
            f"target {percent(target)}",
            [short_day(week.first) for week in weeks],
            shares,
            _ticks([target, *seen]),
            target=target,
            target_label=f"target {percent(target)}",
            words=percent,
            end_label=percent(last),
            every=2,
        ),
        caption="Class by week",
        head=("Week of", "Recalled", "Active students"),
        rows=[_week_row(week) for week in weeks],
        legend=(("b-ink", "Recalled"), ("b-marker", "Target")),
    )


def rows(view: ClassView, now: datetime) -> list[Row]:
    """Return the students of one page."""
    return [_row(student, view, now) for student in view.rows]


def mean_row(view: ClassView) -> Row | None:
    """Return what the class comes to, below the students; None where they are too few."""
    report = view.report
    if report is None or not view.is_told:
        return None
    means = [report.mastery(topic.id) for topic in view.topics]
    return Row(
        id=0,
        name="Class mean",
        cells=tuple(Cell("–" if mean is None else str(_points(mean))) for mean in means),
        recall=percent(report.recall.share if report.tested else None),
        waiting=thousands(report.waiting_each),
        is_waiting_long=False,
        active="",
    )


def heads(view: ClassView, wanted: ClassFilter) -> tuple[Head, list[Head], list[Head]]:
    """Return the headings: of the name, of the topics, and of what stands before these."""
    first, *rest = (_head(name, sort.value, wanted, sort) for sort, name in _NAMES.items())
    topics = [
        _head(topic.title, f"topic-{topic.id}", wanted, Sort.TOPIC, topic.id)
        for topic in view.topics
    ]
    return first, topics, rest


def quiet_title(view: ClassView) -> str:
    """Return how many have gone quiet, as a sentence."""
    return _some(view.quiet.total, "has gone quiet", "have gone quiet", "Nobody has gone quiet")


def behind_title(view: ClassView) -> str:
    """Return how many are falling behind, as a sentence."""
    words = ("is falling behind", "are falling behind", "Nobody is falling behind")
    return _some(view.behind.total, *words)


def why_quiet(student: StudentRow, now: datetime) -> str:
    """Return since when a student did nothing, and what waits."""
    waits = f", {count(student.waiting, 'card')} waiting" if student.waiting else ""
    if student.last_active_at is None:
        return f"Has not begun{waits}"
    days = (local(now).date() - local(student.last_active_at).date()).days
    return f"Last active {count(days, 'day')} ago{waits}"


def why_behind(student: StudentRow) -> str:
    """Return what a student who studies is short of."""
    parts = []
    if student.misses_exam and student.exam_day and student.exam_share and student.exam_target:
        parts.append(
            f"Exam on {short_day(student.exam_day)}: on course for {percent(student.exam_share)} "
            f"of {percent(student.exam_target)}"
        )
    if student.is_behind and student.waiting:
        parts.append(f"{count(student.waiting, 'card')} waiting, over three days’ work")
    return ". ".join(parts) or f"{count(student.waiting or 0, 'card')} waiting"


def lede(view: ClassView, wanted: ClassFilter) -> str:
    """Return who the page is about."""
    group = next((one.name for one in view.groups if one.id == wanted.group_id), "")
    students = count(view.students, "student")
    return f"{group}, {count(view.total, 'student')} of {view.students}" if group else students


def too_few() -> str:
    """Return why there are no figures of the class."""
    return (
        f"Figures of the whole class begin at {_NUMBERS[SMALLEST]} students: with fewer, a mean "
        "would tell what one of them did. Each student’s own row is below."
    )


def active_words(at: datetime | None, now: datetime) -> str:
    """Return how long ago a student did something, by the viewer's days: "9 d ago"."""
    if at is None:
        return "never"
    days = (local(now).date() - local(at).date()).days
    return {0: "today", 1: "yesterday"}.get(max(days, 0), f"{days} d ago")


def told_condition(condition: Condition | None) -> str:
    """Return a filter's words, as its menu says them."""
    names = {Condition.QUIET: "Gone quiet", Condition.BEHIND: "Falling behind"}
    return names[condition] if condition else "Everybody"


def _active(report: Report) -> Figure:
    change = report.active - report.was_active
    note, kind = "as many as the week before", ""
    if change:
        note = f"{abs(change)} {'more' if change > 0 else 'fewer'} than the week before"
        kind = "good" if change > 0 else "warn"
    of = f"of {report.students}"
    return Figure("Active in 7 days", str(report.active), note, unit=of, kind=kind)


def _recall(report: Report) -> Figure:
    label = f"Class recall, {LATELY} days"
    if not report.recall.is_measurable:
        return Figure(label, "–", f"once {SMALLEST} students have been tested")
    kind = "warn" if report.recall.high < report.target else ""
    return Figure(
        label, percent(report.recall.share), f"target {percent(report.target)}", kind=kind
    )


def _hardest(view: ClassView, report: Report) -> Figure:
    recalls = [(report.recall_of(topic.id), topic.title) for topic in view.topics]
    told = [(recall.share, title, recall) for recall, title in recalls if recall.is_measurable]
    if not told:
        return Figure("Hardest topic", "–", f"once {SMALLEST} students have been tested on one")
    share, title, recall = min(told, key=lambda one: one[:2])
    kind = "warn" if recall.high < report.target else ""
    return Figure("Hardest topic", title, f"{percent(share)} recalled in {LATELY} days", kind=kind)


def _quiz(view: ClassView) -> Figure:
    if view.quiz is None:
        return Figure("Quiz average", "–", f"once {SMALLEST} students have taken one")
    # Whoever left since took it too, so they may be more than the class.
    note = f"{view.quiz.title}, first attempts of {view.quiz.takers}"
    return Figure("Quiz average", percent(view.quiz.mean), note)


def _row(student: StudentRow, view: ClassView, now: datetime) -> Row:
    waiting = student.waiting
    return Row(
        id=student.id,
        name=student.name,
        cells=tuple(_cell(student.mastery.get(topic.id)) for topic in view.topics),
        recall=percent(student.recall.share if student.recall.is_measurable else None),
        waiting="–" if waiting is None else thousands(waiting),
        is_waiting_long=student.is_behind or (waiting or 0) >= _MANY_WAITING,
        active="–" if waiting is None else active_words(student.last_active_at, now),
    )


def _cell(mastery: float | None) -> Cell:
    if not mastery:
        return Cell("–", words="not begun")
    points = _points(mastery)
    return Cell(str(points), f"q{sum(points >= least for least in SHADES)}")


def _points(share: float) -> int:
    return math.floor(share * 100 + 0.5)


def _head(
    name: str, key: str, wanted: ClassFilter, sort: Sort, topic_id: int | None = None
) -> Head:
    if wanted.sort is not sort or wanted.topic_id != topic_id:
        return Head(name, key, "")
    # "Active" sorts the longest ago first, and "waiting" the most: what needs help is on top.
    is_down = wanted.is_reversed is not (sort is Sort.WAITING)
    return Head(
        name, key if wanted.is_reversed else f"-{key}", "descending" if is_down else "ascending"
    )


def _week_row(week: Week) -> Sequence[str]:
    if week.active is None:
        return short_day(week.first), "–", f"under {SMALLEST}"
    share = percent(week.recall.share, 1) if week.tested else "–"
    return short_day(week.first), share, str(week.active)


def _compared(share: float, target: float) -> str:
    points = _points(share) - _points(target)
    if not points:
        return "Class recall is on target"
    size = abs(points)
    words = _NUMBERS[size] if size < len(_NUMBERS) else str(size)
    how = "short of" if points < 0 else "above"
    return f"Class recall is {words} {'point' if size == 1 else 'points'} {how} target"


def _ticks(shares: Sequence[float]) -> list[float]:
    """Return the numbers of the axis: steps of 5 % over a little, of 10 % over more."""
    step = 5 if max(shares) - min(shares) <= 0.2 else 10
    low = math.floor(min(shares) * 100 / step - 0.2) * step
    high = min(100, math.ceil(max(shares) * 100 / step + 0.2) * step)
    return [points / 100 for points in range(max(0, low), high + 1, step)]


def _some(number: int, one: str, several: str, nobody: str) -> str:
    if not number:
        return nobody
    words = _NUMBERS[number].capitalize() if number < len(_NUMBERS) else thousands(number)
    return f"{words} {'student ' + one if number == 1 else 'students ' + several}"
