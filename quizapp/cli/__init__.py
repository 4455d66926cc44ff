"""The `quizapp` command."""

from __future__ import annotations

import click

from quizapp.cli import (
    attempts,
    bank,
    demo_year,
    memory,
    memory_replay,
    progress,
    questions,
    server,
    statistics,
    users,
)
from quizapp.cli.running import Group


@click.group(cls=Group)
@click.version_option(package_name="quizapp")
def main() -> None:
    """Run and look after an installation of Footnote."""


main.add_command(server.init)
main.add_command(server.serve)
main.add_command(bank.bank)
main.add_command(attempts.attempts)
main.add_command(demo_year.demo)
main.add_command(memory.memory)
memory.memory.add_command(memory_replay.replay_all)
main.add_command(progress.progress)
main.add_command(questions.questions)
main.add_command(statistics.statistics)
main.add_command(users.user)
