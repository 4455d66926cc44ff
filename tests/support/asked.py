"""A quiz of questions of one's own, stored in the database of a running server."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from quizapp.db import db, transaction
from quizapp.models import Role, User
from tests.support.apps import make_app
from tests.support.make import Make
from tests.support.server import LiveServer
from tests.support.settings import settings_for


@cache
def _app(folder: Path) -> Flask:
    return make_app(settings_for(f"sqlite:///{folder / 'quizapp.sqlite3'}", folder))


def store_quiz(
    server: LiveServer,
    email: str,
    title: str,
    questions: Mapping[str, Any],
    *,
    words: str,
    teacher: str = "",
    **settings: Any,
) -> None:
    """Store a course with a quiz of such questions and let the owner of the address join it.

    :param questions: raw content by the name of its type.
    :param words: stand in the proof and the facts; their first twelve letters are the slug.
    :param teacher: the address of who teaches it; "" for nobody.
    """
    with _app(server.folder).app_context():
        with transaction() as session:
            make = Make(session)
            course = make.course(slug=words[:12], is_public=False)
            passage = make.passage(course, f"It is {words} proof. Nothing else is said here.")
            asked = [
                make.question(
                    make.fact(course, passage=passage, statement=f"{words} fact {name}"), name, raw
                )
                for name, raw in questions.items()
            ]
            make.quiz(course, asked, title=title, settings=settings)
            for address, role in ((email, Role.STUDENT), (teacher, Role.INSTRUCTOR)):
                found = select(User).where(User.email == address)
                if address:
                    make.enrol(session.scalars(found).one(), course, role)
        db.session.remove()
        db.engine.dispose()
