"""Whether the glossary of a course is sound: no form means two things, and every term is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from quizapp.bank.findings import Finding, Where, error, warning
from quizapp.bank.schema import BankCourse
from quizapp.bank.terms import Glossary, same_as


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to write a term; `is_name` if it is looked for in texts, in no certain language."""

    term: int
    key: str
    text: str
    language: str
    is_name: bool
    where: Where


def check_glossary(course: BankCourse) -> Iterator[Finding]:
    """Yield what is wrong with the terms of a course."""
    first: dict[str, _Form] = {}
    in_language: dict[tuple[str, str], _Form] = {}
    names: set[str] = set()
    for form in _forms(course):
        if not form.text:
            continue  # the reader has said so
        folded = same_as(form.text)
        if not folded:
            message = f'"{form.text}" has no letters or digits; write it out or delete it'
            yield error(form.where, message)
            continue
        known = first.setdefault(folded, form)
        alike = in_language.setdefault((folded, form.language), form)
        if known.term != form.term:
            message = f'"{form.text}" is a form of two terms, also "{known.text}" of "{known.key}" '
            yield error(form.where, message + f"({known.where}); it can mean one, delete the other")
        # Texts may write a name in two ways, and two languages in one. What is typed needs one.
        elif alike is not form and (not form.is_name or form.text in names):
            message = f'"{form.text}" is graded like "{alike.text}" of the same term; delete it'
            yield error(form.where, message)
        names.add(form.text)
    yield from _check_used(course)


def _forms(course: BankCourse) -> Iterator[_Form]:
    for place, term in enumerate(course.terms):
        names = len(term.stated.names)
        for index, text in enumerate(term.stated.forms):
            language = "" if index < names else term.stated.spellings[index - names].language
            yield _Form(place, term.key, text, language, index < names, term.places[index])


def _check_used(course: BankCourse) -> Iterator[Finding]:
    unused = {term.key: term for term in course.terms if term.key}
    for texts in (_read_by_learners(course), _asked(course)):
        # Questions are many; by then few terms are left to look for.
        glossary = Glossary(term.stated for term in unused.values())
        for text in texts:
            if not unused:
                return
            for place in glossary.find(text):
                unused.pop(place.key, None)
    for term in unused.values():
        message = f'nothing that learners read names the term "{term.key}"; '
        yield warning(term.where, message + "add what texts call it under also, or delete it")


def _read_by_learners(course: BankCourse) -> Iterator[str]:
    for passage in course.passages:
        yield from (passage.text, passage.note)
    for fact in course.facts:
        yield from (fact.statement, fact.note)


def _asked(course: BankCourse) -> Iterator[str]:
    for question in course.questions:
        yield from _texts(question.raw)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif hasattr(value, "values"):
        yield from _texts(list(value.values()))
