"""What options are worth, found by running a file's own scoring on responses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from fractions import Fraction

#: The options chosen → what they earn.
Score = Callable[[Collection[str]], Fraction]


class CannotHold(Exception):
    """What an item asks cannot be held here; `str(error)` is the reason, a sentence."""


def weigh_alone(score: Score, options: Sequence[str]) -> list[Fraction]:
    """Return what each option earns when it alone is chosen, of the most that one earns, −1 to 1.

    All 0 where none earns anything.
    """
    scores = [score([option]) for option in options]
    best = max(scores, default=Fraction(0))
    return [bounded(one / best) if best > 0 else Fraction(0) for one in scores]


def weigh_together(
    score: Score, options: Sequence[str], keys: Iterable[str]
) -> tuple[list[Fraction], bool]:
    """Return what each option is worth, and whether only the exact set earns anything.

    :param keys: the options that together earn most.
    :raises CannotHold: combinations earn something that is no sum of their options.
    """
    wanted = set(keys)
    best = [option for option in options if option in wanted]
    wanted.intersection_update(best)
    most, nothing = score(best), score([])
    if not best or most <= 0:
        return [Fraction(0) for _ in options], False
    alone = {option: score([option]) - nothing for option in options}
    changed = {
        option: score([one for one in options if (one in wanted) != (one == option)]) - most
        for option in options
    }
    if all(change + most <= max(nothing, Fraction(0)) for change in changed.values()):
        share = Fraction(1, len(best))
        return [share if option in wanted else Fraction(0) for option in options], True
    keys_add = most == sum(alone[key] for key in best) and nothing == 0
    # A floor of 0 hides what a wrong option costs when it is chosen alone.
    is_sum = keys_add and all(
        changed[option] == -alone[option]
        if option in wanted
        else changed[option] == alone[option] or changed[option] < 0 == alone[option]
        for option in options
    )
    if not is_sum:
        raise CannotHold(
            "It gives points for combinations of options in a way that has no equal here."
        )
    worth = {option: alone[option] if option in wanted else changed[option] for option in options}
    return [bounded(worth[option] / most) for option in options], False


def bounded(fraction: Fraction) -> Fraction:
    """Return a share of full marks that is neither under −1 nor over 1."""
    return max(Fraction(-1), min(Fraction(1), fraction))
