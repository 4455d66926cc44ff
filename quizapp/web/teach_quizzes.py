"""The instructor's pages of quizzes: the list, the editor, the preview."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid
from quizapp.grading.draws import Draw
from quizapp.models import Status
from quizapp.queries import teach_quizzes as taught
from quizapp.queries.courses import CourseInfo
from quizapp.queries.questions import TopicChoice, topic_choices
from quizapp.queries.quiz_pool import Supply, askable, supply, tags_in_use
from quizapp.questions.registry import TYPES
from quizapp.services import quizzes
from quizapp.services.quiz_preview import PreviewSlot, preview_quiz
from quizapp.web import teach_quiz_words as quiz_words
from quizapp.web.access import Access, access
from quizapp.web.quiz_form import QuizForm, blank_form, filled_form, posted_form, press
from quizapp.web.quiz_rows import LARGEST_ID, SlotRow, id_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("teach_quizzes")

_QUIZ = f"/quizzes/<int(max={LARGEST_ID}):quiz_id>"
_SAVED = {
    Status.DRAFT: "Saved as a draft. Only instructors see it.",
    Status.READY: "Saved. Students see the quiz like this from now on.",
    Status.RETIRED: "Saved. The quiz stays retired.",
}


@bp.get("/quizzes")
@access(Access.INSTRUCTOR)
def index(course: str) -> ResponseReturnValue:
    """List a course's quizzes in their order."""
    found = taught_course(course)
    rows = taught.taught_quizzes(db.session(), actor=actor(), course_id=found.id)
    return render_template(
        "teach/quizzes.html", course=found, quizzes=rows, summary=quiz_words.summary
    )


@bp.get("/quizzes/new")
@access(Access.INSTRUCTOR)
def new(course: str) -> ResponseReturnValue:
    """Show the form of a new quiz."""
    return _editor(taught_course(course), blank_form())


@bp.post("/quizzes/new")
@access(Access.INSTRUCTOR)
def create(course: str) -> ResponseReturnValue:
    """Store a new quiz, or show the form again with what its buttons ask for."""
    found, form = taught_course(course), posted_form()
    pressed = press(form, request.form.get("action", "save"))
    if not pressed.is_saving:
        return _editor(found, form, opens_more=pressed.opens_more)
    written = replace(form.written, publishes=pressed.publishes)
    try:
        with transaction() as session:
            quiz_id = quizzes.create_quiz(
                session, actor=actor(), course_id=found.id, written=written
            )
    except Invalid as error:
        form.attach(error)
        return _editor(found, form), 422
    flash(_SAVED[Status.READY if pressed.publishes else Status.DRAFT], "good")
    return redirect(_address(found, quiz_id), 303)


@bp.get(_QUIZ)
@access(Access.INSTRUCTOR)
def show(course: str, quiz_id: int) -> ResponseReturnValue:
    """Show a quiz in its form."""
    found = taught_course(course)
    stored = _stored(found, quiz_id)
    return _editor(found, filled_form(stored), stored)


@bp.post(_QUIZ)
@access(Access.INSTRUCTOR)
def revise(course: str, quiz_id: int) -> ResponseReturnValue:
    """Store what was changed; when someone else was first, show both and lose neither."""
    found, form = taught_course(course), posted_form()
    pressed = press(form, request.form.get("action", "save"))
    if not pressed.is_saving:
        return _editor(found, form, _stored(found, quiz_id), opens_more=pressed.opens_more)
    written = replace(form.written, publishes=pressed.publishes)
    try:
        with transaction() as session:
            quizzes.revise_quiz(
                session,
                actor=actor(),
                course_id=found.id,
                quiz_id=quiz_id,
                written=written,
                seen=_seen(form),
            )
    except Invalid as error:
        form.attach(error)
        return _editor(found, form, _stored(found, quiz_id)), 422
    except Conflict:
        return _conflict(found, form, quiz_id), 409
    flash(_SAVED[_stored(found, quiz_id).status], "good")
    return redirect(_address(found, quiz_id), 303)


@bp.get(f"{_QUIZ}/preview")
@access(Access.INSTRUCTOR)
def preview(course: str, quiz_id: int) -> ResponseReturnValue:
    """Show what an attempt with one seed would ask."""
    found, seed = taught_course(course), id_of(request.args.get("seed")) or 0
    slots = preview_quiz(
        db.session(), actor=actor(), course_id=found.id, quiz_id=quiz_id, seed=seed
    )
    return render_template(
        "teach/quiz_preview.html",
        course=found,
        quiz=taught.quiz_head(db.session(), actor=actor(), course_id=found.id, quiz_id=quiz_id),
        seed=seed,
        following=(seed + 1) % LARGEST_ID,
        shown=[_shown(slot) for slot in slots],
        points=quiz_words.points,
    )


@bp.post(f"{_QUIZ}/duplicate")
@access(Access.INSTRUCTOR)
def duplicate(course: str, quiz_id: int) -> ResponseReturnValue:
    """Make a copy of a quiz and open it."""
    found = taught_course(course)
    with transaction() as session:
        copy_id = quizzes.duplicate_quiz(
            session, actor=actor(), course_id=found.id, quiz_id=quiz_id
        )
    flash("This is the copy, a draft. The quiz that it was made from is as it was.", "good")
    return redirect(_address(found, copy_id), 303)


