"""Fitting in a process of its own: the library holds the interpreter lock while it learns.

    python -m quizapp.jobs.fitting < request.json > result.json

The same process could serve no request meanwhile, nor notice that its time is over.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from quizapp.errors import QuizError
from quizapp.memory.fitting import Examples, Fit, InForce, fit
from quizapp.memory.history import History, PastReview

#: 100,000 reviews take a second or two; a job's lease is longer than this.
TIMEOUT_SECONDS = 90.0


class FitFailed(QuizError):
    """A fit came to nothing; the weights in force stay."""


def fit_apart(
    history: History, in_force: InForce, *, timeout_seconds: float = TIMEOUT_SECONDS
) -> Fit:
    """Return what `fitting.fit` finds, worked out in another process.

    :raises FitFailed: it took too long (the process is ended), or it went wrong.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "quizapp.jobs.fitting"],
            input=json.dumps(_request(history, in_force)),
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
        found = json.loads(done.stdout)
        return Fit(**found | {"weights": tuple(found["weights"])})
    except (ValueError, TypeError, KeyError) as error:
        raise FitFailed(f"Fitting gave no result that can be read: {error!r}.") from error


def main() -> int:
    """Read a request, fit, write the result; return the exit code."""
    history, in_force = _requested(json.load(sys.stdin))
    found = fit(Examples(history), in_force)
    json.dump(asdict(found), sys.stdout)
    return 0


def _request(history: History, in_force: InForce) -> dict[str, Any]:
    reviews = [(one.fact, one.day, one.rating) for one in history.reviews]
    return {"reviews": reviews, "in_force": asdict(in_force)}


def _requested(request: Mapping[str, Any]) -> tuple[History, InForce]:
    weights = request["in_force"]["weights"]
    in_force = InForce(**request["in_force"] | {"weights": tuple(weights) if weights else None})
    return History(PastReview(*one) for one in request["reviews"]), in_force


if __name__ == "__main__":
    sys.exit(main())
