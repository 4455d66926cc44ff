"""Attempts stored before people marked anything wait for nobody, and outlive the way back."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import db
from quizapp.config import Settings
from quizapp.models import Attempt
from quizapp.services.replay import replay
from tests.support.make import NOON, Make
from tests.support.marked import hand_in
from tests.support.sitting import Sitting

WAITING = sa.text("SELECT waiting FROM attempt ORDER BY id")


def test_attempts_outlive_the_way_back_and_forth(settings: Settings, engine: sa.Engine) -> None:
    with Session(engine) as session, session.begin():
        sitting = Sitting(session, Make(session), NOON)
        sitting.start(sitting.quiz("short_text"))
        sitting.save(0, text="Euphrates")
        sitting.submit()
        hand_in(sitting.make, sitting.actor, sitting.quiz("self_rated"), 0)

    db.downgrade(settings, "0003")
    db.upgrade(settings)

    with Session(engine) as session:
        assert session.scalars(WAITING).all() == [None, None]
        assert session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 2
        *_, replayed = replay(session)
        assert [one.replayed.waiting for one in replayed.differences] == [1]
