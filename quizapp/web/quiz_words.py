"""The rules of a quiz in plain words, as the page says them before one starts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from quizapp.grading.behaviour import CERTAINTIES, stakes
from quizapp.grading.disclosure import EVERYTHING, Disclosure, Shown
from quizapp.grading.marks import show
from quizapp.grading.settings import Behaviour, Counting, QuizSettings
from quizapp.queries.attempts import AttemptHead
from quizapp.queries.quizzes import QuizLine
from quizapp.web.filters import moment
from quizapp.web.wording import NO_BREAK_SPACE, count

#: Minutes before the end at which the timer speaks; `timer.js` has the same.
ANNOUNCED = (5, 1)
SURE = {1: "Not sure", 2: "Fairly sure", 3: "Certain"}
COUNTS = {
    Counting.HIGHEST: "The highest mark counts.",
    Counting.LAST: "The last attempt counts.",
    Counting.FIRST: "The first attempt counts.",
    Counting.AVERAGE: "The average of all attempts counts.",
}
#: In the order in which they are named.
_THINGS = {
    Shown.MARKS: "the marks",
    Shown.RESPONSE: "your answers",
    Shown.RIGHT_ANSWER: "the right answers",
    Shown.FEEDBACK: "the comments",
    Shown.PASSAGE: "the passages of the text",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: an icon, what comes first in bold, and the rest of it."""

    icon: str
    lead: str
    text: str = ""


def rules(quiz: QuizLine) -> tuple[Rule, ...]:
    """Return every rule of a quiz as it holds for the learner."""
    return tuple(_rules(quiz, quiz.settings))


def personal(quiz: QuizLine) -> tuple[str, ...]:
    """Return what is different for this learner, and then the reasons given for it."""
    return tuple(_personal(quiz, quiz.settings, quiz.general))


def things(shown: Collection[Shown]) -> str:
    """Return "the marks, your answers and the comments"; "" for nothing."""
    words = [word for thing, word in _THINGS.items() if thing in shown]
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def after_submit(settings: QuizSettings) -> str:
    """Return what is shown once an attempt is handed in, and what after the quiz has closed."""
    return _disclosure(settings, is_closed=settings.is_closed(now=datetime.now(UTC)))


def time_left(head: AttemptHead) -> str:
    """Return until when an attempt runs, in words."""
    if head.due_at is None:
        return "There is no time limit."
    whole = head.due_at - head.started_at
    limit = timedelta(minutes=head.settings.time_limit_minutes or 0)
    # A quiz that closes sooner leaves less than its limit.
    is_full = limit and whole >= limit * float(head.settings.time_factor) - timedelta(seconds=1)
    said = f"You have {minutes(head.settings)}, until" if is_full else "You have until"
    told = [f"at {count(at, 'minute')}" for at in ANNOUNCED if whole > timedelta(minutes=at)]
    if head.settings.shows_countdown and told:
        return f"{said} {moment(head.due_at)}. We tell you {' and '.join(told)}."
    return f"{said} {moment(head.due_at)}. What you have saved then is handed in."


def signed(points: Fraction) -> str:
    """Return "+3", "0" or "−6"."""
    return f"+{show(points)}" if points > 0 else show(points)


def minutes(settings: QuizSettings) -> str:
    """Return how long an attempt may take, extra time included: "45 minutes"; "" for ever."""
    if settings.time_limit_minutes is None:
        return ""
    whole = settings.time_limit_minutes * settings.time_factor
    if whole.denominator == 1:
        return count(whole.numerator, "minute")
    return f"{show(whole)} minutes"


def _rules(quiz: QuizLine, settings: QuizSettings) -> Iterator[Rule]:
    order = " Each attempt asks them in another order." if settings.shuffle_questions else ""
    yield Rule(
        "list-checks",
        count(quiz.questions, "question") + ",",
        f"one at a time. Move between them as you like.{order}",
    )
    yield _time(settings)
    yield from _dates(quiz, settings)
    yield _behaviour(settings)
    if quiz.asks_people:
        yield _by_people(settings)
    if settings.pass_mark_percent is not None:
        needed = f"{settings.pass_mark_percent}{NO_BREAK_SPACE}%"
        yield Rule("target", f"To pass, reach {needed}", "of the points.")
    yield Rule("eye", "", _disclosure(settings, is_closed=quiz.is_closed))
    yield Rule(
        "layers",
        "",
        "Each question you answer counts as a review of its card."
        if settings.counts_for_memory
        else "This quiz leaves your cards as they are.",
    )
    yield _attempts(quiz, settings)


def _time(settings: QuizSettings) -> Rule:
    if not settings.time_limit_minutes:
        return Rule("clock", "No time limit.", "Leave and come back whenever you like.")
    grace = ""
    if settings.grace_seconds:
        seconds = count(settings.grace_seconds, "second")
        grace = f" What is on its way then still counts for {seconds}."
    return Rule(
        "clock",
        minutes(settings),
        "from the moment you start. The time runs on if you leave; when it is up, what you saved"
        f" is handed in.{grace}",
    )


def _dates(quiz: QuizLine, settings: QuizSettings) -> Iterator[Rule]:
    if quiz.is_to_open and settings.opens_at:
        yield Rule("calendar-days", f"Opens on {moment(settings.opens_at)}.")
    if settings.closes_at is None:
        return
    closing = moment(settings.closes_at)
    if quiz.is_closed:
        yield Rule("calendar-days", f"Closed on {closing}.")
        return
    text = "An attempt that is open then is handed in as it was saved."
    if settings.time_factor > 1:
        text = "An attempt that is open then has its extra time left."
    yield Rule("calendar-days", f"Closes on {closing}.", text)


