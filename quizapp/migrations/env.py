"""Alembic's environment: migrations run in one transaction on the configured database."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context

from quizapp.models import Base

_url = context.config.attributes["database_url"]
_engine = sa.create_engine(_url, poolclass=sa.NullPool)

with _engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        user_module_prefix="base.",
    )
    with context.begin_transaction():
        context.run_migrations()
