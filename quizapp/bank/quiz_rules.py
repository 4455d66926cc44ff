"""Whether the quizzes of a course can be given: every slot can always be filled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from quizapp.bank.findings import Finding, Where, error
from quizapp.bank.schema import BankCourse, BankDraw, BankQuestion, BankQuiz, BankSlot
from quizapp.bank.text import suggestion
from quizapp.grading.selection import Candidate, Place, select
from quizapp.questions.registry import GRADABLE, TYPES


def check_quizzes(course: BankCourse) -> Iterator[Finding]:
    """Yield what keeps the quizzes of a course from being given."""
    for quiz in course.quizzes:
        yield from _check_fixed(course, quiz)
        yield from _check_facts(course, quiz)
        yield from _check_draws(course, quiz)


def _check_fixed(course: BankCourse, quiz: BankQuiz) -> Iterator[Finding]:
    questions = {question.key: question for question in reversed(course.questions)}
    first: dict[str, Where] = {}
    for slot in quiz.slots:
        if not slot.question:
            continue
        question = questions.get(slot.question)
        who = f'quiz "{quiz.key}" asks question "{slot.question}"'
        if question is None:
            advice = suggestion(slot.question, list(questions)) or "; write it or delete the slot"
            yield error(slot.where, f"{who}, which is unknown{advice}")
        elif not question.is_ready:
            message = f"{who}, which is a draft; set its status to ready or delete the slot"
            yield error(slot.where, message)
        if slot.question in first:
            line = first[slot.question].line
            yield error(slot.where, f"{who} twice, first in line {line}; delete one slot")
        first.setdefault(slot.question, slot.where)


def _check_facts(course: BankCourse, quiz: BankQuiz) -> Iterator[Finding]:
    """Yield two slots on one fact: an attempt asks every fact once, so one of them stays empty."""
    facts = {question.key: question.fact for question in reversed(course.questions)}
    first: dict[str, BankSlot] = {}
    for slot in quiz.slots:
        fact = facts.get(slot.question)
        if fact is None:
            continue
        earlier = first.setdefault(fact, slot)
        if earlier.question != slot.question:
            yield error(
                slot.where,
                f'quiz "{quiz.key}" asks question "{slot.question}" on the fact "{fact}", which '
                f'"{earlier.question}" in line {earlier.where.line} asks about; an attempt asks '
                "every fact once, name a question on another fact",
            )


def _check_draws(course: BankCourse, quiz: BankQuiz) -> Iterator[Finding]:
    topics = [topic.key for topic in course.topics]
    places = list(_fixed_places(course, quiz))
    for slot, draw in _draws(quiz):
        for topic in draw.topics:
            if topic not in topics:
                advice = suggestion(topic, topics) or f"; topics are {', '.join(topics)}"
                message = f'quiz "{quiz.key}" draws from the unknown topic "{topic}"{advice}'
                yield error(slot.where, message)
        yield from _check_types(quiz, slot, draw)
        before = _filled(places)
        places.append(Place(_candidates(course, draw), draw.count, Fraction(1)))
        left = _filled(places) - before
        facts = "1 fact" if left == 1 else f"{left} facts"
        is_known = set(draw.topics) <= set(topics) and set(draw.types) <= set(TYPES)
        if draw.count > left and is_known:
            yield error(
                slot.where,
                f'quiz "{quiz.key}" draws {draw.count} from {_named(draw)}, where the '
                f"slots before it leave {facts} with ready questions, and an attempt asks "
                "every fact once; lower the count or write questions on more facts",
            )


def _check_types(quiz: BankQuiz, slot: BankSlot, draw: BankDraw) -> Iterator[Finding]:
    for name in draw.types:
        if name not in TYPES:
            advice = suggestion(name, list(TYPES)) or f"; types are {', '.join(TYPES)}"
            message = f'quiz "{quiz.key}" draws the type "{name}", which no quiz can ask{advice}'
            yield error(slot.where, message)


def _named(draw: BankDraw) -> str:
    """Return what a draw takes from, in words."""
    return ", ".join((*draw.topics, *draw.types, *draw.tags)) or "the whole course"


def _draws(quiz: BankQuiz) -> list[tuple[BankSlot, BankDraw]]:
    return [(slot, slot.draw) for slot in quiz.slots if slot.draw is not None]


def _filled(places: Sequence[Place]) -> int:
    """Return how many questions an attempt gets; chance does not change that."""
    return len(select(places, seed=0))


def _fixed_places(course: BankCourse, quiz: BankQuiz) -> Iterator[Place]:
    facts = _numbers(course)
    named = {slot.question for slot in quiz.slots}
    for number, question in enumerate(course.questions):
        if question.key in named and question.fact in facts:
            yield Place((Candidate(number, facts[question.fact]),), 1, Fraction(1), is_fixed=True)


def _candidates(course: BankCourse, draw: BankDraw) -> tuple[Candidate, ...]:
    """Return the ready questions that a draw takes: what people mark, where it names the type."""
    numbers = _numbers(course)
    facts = {fact.key for fact in course.facts if not draw.topics or fact.topic in draw.topics}
    return tuple(
        Candidate(number, numbers[question.fact])
        for number, question in enumerate(course.questions)
        if question.is_ready
        and question.fact in facts
        and (question.type in draw.types if draw.types else _grades_itself(question))
        and (not draw.tags or any(tag in draw.tags for tag in question.tags))
    )


def _numbers(course: BankCourse) -> dict[str, int]:
    """Return a number for each fact, as attempts know facts by numbers."""
    return {fact.key: number for number, fact in enumerate(course.facts)}


def _grades_itself(question: BankQuestion) -> bool:
    """Return whether nobody has to mark the question; of unknown types others tell."""
    return question.type in GRADABLE or question.type not in TYPES
