"""Item analysis: which questions of a quiz fail, in words first, then in figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import StringIO

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from quizapp.db import db
from quizapp.formats.csv_table.cells import safe_cell, table_writer
from quizapp.psychometrics import intervals
from quizapp.queries.analysis_lists import analysed_quizzes, question_analysis
from quizapp.queries.item_analysis import ALL, FIRST, AnalysedItem, QuizAnalysis, quiz_analysis
from quizapp.queries.recall_figures import SAMPLE
from quizapp.questions.choices import LETTERS
from quizapp.web import analysis_words as words
from quizapp.web.access import Access, access
from quizapp.web.analysis_chart import items_chart
from quizapp.web.question_form import LARGEST_ID, id_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("analysis")

_QUIZ = f"/quizzes/<int(max={LARGEST_ID}):quiz_id>/analysis"
_QUESTION = f"/questions/<int(max={LARGEST_ID}):question_id>/analysis"
#: So many are told with their advice before the table; the table has them all.
_FIRST_FEW = 3
_HEAD = (
    *("question", "version", "stem", "type", "answers"),
    *("facility", "facility_low", "facility_high", "standard_deviation"),
    *("discrimination", "discrimination_low", "discrimination_high"),
    *("discriminative_efficiency", "efficiency_low", "efficiency_high"),
    *("guess_score", "intended_weight", "effective_weight", "median_seconds"),
    *("memory_difficulty", "first_try_recall", "findings"),
)


@bp.get("/analysis")
@access(Access.INSTRUCTOR)
def index(course: str) -> ResponseReturnValue:
    """List a course's quizzes with how much there is to analyse."""
    found = taught_course(course)
    rows = analysed_quizzes(db.session(), actor=actor(), course_id=found.id)
    return render_template("teach/analyses.html", course=found, rows=rows)


@bp.get(_QUIZ)
@access(Access.INSTRUCTOR)
def quiz(course: str, quiz_id: int) -> ResponseReturnValue:
    """Show how the questions of a quiz measure."""
    found = taught_course(course)
    analysis = _analysis(found.id, quiz_id)
    shown = _shown(analysis.items, analysis.flagged)
    return render_template(
        "teach/analysis.html",
        course=found,
        analysis=analysis,
        is_first=_is_first(),
        heading=words.heading(analysis),
        lede=words.lede(analysis, is_first=_is_first()),
        figures=words.quiz_figures(analysis, _margins(analysis)),
        more=words.more_figures(analysis),
        chart=items_chart(analysis),
        worst=analysis.flagged[:_FIRST_FEW],
        shown=shown,
        around=_around(analysis.items, shown),
        words=words.WORDS,
        letters=LETTERS,
        sample=SAMPLE,
        address={"course": found.slug, "quiz_id": quiz_id, **_chosen()},
    )


@bp.get(f"{_QUIZ}.csv")
@access(Access.INSTRUCTOR)
def download(course: str, quiz_id: int) -> ResponseReturnValue:
    """Send the table of the items for a spreadsheet."""
    analysis = _analysis(taught_course(course).id, quiz_id)
    text = StringIO(newline="")
    writer = table_writer(text)
    writer.writerow(_HEAD)
    writer.writerows([_cell(value) for value in _row(item)] for item in analysis.items)
    name = f"analysis-{quiz_id}.csv"
    # Spreadsheets take a file for UTF-8 that begins with its mark.
    return Response(
        "\ufeff" + text.getvalue(),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@bp.get(_QUESTION)
@access(Access.INSTRUCTOR)
def question(course: str, question_id: int) -> ResponseReturnValue:
    """Show how one question did in every quiz that asked it."""
    found = taught_course(course)
    analysis = question_analysis(
        db.session(),
        actor=actor(),
        course_id=found.id,
        question_id=question_id,
        cohorts=FIRST if _is_first() else ALL,
    )
    return render_template(
        "teach/question_analysis.html",
        course=found,
        analysis=analysis,
        is_first=_is_first(),
        words=words.WORDS,
        letters=LETTERS,
        sample=SAMPLE,
        address={"course": found.slug, "question_id": question_id},
    )


def _analysis(course_id: int, quiz_id: int) -> QuizAnalysis:
    return quiz_analysis(
        db.session(),
        actor=actor(),
        course_id=course_id,
        quiz_id=quiz_id,
        cohorts=FIRST if _is_first() else ALL,
    )


def _is_first() -> bool:
    return request.args.get("attempts") != "all"


def _chosen() -> dict[str, str]:
    return {} if _is_first() else {"attempts": "all"}


def _margins(analysis: QuizAnalysis) -> dict[str, intervals.Interval | None]:
    quiz = analysis.figures
    return {
        "mean": intervals.mean(quiz),
        "spread": intervals.spread(quiz),
        "alpha": intervals.alpha(quiz),
        "error": intervals.standard_error(quiz),
    }


def _with_options(items: Sequence[AnalysedItem]) -> list[AnalysedItem]:
    return [item for item in items if item.table and item.has_enough]


def _shown(items: Sequence[AnalysedItem], flagged: Sequence[AnalysedItem]) -> AnalysedItem | None:
    """Return the item whose options are shown: the one asked for, or else the worst."""
    wanted = id_of(request.args.get("item"))
    choices = _with_options(items)
    asked = [item for item in choices if item.revision_id == wanted]
    return next(iter((*asked, *_with_options(flagged), *choices)), None)


def _around(
    items: Sequence[AnalysedItem], shown: AnalysedItem | None
) -> tuple[AnalysedItem | None, AnalysedItem | None]:
    """Return the items with options before and after the one that is shown."""
    choices = _with_options(items)
    if shown is None:
        return None, None
    place = choices.index(shown)
    return (
        choices[place - 1] if place else None,
        choices[place + 1] if place + 1 < len(choices) else None,
    )


def _row(item: AnalysedItem) -> Iterable[object]:
    figures, weight, recall = item.figures, item.weight, item.recall
    yield from (words.name(item), item.version, item.stem, item.kind.label, figures.n)
    if not item.has_enough:
        return
    yield figures.facility
    yield from _ends(item.facility)
    yield figures.sd
    yield figures.discrimination
    yield from _ends(item.discrimination)
    yield figures.efficiency
    yield from _ends(item.efficiency)
    yield item.guess
    yield from (weight.intended, weight.effective) if weight else (None, None)
    yield figures.seconds
    yield from (recall.difficulty, recall.first_try) if recall else (None, None)
    yield " ".join(f"{one.says} {one.do}" for one in words.advice(item))


def _ends(interval: intervals.Interval | None) -> tuple[float | None, float | None]:
    return (interval.low, interval.high) if interval else (None, None)


def _cell(value: object) -> object:
    """Return a value that no spreadsheet takes for a formula."""
    return safe_cell(value) if isinstance(value, str) else value
