"""The locks: complete, hashed, agreeing with pyproject.toml and with each other."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.support.repository import read

NAMES = ["requirements.lock", "requirements-dev.lock"]
PIN = re.compile(
    r"^([a-z0-9._-]+)==(\S+)(?: ;[^\\\n]*)?((?: \\\n    --hash=sha256:[0-9a-f]{64})*)$",
    re.MULTILINE,
)


def pins(name: str) -> dict[str, Version]:
    """Return the version of each package in a lock."""
    return {match[1]: Version(match[2]) for match in PIN.finditer(read(Path(name)))}


def asked(*, development: bool) -> list[Requirement]:
    """Return what pyproject.toml asks for."""
    project: dict[str, Any] = tomllib.loads(read(Path("pyproject.toml")))
    lines = [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]
    if development:
        lines += project["project"]["optional-dependencies"]["dev"]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("name", NAMES)
def test_every_line_of_a_lock_is_a_hashed_pin(name: str) -> None:
    rest = PIN.sub(lambda match: "" if match[3] else match[0], read(Path(name)))

    assert [line for line in rest.splitlines() if line and not line.startswith("#")] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_names_no_place_to_download_from(name: str) -> None:
    assert not re.search(r"://|--(extra-)?index|--find-links|@ ", read(Path(name)))


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_holds_what_the_project_asks_for(name: str) -> None:
    locked = pins(name)
    wrong = [
        str(requirement)
        for requirement in asked(development="dev" in name)
        if (version := locked.get(requirement.name.lower())) is None
        or version not in requirement.specifier
    ]

    assert not wrong, "run `make lock`"


def test_both_locks_agree() -> None:
    running, testing = pins("requirements.lock"), pins("requirements-dev.lock")

    assert running == {name: testing.get(name) for name in running}, "run `make lock`"


def test_a_lock_serves_every_platform() -> None:
    hashes = {match[1]: match[3].count("--hash") for match in PIN.finditer(read(Path(NAMES[0])))}

    # Compiled packages have one wheel for each platform and Python; a lock made from a folder of
    # wheels for one machine would have one or two.
    assert all(hashes[name] >= 10 for name in ("sqlalchemy", "psycopg-binary", "granian", "nh3"))
