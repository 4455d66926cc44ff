"""What becomes of states when weights change, and what that costs: `python -m bench.retelling`.

    python -m bench.retelling --file bench/data/reviews.csv

Refits a history at every growth, as the product does, and prints the mean log loss of what was
predicted: with the model's own weights, with states told anew in each fit's weights (what is
done), and with states left as they were, to be gone on from (what is not).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from quizapp.memory import fitting
from quizapp.memory.evaluation import scored_from
from quizapp.memory.fitting import Examples, InForce
from quizapp.memory.history import History
from quizapp.memory.measures import measure
from quizapp.memory.model import Outcome, Weights, outcomes, recall_after
from quizapp.memory.review_file import read_reviews
from quizapp.memory.state import NEW_STATE, Rating
from tests.support.forgetful import MET, history


@dataclass(frozen=True, slots=True)
class _Span:
    """Trials from `start` up to `stop`, and the weights in force then."""

    start: int
    stop: int
    weights: Weights | None


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--file", type=Path, default=Path("bench/data/reviews.csv"))
    parser.add_argument("--reviews", type=int, default=5_000, help="of a simulated learner")
    chosen = parser.parse_args(arguments)
    print(f"{'history':24}{'scored':>8}{'own weights':>13}{'told anew':>11}{'left':>9}")
    with chosen.file.open(encoding="utf-8-sig", newline="") as lines:
        for learner, log in read_reviews(lines, name=str(chosen.file)).items():
            _print(f"{chosen.file.name} {learner}", log)
    for seed in (1, 2, 3):
        _print(f"simulated, seed {seed}", history(reviews=chosen.reviews, seed=seed))


def _print(name: str, log: History) -> None:
    examples, first = Examples(log), scored_from(log)
    spans = list(_spans(examples))
    anew = [one for span in spans for one in examples.predict(span.start, span.stop, span.weights)]
    ways = (examples.predict(0, len(examples), None), anew, _left(log, spans))
    losses = [measure(log.trials[first:], recall[first:]).log_loss for recall in ways]
    own, told, left = losses
    print(f"{name:24}{len(log.trials) - first:>8,}{own:>13.4f}{told:>11.4f}{left:>9.4f}")


def _spans(examples: Examples) -> Iterator[_Span]:
    in_force, start = InForce(), 0
    for stop in range(1, len(examples) + 1):
        if stop < len(examples) and not fitting.is_due(stop, in_force):
            continue
        yield _Span(start, stop, in_force.weights)
        start = stop
        if stop < len(examples):
            found = fitting.fit(examples, in_force, until=stop)
            in_force = fitting.adopt(in_force, found)


def _left(log: History, spans: Sequence[_Span]) -> list[float]:
    """Return what is predicted where each state goes on from that of the weights before."""
    of_trial = [span.weights for span in spans for _ in range(span.start, span.stop)]
    numbers = {trial.position: number for number, trial in enumerate(log.trials)}
    states: dict[int, Outcome] = {}
    recall, weights = [], None
    for position, review in enumerate(log.reviews):
        held, elapsed = states.get(review.fact), log.elapsed_days[position]
        state = NEW_STATE
        if held is not None:
            state = replace(MET, stability=held.stability, difficulty=held.difficulty)
        if position in numbers and held is not None:
            weights = of_trial[numbers[position]]
            recall.append(recall_after(elapsed, held.stability, weights))
        after = outcomes(state, elapsed_days=elapsed, retention=0.9, weights=weights)
        states[review.fact] = after[Rating(review.rating)]
    return recall


if __name__ == "__main__":
    main()
