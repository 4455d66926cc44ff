"""Pages for people with a browser."""

from __future__ import annotations

from flask import Flask
from flask_wtf.csrf import CSRFProtect

from quizapp.web import (
    access,
    admin_jobs,
    analysis,
    anki,
    answering,
    assets,
    attempts,
    auth,
    cards,
    challenges,
    challenging,
    citations,
    courses,
    errors,
    exam,
    filters,
    health,
    help,
    home,
    joining,
    learning,
    library,
    marking,
    media,
    practise,
    progress,
    question_exports,
    question_imports,
    question_life,
    question_list,
    quizzes,
    regrades,
    retention,
    scheduling,
    security,
    session_cookie,
    source_texts,
    spreading,
    study,
    study_settings,
    teach_codes,
    teach_course,
    teach_duplicates,
    teach_exceptions,
    teach_forms,
    teach_invitations,
    teach_members,
    teach_people,
    teach_quizzes,
    texts,
    uploads,
    viewer,
)

_csrf = CSRFProtect()
_BLUEPRINTS = (
    health.bp,
    auth.bp,
    scheduling.bp,
    study_settings.bp,  # account's, with the settings of studying
    anki.bp,
    study.bp,
    spreading.bp,
    answering.bp,
    learning.bp,
    progress.bp,
    exam.bp,
    retention.bp,
    cards.bp,
    quizzes.bp,
    practise.bp,
    attempts.bp,
    challenging.bp,
    home.bp,
    courses.bp,  # before the addresses of courses
    library.bp,
    joining.bp,
    question_list.bp,
    question_life.bp,  # teach's, with the pages of one question
    question_imports.bp,
    question_exports.bp,
    texts.bp,
    source_texts.bp,
    media.bp,
    media.files,
    citations.bp,
    challenges.bp,
    regrades.bp,
    marking.bp,
    teach_quizzes.bp,
    teach_duplicates.bp,
    analysis.bp,
    teach_course.bp,
    teach_forms.bp,
    teach_exceptions.bp,
    teach_people.bp,
    teach_codes.bp,
    teach_invitations.bp,
    teach_members.bp,
    admin_jobs.bp,
    help.bp,
)


def init_app(app: Flask) -> None:
    """Install what every page shares, then every blueprint."""
    session_cookie.init_app(app)
    uploads.allow_uploads(app)
    _csrf.init_app(app)
    viewer.init_app(app)
    access.init_app(app)
    security.init_app(app)
    errors.init_app(app)
    assets.init_app(app)
    filters.init_app(app)
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
