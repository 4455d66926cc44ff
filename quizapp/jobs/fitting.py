"""Fitting in a process of its own: the library holds the interpreter lock while it learns.

    python -m quizapp.jobs.fitting < request.jsonl > result.json

The same process could serve no request meanwhile, nor notice that its time is over.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from quizapp.errors import QuizError
from quizapp.memory import latency
from quizapp.memory.fitting import Examples, Fit, InForce, fit
from quizapp.memory.history import History, PastReview
from quizapp.memory.recalibration import Recalibration, learnt_from

#: 100,000 reviews take a second or two; a job's lease is longer than this.
TIMEOUT_SECONDS = 90.0
_A_LINE = 1_000
_UNREADABLE = "Fitting gave no result that can be read: {!r}."

_Found = TypeVar("_Found")


class FitFailed(QuizError):
    """A fit came to nothing; the weights in force stay."""


def fit_apart(
    history: History,
    in_force: InForce,
    *,
    is_timed: bool = False,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Fit:
    """Return what `fitting.fit` finds, worked out in another process.

    :param is_timed: ratings follow from answer times, as `latency.refined` has them.
    :raises FitFailed: it took too long (the process is ended), or it went wrong.
    """
    task = {"in_force": asdict(in_force), "is_timed": is_timed}
    found = _asked(task, history, timeout_seconds)
    return _read(Fit, lambda: found | {"weights": tuple(found["weights"])})


def judge_times_apart(
    history: History, *, timeout_seconds: float = TIMEOUT_SECONDS
) -> latency.Choice:
    """Return what `latency.choose` finds of a whole history, worked out in another process.

    :raises FitFailed: as `fit_apart`.
    """
    found = _asked({}, history, timeout_seconds)
    return _read(latency.Choice, lambda: found)


def correct_apart(
    history: History,
    in_force: InForce,
    correction: Recalibration,
    *,
    is_timed: bool = False,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> Recalibration:
    """Return the correction after the trials that it has not learnt from yet.

    :param in_force: what these were predicted with; learnt from earlier ones alone.
    :raises FitFailed: as `fit_apart`.
    """
    task = {
        "in_force": asdict(in_force),
        "is_timed": is_timed,
        "correction": correction.to_json(),
    }
    found = _asked(task, history, timeout_seconds)
    try:
        return Recalibration.from_json(found)
    except (TypeError, ValueError) as error:
        raise FitFailed(_UNREADABLE.format(error)) from error


def main() -> int:
    """Read a request, do it, write the result; return the exit code."""
    task = json.loads(next(sys.stdin))
    history = History(PastReview(*one) for line in sys.stdin for one in json.loads(line))
    json.dump(asdict(_done(task, history)), sys.stdout)
    return 0


def _done(task: Mapping[str, Any], history: History) -> Fit | latency.Choice | Recalibration:
    given = Examples(history)
    told = task.get("in_force")
    if told is None:
        return latency.choose(given, Examples(history, latency.refined(history.reviews)))
    weights = tuple(told["weights"]) if told["weights"] else None
    if task["is_timed"]:
        given = Examples(history, latency.refined(history.reviews))
    if "correction" not in task:
        return fit(given, InForce(**told | {"weights": weights}))
    correction = Recalibration.from_json(task["correction"])
    start, stop = correction.trials, len(given)
    recalled = [trial.recalled for trial in history.trials[start:]]
    return learnt_from(correction, given.predict(start, stop, weights), recalled)


def _lines(task: Mapping[str, Any], history: History) -> Iterator[str]:
    """Give a request as lines of JSON: the task, then reviews by the thousand.

    Written as one piece, a long history would hold the interpreter lock here for a while too.
    """
    yield json.dumps(task)
    reviews = history.reviews
    for start in range(0, len(reviews), _A_LINE):
        some = reviews[start : start + _A_LINE]
        yield json.dumps([(r.fact, r.day, r.rating, r.duration_ms, r.kind) for r in some])


def _asked(task: Mapping[str, Any], history: History, timeout_seconds: float) -> Any:
    """Return what the other process wrote."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "quizapp.jobs.fitting"],
            input="\n".join(_lines(task, history)),
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise FitFailed(f"Fitting took longer than {timeout_seconds:g} s.") from error
    if done.returncode:
        told = done.stderr.strip().rpartition("\n")[2]
        raise FitFailed(f"Fitting ended with exit code {done.returncode}: {told}")
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise FitFailed(_UNREADABLE.format(error)) from error


def _read(kind: Callable[..., _Found], values: Callable[[], Mapping[str, Any]]) -> _Found:
    try:
        return kind(**values())
    except (TypeError, KeyError) as error:
        raise FitFailed(_UNREADABLE.format(error)) from error


if __name__ == "__main__":
    sys.exit(main())
