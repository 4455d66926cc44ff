"""The `quizapp` command."""

from __future__ import annotations

from importlib import import_module

import click

from quizapp.cli.running import Group

#: Where each command is: the module in this package, and its name there.
_PLACES = {
    "attempts": ("attempts", "attempts"),
    "bank": ("bank", "bank"),
    "demo": ("demo_year", "demo"),
    "init": ("server", "init"),
    "memory": ("memory", "memory"),
    "progress": ("progress", "progress"),
    "questions": ("questions", "questions"),
    "serve": ("server", "serve"),
    "statistics": ("statistics", "statistics"),
    "user": ("users", "user"),
}


class _Commands(Group):
    """Commands that are imported when they are asked for: none waits for what another needs."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return sorted(_PLACES)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _PLACES:
            return None
        module, name = _PLACES[cmd_name]
        command: click.Command = getattr(import_module(f"quizapp.cli.{module}"), name)
        return command


@click.group(cls=_Commands)
@click.version_option(package_name="quizapp")
def main() -> None:
    """Run and look after an installation of Footnote."""
