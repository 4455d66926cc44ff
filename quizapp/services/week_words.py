"""What a weekly letter says. How it looks is `week_letter.py`.

Nothing in it counts what was missed: a quiet day is a day, and days of rest keep a row alive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from quizapp.memory.goals import GoalUnit
from quizapp.queries.agenda import QuizDate
from quizapp.queries.history import Totals
from quizapp.queries.week import CourseWeek, Week
from quizapp.services.mail import is_plain_title

#: A row of fewer days is none worth telling.
_LEAST_ROW = 2
_QUIET = "–"


@dataclass(frozen=True, slots=True)
class Told:
    """One course in a letter: its title, what is said of it, and where it goes on."""

    title: str
    lines: tuple[str, ...]
    url: str


@dataclass(frozen=True, slots=True)
class Words:
    """A letter, part by part. `days`: name and cards of each day of the week,
    in words.

    :param reason: why it comes.
    """

    subject: str
    opening: str
    courses: tuple[Told, ...]
    days: tuple[tuple[str, str], ...]
    reason: str


def week_words(week: Week, *, zone: str, weekday: int, site: str) -> Words:
    """Return what the letter about a week says.

    :param zone: the learner's, in which quizzes open and close.
    """
    is_alone = len(week.courses) == 1
    return Words(
        subject=_subject(week),
        opening=_opening(week),
        courses=tuple(
            Told(
                _title(one),
                tuple(_lines(one, week.today, ZoneInfo(zone), is_alone=is_alone)),
                f"{site}today?course={one.ahead.course.slug}",
            )
            for one in week.courses
        ),
        days=tuple((f"{day:%a}", f"{total.reviews or _QUIET}") for day, total in week.days)
        if week.total.reviews
        else (),
        reason=f"You get this letter every {_DAYS[weekday]} because you asked for it.",
    )


def last_words(*, site: str) -> Words:
    """Return what the letter says after which no other comes."""
    return Words(
        subject="Your weekly letters from Footnote have stopped",
        opening=(
            "It has been quiet for four weeks, so this is the last of these letters. Nothing is "
            "lost: your cards are kept, and you can begin again on any day, with as few of them "
            "as you like. Letters begin again when you ask for them in your settings."
        ),
        courses=(Told("When you come back", ("What waits can be spread over days.",), site),),
        days=(),
        reason="You got these letters because you asked for them.",
    )


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _subject(week: Week) -> str:
    total = week.total
    if not total.reviews:
        return "Your next week on Footnote"
    return f"Your week on Footnote: {_cards(total.reviews)} on {_count(week.active_days, 'day')}"


def _opening(week: Week) -> str:
    span = f"From {_day(week.first)} to {_day(week.last)}"
    total = week.total
    if not total.reviews:
        return f"{span} you took a rest. Here is what comes next."
    done = f"{_cards(total.reviews)} on {_count(week.active_days, 'day')}"
    return f"{span} you rated {done}, in {_minutes(total)}."


def _title(course: CourseWeek) -> str:
    title = course.ahead.course.title
    return title if is_plain_title(title) else "Your course"


def _lines(course: CourseWeek, today: date, zone: ZoneInfo, *, is_alone: bool) -> Iterator[str]:
    """Yield what is said of a course, the week behind first.

    :param is_alone: there is no other, so that the opening has said some of it.
    """
    yield from _behind(course, is_alone=is_alone)
    yield from _ahead(course, today)
    for quiz in course.quizzes:
        yield _quiz(quiz, zone)
    if course.exam is not None:
        left = (course.exam - today).days
        when = {0: "today", 1: "tomorrow"}.get(left, f"in {left} days")
        yield f"Your exam is {when}, on {_day(course.exam)}."


def _behind(course: CourseWeek, *, is_alone: bool) -> Iterator[str]:
    total, history = course.total, course.ahead.history
    if total.reviews and not is_alone:
        days = _count(course.active_days, "day")
        yield f"{_cards(total.reviews)} on {days}, in {_minutes(total)}."
    if total.recall.is_measurable:
        share, target = round(total.recall.share * 100), round(course.ahead.target * 100)
        yield f"You remembered {share} % of what was asked; you aim for {target} %."
    if total.reviews and history.streak >= _LEAST_ROW:
        yield f"{history.streak} days in a row."
    if course.goal is not None and course.goal_days:
        unit = "cards" if course.goal.unit is GoalUnit.CARDS else "minutes"
        goal = f"{course.goal.amount} {unit if course.goal.amount > 1 else unit[:-1]}"
        yield f"You reached your goal of {goal} on {_count(course.goal_days, 'day')}."


def _ahead(course: CourseWeek, today: date) -> Iterator[str]:
    ahead = course.ahead
    if ahead.is_paused:
        yield "You are on a pause: nothing is asked."
        return
    cards = sum(day.cards for day in ahead.days)
    if not cards:
        yield "Nothing comes due in the next 7 days."
        return
    busiest = max(ahead.days, key=lambda day: day.cards)
    when = "today" if busiest.day == today else f"on {busiest.day:%A}"
    minutes = sum(ahead.minutes(day) for day in ahead.days)
    yield (
        f"Next 7 days: about {_cards(cards)}, {_count(minutes, 'minute')} in all. The most, "
        f"{busiest.cards}, {when}."
    )


def _quiz(quiz: QuizDate, zone: ZoneInfo) -> str:
    local: datetime = quiz.at.astimezone(zone)
    title = f"The quiz “{quiz.title}”" if is_plain_title(quiz.title) else "A quiz"
    verb = "closes" if quiz.is_closing else "opens"
    return f"{title} {verb} on {_day(local.date())} at {local:%H:%M}."


def _minutes(total: Totals) -> str:
    return _count(max(1, round(total.milliseconds / 60_000)), "minute")


def _cards(number: int) -> str:
    return _count(number, "card")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"
