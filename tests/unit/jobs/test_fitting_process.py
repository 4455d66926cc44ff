"""Fitting in a process of its own, which may take too long or fail."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from quizapp.jobs import fitting
from quizapp.jobs.fitting import FitFailed, fit_apart, judge_times_apart
from quizapp.memory import latency
from quizapp.memory.fitting import Examples, InForce, fit
from quizapp.memory.history import History, PastReview
from quizapp.memory.model import DEFAULT_WEIGHTS
from tests.support.forgetful import history, telling
from tests.support.repository import read, texts


def test_another_process_finds_exactly_what_this_one_does():
    log = history(reviews=1_000, seed=1)
    in_force = InForce(DEFAULT_WEIGHTS, learned_from=100, tried_at=100)

    assert fit_apart(log, in_force) == fit(Examples(log), in_force)


def test_answer_times_are_judged_and_fitted_there_too():
    log = history(reviews=1_000, seed=1, pace=telling)
    timed = Examples(log, latency.refined(log.reviews))

    assert judge_times_apart(log) == latency.choose(Examples(log), timed)
    assert fit_apart(log, InForce(), is_timed=True) == fit(timed, InForce())


def test_a_fit_that_takes_too_long_is_ended():
    with pytest.raises(FitFailed, match=r"longer than 0\.01 s"):
        fit_apart(history(reviews=1_000, seed=1), InForce(), timeout_seconds=0.01)


def test_a_fit_that_goes_wrong_says_how():
    nothing_to_judge_by = History([PastReview(1, 1, 3)])

    with pytest.raises(FitFailed, match="exit code 1: ValueError: Nothing to judge by"):
        fit_apart(nothing_to_judge_by, InForce())


@pytest.mark.parametrize("told", ["", "[]", "{}", '{"weights": [1]}'])
def test_a_result_that_cannot_be_read_is_told(told, monkeypatch):
    def run(*_words, **_settings):
        return subprocess.CompletedProcess([], 0, stdout=told, stderr="")

    monkeypatch.setattr(fitting.subprocess, "run", run)

    with pytest.raises(FitFailed, match="no result that can be read"):
        fit_apart(history(reviews=10, seed=1), InForce())


def test_the_process_needs_neither_the_application_nor_the_database():
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, quizapp.jobs.fitting; print(*sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()

    assert not {"flask", "sqlalchemy", "quizapp.db"} & set(told)


def test_nothing_that_serves_a_request_learns_in_its_own_process():
    """The library holds the interpreter lock: a fit in a thread would hold up all others."""
    ways_in = {"quizapp.memory.fitting", "quizapp.memory.latency", "quizapp.memory.evaluation"}
    allowed = {"quizapp/memory", "quizapp/cli", "quizapp/jobs/fitting.py"}
    learning = {"fit", "choose", "score", "Examples", "learn"}
    found = [
        f"{path}: {name.name}"
        for path in texts(".py", under="quizapp/")
        if not any(str(path).startswith(one) for one in allowed)
        if "quizapp.memory" in (text := read(path))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.module in ways_in
        for name in node.names
        if name.name in learning
    ]

    assert not found, "call quizapp.jobs.fitting.fit_apart from a job"
