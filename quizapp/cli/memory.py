"""Commands on what learners remember."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time
from typing import Any

import click

from quizapp.cli.memory_replay import replay_all
from quizapp.cli.running import Group, application
from quizapp.db import db, take_time
from quizapp.errors import Invalid, Problem
from quizapp.memory.evaluation import BLOCKS, WAYS, Scored, score
from quizapp.memory.history import History
from quizapp.memory.measures import Measures, mean
from quizapp.memory.review_file import read_reviews
from quizapp.queries.courses import course_by_slug
from quizapp.queries.review_log import review_history
from quizapp.services.accounts import user_id_of


@click.group(cls=Group)
def memory() -> None:
    """Look after what learners remember, and how well it is predicted."""


memory.add_command(replay_all)


@dataclass(frozen=True, slots=True)
class _Line:
    """One way to predict, over all learners: means, and seconds of CPU for all."""

    name: str
    measures: Measures
    seconds: float
    of_each: list[Scored]

    def total(self, name: str) -> int:
        return sum(getattr(one.predicted, name) for one in self.of_each)


@memory.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--learner", help="Email of a learner whose reviews to take from the database.")
@click.option("--course", help="Only reviews of this course (its slug) of the learner.")
@click.option("--timezone", default="UTC", show_default=True, help="Where the file names none.")
@click.option("--day-start-hour", type=click.IntRange(0, 23), default=4, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def evaluate(  # noqa: PLR0917
    file: Path | None,
    learner: str | None,
    course: str | None,
    timezone: str,
    day_start_hour: int,
    as_json: bool,
) -> None:
    """Measure how well reviews would have been predicted from what came before them.

    Takes a CSV FILE of reviews, or those of a --learner. Prints log loss, RMSE(bins) and AUC
    of the model's own weights, of fitted ones, and of everything the program does.
    """
    if (file is None) == (learner is None) or (course and not learner):
        raise click.UsageError("Give a FILE, or --learner (and --course, if only one counts).")
    if file is not None:
        histories = _from_file(file, timezone, day_start_hour)
    else:
        histories = {learner or "": _from_database(learner or "", course)}
    source = str(file or learner)
    scored = {name: one for name, one in histories.items() if len(one.trials) >= BLOCKS}
    if not scored:
        told = f"There are too few reviews on a later day to measure: fewer than {BLOCKS}."
        raise Invalid([Problem(f"{source}:", told)])
    lines = [_line(name, scored) for name in WAYS]
    if as_json:
        click.echo(json.dumps(_as_json(source, histories, lines), indent=2))
        return
    for text in _table(source, histories, scored, lines):
        click.echo(text)


def _from_file(path: Path, zone: str, day_start_hour: int) -> dict[str, History]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return read_reviews(lines, name=str(path), zone=zone, day_start_hour=day_start_hour)
    except UnicodeDecodeError as error:
        told = "This is not UTF-8. Save the file as CSV in UTF-8."
        raise Invalid([Problem(f"{path}:", told)]) from error


def _from_database(email: str, course: str | None) -> History:
    with application():
        session = db.session()
        take_time(session)
        learner_id = user_id_of(session, email=email)
        if course is not None:
            course_by_slug(session, course)  # Raises NotFound: a slip would measure nothing.
        return review_history(session, learner_id=learner_id, course=course)


def _line(name: str, histories: Mapping[str, History]) -> _Line:
    began = process_time()
    of_each = [score(history, name) for history in histories.values()]
    measures = mean(one.measures for one in of_each)
    return _Line(name, measures, process_time() - began, of_each)


def _table(
    source: str, histories: Mapping[str, History], scored: Mapping[str, History], lines: list[_Line]
) -> Iterator[str]:
    reviews = sum(len(one.reviews) for one in histories.values())
    trials = sum(len(one.trials) for one in histories.values())
    yield f"{source}: {reviews:,} reviews, {trials:,} of them on a later day than the one before"
    if left_out := len(histories) - len(scored):
        yield f"{left_out:,} of {len(histories):,} learners have too few and are left out"
    if len(scored) > 1:
        yield f"Means over {len(scored):,} learners"
    yield f"{'':18}{'scored':>10}{'log loss':>10}{'RMSE(bins)':>12}{'AUC':>9}{'seconds':>9}"
    for line in lines:
        measures = line.measures
        auc = "-" if measures.auc is None else f"{measures.auc:.4f}"
        yield (
            f"{line.name:18}{measures.trials:>10,}{measures.log_loss:>10.4f}"
            f"{measures.rmse_bins:>12.4f}{auc:>9}{line.seconds:>9.2f}"
        )
    last = lines[-1]
    yield (
        f"Full stack: {last.total('adopted'):,} of {last.total('fits'):,} fits adopted; answer"
        f" times used for {last.total('timed'):,} and the correction for"
        f" {last.total('recalibrated'):,} of {last.measures.trials:,} scored reviews"
    )


def _as_json(source: str, histories: Mapping[str, History], lines: list[_Line]) -> dict[str, Any]:
    return {
        "source": source,
        "learners": len(histories),
        "reviews": sum(len(one.reviews) for one in histories.values()),
        "ways": [
            asdict(line.measures)
            | {"name": line.name, "learners": len(line.of_each), "seconds": line.seconds}
            | {name: line.total(name) for name in ("fits", "adopted", "timed", "recalibrated")}
            for line in lines
        ],
    }
