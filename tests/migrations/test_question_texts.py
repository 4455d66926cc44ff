"""Questions stored before they could be searched whole are found."""

from __future__ import annotations

import json

import sqlalchemy as sa

from quizapp import db
from quizapp.config import Settings

CONTENT = {"stem": "Which **Airbâse**?", "accepted": ["Shahid Nojeh"], "explanation": ""}
ROWS = (
    "INSERT INTO course (id, slug, title, summary, language, is_public, created_at)"
    " VALUES (1, 'a', 'A', '', 'en', true, 0)",
    "INSERT INTO topic (id, course_id, key, title, summary, position) VALUES (1, 1, '', '', '', 0)",
    "INSERT INTO fact (id, course_id, topic_id, key, statement, note, record, status, position)"
    " VALUES (1, 1, 1, 'f', 'F', '', '', 'ready', 0)",
    "INSERT INTO question (id, course_id, fact_id, key, type, recall, status, stem,"
    " current_number, updated_at, tags)"
    " VALUES (7, 1, 1, 'the-base', 'short_text', 3, 'ready', 'Which Airbâse?', 2, 0, '[]')",
)
REVISION = (
    "INSERT INTO revision (question_id, number, type, content, sha256, created_at)"
    " VALUES (7, :number, 'short_text', :content, '', 0)"
)


def test_questions_that_were_there_can_be_searched(settings: Settings, engine: sa.Engine) -> None:
    db.downgrade(settings, "0015")
    with engine.begin() as connection:
        for row in ROWS:
            connection.execute(sa.text(row))
        for number, stem in ((1, "Old?"), (2, CONTENT["stem"])):
            content = json.dumps(CONTENT | {"stem": stem})
            connection.execute(sa.text(REVISION), {"number": number, "content": content})

    db.upgrade(settings)

    with engine.connect() as connection:
        found = connection.execute(
            sa.text("SELECT course_id, question_id, stem_start, text FROM question_text")
        ).all()
    expected = (1, 7, "which airbase", " which airbase shahid nojeh base #7 ")
    assert [tuple(row) for row in found] == [expected]
