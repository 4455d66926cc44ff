"""Reading each kind of item of a course from its map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from quizapp.bank.entries import Entry
from quizapp.bank.findings import Where
from quizapp.bank.quiz_settings import read_settings
from quizapp.bank.remarks import read_evidence, read_waivers
from quizapp.bank.schema import (
    BankCitation,
    BankDraw,
    BankFact,
    BankPassage,
    BankQuestion,
    BankQuiz,
    BankSlot,
    BankSource,
    BankTerm,
    BankTopic,
)
from quizapp.bank.terms import KINDS, GlossaryTerm, Spelling
from quizapp.bank.text import LANGUAGE, suggestion
from quizapp.errors import Invalid
from quizapp.grading.settings import CODE_LIMIT
from quizapp.markup import plain_inline
from quizapp.questions.registry import TYPES
from quizapp.questions.tags import MOST_TAGS, is_tag

MAX_MARK = 1_000
MAX_DRAW = 200
#: The most ways to write one term, and the most characters of one.
MAX_FORMS, FORM_LIMIT = 50, 200
DEFINITION_LIMIT = 300
#: The most characters of what a passage has, wherever it is written.
PASSAGE_LIMITS = {"heading": 300, "locator": 80, "text": 20_000, "note": 4_000}

#: What a field of a type is called in files where its own name is an item's: `key` is taken.
_NAMES_IN_FILES = {"key": "truth"}


def read_topic(entry: Entry) -> BankTopic:
    """Return a topic."""
    topic = BankTopic(
        key=entry.key(),
        title=entry.text("title", limit=200),
        summary=entry.text("summary", limit=2_000, required=False),
        where=entry.where,
    )
    entry.close()
    return topic


def read_source(entry: Entry) -> BankSource:
    """Return a source."""
    source = BankSource(
        key=entry.key(),
        title=entry.text("title", limit=300),
        author=entry.text("author", limit=300),
        year=entry.text("year", limit=20, required=False),
        licence=entry.text("licence", limit=300),
        note=entry.text("note", limit=4_000, required=False),
        where=entry.where,
    )
    entry.close()
    return source


def read_passage(entry: Entry, source: str) -> BankPassage:
    """Return a passage of `source`, its text normalised."""
    passage = BankPassage(
        key=entry.key(),
        source=source,
        heading=entry.text("heading", limit=PASSAGE_LIMITS["heading"], required=False),
        locator=entry.text("locator", limit=PASSAGE_LIMITS["locator"], required=False),
        text=entry.text("text", limit=PASSAGE_LIMITS["text"]),
        note=entry.text("note", limit=PASSAGE_LIMITS["note"], required=False),
        where=entry.where,
        evidence=read_evidence(entry),
        waivers=read_waivers(entry),
    )
    entry.close()
    return passage


def read_fact(entry: Entry) -> BankFact:
    """Return a fact with its citations."""
    fact = BankFact(
        key=entry.key(),
        topic=entry.text("topic", limit=200),
        statement=entry.text("statement", limit=1_000),
        note=entry.text("note", limit=4_000, required=False),
        record=entry.text("record", limit=2_000, required=False),
        citations=tuple(
            _read_citation(inner) for inner in entry.entries("citations", "a citation")
        ),
        where=entry.where,
        evidence=read_evidence(entry),
        waivers=read_waivers(entry),
    )
    entry.close()
    return fact


def _read_citation(entry: Entry) -> BankCitation:
    citation = BankCitation(
        passage=entry.text("passage", limit=200),
        exact=entry.text("exact", limit=1_000),
        where=entry.at("exact"),
    )
    entry.close()
    return citation


def read_question(entry: Entry) -> BankQuestion:
    """Return a question; its content is None when it is wrong, and findings say why."""
    key, fact = entry.key(), entry.text("fact", limit=200)
    type_name = entry.text("type", limit=200)
    status = entry.choice("status", ("ready", "draft"))
    waivers, tags = read_waivers(entry), _read_tags(entry)
    raw: dict[str, Any] = {}
    content: object = None
    if type_name in TYPES:
        names = _names_in_files(type_name)
        raw = {own: entry.take(name) for own, name in names.items() if name in entry.value}
        content = _parse(entry, type_name, raw, f'question "{key}"')
        entry.close()
    elif type_name:
        advice = suggestion(type_name, list(TYPES)) or f"; types are {', '.join(TYPES)}"
        entry.report("type", f'unknown question type "{type_name}"{advice}')
    return BankQuestion(key, fact, type_name, status, raw, content, entry.where, waivers, tags)


def _read_tags(entry: Entry) -> tuple[str, ...]:
    """Return the tags of a question or a draw."""
    tags = entry.keys("tags", required=False)
    for place, tag in enumerate(tags):
        if not is_tag(tag):
            message = f'"{tag}" cannot be a tag; use lower-case letters, digits and single hyphens'
            entry.report(f"tags.{place}", message)
    if len(tags) > MOST_TAGS:
        entry.report("tags", f'"tags" has {len(tags)}; keep at most {MOST_TAGS}')
    return tags


def _names_in_files(type_name: str) -> dict[str, str]:
    """Return what each field of a type is called in the files, by the field's own name."""
    own_names = [field.name for field in TYPES[type_name].fields]
    return {name: _NAMES_IN_FILES.get(name, name) for name in own_names}


