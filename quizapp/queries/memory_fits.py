"""What was learnt of a learner in a course: the tries to fit the model, and what holds of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory import fitting
from quizapp.memory.fitting import InForce
from quizapp.memory.latency import Choice, Quartiles
from quizapp.memory.model import Weights
from quizapp.memory.recalibration import Recalibration
from quizapp.memory.settings import MemorySettings
from quizapp.models import Course, FitOutcome, MemoryFit, MemoryRules, QuarterTotal, User
from quizapp.queries.memory_rules import in_force, rules_in_force

#: So many tries are listed.
LISTED = 6
_OVER = MemoryFit.outcome != FitOutcome.WAITING


@dataclass(frozen=True, slots=True)
class Times:
    """What is known of a learner's answer times.

    :param choice: how it was judged whether they tell anything; None while it was not.
    :param quartiles: by kind of question.
    """

    choice: Choice | None
    quartiles: dict[str, Quartiles]


@dataclass(frozen=True, slots=True)
class PastFit:
    """One try, as `models.MemoryFit` has it."""

    number: int
    asked_at: datetime
    at: datetime | None
    outcome: FitOutcome
    reviews: int
    trials: int
    held_out: int
    loss_in_force: float | None
    loss_fitted: float | None
    weights: Weights | None
    before: Weights | None
    is_timed: bool
    times: Times
    correction: Recalibration
    undone_at: datetime | None

    @property
    def is_adopted(self) -> bool:
        """Return whether its weights were taken, whether or not they were given back since."""
        return self.outcome is FitOutcome.ADOPTED


@dataclass(frozen=True, slots=True)
class Fits:
    """A learner's tries in a course, newest first.

    :param waiting: the one that is asked for and not over. :param past: those that are over.
    :param adopted: the last one that was adopted, taken back or not.
    """

    waiting: PastFit | None
    past: tuple[PastFit, ...]
    adopted: PastFit | None

    @property
    def last(self) -> PastFit | None:
        return self.past[0] if self.past else None


def fits_of(session: Session, *, learner_id: int, course_id: int) -> Fits:
    """Return what was tried so far."""
    mine = (MemoryFit.learner_id == learner_id, MemoryFit.course_id == course_id)
    newest = sa.select(MemoryFit.number).where(*mine).order_by(MemoryFit.number.desc())
    adopted = newest.where(MemoryFit.outcome == FitOutcome.ADOPTED).limit(1)
    rows = session.execute(
        sa.select(*MemoryFit.__table__.c)
        .where(
            *mine,
            sa.or_(
                MemoryFit.number.in_(newest.limit(LISTED + 1).scalar_subquery()),
                MemoryFit.number == adopted.scalar_subquery(),
            ),
        )
        .order_by(MemoryFit.number.desc())
    ).all()
    tries = [_fit(row) for row in rows]
    over = [one for one in tries if one.outcome is not FitOutcome.WAITING]
    waiting = next((one for one in tries if one.outcome is FitOutcome.WAITING), None)
    return Fits(waiting, tuple(over[:LISTED]), next((o for o in over if o.is_adopted), None))


def reviews_counted(session: Session, *, learner_id: int, course_id: int) -> int:
    """Return how many reviews of a learner stand in a course."""
    found = session.scalar(
        sa.select(sa.func.sum(QuarterTotal.reviews)).where(
            QuarterTotal.learner_id == learner_id, QuarterTotal.course_id == course_id
        )
    )
    return int(found or 0)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a fit starts from.

    :param settings: those in force. :param in_force: their weights, and from how many trials.
    :param correction: as learnt so far, from `correction.trials` trials.
    """

    slug: str
    settings: MemorySettings
    in_force: InForce
    correction: Recalibration


def ground_of(session: Session, *, learner_id: int, course_id: int) -> Ground:
    """Return what the next fit of a learner's reviews of a course starts from."""
    slug = session.scalars(sa.select(Course.slug).where(Course.id == course_id)).one()
    rules = rules_in_force(session, learner_id=learner_id, course_id=course_id)
    fits = fits_of(session, learner_id=learner_id, course_id=course_id)
    weights, adopted = rules.settings.weights, fits.adopted
    last = next((one for one in fits.past if one.outcome is not FitOutcome.FAILED), adopted)
    # Weights that came back by undoing learnt from no more than those undone: all of it is known.
    learned = adopted.trials if adopted and weights is not None else 0
    return Ground(
        slug=slug,
        settings=rules.settings,
        in_force=InForce(weights, learned, last.trials if last else 0),
        correction=last.correction if last else Recalibration(),
    )


def grown(session: Session, *, limit: int) -> list[tuple[int, int]]:
    """Return learner and course where the reviews have grown enough for another fit.

    Enough is what `fitting.is_due` asks of trials, asked of reviews: what is cheaply known.
    Those who switched fitting off, and those whose fit waits, are left out.
    """
    last = (
        sa.select(MemoryFit.learner_id, MemoryFit.course_id)
        .add_columns(
            sa.func.max(sa.case((_OVER, MemoryFit.reviews), else_=0)).label("reviews"),
            sa.func.max(sa.case((_OVER, 0), else_=1)).label("waits"),
        )
        .group_by(MemoryFit.learner_id, MemoryFit.course_id)
        .subquery()
    )
    # Added up before anything is joined: what follows is asked once of each learner and course.
    total = sa.func.sum(QuarterTotal.reviews)
    keys = (QuarterTotal.learner_id, QuarterTotal.course_id)
    totals = (
        sa.select(*keys, total.label("reviews"))
        .group_by(*keys)
        .having(total >= fitting.MINIMUM_TRIALS)
        .subquery("totals")
    ).c
    of_both = (last.c.learner_id == totals.learner_id, last.c.course_id == totals.course_id)
    wants = MemoryRules.settings["fit"].as_boolean()
    found = (
        sa.select(totals.learner_id, totals.course_id)
        .join(User, sa.and_(User.id == totals.learner_id, User.is_guest.is_(False)))
        .outerjoin(last, sa.and_(*of_both))
        .outerjoin(MemoryRules, in_force(totals.learner_id, totals.course_id))
        .where(
            sa.func.coalesce(last.c.waits, 0) == 0,
            sa.func.coalesce(wants, sa.true()),
            totals.reviews >= fitting.GROWTH * sa.func.coalesce(last.c.reviews, 0),
        )
        .order_by(totals.learner_id, totals.course_id)
        .limit(limit)
    )
    return [(row.learner_id, row.course_id) for row in session.execute(found)]


def times_of(stored: dict[str, Any] | None) -> Times:
    """Return what `dump_times` wrote."""
    if stored is None:
        return Times(None, {})
    choice = stored["choice"]
    return Times(
        choice=Choice(**choice) if choice else None,
        quartiles={kind: Quartiles(*two) for kind, two in stored["quartiles"].items()},
    )


def correction_of(stored: dict[str, Any] | None) -> Recalibration:
    """Return what `Recalibration.to_json` wrote; that of nobody learns from nothing."""
    return Recalibration() if stored is None else Recalibration.from_json(stored)


def _fit(row: Any) -> PastFit:
    values = dict(row._mapping)
    for name in ("learner_id", "course_id"):
        del values[name]
    return PastFit(
        **values
        | {
            "weights": _weights(row.weights),
            "before": _weights(row.before),
            "times": times_of(row.times),
            "correction": correction_of(row.correction),
        }
    )


def _weights(stored: list[Any] | None) -> Weights | None:
    return None if stored is None else tuple(stored)
