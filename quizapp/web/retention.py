"""How much to remember, and what that costs: a slider over one's own cards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.memory.workload import HORIZON_DAYS, PERCENTS, Load
from quizapp.queries.advice import Advice, advice
from quizapp.services.retention import aim_for
from quizapp.web import charts
from quizapp.web.access import Access, access
from quizapp.web.course import current_course
from quizapp.web.plot import round_ticks
from quizapp.web.study_charts import Chart
from quizapp.web.study_forms import small
from quizapp.web.viewer import actor
from quizapp.web.wording import count, percent, thousands

bp = Blueprint("retention", __name__)

#: Percent between the points of the curve.
_STRIDE = 3


@dataclass(frozen=True, slots=True)
class Figures:
    """What one retention costs, beside the one that is aimed for now."""

    percent: int
    load: Load
    held: int
    held_load: Load

    @property
    def is_held(self) -> bool:
        return self.percent == self.held

    @property
    def cards(self) -> str:
        return _rounded(self.load.reviews)

    @property
    def minutes(self) -> str:
        return _rounded(self.load.minutes)

    @property
    def compared(self) -> str:
        """Return how that differs from now."""
        if self.is_held:
            return "This is what you aim for now."
        change = round(self.load.minutes - self.held_load.minutes)
        if not change:
            return f"About as long a day as with {self.held} %."
        more = "more" if change > 0 else "less"
        return f"{count(abs(change), 'minute')} a day {more} than with the {self.held} % of now."


@bp.get("/settings/retention")
@access(Access.MEMBER)
def show() -> ResponseReturnValue:
    """Show the slider, at what is aimed for now or at `?percent=`."""
    course = current_course()
    found = advice(db.session(), actor=actor(), course_id=course.id, now=datetime.now(UTC))
    return render_template(
        "account/retention.html",
        course=course,
        figures=_figures(found, _asked(found.percent)),
        best=found.workload.best_percent(),
        low=PERCENTS[0],
        high=PERCENTS[-1],
        days=HORIZON_DAYS,
        curve=_curve(found),
    )


@bp.get("/settings/retention/load")
@access(Access.MEMBER)
def load() -> ResponseReturnValue:
    """Return the figures for `?percent=`, as a part of the page."""
    course = current_course()
    found = advice(db.session(), actor=actor(), course_id=course.id, now=datetime.now(UTC))
    figures = _figures(found, _asked(found.percent))
    return render_template("account/_load.html", course=course, figures=figures, days=HORIZON_DAYS)


@bp.post("/settings/retention")
@access(Access.MEMBER)
def save() -> ResponseReturnValue:
    """Aim for another recall from now on."""
    course = current_course()
    text = request.form.get("percent", "")
    chosen = _percent(text)
    if chosen is None:
        flash(f"Choose a recall from {PERCENTS[0]} to {PERCENTS[-1]} %.", "bad")
        return redirect(url_for("retention.show", course=course.slug), 303)
    with transaction() as session:
        aim_for(
            session,
            actor=actor(),
            course_id=course.id,
            retention=chosen / 100,
            now=datetime.now(UTC),
        )
    flash(f"From now on your cards aim for {chosen} %.", "good")
    return redirect(url_for("retention.show", course=course.slug), 303)


def _asked(held: int) -> int:
    """Return the retention in the address; what makes no sense is the one held."""
    return _percent(request.args.get("percent", "")) or min(max(held, PERCENTS[0]), PERCENTS[-1])


def _percent(text: str) -> int | None:
    try:
        number = small(text)
    except ValueError:
        return None
    return number if number in PERCENTS else None


def _figures(found: Advice, chosen: int) -> Figures:
    workload = found.workload
    return Figures(chosen, workload.load(chosen), found.percent, workload.load(found.percent))


def _curve(found: Advice) -> Chart:
    points = PERCENTS[::_STRIDE]
    loads = [found.workload.load(point) for point in points]
    minutes = [one.minutes for one in loads]
    labels = [percent(point / 100) for point in points]
    least, most = _rounded(minutes[0]), _rounded(minutes[-1])
    return Chart(
        title="The last few percent cost the most",
        finding="Minutes a day by how much you want to remember.",
        drawing=charts.line(
            f"Minutes a day by recall: {least} at {labels[0]}, {most} at {labels[-1]}",
            labels,
            minutes,
            round_ticks(max(minutes)),
            words=_rounded,
            every=_STRIDE,
            height=220,
        ),
        caption="Work by recall aimed for",
        head=("Recall", "Reviews a day", "Minutes a day"),
        rows=[
            (label, _rounded(one.reviews), _rounded(one.minutes))
            for label, one in zip(labels, loads, strict=True)
        ],
    )


def _rounded(number: float) -> str:
    """Return a figure as exactly as it may be taken: "0.4", "7", "1,240"."""
    return f"{number:.1f}" if 0 < number < 1 else thousands(round(number))