def _parse(entry: Entry, type_name: str, raw: Mapping[str, Any], who: str) -> object:
    names = _names_in_files(type_name)
    try:
        return TYPES[type_name].parse(raw)
    except Invalid as invalid:
        for problem in invalid.problems:
            own_name, dot, inner = problem.path.partition(".")
            path = names.get(own_name, own_name) + dot + inner
            entry.report(
                path, f"{who}, {path}: {problem.message}" if path else f"{who}: {problem.message}"
            )
    return None


def read_term(entry: Entry) -> BankTerm:
    """Return a term of the glossary."""
    key, kind = entry.key(), _read_kind(entry)
    name, definition = entry.text("name", limit=FORM_LIMIT), _read_definition(entry)
    names = ((name, entry.at("name")), *entry.texts("also", limit=FORM_LIMIT))
    spellings = [
        *((Spelling(text), at) for text, at in entry.texts("accept", limit=FORM_LIMIT)),
        *_read_scripts(entry.entry("scripts", "the scripts of a term")),
    ]
    if len(names) + len(spellings) > MAX_FORMS:
        entry.report("name", f"a term has at most {MAX_FORMS} names and spellings; keep the usual")
    entry.close()
    stated = GlossaryTerm(
        key=key,
        kind=kind,
        name=name,
        definition=definition,
        names=tuple(text for text, _ in names),
        spellings=tuple(spelling for spelling, _ in spellings),
    )
    return BankTerm(stated, entry.where, tuple(at for _, at in (*names, *spellings)))


def _read_kind(entry: Entry) -> str:
    kind = entry.text("kind", limit=FORM_LIMIT)
    if kind and kind not in KINDS:
        advice = suggestion(kind, list(KINDS)) or f"; kinds are {', '.join(KINDS)}"
        entry.report("kind", f'"{kind}" is no kind of term{advice}')
    return kind


def _read_definition(entry: Entry) -> str:
    definition = entry.text("definition", limit=DEFINITION_LIMIT)
    if plain_inline(definition) != definition:
        entry.report("definition", "a definition is plain words; take the Markdown out of it")
    return definition


def _read_scripts(entry: Entry | None) -> Iterator[tuple[Spelling, Where]]:
    if entry is None:
        return
    for language in entry.value:
        if not LANGUAGE.fullmatch(language):
            message = f'"{language}" is no language tag; use one such as ar or fa'
            entry.report(language, message)
        for text, at in entry.texts(language, limit=FORM_LIMIT):
            yield Spelling(text, language), at


def read_quiz(entry: Entry) -> BankQuiz:
    """Return a quiz with its settings and slots."""
    quiz = BankQuiz(
        key=entry.key(),
        title=entry.text("title", limit=200),
        summary=entry.text("summary", limit=2_000, required=False),
        settings=read_settings(entry.entry("settings", "the settings of a quiz")),
        slots=tuple(_read_slot(inner) for inner in entry.entries("slots", "a slot")),
        where=entry.where,
        access_code=entry.text("access_code", limit=CODE_LIMIT, required=False),
    )
    entry.close()
    return quiz


def _read_slot(entry: Entry) -> BankSlot:
    question = entry.text("question", limit=200, required=False)
    draw = entry.entry("draw", "a draw")
    slot = BankSlot(
        mark=entry.points("mark", default=Fraction(1), most=MAX_MARK),
        question=question,
        draw=None if draw is None else _read_draw(draw),
        where=entry.where,
    )
    if ("question" in entry.value) == ("draw" in entry.value):
        entry.report("question", 'a slot needs either "question" or "draw"; give exactly one')
    entry.close()
    return slot


def _read_draw(entry: Entry) -> BankDraw:
    count = entry.whole("count", low=1, high=MAX_DRAW, required=True)
    draw = BankDraw(
        topics=entry.keys("topics", required=False),
        count=count or 0,
        types=entry.keys("types", required=False),
        tags=_read_tags(entry),
    )
    entry.close()
    return draw
