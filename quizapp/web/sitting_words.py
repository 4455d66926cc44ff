"""What sittings besides the day's work are called, and which of them are offered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from quizapp.queries.sittings import Offers
from quizapp.web.study_forms import Sitting


@dataclass(frozen=True, slots=True)
class Offer:
    """A sitting that can be begun; `arguments` are those of its address."""

    title: str
    hint: str
    cards: int
    arguments: Mapping[str, int]


def kind_of(sitting: Sitting) -> str:
    """Return what a sitting is called."""
    if sitting.missed:
        return _missed(sitting.missed)
    return "Studying ahead" if sitting.ahead else "Review"


def listed(offers: Offers, *, left: int) -> list[Offer]:
    """Return the sittings that have cards, a longer span only where it has more.

    :param left: cards that wait now; while any do, nobody needs to look ahead.
    """
    return [*_of_missed(offers), *([] if left else _of_ahead(offers))]


def _of_missed(offers: Offers) -> Iterator[Offer]:
    before = 0
    for days, cards in offers.missed.items():
        if cards > before:
            hint = "Go over what you missed once more. Your schedule stays as it is."
            yield Offer(_missed(days), hint, cards, {"missed": days})
        before = cards


def _of_ahead(offers: Offers) -> Iterator[Offer]:
    before = 0
    for days, cards in offers.ahead.items():
        title = "Tomorrow’s cards" if days == 1 else f"The next {days} days"
        if cards > before:
            hint = "Study ahead. What you know early comes back later than planned."
            yield Offer(title, hint, cards, {"ahead": days})
        before = cards


def _missed(days: int) -> str:
    return "Missed today" if days == 1 else f"Missed in {days} days"
