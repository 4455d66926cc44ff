"""Commands on what attempts add up to."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import click

from quizapp.cli.replaying import check_option, run_replay
from quizapp.db import db, take_time, transaction
from quizapp.services.recount import Recounted, recount, store_recount, uncounted


@click.group()
def statistics() -> None:
    """Look after the statistics of quizzes."""


@statistics.command("recount")
@check_option
def recount_all(check: bool) -> None:
    """Count every quiz anew from its attempts, and store what differs."""
    store = partial(store_recount, now=datetime.now(UTC))
    run_replay(Recounted(), recount, store, check=check)


def count_missing() -> int:
    """Count the quizzes of which nothing is counted yet; return how many. Call it in an app."""
    take_time(db.session())
    missing = uncounted(db.session())
    for one in missing:
        with transaction() as session:
            take_time(session)
            store_recount(session, [one], now=datetime.now(UTC))
    return len(missing)
