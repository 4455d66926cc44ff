"""What item analysis says in words: what is the matter with a question, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from quizapp.psychometrics.distractors import OptionFigures
from quizapp.psychometrics.flags import Finding, Flag
from quizapp.psychometrics.intervals import Interval, correlation
from quizapp.queries.item_analysis import AnalysedItem, QuizAnalysis
from quizapp.questions.choices import LETTERS
from quizapp.web.wording import NO_BREAK_SPACE, count, percent

#: Flags that say that the key may be wrong; the others ask for a look.
GRAVE = frozenset({Flag.KEY_SUSPECT, Flag.TWO_KEYS, Flag.NEGATIVE})
_NONE = "–"
_SOUND = 0.7
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_GUESSED = 0.2

_WORDS: Mapping[Flag, tuple[str, str]] = {
    Flag.KEY_SUSPECT: (
        "Students who do well on the rest miss the key more often than the others.",
        "Check which option is marked as right, and whether the stem can be read in another way.",
    ),
    Flag.TWO_KEYS: (
        "Those who chose {option} did better on the rest than those who chose the key.",
        "Is it right too? Correct the key, or say in the stem what sets the two apart.",
    ),
    Flag.NEGATIVE: (
        "Students who do well on the rest do worse here than the others.",
        "Look for right answers that are not accepted, and for a stem that misleads.",
    ),
    Flag.ATTRACTIVE: (
        "{option} is wrong, and draws those who do well on the rest.",
        "Make plain in the stem why it is wrong, or let it count.",
    ),
    Flag.TOO_HARD: (
        "Few get it right.",
        "Teach it again, ask it more plainly, or give marks for a part.",
    ),
    Flag.LOW: (
        "It hardly tells those who know more from those who know less.",
        "Ask for something that has to be understood, and make the stem say one thing only.",
    ),
    Flag.DUBIOUS: (
        "It tells little of what a question of this difficulty could tell.",
        "Look for a stem that is unclear, or for marks that depend on luck.",
    ),
    Flag.TOO_EASY: (
        "Nearly everyone gets it right, so it tells you little.",
        "Fine as a warm-up. Elsewhere, make its distractors more likely.",
    ),
    Flag.DEAD: (
        "Hardly anybody chooses {option}.",
        "Put a mistake there that students really make, or leave it out.",
    ),
}

#: Where all earned the same.
_BY_ALL: Mapping[Flag, str] = {
    Flag.TOO_HARD: "Nobody gets it right.",
    Flag.TOO_EASY: "Everyone gets it right, so it tells you nothing.",
}


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing that is the matter. `kind`: the colour, bad or warn."""

    says: str
    do: str
    kind: str


def advice(item: AnalysedItem) -> tuple[Advice, ...]:
    """Return what is the matter with an item, the worst first; options of one kind together."""
    together: dict[Flag, list[Finding]] = {}
    for finding in item.findings:
        together.setdefault(finding.flag, []).append(finding)
    return tuple(_advice(item, flag, several) for flag, several in together.items())


def _advice(item: AnalysedItem, flag: Flag, several: Sequence[Finding]) -> Advice:
    says, do = _WORDS[flag]
    if flag in _BY_ALL and earn_alike(item):
        says = _BY_ALL[flag]
    elif flag is Flag.TOO_HARD and item.guess >= _GUESSED:
        says = "Few get it right, hardly more than would by guessing."
    options = sorted(one.option for one in several if one.option is not None)
    letters = [LETTERS[option] for option in options]
    named = " or ".join([", ".join(letters[:-1]), *letters[-1:]] if letters[1:] else letters)
    return Advice(says.format(option=named), do, "bad" if flag in GRAVE else "warn")


def earn_alike(item: AnalysedItem) -> bool:
    """Return whether all earned the same, so that nothing tells them apart."""
    return item.figures.variance == 0


def measured(item: AnalysedItem) -> str:
    """Return "53 % of the points, discrimination 0.41", or why there is no discrimination."""
    earned, value = f"{percent(item.figures.facility)} of the points", item.figures.discrimination
    if value is not None:
        return f"{earned}, discrimination {signed(value)}"
    where = "here" if earn_alike(item) else "on the rest"
    return f"{earned}; no discrimination, since all earned the same {where}"


def heading(analysis: QuizAnalysis) -> str:
    """Return the finding of the page: "Astana: three questions to look at"."""
    number = len(analysis.flagged)
    if not analysis.figures.n:
        return f"{analysis.title}: nothing to measure yet"
    if not analysis.has_enough:
        return f"{analysis.title}: not enough attempts yet"
    if not number:
        return f"{analysis.title}: nothing stands out"
    words = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{analysis.title}: {words} question{'' if number == 1 else 's'} to look at"


def name(item: AnalysedItem) -> str:
    """Return what an item is called on the page: "Q3", "Q3, version 1", "#17" where drawn."""
    called = f"Q{item.number}" if item.number else f"#{item.question_id}"
    return called if item.is_current else f"{called}, version {item.version}"


