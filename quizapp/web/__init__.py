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
    calendar,
    cards,
    challenges,
    challenging,
    citations,
    class_messages,
    course_data,
    courses,
    errors,
    exam,
    filters,
    goals,
    grades,
    health,
    help,
    home,
    joining,
    learning,
    letters,
    library,
    marking,
    media,
    own_data,
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
    sign_in_settings,
    source_texts,
    spreading,
    study,
    study_settings,
    teach_class,
    teach_codes,
    teach_course,
    teach_duplicates,
    teach_exceptions,
    teach_forms,
    teach_grades,
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
    sign_in_settings.bp,
    own_data.bp,
    anki.bp,
    goals.bp,
    letters.bp,
    calendar.bp,
    study.bp,
    spreading.bp,
    answering.bp,
    learning.bp,
    progress.bp,
    exam.bp,
    retention.bp,
    cards.bp,
    quizzes.bp,
    grades.bp,
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
    course_data.bp,
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
    class_messages.bp,  # before the addresses of students
    class_messages.received,
    teach_class.bp,
    teach_people.bp,
    teach_grades.bp,
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
    _csrf.exempt(letters.stop)  # mail programs send it; the link is signed
    viewer.init_app(app)
    access.init_app(app)
    security.init_app(app)
    errors.init_app(app)
    assets.init_app(app)
    filters.init_app(app)
    for blueprint in _BLUEPRINTS:
        app.register_blueprint(blueprint)