def _behaviour(settings: QuizSettings) -> Rule:
    if settings.behaviour is Behaviour.IMMEDIATE:
        seen = things(_visible(settings.disclosure.during))
        return Rule(
            "check",
            "Check each question when you like.",
            f"Its answer then stays as it is{f', and you see {seen}' if seen else ''}. What you"
            " do not check is graded when you submit.",
        )
    if settings.behaviour is Behaviour.PRACTICE:
        return Rule("check", _tries(settings), _cost(settings))
    if settings.behaviour is Behaviour.CERTAINTY:
        return Rule("circle-help", "Say how sure you are of each answer.", _certainty())
    text = "Answers save as you go. You can change them until you submit."
    return Rule("pencil", "", text)


def _by_people(settings: QuizSettings) -> Rule:
    """Return what is different about answers that a person marks."""
    text = "Until they are marked, your result is not final. They leave your cards as they are."
    if settings.behaviour.checks:
        text = f"They cannot be checked at once. {text}"
    if settings.behaviour is Behaviour.CERTAINTY:
        text = f"How sure you are plays no part in them. {text}"
    return Rule("circle-check", "Your instructor marks answers in your own words.", text)


def waiting_words(waits: int) -> str:
    """Return "2 answers wait to be marked"."""
    return f"{count(waits, 'answer')} {'waits' if waits == 1 else 'wait'} to be marked"


def _tries(settings: QuizSettings) -> str:
    if settings.tries == 1:
        return "One try at each question."
    return f"Up to {settings.tries} tries at each question."


def _cost(settings: QuizSettings) -> str:
    if settings.tries == 1:
        return "Check it when you are ready."
    hints = ""
    if Shown.PASSAGE in settings.disclosure.during:
        hints = "After a wrong one you get a hint from the text. "
    if not settings.penalty_percent:
        return f"{hints}Trying again costs nothing."
    cost = f"{settings.penalty_percent}{NO_BREAK_SPACE}%"
    return f"{hints}Each further try costs {cost} of the question's points."


def _certainty() -> str:
    said = [
        f"{SURE[one].lower()} {signed(right)} if right, {signed(wrong)} if wrong"
        for one in CERTAINTIES
        for right, wrong in [stakes(one)]
    ]
    return f"For each point of a question: {'; '.join(said)}. Honest certainty earns most."


def _attempts(quiz: QuizLine, settings: QuizSettings) -> Rule:
    counts = COUNTS[settings.counting]
    if settings.attempts_allowed is None:
        return Rule("rotate-ccw", "As many attempts as you like.", counts)
    left = quiz.attempts_left or "none"
    allowed = count(settings.attempts_allowed, "attempt")
    text = f"{left} left." if settings.attempts_allowed == 1 else f"{left} left. {counts}"
    return Rule("rotate-ccw", f"{allowed} in all,", text)


def _disclosure(settings: QuizSettings, *, is_closed: bool) -> str:
    told: Disclosure = settings.disclosure
    before, after = _visible(told.after_submit), _visible(told.after_close)
    if is_closed:
        before = after
    said = "After you submit you see "
    said += f"{things(before)}." if before else "that it arrived, and no result yet."
    if settings.closes_at is None or is_closed or before == after:
        return said
    when = moment(settings.closes_at)
    if after - before:
        said += f" After the quiz closes on {when} you also see {things(after - before)}."
    if before - after:
        said += f" After it closes on {when} you no longer see {things(before - after)}."
    return said


def _visible(shown: frozenset[Shown]) -> frozenset[Shown]:
    """Return what is seen in fact: comments stand beside an answer, or not at all."""
    if shown & {Shown.RESPONSE, Shown.RIGHT_ANSWER}:
        return shown
    return shown - {Shown.FEEDBACK}


def hidden_words(
    shown: Collection[Shown], later: Collection[Shown], closing: str
) -> tuple[str, ...]:
    """Return what the results do not show: what comes later, and when; and what never does.

    :param closing: when the quiz closes, in words; "" where nothing comes later.
    """
    never = EVERYTHING - set(shown) - set(later)
    said = []
    if later and closing:
        said.append(f"You see {things(later)} after the quiz closes on {closing}.")
    if never:
        said.append(f"This quiz does not show {things(never)}.")
    return tuple(said)


def _personal(quiz: QuizLine, own: QuizSettings, general: QuizSettings) -> Iterator[str]:
    if minutes(own) != minutes(general):
        instead = f"instead of {general.time_limit_minutes}" if minutes(general) else "in all"
        extra = " (extra time)" if own.time_factor > 1 else ""
        yield f"You have {minutes(own)} {instead}{extra}."
    elif own.time_factor > 1 and own.closes_at:
        factor = show(own.time_factor)
        yield f"You have {factor} times the time that is left until it closes."
    if own.opens_at != general.opens_at and own.opens_at:
        yield f"For you it opens on {moment(own.opens_at)}."
    if own.closes_at != general.closes_at and own.closes_at:
        instead = f" instead of {moment(general.closes_at)}" if general.closes_at else ""
        yield f"For you it closes on {moment(own.closes_at)}{instead}."
    if own.attempts_allowed != general.attempts_allowed and own.attempts_allowed:
        allowed = count(own.attempts_allowed, "attempt")
        yield f"You have {allowed} instead of {general.attempts_allowed or 'any number'}."
    if not own.shows_countdown and (own.time_limit_minutes or own.closes_at):
        yield "You see no countdown; the deadline is named in words."
    for reason in quiz.rules.reasons:
        yield f"Reason: {reason}"
