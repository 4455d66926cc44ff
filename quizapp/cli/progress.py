"""Commands on what learners did."""

from __future__ import annotations

import click

from quizapp.cli.replaying import check_option, run_replay
from quizapp.services.progress_recount import Recounted, recount, store_recount


@click.group()
def progress() -> None:
    """Look after what learners' reviews add up to."""


@progress.command("recount")
@check_option
def recount_all(check: bool) -> None:
    """Count every learner's reviews anew, and store what differs."""
    run_replay(Recounted(), recount, store_recount, check=check)
