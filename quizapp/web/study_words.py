"""What the pages about studying say in words: greetings, ends, streaks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from quizapp.grading.marks import show
from quizapp.memory import intervals
from quizapp.memory.days import LearnerClock
from quizapp.models import ActKind
from quizapp.policy import Actor
from quizapp.queries.history import Recall
from quizapp.queries.queue_counts import Waiting
from quizapp.queries.quiz_history import QuizOffer
from quizapp.queries.today import TodayView
from quizapp.queries.topic_recall import TopicRecall
from quizapp.services.study import Step
from quizapp.web.goal_words import GoalToday, goal_today
from quizapp.web.wording import MONTHS, WEEKDAYS, count, duration, percent, short_weekday

_MORNING, _AFTERNOON, _EVENING = 4, 12, 18
WEEK = 7


def clock_of(actor: Actor) -> LearnerClock:
    """Return the clock that the learner lives by."""
    return LearnerClock(actor.timezone, actor.day_start_hour)


@dataclass(frozen=True, slots=True)
class Bar:
    """How far one is: `value` of `maximum`, `left` to go, and both said in a sentence."""

    value: int
    maximum: int
    left: int

    @property
    def label(self) -> str:
        return f"{self.value} of {count(self.maximum, 'card')} done"


_UNDONE = {
    ActKind.SUSPEND: "The card is not put aside any more.",
    ActKind.BURY: "The card is not put off any more.",
    ActKind.RESUME: "The card is put aside again.",
    ActKind.RESET: "The card is remembered again as it was.",
    ActKind.MOVE: "The card comes back on the day it had before.",
    ActKind.SPREAD: "Everything is due again when it was.",
}
_REDONE = {
    ActKind.SUSPEND: "The card is put aside again.",
    ActKind.BURY: "The card is put off again.",
    ActKind.RESUME: "The card is back in your reviews.",
    ActKind.RESET: "The card begins again.",
    ActKind.MOVE: "The card comes back on the day you gave it.",
    ActKind.SPREAD: "What waited is spread again.",
}


def undone(step: Step) -> str:
    """Return what to say of a step that was taken back."""
    if step.kind is None:
        return "Your last rating was taken back. Rate the card again."
    return _UNDONE[step.kind]


def redone(step: Step) -> str:
    """Return what to say of a step that was done again."""
    return "Your rating counts again." if step.kind is None else _REDONE[step.kind]


def bar(waiting: Waiting, *, limit: int | None, done: int, alone: bool = False) -> Bar:
    """Return how far the day is, or the sitting if it has a limit or stands `alone`."""
    left = max(1, waiting.left)
    if limit is not None:
        left = max(1, min(limit - done, waiting.left))
    elif not alone:
        return Bar(waiting.reviewed, waiting.reviewed + left, left)
    return Bar(done, done + left, left)


@dataclass(frozen=True, slots=True)
class StreakDay:
    """One of the last seven days."""

    name: str
    reviews: int
    is_today: bool
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """What the page of the day says."""

    actor: Actor
    view: TodayView
    now: datetime

    @property
    def date(self) -> str:
        """Return the date of the learner's wall: "Sunday 22 November"."""
        local = self._local
        return f"{WEEKDAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"

    @property
    def greeting(self) -> str:
        hour = self._local.hour
        part = "morning" if _MORNING <= hour < _AFTERNOON else "afternoon"
        if hour < _MORNING or hour >= _EVENING:
            part = "evening"
        first = "" if self.actor.is_guest else self.actor.name.split(" ")[0]
        return f"Good {part}, {first}" if first else f"Good {part}"

    @property
    def heading(self) -> str:
        """Return what waits, as the heading of the first card."""
        waiting = self.view.waiting
        if waiting.paused_until:
            return f"A pause until {_last_day(waiting.paused_until)}"
        if waiting.left:
            is_first = self.view.is_first_day
            cards = count(waiting.left, "card")
            return (
                "Your first cards are ready" if is_first else f"{cards} {_are(waiting.left)} ready"
            )
        if self.view.is_first_day and not waiting.unmet:
            return "This course has no cards yet"
        return f"Nothing due {End(waiting, clock_of(self.actor), self.now).when}"

    @property
    def pace(self) -> str:
        """Return how long that takes."""
        minutes = count(self.view.history.minutes(self.view.waiting.left), "minute")
        if self.view.is_first_day:
            return f"{count(self.view.waiting.left, 'new card')}, about {minutes}."
        return f"About {minutes} at your usual pace."

    @property
    def streak(self) -> str:
        """Return what may be said about the days in a row; never what could be lost."""
        history = self.view.history
        length = history.streak
        if not length:
            return "A day counts as soon as you rate one card."
        if self.view.waiting.reviewed:
            return "Today is in."
        if history.off.is_paused(history.today):
            return "They go on after your pause."
        if history.off.covers(history.today):
            return "A day of rest: they go on tomorrow."
        return f"Review today to make it {length + 1}."

    @property
    def goal(self) -> GoalToday | None:
        """Return how far today's goal is; None without one."""
        return goal_today(self.view.goal, self.view.waiting, self.view.history.today)

    @property
    def week(self) -> list[StreakDay]:
        history = self.view.history
        days = [history.today - timedelta(days=back) for back in range(WEEK - 1, -1, -1)]
        return [
            StreakDay(
                short_weekday(day),
                history.on(day).reviews,
                day == history.today,
                history.off.covers(day),
            )
            for day in days
        ]

    @property
    def remembered(self) -> str:
        """Return the share recalled in the last 30 days, or that too few were tested."""
        recall = self.view.history.lately.recall
        return percent(recall.share) if recall.is_measurable else "Too early to say"

    @property
    def parts(self) -> str:
        """Return "16 to review, 3 to relearn, 5 new"."""
        waiting = self.view.waiting
        return f"{waiting.to_review} to review, {waiting.to_relearn} to relearn, {waiting.new} new"

    @property
    def attempt_time(self) -> str:
        """Return how long the quiz in progress may still take; "" without a limit."""
        attempt = self.view.attempt
        if attempt is None or attempt.due_at is None:
            return ""
        left = (attempt.due_at - self.now).total_seconds()
        return f"{duration(left)} left" if left > 0 else "its time is up"

    def points(self, topic: TopicRecall) -> str:
        """Return how far a topic lies under the target."""
        return points(topic.recall, self.view.waiting.settings.desired_retention)

    def score(self, quiz: QuizOffer) -> str:
        """Return "9 of 12" for a quiz that was taken, and "so far" where answers wait for marks."""
        if quiz.mark is None or quiz.max_mark is None:
            return "Taken"
        so_far = " so far" if quiz.waits else ""
        return f"{marks(quiz.mark)} of {marks(quiz.max_mark)}{so_far}"

    def is_full(self, quiz: QuizOffer) -> bool:
        """Return whether every mark of the quiz was earned."""
        return quiz.mark is not None and quiz.mark == quiz.max_mark and not quiz.waits

    @property
    def cards_a_day(self) -> int:
        return self.view.history.cards_a_day

    @property
    def slipping(self) -> str:
        topics = len(self.view.slipping)
        return "One topic is slipping" if topics == 1 else f"{_NUMBERS[topics]} topics are slipping"

    @property
    def _local(self) -> datetime:
        return self.now.astimezone(ZoneInfo(self.actor.timezone))


