"""The command that works memories out from their log."""

from __future__ import annotations

import click

from quizapp.cli.replaying import check_option, run_replay
from quizapp.services.memory_replay import Replayed, rebuild, replay


@click.command("replay")
@check_option
def replay_all(check: bool) -> None:
    """Work out every memory anew from its reviews, and store what differs."""
    run_replay(Replayed(), replay, rebuild, check=check)
