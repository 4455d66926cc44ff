"""Anki's half of the comparisons: runs in Anki's own environment, where quizapp is not.

    <environment>/bin/python bench/anki_side.py replay|balance|days < job.json > result.jsonl

Reads a job, puts it through Anki's package and writes what Anki offered and stored, a line for
each history. Started by `bench.oracle` and `bench.balance`; imports nothing of the app, so that
neither can borrow from the other.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_DAY = 86_400
_NAMES = ("again", "hard", "good", "easy")
_REVIEW_QUEUE = 2
#: Enough seeds that the least and the greatest leave less than a day of a long interval unseen.
_SEEDS_TRIED = 5_000


def main(task: str) -> None:
    """Do the job on standard input."""
    job = json.load(sys.stdin)
    os.environ["TZ"] = job.get("zone", "UTC")
    time.tzset()
    if not job["fuzz"]:
        os.environ["ANKI_TEST_MODE"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        tasks = {"replay": _replay, "balance": _balance, "days": _days}
        for line in tasks[task](Path(folder), job):
            print(json.dumps(line))


class _Anki:
    """A collection of its own, in the middle of a day, with a deck for each preset."""

    def __init__(self, folder: Path, presets: list[dict[str, Any]]) -> None:
        self.path = str(folder / "oracle.anki2")
        self.open()
        self.col.set_config("fsrs", True)
        # Twelve hours away, so that no day begins while the histories run.
        self.col.set_config("rollover", (time.gmtime().tm_hour + 12) % 24)
        self.decks = [self._deck(number, preset) for number, preset in enumerate(presets)]

    def open(self) -> None:
        from anki.collection import Collection  # noqa: PLC0415  (reads the environment above)

        self.col = Collection(self.path)

    def reopen(self) -> None:
        """Let Anki forget its queue, and with it the counts that its balancer keeps."""
        self.col.close(downgrade=False)
        self.open()

    def balance(self, on: bool) -> None:
        from anki.config_pb2 import ConfigKey  # noqa: PLC0415

        self.col.set_config_bool(ConfigKey.Bool.LOAD_BALANCER_ENABLED, on)

    def _deck(self, number: int, preset: dict[str, Any]) -> int:
        config = self.col.decks.add_config(f"preset {number}")
        config["desiredRetention"] = preset["retention"]
        config["fsrsParams6"] = preset["weights"]
        config["new"]["delays"] = [seconds / 60 for seconds in preset["learning_steps"]]
        config["new"]["perDay"] = 9_999
        config["lapse"]["delays"] = [seconds / 60 for seconds in preset["relearning_steps"]]
        config["lapse"]["minInt"] = preset["minimum"]
        config["lapse"]["leechFails"] = preset["leech_threshold"]
        # Tag only: a suspended card could not be answered again.
        config["lapse"]["leechAction"] = 1
        config["rev"]["maxIvl"] = preset["maximum"]
        config["rev"]["perDay"] = 9_999
        if "easy_days" in preset:
            config["easyDaysPercentages"] = preset["easy_days"]
        self.col.decks.update_config(config)
        deck = self.col.decks.id(f"deck {number}")
        self.col.decks.set_config_id_for_deck_dict(self.col.decks.get(deck), config["id"])
        return deck

    def new_card(self, deck: int) -> int:
        note = self.col.new_note(self.col.models.by_name("Basic"))
        note["Front"] = "question"
        self.col.add_note(note, deck)
        return note.card_ids()[0]

    def states(self, card: int) -> Any:
        return self.col._backend.get_scheduling_states(card)

    def answer(self, card: int, states: Any, rating: int) -> None:
        from anki.scheduler_pb2 import CardAnswer  # noqa: PLC0415

        self.col._backend.answer_card(
            CardAnswer(
                card_id=card,
                current_state=states.current,
                new_state=getattr(states, _NAMES[rating - 1]),
                rating=rating - 1,
                answered_at_millis=int(time.time() * 1000),
                milliseconds_taken=1000,
            )
        )

    def stored(self, card: int) -> dict[str, Any]:
        row = self.col.db.first("select data, lapses, reps, ivl from cards where id = ?", card)
        data = json.loads(row[0])
        return {"stability": data["s"], "difficulty": data["d"], "lapses": row[1], "reps": row[2]}

    def age(self, card: int, days: int) -> None:
        """Let days pass for one card: everything that Anki knows of it moves back."""
        queue, due, data = self.col.db.first(
            "select queue, due, data from cards where id = ?", card
        )
        kept = json.loads(data)
        if "lrt" in kept:
            kept["lrt"] -= days * _DAY
        due -= days * (_DAY if queue == 1 else 1) if queue else 0
        self.col.db.execute(
            "update cards set due = ?, data = ? where id = ?", due, json.dumps(kept), card
        )
        self.col.db.execute("update revlog set id = id - ? where cid = ?", days * _DAY * 1000, card)

    def age_all(self) -> None:
        """Let a day pass for every card that was met."""
        self.col.db.execute(
            "update cards set due = due - case queue when 1 then 86400 else 1 end,"
            " data = json_set(data, '$.lrt', json_extract(data, '$.lrt') - 86400) where reps > 0"
        )

    def forget(self, card: int) -> None:
        """Make room: ids of cards and reviews, which move about here, are unique."""
        self.col.db.execute("delete from cards where id = ?", card)
        self.col.db.execute("delete from revlog where cid = ?", card)

    def force(self, card: int, days: int) -> None:
        """Give a card in review the interval that the other side chose."""
        today = self.col.sched.today
        self.col.db.execute(
            "update cards set ivl = ?, due = ? where id = ? and queue = ?",
            days,
            today + days,
            card,
            _REVIEW_QUEUE,
        )


def _offered(states: Any) -> list[list[Any]]:
    """Return for each rating: "days" or "seconds", how many, and whether it makes a leech."""
    return [_interval(getattr(states, name).normal) for name in _NAMES]


def _interval(normal: Any) -> list[Any]:
    kind = normal.WhichOneof("kind")
    if kind == "review":
        return ["days", normal.review.scheduled_days, normal.review.leeched]
    if kind == "relearning":
        relearning = normal.relearning
        return ["seconds", relearning.learning.scheduled_secs, relearning.review.leeched]
    return ["seconds", normal.learning.scheduled_secs, False]


def _replay(folder: Path, job: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Yield for each history what Anki offered at every answer and stored after it."""
    anki = _Anki(folder, job["presets"])
    anki.balance(False)
    seeds = _extreme_seeds(anki) if job["fuzz"] else None
    for history in job["histories"]:
        card = anki.new_card(anki.decks[history["preset"]])
        yield [_answer(anki, card, step, seeds) for step in history["answers"]]
        anki.forget(card)