#: Seconds from which the time of a day is told in whole minutes.
_LONG = 600
_NUMBERS = ("No", "One", "Two", "Three")


@dataclass(frozen=True, slots=True)
class End:
    """What is said when nothing is left for now."""

    waiting: Waiting
    clock: LearnerClock
    now: datetime

    @property
    def title(self) -> str:
        """Return what the page is headed."""
        if self.waiting.paused_until:
            return f"A pause until {_last_day(self.waiting.paused_until)}"
        if self.waiting.left and not self.waiting.reviewed:
            verb = "is" if self.waiting.left == 1 else "are"
            return f"{count(self.waiting.left, 'card')} {verb} ready"
        return "Done for now" if self.waiting.left else f"Nothing due {self.when}"

    @property
    def held_back(self) -> str:
        """Return what is said of reviews beyond the day's limit; "" if there are none."""
        more = self.waiting.held_back
        if self.waiting.left or not more:
            return ""
        return f"That is your limit for a day. {count(more, 'more card')} will come first tomorrow."

    @property
    def when(self) -> str:
        """Return when there is something again: "until tomorrow", "for 3 days"."""
        if self.waiting.held_back:
            return "until tomorrow"
        due_at = self.waiting.next_due_at
        days = self.clock.days_between(self.now, due_at) if due_at else None
        if due_at and days == 0:
            return f"for {intervals.label((due_at - self.now).total_seconds())}"
        if days == 1 or (self.waiting.unmet and self.waiting.settings.new_per_day):
            return "until tomorrow"
        return f"for {intervals.label_days(days)}" if days else "for now"

    @property
    def time(self) -> str:
        """Return the time spent, in whole minutes once there are ten: the figure stays one line."""
        seconds = self.waiting.milliseconds / 1000
        return duration(seconds if seconds < _LONG else round(seconds / 60) * 60)

    @property
    def recalled(self) -> str:
        """Return "18 of 20", of the cards past their first steps; "" if there were none."""
        tested = self.waiting.counts.reviews_done
        return f"{self.waiting.recalled} of {tested}" if tested else ""


def points(recall: Recall, target: float) -> str:
    """Return how far a share lies from its target: "3 points under target"."""
    difference = round(recall.share * 100) - round(target * 100)
    if not difference:
        return "on target"
    side = "over" if difference > 0 else "under"
    return f"{count(abs(difference), 'point')} {side} target"


def marks(number: Fraction) -> str:
    """Return marks with at most two decimals: "9", "7.5", "6.67", "−2"."""
    return show(number)


def weekday(day: date) -> str:
    """Return "Wednesday"."""
    return WEEKDAYS[day.weekday()]


def _last_day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
