"""The scheduler against random histories that Anki's engine answered (see tests/golden/fsrs)."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from quizapp.memory.days import LearnerClock
from quizapp.memory.leeches import became_leech
from quizapp.memory.model import outcomes
from quizapp.memory.plans import Context, Pause, plans
from quizapp.memory.scheduler import given_days, preview, repeat, review
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, Rating

GOLDEN = Path(__file__).parents[2] / "golden" / "fsrs"
START = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLOCK = LearnerClock("UTC", 4)
LEAST, GREATEST = 0.0, 1 - 2**-53


def _histories(name):
    for number, history in enumerate(json.loads((GOLDEN / name).read_text(encoding="utf-8"))):
        told = history["settings"]
        settings = MemorySettings(
            desired_retention=told["retention"],
            weights=tuple(told["weights"]),
            learning_steps=tuple(told["learning_steps"]),
            relearning_steps=tuple(told["relearning_steps"]),
            maximum_interval_days=told["maximum"],
            leech_threshold=told["leech_threshold"],
        )
        yield pytest.param(settings, history["answers"], id=str(number))


def _limited(offered, settings):
    """Return Anki's offers with its lapses held to the longest interval, as ours are."""
    first, *others = offered.split()
    days, sign, leech = first.partition("d")
    if sign:
        first = f"{min(int(days), settings.maximum_interval_days)}d{leech}"
    return " ".join([first, *others])


def _word(plan):
    return f"{plan.seconds}s" if isinstance(plan, Pause) else f"{plan.days}d"


def _offered(state, now, settings, chance):
    """Return what the four ratings lead to at this chance, as the vectors write it."""
    elapsed = CLOCK.days_between(state.last_review_at or now, now)
    made = outcomes(
        state,
        elapsed_days=elapsed,
        retention=settings.desired_retention,
        weights=settings.weights,
    )
    context = Context(state, settings, made, given_days(state, CLOCK), chance)
    leech = became_leech(
        state,
        preview(state, now=now, clock=CLOCK, settings=settings, seed=0)[Rating.AGAIN],
        threshold=settings.leech_threshold,
    )
    words = [_word(plan) for plan in plans(context).values()]
    return " ".join([words[0] + "!" * leech, *words[1:]])


def _nearly(ours, theirs):
    """Return whether both are intervals of decades, where no seed found shows the very end."""
    days = [int(word.removesuffix("d")) for word in (ours, theirs)]
    return min(days) > 10_000 and abs(days[0] - days[1]) <= min(days) / 5_000


def _run(settings, answers):
    """Yield what Anki told of each answer, the moment and the state before, and the one after."""
    state, now = NEW_STATE, START
    for told in answers:
        now += timedelta(days=told["gap_days"])
        rules = {"now": now, "clock": CLOCK, "settings": settings}
        if told["given_days"] is None:
            after = review(state, told["rating"], seed=0, **rules)
        else:
            after = repeat(state, told["rating"], days=told["given_days"], **rules)
        yield told, now, state, after
        state = after


@pytest.mark.parametrize(("settings", "answers"), list(_histories("random.json")))
def test_without_chance_everything_is_ankis(settings, answers):
    settings = replace(settings, fuzz=False)
    for told, now, before, after in _run(settings, answers):
        (offered,) = told["offered"]
        assert _offered(before, now, settings, None) == _limited(offered, settings)
        assert after.stability == pytest.approx(told["stability"], rel=1e-7)
        assert (after.difficulty, after.lapses) == (told["difficulty"], told["lapses"])


@pytest.mark.parametrize(("settings", "answers"), list(_histories("bounds.json")))
def test_chance_reaches_as_far_as_ankis_and_no_farther(settings, answers):
    for told, now, before, _after in _run(settings, answers):
        for chance, offered in zip((LEAST, GREATEST), told["offered"], strict=True):
            ours = _offered(before, now, settings, chance).split()
            theirs = _limited(offered, settings).split()
            assert all(a == b or _nearly(a, b) for a, b in zip(ours, theirs, strict=True))


def test_there_are_vectors_of_every_kind():
    for name in ("random.json", "bounds.json"):
        settings = [history.values[0] for history in _histories(name)]

        assert {made.desired_retention for made in settings} == {0.8, 0.9, 0.95}
        assert any(not made.learning_steps and not made.relearning_steps for made in settings)
        assert any(len(made.learning_steps) > 2 for made in settings)
        assert {made.maximum_interval_days for made in settings} == {90, 36_500}
