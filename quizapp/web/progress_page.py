"""The page of progress, made ready for its templates: for the learner, or for an instructor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request, url_for

from quizapp.queries.courses import CourseInfo
from quizapp.queries.periods import USUAL, Period
from quizapp.queries.progress import ProgressView
from quizapp.web import known_text, memory_charts, progress_charts, study_charts
from quizapp.web.exam_words import Prospect, Words
from quizapp.web.progress_words import LEVELS, attempt_rows, figures, topic_rows, topics_finding
from quizapp.web.wording import THEY, YOU, Person

_PERIODS = {
    Period.MONTH: "Month",
    Period.QUARTER: "3 months",
    Period.YEAR: "Year",
    Period.ALL: "All",
}
#: Less time than this is not drawn: a bar of some seconds in minutes is an empty chart.
_LEAST_TIME_MS = 60_000
#: So many quizzes are listed, the newest.
_LISTED_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """A period to choose: its name and address."""

    name: str
    href: str
    is_current: bool


def variables(view: ProgressView, *, course: CourseInfo, is_own: bool) -> dict[str, Any]:
    """Return what templates/progress/_page.html needs.

    :param is_own: the learner looks; else an instructor does, who is offered nothing to do that
        only the learner can.
    """
    topics, who = topic_rows(view), YOU if is_own else THEY
    return {
        "course": course,
        "view": view,
        "is_own": is_own,
        "who": who,
        "periods": _choices(view.period),
        "figures": figures(view, who=who),
        "year": study_charts.year(view.history, titled=True, who=who),
        "topics": topics,
        "topics_title": topics_finding(view, who=who),
        "levels_head": ["Topic", *(words for _, _, words in LEVELS), "Recalled"],
        "levels_rows": [[one.title, *one.levels, one.recalled] for one in topics],
        "strips": known_text.strips(view.texts, who=who),
        "strip_key": known_text.KEY,
        "attempts": attempt_rows(view.attempts[:_LISTED_ATTEMPTS]),
        "little_time": progress_charts.little_time(view.totals.milliseconds, view.period, who=who),
        "unit": "week" if view.period.is_by_week else "month",
        "carried": {"course": request.args.get("course")},
        **_charts(view, who),
    }


def _charts(view: ProgressView, who: Person) -> Mapping[str, study_charts.Chart | None]:
    """Return the charts by name; None where there is not enough to draw."""
    target, life = view.waiting.settings.desired_retention, view.memory_life
    since = view.period.first_day(view.today)
    return {
        "recall": progress_charts.recall(view.past, view.period, target, who=who)
        if view.is_recall_measurable
        else None,
        "forecast": study_charts.month(view.forecast, view.history.minutes),
        "lives": study_charts.lives(view.stabilities, life, who=who) if life is not None else None,
        "time": progress_charts.time_spent(view.past, view.period, who=who)
        if view.totals.milliseconds >= _LEAST_TIME_MS
        else None,
        "hours": memory_charts.hours(view.hours, who=who) if view.totals.reviews else None,
        "calibration": memory_charts.calibration(view.calibration, who=who)
        if view.calibration.is_measurable
        else None,
        "quizzes": progress_charts.quizzes(view.attempts, since, who=who),
        "exam": _exam(view, who),
    }


def _exam(view: ProgressView, who: Person) -> study_charts.Chart | None:
    """Return what is foreseen of an exam to come; None without one, or before its plan."""
    if view.exam is None:
        return None
    prospect = Prospect(view.exam, view.today)
    if prospect.is_over or prospect.outlook is None:
        return None
    return Words(prospect, prospect.outlook, who).chart


def _choices(chosen: Period) -> list[Choice]:
    """Return every period with the address of this page in it; the usual one has the bare one."""
    # What the address of an instructor's page holds wins over what follows the question mark.
    here: dict[str, Any] = {"course": request.args.get("course"), **(request.view_args or {})}
    endpoint = request.endpoint or ""
    return [
        Choice(
            name,
            url_for(endpoint, **here, period=None if period is USUAL else period.value),
            period is chosen,
        )
        for period, name in _PERIODS.items()
    ]
