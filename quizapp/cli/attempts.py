"""Commands on attempts."""

from __future__ import annotations

import click

from quizapp.cli.replaying import check_option, run_replay
from quizapp.services.replay import Replayed, rebuild, replay


@click.group()
def attempts() -> None:
    """Look after what learners handed in."""


@attempts.command("replay")
@check_option
def replay_all(check: bool) -> None:
    """Work out every mark anew from the log and the revisions, and store what differs."""
    run_replay(Replayed(), replay, rebuild, check=check)
