"""Storing the people of a demo year: learners and who teaches them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Base, Enrolment, Role, User


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to be stored; `password_hash` as `services.passwords` gives it."""

    email: str
    name: str
    zone: str
    day_start_hour: int
    password_hash: str
    role: Role
    joined_at: datetime


def store_demo_people(
    session: Session, people: Sequence[DemoPerson], *, course_id: int
) -> list[int]:
    """Store accounts as members of one course only; return their ids in the order given."""
    users = [
        {
            "email": one.email,
            "name": one.name,
            "password_hash": one.password_hash,
            "is_admin": False,
            "is_guest": False,
            "is_disabled": False,
            "timezone": one.zone,
            "day_start_hour": one.day_start_hour,
            "created_at": one.joined_at,
        }
        for one in people
    ]
    table = Base.metadata.tables[User.__tablename__]
    stored = session.execute(sa.insert(table).returning(table.c.email, table.c.id), users)
    ids = {row.email: row.id for row in stored}
    members: list[dict[str, Any]] = [
        {
            "user_id": ids[one.email],
            "course_id": course_id,
            "role": one.role,
            "joined_at": one.joined_at,
        }
        for one in people
    ]
    session.execute(sa.insert(Base.metadata.tables[Enrolment.__tablename__]), members)
    return [ids[one.email] for one in people]
