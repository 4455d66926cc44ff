"""Whether the quizzes of a course can be given: every slot can always be filled."""

from __future__ import annotations

from collections.abc import Iterator

from quizapp.bank.findings import Finding, Where, error
from quizapp.bank.schema import BankCourse, BankDraw, BankQuestion, BankQuiz, BankSlot
from quizapp.bank.text import suggestion
from quizapp.questions.registry import GRADABLE, TYPES


def check_quizzes(course: BankCourse) -> Iterator[Finding]:
    """Yield what keeps the quizzes of a course from being given."""
    for quiz in course.quizzes:
        yield from _check_fixed(course, quiz)
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
        elif not _may_be_asked(question):
            message = f"{who}, which learners rate themselves; it is for flashcards, name another"
            yield error(slot.where, message)
        if slot.question in first:
            line = first[slot.question].line
            yield error(slot.where, f"{who} twice, first in line {line}; delete one slot")
        first.setdefault(slot.question, slot.where)


def _check_draws(course: BankCourse, quiz: BankQuiz) -> Iterator[Finding]:
    topics = [topic.key for topic in course.topics]
    earlier: list[tuple[BankDraw, set[str]]] = []
    fixed = {slot.question for slot in quiz.slots}
    for slot, draw in _draws(quiz):
        for topic in draw.topics:
            if topic not in topics:
                advice = suggestion(topic, topics) or f"; topics are {', '.join(topics)}"
                message = f'quiz "{quiz.key}" draws from the unknown topic "{topic}"{advice}'
                yield error(slot.where, message)
        yield from _check_types(quiz, slot, draw)
        pool = {question.key for question in _drawable(course, draw)} - fixed
        # At worst, every earlier draw took what this one could have used.
        taken = sum(min(other.count, len(pool & theirs)) for other, theirs in earlier)
        sure = max(0, len(pool) - taken)
        if draw.count > sure and set(draw.topics) <= set(topics) and set(draw.types) <= set(TYPES):
            yield error(
                slot.where,
                f'quiz "{quiz.key}" draws {draw.count} from {_named(draw)}, where only '
                f"{sure} ready questions are sure to be left; lower the count or write more",
            )
        earlier.append((draw, pool))


def _check_types(quiz: BankQuiz, slot: BankSlot, draw: BankDraw) -> Iterator[Finding]:
    for name in draw.types:
        if name not in GRADABLE:
            advice = suggestion(name, list(GRADABLE)) or f"; types are {', '.join(GRADABLE)}"
            message = f'quiz "{quiz.key}" draws the type "{name}", which no quiz can ask{advice}'
            yield error(slot.where, message)


def _named(draw: BankDraw) -> str:
    """Return what a draw takes from, in words."""
    return ", ".join((*draw.topics, *draw.types, *draw.tags)) or "the whole course"


def _draws(quiz: BankQuiz) -> list[tuple[BankSlot, BankDraw]]:
    return [(slot, slot.draw) for slot in quiz.slots if slot.draw is not None]


def _drawable(course: BankCourse, draw: BankDraw) -> list[BankQuestion]:
    """Return the ready questions that can be graded, as far as a draw takes them."""
    facts = {fact.key for fact in course.facts if not draw.topics or fact.topic in draw.topics}
    return [
        question
        for question in course.questions
        if question.is_ready
        and question.fact in facts
        and _may_be_asked(question)
        and (not draw.types or question.type in draw.types)
        and (not draw.tags or any(tag in draw.tags for tag in question.tags))
    ]


def _may_be_asked(question: BankQuestion) -> bool:
    """Return whether a quiz may ask a question of this type; of unknown ones others tell."""
    return question.type in GRADABLE or question.type not in TYPES
