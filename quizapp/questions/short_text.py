"""A question answered by typing a word or a few."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, ClassVar

from quizapp.markup import plain
from quizapp.questions.base import (
    Answer,
    Grade,
    Order,
    PartGrade,
    Posted,
    Raw,
    Recall,
)
from quizapp.questions.choices import EXPLANATION_FIELD, STEM_FIELD
from quizapp.questions.credit import FULL, NOTHING
from quizapp.questions.fields import Field, Kind
from quizapp.questions.folding import MatchKind, Speller, fold, matches
from quizapp.questions.foreseen import (
    FORESEEN_FIELD,
    Foreseen,
    checked,
    dump_foreseen,
    find_foreseen,
    partly_right,
    read_foreseen,
    said_of,
    texts_of,
)
from quizapp.questions.reading import (
    EXPLANATION_LIMIT,
    RESPONSE_LIMIT,
    STEM_LIMIT,
    Reader,
)
from quizapp.questions.spellings import further, read_spellings, told
from quizapp.questions.typed import TypedType

MAX_ACCEPTED = 50


@dataclass(frozen=True, slots=True)
class ShortText:
    """A stem (Markdown) and the texts that count as right; the first is the one shown.

    :param spellings: what counts as right besides and was not written by the author.
    :param foreseen: what is half right or a known mistake, and what is said to a right text.
    """

    stem: str
    accepted: tuple[str, ...]
    explanation: str = ""
    spellings: tuple[str, ...] = ()
    foreseen: tuple[Foreseen, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicShortText:
    """The question without the key; `limit` is the most characters a response may have."""

    stem: str
    limit: int


class ShortTextType(TypedType[ShortText]):
    """The response is the text typed, never empty."""

    name: ClassVar[str] = "short_text"
    label: ClassVar[str] = "Typed answer"
    recall: ClassVar[Recall] = Recall.FREE
    fields: ClassVar[tuple[Field, ...]] = (
        STEM_FIELD,
        Field(
            "accepted",
            Kind.LINES,
            "Accepted answers",
            help="One a line, the best first. Capitals, accents and hyphens do not matter.",
        ),
        FORESEEN_FIELD,
        EXPLANATION_FIELD,
    )

    def parse(self, raw: Raw) -> ShortText:
        reader = Reader(raw, ("stem", "accepted", "foreseen", "explanation", "spellings"))
        content = ShortText(
            reader.text("stem", STEM_LIMIT, "Write the question."),
            read_accepted(reader, "accepted", "Give at least one accepted answer."),
            reader.text("explanation", EXPLANATION_LIMIT),
            read_spellings(reader, "spellings", RESPONSE_LIMIT),
            read_foreseen(reader, may_be_full=False),
        )
        foreseen = checked(reader, content.foreseen, (content.accepted,))
        reader.finish()
        return replace(content, foreseen=foreseen)

    def dump(self, content: ShortText) -> dict[str, Any]:
        dumped = asdict(content) | {"accepted": list(content.accepted)}
        del dumped["foreseen"]
        if spellings := dumped.pop("spellings"):
            dumped["spellings"] = list(spellings)
        return dumped | dump_foreseen(content.foreseen)

    def with_spellings(self, content: ShortText, find: Speller) -> ShortText:
        others = texts_of(content.foreseen)
        found = further(content.accepted, find, said=self.stem(content), elsewhere=others)
        return replace(content, spellings=found)

    def stem(self, content: ShortText) -> str:
        return plain(content.stem)

    def explanation(self, content: ShortText) -> str:
        return content.explanation

    def answer(self, content: ShortText) -> Answer:
        also = (*content.accepted[1:], *told(content.spellings))
        return Answer(content.accepted[0], also, partly=partly_right(content.foreseen))

    def public(self, content: ShortText, order: Order = ()) -> PublicShortText:
        return PublicShortText(content.stem, RESPONSE_LIMIT)

    def grade(self, content: ShortText, response: str) -> Grade:
        parts = self.parts(content, response)
        feedback = "Counted as right, with a spelling slip." if parts[0].slip else ""
        return Grade(parts[0].fraction, parts, feedback or parts[0].feedback)

    def parts(self, content: ShortText, response: str | None) -> tuple[PartGrade, ...]:
        given, texts = response or "", content.accepted
        return (grade_text(given, texts, spellings=content.spellings, foreseen=content.foreseen),)

    def example(self) -> tuple[ShortText, Posted]:
        content = ShortText(
            "Which city is the capital of Côte d’Ivoire?",
            ("Yamoussoukro", "Yamusukro"),
            "The government still sits in Abidjan.",
        )
        return content, {"text": ["yamoussoukro"]}


def grade_text(
    given: str,
    accepted: tuple[str, ...],
    known: tuple[str, ...] = (),
    *,
    spellings: tuple[str, ...] = (),
    known_spellings: tuple[str, ...] = (),
    foreseen: tuple[Foreseen, ...] = (),
) -> PartGrade:
    """Grade one typed text: 1 if it is accepted, a spelling slip included, and else what it is
    foreseen to earn, or 0.

    :param known: what is right elsewhere in the question, so never a slip here.
    :param spellings: what is right as well. :param known_spellings: the same of `known`; they
        bear on slips of spellings alone, so that nothing accepted without them is refused.
    :param foreseen: is never a slip of what is accepted.
    """
    known = (*known, *texts_of(foreseen))
    match = matches(given, accepted, known)
    if spellings and match.kind is not MatchKind.EXACT:
        other = matches(given, spellings, (*known, *known_spellings))
        if other.kind is MatchKind.EXACT or match.kind is MatchKind.NONE:
            match = other
    is_right = match.kind is not MatchKind.NONE
    told = said_of(match.accepted, foreseen) if is_right else find_foreseen(given, foreseen)
    return PartGrade(
        given=given,
        # Beside a slip the learner sees the spelling that was meant, not another variant.
        expected=match.accepted if match.kind is MatchKind.SLIP else accepted[0],
        fraction=FULL if is_right else told.fraction if told else NOTHING,
        feedback=told.feedback if told else "",
        slip=match.kind is MatchKind.SLIP,
        is_foreseen=told is not None,
    )


def read_accepted(reader: Reader, name: str, missing: str = "") -> tuple[str, ...]:
    """Return a list of texts that count as right, problems noted.

    :param missing: what to say when there are none; "" when there need not be any.
    """
    accepted = reader.texts(name, RESPONSE_LIMIT, missing, "Write the answer or remove it.")
    if len(accepted) > MAX_ACCEPTED:
        reader.refuse(name, f"Give at most {MAX_ACCEPTED} accepted answers.")
        accepted = accepted[:MAX_ACCEPTED]
    for place, text in enumerate(accepted):
        if text and not fold(text):
            reader.refuse(f"{name}.{place}", "Use letters or digits; this has none.")
        if text and text in accepted[:place]:
            reader.refuse(f"{name}.{place}", "Remove this; it is already in the list.")
    return accepted
