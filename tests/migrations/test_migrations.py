"""Every revision runs up, down and up again on both databases, and the result is the models."""

from __future__ import annotations

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from quizapp import db
from quizapp.config import Settings
from quizapp.models import Base


def test_the_schema_equals_the_models(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_down_leaves_nothing_and_up_brings_all_back(settings: Settings, engine: sa.Engine) -> None:
    db.downgrade(settings)
    after_down = sa.inspect(engine).get_table_names()
    db.upgrade(settings)
    after_up = set(sa.inspect(engine).get_table_names())

    assert after_down == ["alembic_version"]
    assert after_up == {*Base.metadata.tables, "alembic_version"}


def test_upgrading_twice_keeps_what_is_stored(settings: Settings, engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO course (slug, title, summary, language, is_public, created_at)"
                " VALUES ('a', 'A', '', 'en', true, 0)"
            )
        )

    db.upgrade(settings)

    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM course")) == 1