@bp.post(f"{_QUIZ}/retire")
@access(Access.INSTRUCTOR)
def retire(course: str, quiz_id: int) -> ResponseReturnValue:
    """Take a quiz away from students; the list offers to undo it."""
    found = taught_course(course)
    with transaction() as session:
        before = quizzes.set_quiz_status(
            session, actor=actor(), course_id=found.id, quiz_id=quiz_id, status=Status.RETIRED
        )
    flash("Quiz retired. Nobody can start it any more.", f"undo-quiz {quiz_id} {before}")
    return redirect(url_for("teach_quizzes.index", course=found.slug), 303)


@bp.post(f"{_QUIZ}/restore")
@access(Access.INSTRUCTOR)
def restore(course: str, quiz_id: int) -> ResponseReturnValue:
    """Bring a retired quiz back: as it was, when that is being undone, or as a draft."""
    found = taught_course(course)
    is_ready = request.form.get("status") == Status.READY.value
    status = Status.READY if is_ready else Status.DRAFT
    with transaction() as session:
        quizzes.set_quiz_status(
            session, actor=actor(), course_id=found.id, quiz_id=quiz_id, status=status
        )
    flash("Quiz brought back." if is_ready else "Quiz brought back as a draft.", "good")
    return redirect(url_for("teach_quizzes.index", course=found.slug), 303)


@bp.post(f"{_QUIZ}/move")
@access(Access.INSTRUCTOR)
def move(course: str, quiz_id: int) -> ResponseReturnValue:
    """Let a quiz change places with its neighbour in the list."""
    found = taught_course(course)
    by = -1 if request.form.get("to") == "up" else 1
    with transaction() as session:
        quizzes.move_quiz(session, actor=actor(), course_id=found.id, quiz_id=quiz_id, by=by)
    address = url_for("teach_quizzes.index", course=found.slug, _anchor=f"quiz-{quiz_id}")
    return redirect(address, 303)


@dataclass(frozen=True, slots=True)
class ShownSlot:
    """One question of the preview, ready to be drawn."""

    slot: PreviewSlot
    kind: Any
    public: Any


def _shown(slot: PreviewSlot) -> ShownSlot:
    kind = TYPES[slot.type]
    return ShownSlot(slot, kind, kind.public(kind.parse(slot.content), slot.order))


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the editor shows beside what is in the form.

    :param supplies: by row, what a draw has to choose from.
    :param asks_people: some of what is asked is marked by a person.
    """

    picks: dict[int, taught.Pick]
    supplies: dict[int, Supply]
    found: taught.Picks
    topics: tuple[TopicChoice, ...]
    tags: tuple[str, ...]
    asks_people: bool


def _shelf(course: CourseInfo, form: QuizForm) -> Shelf:
    session, rows = db.session(), form.slots.rows
    ids = form.slots.question_ids
    draws = {place: _draw(row) for place, row in enumerate(rows) if row.is_draw}
    pool = askable(session, course_id=course.id, whole=bool(draws))
    topics = topic_choices(session, course.id)
    form.offer(topics)
    form.found.data = (form.find.data or "").strip()
    picks = taught.picked_questions(session, course_id=course.id, question_ids=ids)
    types = {pick.type for pick in picks.values()}.union(*(draw.types for draw in draws.values()))
    return Shelf(
        picks=picks,
        supplies={place: supply(pool, draw) for place, draw in draws.items()},
        found=taught.find_questions(session, course_id=course.id, wanted=form.wanted, without=ids),
        topics=topics,
        tags=tags_in_use(pool),
        asks_people=any(not TYPES[name].is_gradable for name in types & TYPES.keys()),
    )


def _draw(row: SlotRow) -> Draw:
    """Return a draw as far as it was typed, to count what it can choose from."""
    written = row.written.draw
    return Draw(0, row.topics, row.types, written.tags if written else ())


def _stored(course: CourseInfo, quiz_id: int) -> taught.StoredQuiz:
    return taught.stored_quiz(db.session(), actor=actor(), course_id=course.id, quiz_id=quiz_id)


def _seen(form: QuizForm) -> int:
    seen = id_of(form.seen.data)
    return -1 if seen is None else seen


def _address(course: CourseInfo, quiz_id: int) -> str:
    return url_for("teach_quizzes.show", course=course.slug, quiz_id=quiz_id)


def _editor(
    course: CourseInfo,
    form: QuizForm,
    stored: taught.StoredQuiz | None = None,
    *,
    theirs: QuizForm | None = None,
    opens_more: bool = False,
) -> str:
    """Return the editor with whatever is in the form.

    :param theirs: what is stored now, when someone else was first.
    """
    return render_template(
        "teach/quiz_editor.html",
        course=course,
        form=form,
        stored=stored,
        shelf=_shelf(course, form),
        theirs=theirs,
        their_shelf=_shelf(course, theirs) if theirs else None,
        opens_more=opens_more or form.has_more_errors,
        types=TYPES,
        words=quiz_words,
        zone=actor().timezone,
    )


def _conflict(course: CourseInfo, form: QuizForm, quiz_id: int) -> str:
    """Return the editor with what was typed, beside what was stored meanwhile."""
    stored = _stored(course, quiz_id)
    form.seen.data = str(stored.edited)
    return _editor(course, form, stored, theirs=filled_form(stored))
