"""What a craft rule is, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from quizapp.bank.craft.wording import content_words, words
from quizapp.markup import plain, plain_inline
from quizapp.markup.media import unworded
from quizapp.questions.base import Recall
from quizapp.questions.choices import Choices
from quizapp.questions.cloze import Cloze, elsewhere, shown_text
from quizapp.questions.folding import Speller
from quizapp.questions.gaps import Blank
from quizapp.questions.registry import TYPES
from quizapp.questions.short_text import ShortText
from quizapp.questions.spellings import listed_by_hand, nothing_known
from quizapp.questions.true_false import TrueFalse


class Scope(Enum):
    """What one call of a rule looks at, and so what a waiver of it belongs to."""

    QUESTION = "question"
    FACT = "fact"
    PASSAGE = "passage"
    TOPIC = "topic"
    FILE = "file"
    COURSE = "course"
    PAIRS = "pairs of questions"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the craft.

    :param id: how messages, waivers and documents call it.
    :param find: a pure function of an `Item`, a `TestedFact`, a `CitedText`, a `TopicSize` or a
        sequence of items, by scope. It returns what is wrong and what to do, or "";
        of pairs, it returns the place of the later question and that sentence.
    :param praise: what the editor says of a question that follows it, or "" for nothing.
    :param is_english: it knows English words, and is silent on other languages.
    """

    id: str
    scope: Scope
    find: Callable[[Any], Any]
    praise: str = ""
    is_english: bool = False


@dataclass(frozen=True, slots=True)
class Alternative:
    """An option in plain words."""

    text: str
    is_key: bool
    feedback: str
    words: tuple[str, ...]
    content: frozenset[str]


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap or one text to type: what is accepted, the first shown, and the text before it.

    :param is_typed: rather than chosen among options.
    :param by_hand: those of the accepted texts that the glossary gives anyway.
    """

    accepted: tuple[str, ...]
    before: str = ""
    is_typed: bool = True
    by_hand: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """A question of any type in plain words.

    :param stem: with "___" for a gap. :param truth: None for all but a statement.
    :param statement: of the fact it tests; "" when unknown.
    :param unworded: how many pictures and sounds have no words beside them.
    :param all_win: choosing every option earns everything.
    """

    type: str
    stem: str
    explanation: str
    stem_words: tuple[str, ...]
    options: tuple[Alternative, ...] = ()
    gaps: tuple[Gap, ...] = ()
    truth: bool | None = None
    feedback: str = ""
    statement: str = ""
    unworded: int = 0
    all_win: bool = False

    @property
    def is_cloze(self) -> bool:
        return self.type == "cloze"

    @property
    def is_statement(self) -> bool:
        return self.truth is not None

    @property
    def typed(self) -> list[Gap]:
        return [gap for gap in self.gaps if gap.is_typed]

    @property
    def keys(self) -> list[Alternative]:
        return [option for option in self.options if option.is_key]

    @property
    def distractors(self) -> list[Alternative]:
        return [option for option in self.options if not option.is_key]

    @property
    def has_one_key(self) -> bool:
        return self.type == "single_choice"

    @property
    def has_several_keys(self) -> bool:
        return self.type == "multiple_response"

    @property
    def shown(self) -> tuple[str, ...]:
        """Return what a learner reads before answering."""
        return (self.stem, *(option.text for option in self.options))


@dataclass(frozen=True, slots=True)
class TestedFact:
    """A fact with how its ready questions ask it."""

    statement: str
    forms: tuple[Recall, ...]


@dataclass(frozen=True, slots=True)
class CitedText:
    """A passage, and how many facts cite it."""

    key: str
    citing: int


@dataclass(frozen=True, slots=True)
class TopicSize:
    """A topic, and how many facts it has."""

    key: str
    facts: int


@dataclass(frozen=True, slots=True)
class _Parts:
    options: tuple[Alternative, ...] = ()
    gaps: tuple[Gap, ...] = field(default=())
    truth: bool | None = None
    feedback: str = ""
    all_win: bool = False


def view(
    type_name: str, content: Any, *, statement: str = "", find: Speller = nothing_known
) -> Item:
    """Return a question as the rules see it.

    :param content: what `QuestionType.parse` gave. :param find: as for `advise`.
    """
    kind = TYPES[type_name]
    stem = kind.stem(content)
    found = _parts(kind, content, stem, find)
    return Item(
        type=type_name,
        stem=stem,
        explanation=plain(kind.explanation(content)),
        stem_words=words(stem),
        options=found.options,
        gaps=found.gaps,
        truth=found.truth,
        feedback=found.feedback,
        statement=statement,
        unworded=_unworded(kind.dump(content)),
        all_win=found.all_win,
    )


def _unworded(value: Any) -> int:
    if isinstance(value, str):
        return len(unworded(value))
    if isinstance(value, Mapping):
        value = list(value.values())
    return sum(map(_unworded, value)) if isinstance(value, list | tuple) else 0


def _parts(kind: Any, content: Any, stem: str, find: Speller) -> _Parts:
    """Return what is particular to a type; of types without any of it, nothing."""
    if isinstance(content, Choices):
        all_win = kind.earned(content, range(len(content.options))) == 1
        return _Parts(options=tuple(map(_alternative, content.options)), all_win=all_win)
    if isinstance(content, TrueFalse):
        return _Parts(truth=content.key, feedback=plain_inline(content.feedback))
    if isinstance(content, ShortText):
        by_hand = listed_by_hand(content.accepted, find, said=stem)
        return _Parts(gaps=(Gap(content.accepted, by_hand=by_hand),))
    if isinstance(content, Cloze):
        return _Parts(gaps=_gaps(content, find))
    return _Parts()


def _alternative(option: Any) -> Alternative:
    text = plain_inline(option.text)
    feedback = plain_inline(option.feedback)
    return Alternative(text, option.key, feedback, words(text), content_words(text))


def _gaps(content: Cloze, find: Speller) -> tuple[Gap, ...]:
    found: list[Gap] = []
    before = ""
    said = shown_text(content) if any(blank.variants for blank in content.blanks) else ""
    for piece in content.pieces:
        if isinstance(piece, Blank):
            others = elsewhere(content.blanks, piece)
            by_hand = listed_by_hand(piece.accepted, find, said=said, elsewhere=others)
            found.append(Gap(piece.accepted, before, not piece.distractors, by_hand))
            before += "___"
        else:
            before += plain_inline(piece)
    return tuple(found)
