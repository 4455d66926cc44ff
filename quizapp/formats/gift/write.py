"""Questions of ours as GIFT."""

from __future__ import annotations

from collections.abc import Sequence as Many

from quizapp.formats.base import Draft
from quizapp.formats.categories import path_of
from quizapp.formats.fitting.changes import decimal
from quizapp.formats.gift.answers import OUR_GRADING
from quizapp.formats.gift.escapes import escape
from quizapp.formats.interchange import (
    Body,
    Choice,
    Item,
    Markup,
    Match,
    MultipleChoice,
    Numerical,
    Sequence,
    ShortAnswer,
    Span,
    Text,
    TrueFalse,
)
from quizapp.formats.stating import state
from quizapp.formats.texts import survives
from quizapp.questions.credit import show_percent

#: What has a meaning at the beginning of a text or of a line.
_BEGINNINGS = ("[", "/", "$")


def write_file(drafts: Many[Draft], title: str) -> str:
    """Return a file with the questions in their order."""
    parts = [f"// {' '.join(title.split())}\n"] if title.strip() else []
    topic: tuple[str, ...] = ()
    for draft in drafts:
        if draft.topic != topic:
            parts.append(f"$CATEGORY: {path_of(draft.topic)}\n")
            topic = draft.topic
        parts.append(write_question(draft))
    return "\n".join(parts)


def write_question(draft: Draft) -> str:
    """Return one question, its comments before it."""
    item = state(draft)
    writer = _Writer(_markup(item))
    lines = [_comment(item)] if item.key or item.tags else []
    name = f"::{escape(item.name)}::" if item.name else ""
    body = writer.body(item.body)
    if item.explanation:
        body += f"\n\t####{writer.text(item.explanation)}"
    end = "\n}" if "\n" in body else "}"
    return "\n".join([*lines, f"{name}{writer.stem(item.stem)}{{{body}{end}", ""])


def _comment(item: Item) -> str:
    said = [f"[id:{_bracketed(item.key)}]"] if item.key else []
    return "// " + " ".join([*said, *(f"[tag:{_bracketed(tag)}]" for tag in item.tags)])


def _bracketed(text: str) -> str:
    return text.replace("]", "\\]")


def _markup(item: Item) -> Markup:
    """Return how to write a question's texts: Markdown only where they hold any."""
    texts = [item.stem, item.explanation, *_texts(item.body)]
    plain = all(survives(one.text, Markup.MOODLE) for one in texts if one)
    return Markup.MOODLE if plain else Markup.MARKDOWN


def _texts(body: Body) -> list[Text]:
    match body:
        case MultipleChoice():
            return [text for one in body.choices for text in (one.text, one.feedback)]
        case TrueFalse():
            return [body.if_true]
        case ShortAnswer():
            return [one.feedback for one in body.choices]
        case Numerical():
            return [one.feedback for one in body.spans]
        case Match():
            return [pair.left for pair in body.pairs]
        case _:
            return []


class _Writer:
    """Writes the parts of one question; `markup` is what its texts are written as."""

    def __init__(self, markup: Markup) -> None:
        self._markup = markup

    def stem(self, text: Text) -> str:
        """Return what is asked; it says how all texts of the question are to be read."""
        is_plain = self._markup is Markup.MOODLE and not text.text.startswith(_BEGINNINGS)
        return ("" if is_plain else f"[{self._markup}]") + escape(text.text)

    def text(self, text: Text) -> str:
        """Return a part, which is read as the stem is."""
        mark = f"[{self._markup}]" if text.text.startswith("[") else ""
        return mark + escape(text.text)

    def body(self, body: Body) -> str:
        """Return what stands between the braces."""
        match body:
            case MultipleChoice():
                return "".join(self._choice(one, body) for one in body.choices)
            case TrueFalse():
                feedback = f"#{self.text(body.if_true)}" if body.if_true else ""
                return ("TRUE" if body.key else "FALSE") + feedback * 2
            case ShortAnswer():
                return "".join(self._answer(one) for one in body.choices)
            case Numerical():
                return self._number(body)
            case _:
                return self._arranged(body)

    def _choice(self, choice: Choice, body: MultipleChoice) -> str:
        feedback = f"#{self.text(choice.feedback)}" if choice.feedback else ""
        mark = "=" if choice.fraction == 1 else "~"
        if not body.is_single or 0 < choice.fraction < 1:
            mark = f"~%{show_percent(choice.fraction)}%"
        return f"\n\t{mark}{self.text(choice.text)}{feedback}"

    def _answer(self, choice: Choice) -> str:
        feedback = f"#{self.text(choice.feedback)}" if choice.feedback else ""
        share = "" if choice.fraction == 1 else f"%{show_percent(choice.fraction)}%"
        return f"\n\t={share}{self.text(choice.text)}{feedback}"

    def _arranged(self, body: Body) -> str:
        if isinstance(body, Match):
            return "".join(
                f"\n\t={self.text(one.left)} -> {escape(one.right.text)}" for one in body.pairs
            )
        if isinstance(body, Sequence):
            lines = "".join(f"\n{escape(one.text)}" for one in body.texts)
            return f">{len(body.texts)} ALL VERTICAL {OUR_GRADING} SHOW none{lines}"
        return ""

    def _number(self, body: Numerical) -> str:
        if len(body.spans) == 1 and not body.spans[0].feedback:
            return f"#{_numbers(body.spans[0])}"
        return "#" + "".join(self._span(one) for one in body.spans)

    def _span(self, span: Span) -> str:
        feedback = f"#{self.text(span.feedback)}" if span.feedback else ""
        if span.low is None:
            return f"\n\t~{feedback}"
        share = "" if span.fraction == 1 else f"%{show_percent(span.fraction)}%"
        return f"\n\t={share}{_numbers(span)}{feedback}"


def _numbers(span: Span) -> str:
    """Return numbers with how far off counts as well, or as a range."""
    if span.low is None or span.high is None:
        return "*"
    number = span.number
    if number is not None and number - span.low == span.high - number:
        off = span.high - number
        return decimal(number) + (f":{decimal(off)}" if off else "")
    return f"{decimal(span.low)}..{decimal(span.high)}"
