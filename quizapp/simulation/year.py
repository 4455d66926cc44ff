"""A learner's year of sittings: when they sit down, which card comes, and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import heappop, heappush
from random import Random
from zoneinfo import ZoneInfo

from quizapp.memory import scheduler
from quizapp.memory.days import LearnerClock
from quizapp.memory.predictions import foretold
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, MemoryState, Phase, Rating
from quizapp.simulation.people import Person
from quizapp.simulation.truth import Mind

_TURN = timedelta(milliseconds=700)
_SECOND_SITTING = 0.35
#: A sitting is cut short, or goes on: deviation of the logarithm of its length.
_LENGTH_SPREAD = 0.35
_LONGEST_MINUTES = 90.0


@dataclass(frozen=True, slots=True)
class Asked:
    """One card of a simulated sitting.

    :param day: the learner's. :param fact: its number in the course.
    :param interval_days: given; None for a pause within the sitting.
    :param predicted: the chance of recall that the scheduler expected, in millionths; None where
        it foretold none.
    """

    at: datetime
    day: date
    fact: int
    rating: Rating
    duration_ms: int
    before: MemoryState
    after: MemoryState
    interval_days: int | None
    predicted: int | None


class LearnerYear:
    """One learner in one course, from `begins` on; `asked` is what has happened so far.

    :param number: in the class: two of one name do not live one life.
    :param eases: of the facts of the course, by their number (`simulation.truth.fact_ease`).
    :param begins: the first day of the year. :param now: until when it is lived.
    :param seeds: of the learner's memory of each fact, as the scheduler wants them.
    :param seed: of the whole class.
    """

    def __init__(
        self,
        person: Person,
        *,
        number: int,
        eases: tuple[float, ...],
        begins: date,
        now: datetime,
        seeds: tuple[int, ...],
        seed: int,
    ) -> None:
        self.person, self._begins, self._now = person, begins, now
        self._chance = Random(f"learner {number} {seed}")  # noqa: S311
        self.mind = Mind(person, eases, self._chance)
        self.clock = LearnerClock(person.zone, person.day_start_hour)
        self.settings = MemorySettings(
            desired_retention=person.retention, new_per_day=person.new_per_day
        )
        self._zone = ZoneInfo(person.zone)
        self._seeds = seeds
        self.states: dict[int, MemoryState] = {}
        self.asked: list[Asked] = []
        self._steps: list[tuple[datetime, int]] = []
        self._due: list[tuple[datetime, int]] = []
        self._next_new = 0
        self._met_today = 0

    @property
    def joined_at(self) -> datetime:
        """Return when the learner came into the course: in the morning of their first day."""
        return datetime.combine(self.date_of(self.person.first_day), time(), tzinfo=UTC)

    def date_of(self, number: int) -> date:
        """Return the date of a day of the year."""
        return self._begins + timedelta(days=number)

    def study(self, number: int) -> datetime | None:
        """Sit down on a day of the year, or not.

        :return: the end of the last sitting; None if there was none.
        """
        day = self.date_of(number)
        if self.person.is_away(number) or self._chance.random() > self.person.week[day.weekday()]:
            return None
        self._met_today, ended = 0, None
        for hour in self._hours():
            started = self._moment(day, hour)
            if ended is None or started > ended:
                ended = self._sit(started)
        return ended

    def take_over(self, states: Mapping[int, MemoryState]) -> None:
        """Go on from what a quiz has made of memories."""
        for fact, state in states.items():
            self.states[fact] = state
            self._put_back(fact, state)

    def knows(self, fact: int, at: datetime) -> bool:
        """Return whether the learner knows a fact at that moment."""
        state = self.states.get(fact, NEW_STATE)
        return self.mind.knows(fact, state, days=self._days(state, at), hour=self.hour(at))

    def hour(self, at: datetime) -> int:
        """Return the hour of the learner's clock."""
        return at.astimezone(self._zone).hour

    def _hours(self) -> list[float]:
        person = self.person
        hours = [self._chance.gauss(person.hour, person.hour_spread)]
        if person.second_hour is not None and self._chance.random() < _SECOND_SITTING:
            hours.append(self._chance.gauss(person.second_hour, person.hour_spread))
        return hours

    def _moment(self, day: date, hour: float) -> datetime:
        """Return an hour of the learner's day: those before it begins are of the night after."""
        hour = min(max(hour, self.person.day_start_hour), self.person.day_start_hour + 23.5)
        midnight = datetime.combine(day, time(), tzinfo=self._zone)
        # Wall clock: an hour that the clock skips or repeats is the same hour of habit.
        wall = midnight + timedelta(hours=hour)
        return wall.astimezone(UTC).replace(microsecond=wall.microsecond // 1000 * 1000)

    def _sit(self, started: datetime) -> datetime | None:
        length = self.person.minutes * 2.718 ** self._chance.gauss(0, _LENGTH_SPREAD)
        at = started
        until = min(started + timedelta(minutes=min(length, _LONGEST_MINUTES)), self._now)
        while at < until:
            fact = self._next(at)
            if fact is None:
                break
            at = self._ask(fact, at)
        return at if at > started else None

    def _next(self, at: datetime) -> int | None:
        """Return the fact to ask: a step that is due, a review, something new, or a step ahead."""
        fact = self._pop(self._steps, at)
        if fact is None:
            fact = self._pop(self._due, at)
        if fact is None:
            fact = self._meet()
        if fact is None:
            ahead = timedelta(minutes=self.settings.learn_ahead_minutes)
            fact = self._pop(self._steps, at + ahead)
        return fact

    def _pop(self, queue: list[tuple[datetime, int]], until: datetime) -> int | None:
        while queue and queue[0][0] <= until:
            due_at, fact = heappop(queue)
            # If not, a quiz has asked it meanwhile, and it stands in the queue again.
            if self.states[fact].due_at == due_at:
                return fact
        return None

    def _meet(self) -> int | None:
        """Return the next fact that was never met, if one may be begun today."""
        while self._met_today < self.person.new_per_day and self._next_new < len(self._seeds):
            fact, self._next_new = self._next_new, self._next_new + 1
            if fact not in self.states:
                self._met_today += 1
                return fact
        return None

    def _ask(self, fact: int, at: datetime) -> datetime:
        """Ask a fact and return when the next card may come."""
        before = self.states.get(fact, NEW_STATE)
        days = self._days(before, at)
        given = self.mind.answer(fact, before, days=days, hour=self.hour(at))
        at += timedelta(milliseconds=given.duration_ms)
        after = scheduler.review(
            before,
            given.rating,
            now=at,
            clock=self.clock,
            settings=self.settings,
            seed=self._seeds[fact],
        )
        self.asked.append(
            Asked(
                at=at,
                day=self.clock.day_of(at),
                fact=fact,
                rating=given.rating,
                duration_ms=given.duration_ms,
                before=before,
                after=after,
                interval_days=scheduler.given_days(after, self.clock),
                predicted=foretold(before, now=at, clock=self.clock, weights=None),
            )
        )
        self.states[fact] = after
        self._put_back(fact, after)
        return at + _TURN

    def _put_back(self, fact: int, state: MemoryState) -> None:
        if state.due_at is None:
            return
        heappush(self._due if state.phase is Phase.REVIEW else self._steps, (state.due_at, fact))

    def _days(self, state: MemoryState, at: datetime) -> int:
        if state.last_review_at is None:
            return 0
        return max(0, self.clock.days_between(state.last_review_at, at))
