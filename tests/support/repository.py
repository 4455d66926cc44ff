"""The files of this repository: what git keeps, or would keep if it were committed now."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def kept_files() -> tuple[Path, ...]:
    """Return every file that is tracked, or new and not ignored, relative to `ROOT`, sorted."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = {Path(name) for name in listed.split("\0") if name}
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


def texts(*suffixes: str, under: str = "") -> list[Path]:
    """Return the kept text files written here (not vendored), optionally of these kinds."""
    return [
        path
        for path in kept_files()
        if path.as_posix().startswith(under)
        and "vendor" not in path.parts
        and (not suffixes or path.suffix in suffixes)
        and b"\0" not in (ROOT / path).read_bytes()
    ]


def read(path: Path) -> str:
    """Return the text of a kept file."""
    return (ROOT / path).read_text(encoding="utf-8")
