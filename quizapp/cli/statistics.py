"""Commands on what attempts add up to."""

from __future__ import annotations

import click

from quizapp.cli.replaying import check_option, run_replay
from quizapp.db import db, transaction
from quizapp.services.recount import Recounted, recount, store_recount, uncounted


@click.group()
def statistics() -> None:
    """Look after the statistics of quizzes."""


@statistics.command("recount")
@check_option
def recount_all(check: bool) -> None:
    """Count every quiz anew from its attempts, and store what differs."""
    run_replay(Recounted(), recount, store_recount, check=check)


def count_missing() -> int:
    """Count the quizzes of which nothing is counted yet; return how many. Call it in an app."""
    missing = uncounted(db.session())
    for one in missing:
        with transaction() as session:
            store_recount(session, [one])
    return len(missing)
