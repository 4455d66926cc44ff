"""The list of questions: what its address asks for, what is done to many of them, kept views."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid
from quizapp.models import BulkKind, Status
from quizapp.queries.courses import CourseInfo
from quizapp.queries.item_figures import figures_age
from quizapp.queries.list_choices import authors, saved_views
from quizapp.queries.question_filters import Health, Quality, QuestionFilter, Sort
from quizapp.queries.questions import list_questions
from quizapp.questions.reading import clean
from quizapp.questions.registry import TYPES
from quizapp.questions.tags import is_tag, split_tags
from quizapp.services import saved_views as keeping
from quizapp.services.bulk_acts import Picked, change_many
from quizapp.services.bulk_undo import undo_many
from quizapp.web import list_words as words
from quizapp.web.access import Access, access
from quizapp.web.bulk_words import done_words, undone_words
from quizapp.web.question_form import LARGEST_ID, id_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("teach_list")

_LONGEST_SEARCH = 200


def show(course: CourseInfo) -> str:
    """Return the page of a course's questions that the address asks for."""
    session, wanted = db.session(), asked(request.args)
    who = authors(session, course_id=course.id)
    found = list_questions(session, actor=actor(), course_id=course.id, wanted=wanted)
    return render_template(
        "teach/questions.html",
        course=course,
        found=found,
        wanted=wanted,
        chosen=stated(course, wanted),
        types=TYPES,
        statuses=list(Status),
        words=words,
        authors=who,
        filters=[
            (one, url_for("teach.questions", **stated(course, one.without)))
            for one in words.chosen_filters(wanted, found.topics, who)
        ],
        views=saved_views(session, actor=actor(), course_id=course.id),
        age=words.age_words(figures_age(session, course_id=course.id)),
    )


def asked(args: MultiDict[str, str]) -> QuestionFilter:
    """Return what an address asks for; what it cannot mean does not filter."""
    text, _ = clean(args.get("q", "")[:_LONGEST_SEARCH], _LONGEST_SEARCH)
    status, sort, kind = args.get("status", ""), args.get("sort", ""), args.get("type", "")
    health, author = args.get("citation", ""), args.get("author", "")
    quality = args.get("quality", "")
    return QuestionFilter(
        text=text,
        topic_id=id_of(args.get("topic")),
        type_name=kind if kind in TYPES else "",
        status=Status(status) if status in set(Status) else None,
        sort=Sort(sort) if sort in set(Sort) else Sort.EDITED,
        page=id_of(args.get("page")) or 1,
        tag=tag if is_tag(tag := args.get("tag", "")) else "",
        citation=Health(health) if health in set(Health) else None,
        author_id=0 if author == "files" else id_of(author),
        quality=Quality(quality) if quality in set(Quality) else None,
    )


def stated(course: CourseInfo, wanted: QuestionFilter) -> dict[str, Any]:
    """Return what the address of a list says, as `url_for` takes it; never the page."""
    said = {
        "course": course.slug,
        "q": wanted.text,
        "topic": wanted.topic_id,
        "type": wanted.type_name,
        "tag": wanted.tag,
        "citation": wanted.citation.value if wanted.citation else None,
        "author": "files" if wanted.author_id == 0 else wanted.author_id,
        "quality": wanted.quality.value if wanted.quality else None,
        "status": wanted.status.value if wanted.status else None,
        "sort": wanted.sort.value if wanted.sort is not Sort.EDITED else None,
    }
    return {name: value for name, value in said.items() if value not in (None, "")}


@bp.post("/questions/bulk")
@access(Access.INSTRUCTOR)
def change(course: str) -> ResponseReturnValue:
    """Do one thing to the questions ticked, or to all that fit; say so, with a way back."""
    taught, wanted = taught_course(course), asked(request.args)
    kind, value = _act()
    try:
        if kind is None:
            flash("Choose what to do with the questions.", "warn")
            return _back(taught, wanted)
        with transaction() as session:
            done = change_many(
                session,
                actor=actor(),
                course_id=taught.id,
                kind=kind,
                value=value,
                picked=_picked(wanted),
                now=datetime.now(UTC),
            )
    except Invalid as error:
        flash(" ".join(problem.message for problem in error.problems), "warn")
        return _back(taught, wanted)
    said = done_words(kind, value, done)
    flash(said, f"bulk {done.act_id}" if done.act_id else "message")
    return _back(taught, wanted)


@bp.post(f"/questions/bulk/<int(max={LARGEST_ID}):bulk_id>/undo")
@access(Access.INSTRUCTOR)
def undo(course: str, bulk_id: int) -> ResponseReturnValue:
    """Take an act on many questions back."""
    taught, wanted = taught_course(course), asked(request.args)
    try:
        with transaction() as session:
            undone = undo_many(
                session,
                actor=actor(),
                course_id=taught.id,
                act_id=bulk_id,
                now=datetime.now(UTC),
            )
    except Conflict as error:
        flash(str(error), "message")
    else:
        flash(undone_words(undone), "warn" if undone.kept else "good")
    return _back(taught, wanted)


@bp.post("/questions/views")
@access(Access.INSTRUCTOR)
def keep(course: str) -> ResponseReturnValue:
    """Keep what the address shows under a name."""
    taught, wanted = taught_course(course), asked(request.args)
    address = url_for("teach.questions", **stated(taught, wanted))
    try:
        with transaction() as session:
            name = keeping.save_view(
                session,
                actor=actor(),
                course_id=taught.id,
                name=request.form.get("name", ""),
                query=address.partition("?")[2],
            )
    except Invalid as error:
        flash(" ".join(problem.message for problem in error.problems), "warn")
    else:
        flash(f"Kept as “{name}”.", "good")
    return redirect(address, 303)


@bp.post("/questions/views/forget")
@access(Access.INSTRUCTOR)
def forget(course: str) -> ResponseReturnValue:
    """Drop a kept view; the questions stay as they are."""
    taught, wanted = taught_course(course), asked(request.args)
    name, _ = clean(request.form.get("name", ""), _LONGEST_SEARCH)
    with transaction() as session:
        keeping.forget_view(session, actor=actor(), course_id=taught.id, name=name)
    flash(f"“{name}” is no longer kept.", "good")
    return _back(taught, wanted)


def _act() -> tuple[BulkKind | None, str]:
    """Return what a button of the bar asks for, and to what."""
    name, _, value = request.form.get("act", "").partition(":")
    if name not in set(BulkKind):
        return None, ""
    kind = BulkKind(name)
    if kind in (BulkKind.ADD_TAG, BulkKind.REMOVE_TAG):
        tags = split_tags(request.form.get("tag", ""))
        value = tags[0] if len(tags) == 1 else ""
    return kind, value


def _picked(wanted: QuestionFilter) -> Picked:
    if request.form.get("all"):
        return Picked(all_of=wanted)
    ids = (id_of(text) for text in request.form.getlist("id"))
    return Picked(tuple(dict.fromkeys(one for one in ids if one)))


def _back(course: CourseInfo, wanted: QuestionFilter) -> ResponseReturnValue:
    said = stated(course, wanted)
    if wanted.page > 1:
        said["page"] = wanted.page
    return redirect(url_for("teach.questions", **said), 303)