def short_name(item: AnalysedItem) -> str:
    """Return the same for a chart: "Q3", "Q3v1"."""
    called = f"Q{item.number}" if item.number else f"#{item.question_id}"
    return called if item.is_current else f"{called}v{item.version}"


def colour(item: AnalysedItem) -> str:
    """Return "bad", "warn" or "": how an item stands."""
    flags = {finding.flag for finding in item.findings}
    return "bad" if flags & GRAVE else "warn" if flags else ""


def signed(value: float | None, digits: int = 2) -> str:
    """Return "0.41", "−0.08"; a dash for None."""
    # Adding 0.0 makes what was rounded to −0 a 0.
    return _NONE if value is None else f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")


def percents(interval: Interval | None) -> str:
    """Return "58 to 72 %"; "" for None."""
    return "" if interval is None else f"{_whole(interval.low)} to {percent(interval.high)}"


def numbers(interval: Interval | None, digits: int = 2) -> str:
    """Return "0.12 to 0.47"; "" for None."""
    if interval is None:
        return ""
    return f"{signed(interval.low, digits)} to {signed(interval.high, digits)}"


def reading(option: OptionFigures, n: int, findings: Sequence[Finding]) -> tuple[str, str]:
    """Return what an option's figures say, and the colour: bad, warn or ""."""
    flags = {one.flag for one in findings if one.option == option.option}
    margin = correlation(option.correlation, n)
    says = "Nobody chose it" if not option.n else "Not clear either way"
    kind = ""
    if option.option < 0:
        says = "Left empty"
    elif Flag.TWO_KEYS in flags or Flag.ATTRACTIVE in flags:
        says, kind = "Strong students choose it: is it also right?", "bad"
    elif Flag.DEAD in flags:
        says, kind = "Rarely chosen", "warn"
    elif margin and margin.high < 0:
        says, kind = (
            ("Strong students do not choose the key", "bad")
            if option.is_key
            else ("Works as a distractor", "")
        )
    elif margin and margin.low > 0:
        says = "Strong students choose it" if option.is_key else "Tends to draw strong students"
    return says, kind


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the quiz; `note` says what it is and its margin, `kind` its colour."""

    label: str
    value: str
    note: str
    kind: str = ""
    unit: str = ""


def quiz_figures(
    analysis: QuizAnalysis, margins: Mapping[str, Interval | None]
) -> tuple[Figure, ...]:
    """Return the figures on top of the page.

    :param margins: of mean, spread, alpha and error, by these names.
    """
    quiz = analysis.figures
    sound = quiz.alpha is not None and quiz.alpha >= _SOUND
    alpha = f"alpha, {numbers(margins['alpha'])}; {_SOUND} or more is sound"
    if quiz.alpha is None:
        alpha = "alpha; attempts were asked different questions"
    return (
        Figure("Mean", _share(quiz.mean, quiz.most), _of(margins["mean"], quiz.most), ""),
        Figure("Median", _share(quiz.median, quiz.most), f"of {_plain(quiz.most)} points"),
        Figure("Spread", _plain(quiz.sd), f"{numbers(margins['spread'])}", "", "points"),
        Figure("Reliability", signed(quiz.alpha), alpha, "good" if sound else ""),
        Figure(
            "Margin on a score",
            f"±{NO_BREAK_SPACE}{_plain(quiz.standard_error)}",
            f"standard error in points, {numbers(margins['error'])}",
        ),
    )


def more_figures(analysis: QuizAnalysis) -> tuple[tuple[str, str], ...]:
    """Return the other figures of the quiz: name and value."""
    quiz = analysis.figures
    return (
        ("Skewness", signed(quiz.skewness)),
        ("Kurtosis", signed(quiz.kurtosis)),
        ("Error ratio", percent(quiz.error_ratio)),
    )


def lede(analysis: QuizAnalysis, *, is_first: bool) -> str:
    """Return how much there is: "24 questions, 64 first attempts"."""
    quiz, kind = analysis.figures, "first attempt" if is_first else "attempt"
    asked = count(len({item.question_id for item in analysis.items}), "question")
    return f"{asked}, {count(quiz.n, kind)}"


def _share(points: float | None, most: float) -> str:
    return _NONE if points is None or not most else percent(points / most)


def _of(interval: Interval | None, most: float) -> str:
    if interval is None or not most:
        return ""
    return percents(Interval(interval.low / most, interval.high / most))


def _plain(value: float | None) -> str:
    if value is None:
        return _NONE
    return f"{value:.2f}".rstrip("0").rstrip(".").replace("-", "−")


def _whole(share: float) -> str:
    return signed(share * 100, 0)


#: For templates, which do not import.
WORDS: Mapping[str, Callable[..., object]] = {
    "advice": advice,
    "measured": measured,
    "name": name,
    "colour": colour,
    "signed": signed,
    "percents": percents,
    "numbers": numbers,
    "reading": reading,
}
