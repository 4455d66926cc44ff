"""What the settings of a quiz mean, in the words of the instructor's pages."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from quizapp.grading.disclosure import MOMENTS, Shown
from quizapp.grading.settings import Behaviour, Counting, QuizSettings
from quizapp.web.wording import count

#: By behaviour: its name, and what it means in one line.
BEHAVIOURS: Mapping[Behaviour, tuple[str, str]] = {
    Behaviour.DEFERRED: (
        "Feedback at the end",
        "Students answer everything, hand in, and then see how they did.",
    ),
    Behaviour.IMMEDIATE: (
        "Check each question",
        "Students may check a question once, see how they did, and go on.",
    ),
    Behaviour.PRACTICE: (
        "Practice with several tries",
        "Students check a question, get a hint, and try again; each further try costs a part "
        "of the marks.",
    ),
    Behaviour.CERTAINTY: (
        "How sure are you?",
        "Students say how sure they are: right earns 1, 2 or 3 times the marks, wrong costs "
        "0, 2 or 6 times.",
    ),
}
COUNTINGS: Mapping[Counting, str] = {
    Counting.HIGHEST: "The best one",
    Counting.LAST: "The last one",
    Counting.FIRST: "The first one",
    Counting.AVERAGE: "The average of all",
}
THINGS: Mapping[Shown, str] = {
    Shown.RESPONSE: "Their answer",
    Shown.RIGHT_ANSWER: "The right answer",
    Shown.FEEDBACK: "Feedback on an answer that is shown",
    Shown.PASSAGE: "The passage that proves it",
    Shown.MARKS: "Marks, and what was right or missed",
}
#: By moment: its name, and when that is.
MOMENT_WORDS: Mapping[str, tuple[str, str]] = {
    "during": ("During", "of a question that was checked"),
    "after_submit": ("After handing in", "until the quiz closes"),
    "after_close": ("After it closed", "once nobody can answer any more"),
}
assert tuple(MOMENT_WORDS) == MOMENTS  # noqa: S101 – the page shows every moment


#: What an instructor should know where a quiz asks for answers in own words, by behaviour.
BY_PEOPLE: Mapping[Behaviour, str] = {
    Behaviour.DEFERRED: "You mark answers in students’ own words, on the page Marking. Until they "
    "are marked, results are not final.",
    Behaviour.IMMEDIATE: "Answers in students’ own words cannot be checked at once: students see "
    "how they did only when you have marked them.",
    Behaviour.PRACTICE: "Answers in students’ own words cannot be tried several times: there is no "
    "hint and no check, and you mark what is handed in.",
    Behaviour.CERTAINTY: "How sure students are plays no part in answers in their own words: they "
    "earn their plain points, a third of what other questions can.",
}


def points(mark: Fraction) -> str:
    """Return points as they are typed: "1", "0.5", or "1/3" where decimals would not end."""
    tenths_of_thousands = mark * 10_000
    if tenths_of_thousands.denominator != 1:
        return str(mark)
    text = f"{float(mark):.4f}".rstrip("0").rstrip(".")
    return text or "0"


def summary(settings: QuizSettings) -> str:
    """Return how a quiz runs in one line: "15 minutes · 2 attempts · 60 % to pass"."""
    minutes, allowed = settings.time_limit_minutes, settings.attempts_allowed
    words = [
        BEHAVIOURS[settings.behaviour][0],
        "No time limit" if minutes is None else count(minutes, "minute"),
        "Any number of attempts" if allowed is None else count(allowed, "attempt"),
    ]
    if settings.pass_mark_percent is not None:
        words.append(f"{settings.pass_mark_percent}\u00a0% to pass")
    return " · ".join(words)
