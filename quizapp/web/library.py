"""Courses and their texts, for everyone who may read them."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.bank.terms import KINDS
from quizapp.db import db, transaction
from quizapp.queries.glossary import glossary_page
from quizapp.queries.joining import courses_left
from quizapp.queries.library import course_cards, course_page
from quizapp.queries.reader import source_page
from quizapp.services.enrolments import RETURN_WITHIN, join_course
from quizapp.web import reader_words
from quizapp.web.access import Access, access
from quizapp.web.glossary import page_terms
from quizapp.web.known_text import reader_heat
from quizapp.web.viewer import actor, viewer

bp = Blueprint("library", __name__)

_LARGEST_ID = 2**31 - 1
_LONGEST_SEARCH = 200


@bp.get("/courses")
@access(Access.EVERYONE)
def courses() -> ResponseReturnValue:
    """List the reader's own courses and every public one."""
    person = viewer().actor
    found = course_cards(db.session(), actor=person)
    since = datetime.now(UTC) - RETURN_WITHIN
    return render_template(
        "library/courses.html",
        courses=[card for card in found if not card.is_archived],
        archived=[card for card in found if card.is_archived],
        left=courses_left(db.session(), actor=person, since=since) if person else (),
    )


@bp.get("/courses/<slug>")
@access(Access.EVERYONE)
def course(slug: str) -> ResponseReturnValue:
    """Show what a course holds."""
    page = course_page(db.session(), actor=viewer().actor, slug=slug)
    return render_template("library/course.html", page=page, course=page.course)


@bp.post("/courses/<slug>/join")
@access(Access.SIGNED_IN)
def join(slug: str) -> ResponseReturnValue:
    """Make the reader a student of the course."""
    with transaction() as session:
        is_new = join_course(session, actor=actor(), slug=slug, now=datetime.now(UTC))
    if is_new:
        flash("You are in. The first cards wait for you under Review.", "good")
    return redirect(url_for("library.course", slug=slug), 303)


@bp.get("/courses/<slug>/glossary")
@access(Access.EVERYONE)
def glossary(slug: str) -> ResponseReturnValue:
    """List the terms of a course; the address says of which kind, and what is searched for."""
    kind, text = request.args.get("kind", ""), request.args.get("q", "")[:_LONGEST_SEARCH]
    page = glossary_page(
        db.session(),
        actor=viewer().actor,
        slug=slug,
        kind=kind if kind in KINDS else "",
        text=text,
    )
    return render_template(
        "library/glossary.html",
        page=page,
        course=page.course,
        kind=kind if kind in KINDS else "",
        text=text.strip(),
    )


@bp.get("/sources/<int(max=2147483647):source_id>")
@access(Access.EVERYONE)
def source(source_id: int) -> ResponseReturnValue:
    """Show a text, paragraph by paragraph; `fact` marks the words that prove a fact."""
    fact_id = request.args.get("fact", type=int) or 0
    page = source_page(
        db.session(),
        actor=viewer().actor,
        source_id=source_id,
        fact_id=fact_id if 0 < fact_id <= _LARGEST_ID else None,
        now=datetime.now(UTC),
    )
    course = page.course
    return render_template(
        "library/source.html",
        page=page,
        course=course,
        terms=page_terms(course.id, course.slug, course.glossary_sha256),
        looks=reader_words.LOOKS,
        heat=reader_heat(page.known) if page.known else None,
    )
