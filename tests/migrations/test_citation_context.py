"""Citations stored before their surroundings were kept get them."""

from __future__ import annotations

import sqlalchemy as sa

from quizapp import db
from quizapp.config import Settings

TEXT = "The aversion is codified in Article 146 of the constitution. It covers bases of any kind."
SPANS = ((0, 12), (28, 39), (79, len(TEXT)), (0, len(TEXT)))
ROWS = (
    "INSERT INTO course (id, slug, title, summary, language, is_public, created_at)"
    " VALUES (1, 'a', 'A', '', 'en', true, 0)",
    "INSERT INTO source (id, course_id, key, title, author, year, licence, note)"
    " VALUES (1, 1, 's', 'S', '', '', '', '')",
    "INSERT INTO passage (id, source_id, key, position, heading, locator, text, note)"
    " VALUES (1, 1, 'p', 0, '', 'P1', :text, '')",
    "INSERT INTO topic (id, course_id, key, title, summary, position) VALUES (1, 1, '', '', '', 0)",
    "INSERT INTO fact (id, course_id, topic_id, key, statement, note, record, status, position)"
    " VALUES (1, 1, 1, 'f', 'F', '', '', 'ready', 0)",
)


def test_what_stood_before_gets_its_surroundings(settings: Settings, engine: sa.Engine) -> None:
    db.downgrade(settings, "0001")
    insert = sa.text(
        'INSERT INTO citation (fact_id, position, passage_id, start, "end", exact)'
        " VALUES (1, :position, 1, :start, :end, :exact)"
    )
    with engine.begin() as connection:
        for row in ROWS:
            connection.execute(sa.text(row), {"text": TEXT} if ":text" in row else {})
        for position, (start, end) in enumerate(SPANS):
            values = {"position": position, "start": start, "end": end, "exact": TEXT[start:end]}
            connection.execute(insert, values)

    db.upgrade(settings)

    with engine.connect() as connection:
        found = connection.execute(
            sa.text("SELECT prefix, suffix, lost_at FROM citation ORDER BY position")
        ).all()
    assert [tuple(row) for row in found] == [
        ("", TEXT[12:44], None),
        ("The aversion is codified in ", TEXT[39:71], None),
        (TEXT[47:79], "", None),
        ("", "", None),
    ]
