"""Rules about typed keys, feedback, explanations and slips of the pen."""

from __future__ import annotations

import re

from quizapp.bank.craft.rule import Item
from quizapp.bank.craft.wording import whole_number, words
from quizapp.questions.folding import compact, fold

_MOST_GAPS, _WORDS_A_GAP = 3, 3
_MOST_KEY_WORDS = 4
#: Larger numbers are seldom written in words.
_LARGEST_IN_WORDS = 20
_EMPTY = frozenset(
    {
        "wrong", "incorrect", "no", "false", "not correct", "not right", "not true", "nope",
        "this is wrong", "this is incorrect", "that is wrong", "that is incorrect", "try again",
        "sorry", "this is not correct", "this is not right", "not the right answer", "wrong answer",
        "this is the wrong answer", "this is false", "it is wrong", "untrue",
    }
)  # fmt: skip
_LONGEST_EMPTY = max(map(len, _EMPTY)) + 4
_REPEATED = re.compile(r"\b([^\W\d_]+)[^\S\n]+(\1)\b", re.IGNORECASE)
_MAY_REPEAT = frozenset({"had", "that", "very", "so", "bora", "baden", "new", "walla", "pago"})
_PLACEHOLDER = re.compile(
    r"\b(?:tbd|tba|fixme|to[ -]?do:|lorem i[p]sum|xxx+|insert (?:text|question|option) here|"
    r"your (?:text|question|answer) here)|\?{3,}|^(?:option|distractor|answer|key) ?[a-f1-9]?$"
    r"|^\W*(?:bla|asdf|qwerty|foo|bar|test)\W*$",
    re.IGNORECASE | re.MULTILINE,
)
_MARKS = re.compile(r'[()\[\]{}“”«»"]')
_PAIRS = (("(", ")"), ("[", "]"), ("“", "”"), ("«", "»"), ("{", "}"))
_LIST_MARK = re.compile(r"(?:^|\s)\(?\w{1,2}\)(?=\s)")


def gap_at_start(item: Item) -> str:
    """Say that the text begins with a gap."""
    if not item.is_cloze or re.search(r"\w", item.gaps[0].before):
        return ""
    return "the text begins with a gap; let some words come first, so that there is a context"


def too_many_gaps(item: Item) -> str:
    """Say that too little text is left around the gaps."""
    if not item.is_cloze:
        return ""
    gaps, left = len(item.gaps), len(item.stem_words)
    if gaps > _MOST_GAPS:
        return f"{gaps} gaps leave too little to go by; leave at most {_MOST_GAPS}"
    if left < _WORDS_A_GAP * gaps:
        return f"{left} words are too few for {gaps} gap{'s' * (gaps > 1)}; write more around them"
    return ""


def accepted_fold_same(item: Item) -> str:
    """Say which accepted text is the same as another for the grading."""
    for gap in item.typed:
        if len(gap.accepted) == 1:
            continue
        first: dict[str, str] = {}
        for text in gap.accepted:
            folded = compact(fold(text))
            if folded in first:
                return f'"{text}" is graded like "{first[folded]}"; delete it from what is accepted'
            first[folded] = text
    return ""


def spelling_in_glossary(item: Item) -> str:
    """Say which accepted texts the glossary of the course gives anyway."""
    for gap in item.typed:
        if gap.by_hand:
            listed = ", ".join(f'"{text}"' for text in gap.by_hand)
            return (
                f'{listed} would be accepted for "{gap.accepted[0]}" anyway, by the glossary; '
                "delete what it gives"
            )
    return ""


def key_too_long(item: Item) -> str:
    """Say which key is too much to type."""
    for gap in item.typed:
        count = len(words(gap.accepted[0]))
        if count > _MOST_KEY_WORDS:
            return (
                f'"{gap.accepted[0]}" is {count} words to type; ask for at most '
                f"{_MOST_KEY_WORDS}, or use options"
            )
    return ""


def number_one_way(item: Item) -> str:
    """Say that a number is accepted in digits or in words alone."""
    for gap in item.typed:
        forms = {_number_form(text) for text in gap.accepted}
        if forms & {"digits", "words"} and not {"digits", "words"} <= forms:
            other = "words" if "digits" in forms else "digits"
            number = next(text for text in gap.accepted if _number_form(text))
            return f'"{number}" is accepted in one way; accept the number in {other} too'
    return ""


def missing_distractor_feedback(item: Item) -> str:
    """Say how many distractors do not tell why they are wrong."""
    if item.is_statement:
        return "" if item.feedback else "nothing says why; write feedback"
    silent = sum(not option.feedback for option in item.distractors)
    if not silent:
        return ""
    have = "s have" if silent > 1 else " has"
    return f"{silent} distractor{have} no feedback; say why it is wrong"


def missing_explanation(item: Item) -> str:
    """Say that nothing tells why the key is right."""
    return "" if item.explanation else "there is no explanation; say why the key is right"


def empty_feedback(item: Item) -> str:
    """Say which feedback only tells right from wrong."""
    for feedback in (item.feedback, *(option.feedback for option in item.options)):
        if 0 < len(feedback) <= _LONGEST_EMPTY and fold(feedback) in _EMPTY:
            return f'the feedback "{feedback}" gives no reason; say what is wrong with the option'
    return ""


def picture_without_words(item: Item) -> str:
    """Say that somebody who does not see a picture is told nothing of it."""
    if not item.unworded:
        return ""
    one = "a picture or sound has" if item.unworded == 1 else "pictures or sounds have"
    return f"{one} no words between the brackets; say what it shows to those who do not see it"


def repeated_word(item: Item) -> str:
    """Say which word stands twice in a row."""
    for match in _REPEATED.finditer(_all_text(item)):
        is_name = match[1].isupper() and not match[2].isupper()  # "the IS is": not one word twice
        if match[1].casefold() not in _MAY_REPEAT and not is_name:
            return f'"{match.group()}" says a word twice; delete one'
    return ""


def placeholder_text(item: Item) -> str:
    """Say which text was never written."""
    if found := _PLACEHOLDER.search(_all_text(item)):
        return f'"{found.group().strip()}" looks like a placeholder; write what belongs there'
    return ""


def unpaired_marks(item: Item) -> str:
    """Say which bracket or quotation mark has no partner."""
    for text in _all_text(item).split("\n"):
        if not _MARKS.search(text):
            continue
        bare = _LIST_MARK.sub(" ", text)
        for opening, closing in _PAIRS:
            if bare.count(opening) != bare.count(closing):
                return f"a {opening} or {closing} stands alone; close it or delete it"
        if bare.count('"') % 2:
            return 'a " stands alone; close it or delete it'
    return ""


def _number_form(text: str) -> str:
    found = words(text)
    number = whole_number(found[0]) if len(found) == 1 else None
    if number is None or number > _LARGEST_IN_WORDS:
        return ""
    return "digits" if found[0].isdigit() else "words"


def _all_text(item: Item) -> str:
    """Return everything that a question says, a text a line."""
    said = [item.stem, item.feedback, item.explanation]
    for option in item.options:
        said += (option.text, option.feedback)
    return "\n".join(said)
