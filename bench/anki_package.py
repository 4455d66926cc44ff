"""Anki's package as a development oracle: in an environment and in processes of its own.

It is AGPL, so the app never imports it and no lock names it; it is installed when a comparison is
asked for, into a cache folder that may be deleted at any time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VERSION = "26.9.3"
_SCRIPT = Path(__file__).with_name("anki_side.py")


def default_cache() -> Path:
    """Return where the environment is kept: below XDG_CACHE_HOME, or ~/.cache."""
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "quizapp-bench"


def environment(cache: Path) -> Path:
    """Return the interpreter of an environment with Anki in it; makes it the first time.

    :raises subprocess.CalledProcessError: it could not be installed; the reason is printed.
    """
    folder = cache / f"anki-{VERSION}"
    python = folder / "bin" / "python"
    done = folder / "installed"
    if not done.exists():
        print(f"installing anki {VERSION} into {folder}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [python, "-m", "pip", "install", "--quiet", f"anki=={VERSION}"]
        subprocess.run(install, check=True)
        done.touch()
    return python


def run(python: Path, task: str, job: dict[str, Any], *, script: Path = _SCRIPT) -> Iterator[Any]:
    """Yield what `bench/anki_side.py`, or another script, answers to `job`, line by line.

    :raises RuntimeError: it failed.
    """
    command = [python, "-I", script, task]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None  # noqa: S101
        assert process.stdout is not None  # noqa: S101
        json.dump(job, process.stdin)
        process.stdin.close()
        for line in process.stdout:
            # Anki's own notes begin otherwise.
            if line.startswith("["):
                yield json.loads(line)
    if process.returncode:
        raise RuntimeError(f"Anki's side failed with exit {process.returncode}.")
