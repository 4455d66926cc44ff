"""`quizapp memory evaluate`, on a file and on the database."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quizapp.cli.memory import memory
from quizapp.config import Settings
from quizapp.db import db, transaction
from quizapp.memory.evaluation import WAYS
from tests.support.apps import make_app
from tests.support.desk import Desk
from tests.support.make import NOON, Make
from tests.support.repository import ROOT
from tests.support.settings import settings_for

SAMPLE = ROOT / "bench" / "data" / "reviews.csv"


def run(*words: str | Path, settings: Settings | None = None) -> Result:
    environment = {}
    if settings is not None:
        environment = {
            "QUIZAPP_DATA": str(settings.data),
            "QUIZAPP_DATABASE_URL": settings.database_url,
            "QUIZAPP_SECRET_KEY": settings.secret_key,
        }
    return CliRunner().invoke(memory, ["evaluate", *map(str, words)], env=environment)


def test_the_sample_reviews_are_measured_in_a_table() -> None:
    result = run(SAMPLE, "--timezone", "America/Vancouver")

    assert result.exit_code == 0, result.output
    head, columns, *rows, told = result.stdout.splitlines()
    assert head.endswith("3,000 reviews, 1,052 of them on a later day than the one before")
    assert columns.split() == ["scored", "log", "loss", "RMSE(bins)", "AUC", "seconds"]
    assert [row[:18].strip() for row in rows] == list(WAYS)
    assert {row.split()[-5] for row in rows} == {"875"}
    assert "fits adopted; answer times used for" in told


def test_the_same_figures_come_as_json() -> None:
    result = run(SAMPLE, "--timezone", "America/Vancouver", "--json")

    told = json.loads(result.stdout)
    assert (told["learners"], told["reviews"]) == (1, 3_000)
    plain, fitted, *_ = told["ways"]
    assert [way["name"] for way in told["ways"]] == list(WAYS)
    assert plain["log_loss"] == pytest.approx(0.5, abs=0.2)
    assert fitted["log_loss"] < plain["log_loss"]
    assert (plain["fits"], fitted["fits"]) == (0, 5)


def test_several_learners_are_measured_each_and_the_mean_is_printed(tmp_path: Path) -> None:
    header, *rows = SAMPLE.read_text().splitlines()
    two = [f"{name},{row}" for name in ("ann", "bob") for row in rows[:1_500]]
    few = ["cem,1,1000,3,0"]
    path = tmp_path / "class.csv"
    path.write_text("\n".join([f"learner,{header}", *two, *few]) + "\n")

    result = run(path)

    assert result.exit_code == 0, result.output
    assert "1 of 3 learners have too few and are left out" in result.stdout
    assert "Means over 2 learners" in result.stdout


def test_a_wrong_row_ends_the_command_with_its_line_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("fact,at,rating\n1,1000,3\n1,2000,7\n")

    result = run(path)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"{path}:3: A rating is 1, 2, 3 or 4, not “7”.\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"fact,at,rating\nn\xe4\xdf,1000,3\n",
            "This is not UTF-8. Save the file as CSV in UTF-8.",
        ),
        (b"fact,at,rating\n1,1000,3\n", "There are too few reviews on a later day to measure"),
    ],
)
def test_a_file_that_cannot_be_measured_is_refused(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(content)

    result = run(path)

    assert result.exit_code == 2
    assert result.stderr.startswith(f"{path}: {message}")


@pytest.mark.parametrize(
    "words", [(), (SAMPLE, "--learner", "a@b.example"), (SAMPLE, "--course", "x")]
)
def test_it_is_told_what_to_measure(words: tuple[str | Path, ...]) -> None:
    result = run(*words)

    assert result.exit_code == 2
    assert "Give a FILE, or --learner" in result.stderr


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """Of an installation in which somebody reviewed five facts on eight days."""
    settings = settings_for(sqlite_url, tmp_path)
    with make_app(settings).app_context():
        with transaction() as session:
            make = Make(session)
            desk = Desk(session, make, NOON)
            reader = make.learner(desk.course, email="reader@example.org")
            facts = [desk.fact() for _ in range(5)]
            for day in range(8):
                for index, fact in enumerate(facts):
                    at = NOON + timedelta(days=day, minutes=index)
                    desk.rate(fact, 1 if (day + index) % 4 == 0 else 3, actor=reader, now=at)
        db.session.remove()
        db.engine.dispose()
    return settings


def test_a_learner_of_the_database_is_measured(settings: Settings) -> None:
    result = run("--learner", "Reader@example.org", settings=settings)

    assert result.exit_code == 0, result.output
    assert "Reader@example.org: 40 reviews, 35 of them" in result.stdout


def test_only_one_course_counts_if_asked(settings: Settings) -> None:
    result = run("--learner", "reader@example.org", "--course", "elsewhere", settings=settings)

    assert (result.exit_code, result.stdout) == (1, "")


def test_a_learner_who_is_not_there_is_told(settings: Settings) -> None:
    result = run("--learner", "nobody@example.org", settings=settings)

    assert result.exit_code == 1
    assert "There is no account with the address nobody@example.org." in result.stderr
