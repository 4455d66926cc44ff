"""Rules about many questions at once: what a learner could guess without reading any."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from quizapp.bank.craft.rule import Item

#: From this many questions on, chance evens things out.
_FEWEST_CHOICES, _FEWEST_STATEMENTS, _FEWEST_LENGTHS = 8, 8, 20
#: In standard deviations above what chance gives.
_FAR, _FAR_FOR_TRUTH = 2.5, 2.0


def key_position_bias(items: Sequence[Item]) -> str:
    """Say at which place the keys of a file stand too often."""
    choices = [item for item in items if item.has_one_key]
    if len(choices) < _FEWEST_CHOICES:
        return ""
    for place in range(max(len(item.options) for item in choices)):
        chances = [1 / len(item.options) for item in choices if place < len(item.options)]
        times = sum(place < len(i.options) and i.options[place].is_key for i in choices)
        if _is_far_above(times, chances):
            return (
                f"the key is option {place + 1} in {times} of {len(choices)} questions; "
                "move some keys"
            )
    return ""


def true_false_bias(items: Sequence[Item]) -> str:
    """Say that statements are mostly true, or mostly false."""
    truths = [item.truth for item in items if item.is_statement]
    count = len(truths)
    if count < _FEWEST_STATEMENTS:
        return ""
    for truth, word, other in ((True, "true", "false"), (False, "false", "true")):
        times = truths.count(truth)
        if times > count / 2 + _FAR_FOR_TRUTH * sqrt(count) / 2:
            return f"{times} of {count} statements are {word}; make some of them {other}"
    return ""


def longest_key_bias(items: Sequence[Item]) -> str:
    """Say that the longest option is the key too often."""
    choices = [item for item in items if item.has_one_key]
    if len(choices) < _FEWEST_LENGTHS:
        return ""
    times = sum(_is_key_longest(item) for item in choices)
    if not _is_far_above(times, [1 / len(item.options) for item in choices]):
        return ""
    return (
        f"the key is the longest option in {times} of {len(choices)} questions; "
        "shorten keys or lengthen distractors"
    )


def _is_far_above(times: int, chances: Sequence[float]) -> bool:
    deviation = sqrt(sum(chance * (1 - chance) for chance in chances))
    return times > sum(chances) + _FAR * deviation


def _is_key_longest(item: Item) -> bool:
    longest = max(len(option.text) for option in item.distractors)
    return len(item.keys[0].text) > longest