def _answer(
    anki: _Anki, card: int, step: dict[str, Any], seeds: tuple[int, int] | None
) -> dict[str, Any]:
    if step["gap_days"]:
        anki.age(card, step["gap_days"])
    bounds = [_offered_under(anki, card, seed) for seed in seeds] if seeds else None
    states = anki.states(card)
    anki.answer(card, states, step["rating"])
    if step["given_days"] is not None:
        anki.force(card, step["given_days"])
    return {"offered": _offered(states), "bounds": bounds, **anki.stored(card)}


def _offered_under(anki: _Anki, card: int, seed: int) -> list[list[Any]]:
    """Return what Anki would offer, had the card the id with which its chance is `seed`."""
    reps = anki.col.db.scalar("select reps from cards where id = ?", card)
    other = seed - reps
    anki.col.db.execute("update cards set id = ? where id = ?", other, card)
    offered = _offered(anki.states(other))
    anki.col.db.execute("update cards set id = ? where id = ?", card, other)
    return offered


def _extreme_seeds(anki: _Anki) -> tuple[int, int]:
    """Return the seeds (card id + reviews) for which Anki's chance is least and greatest."""
    card = anki.new_card(anki.decks[0])
    anki.answer(card, anki.states(card), 4)
    data = json.dumps({"s": 9_000.0, "d": 5.0, "dr": 0.9, "lrt": int(time.time()) - 9_000 * _DAY})
    anki.col.db.execute(
        "update cards set type = 2, queue = 2, reps = 1, ivl = 9000, due = 0, data = ?"
        " where id = ?",
        data,
        card,
    )
    found = {}
    for seed in range(1_000, 1_000 + _SEEDS_TRIED):
        found[seed] = _offered_under(anki, card, seed)[1][1]
    anki.forget(card)
    # The greatest of all may lie so near to 1 that Anki, which reckons in single precision, rounds
    # it up: a day past its own bounds, past the longest interval even. The next ones do not.
    ordered = sorted(found, key=found.__getitem__)
    return ordered[0], ordered[-3]


def _balance(folder: Path, job: dict[str, Any]) -> Iterator[list[int]]:
    """Yield how many known cards were answered on each day, from Anki's own queue."""
    anki = _Anki(folder, job["presets"])
    deck = anki.decks[0]
    anki.balance(job["balance"])
    anki.col.decks.set_current(deck)
    numbers: dict[int, int] = {}
    days = []
    for _ in range(job["days"]):
        for _ in range(job["new_per_day"]):
            numbers[anki.new_card(deck)] = len(numbers)
        days.append(_study(anki, numbers, job["ratings"]))
        anki.age_all()
        anki.reopen()
    yield days


def _study(anki: _Anki, numbers: dict[int, int], ratings: list[list[int]]) -> int:
    """Answer all that is due, and return how many of the cards were not new."""
    known = 0
    while cards := anki.col.sched.get_queued_cards(fetch_limit=1).cards:
        card, reps = cards[0].card.id, cards[0].card.reps
        anki.answer(card, cards[0].states, ratings[numbers[card]][reps])
        known += reps > 0
    return known


def _days(folder: Path, job: dict[str, Any]) -> Iterator[list[Any]]:
    """Yield roll-over hour, moment of a review, now, and the stability that Good would give now.

    Anki tells the days between only by what they make of the memory.
    """
    anki = _Anki(folder, job["presets"])
    card = anki.new_card(anki.decks[0])
    anki.answer(card, anki.states(card), 4)
    for hour, moments in job["moments"]:
        anki.col.set_config("rollover", hour)
        anki.reopen()
        for moment in moments:
            data = json.dumps({"s": 90.0, "d": 5.0, "dr": 0.9, "lrt": moment})
            anki.col.db.execute(
                "update cards set type = 2, queue = 2, ivl = 9, due = 0, data = ? where id = ?",
                data,
                card,
            )
            before = int(time.time())
            good = anki.states(card).good.normal.review.memory_state
            yield [hour, moment, before, good.stability]


if __name__ == "__main__":
    main(sys.argv[1])
