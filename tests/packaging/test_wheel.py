"""The wheel: built from what git keeps, installed away from the checkout, and run there."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.repository import ROOT, kept_files
from tests.support.server import LiveServer

pytestmark = pytest.mark.slow

DATA = "quizapp/_data/"
SHIPPED = ("templates", "static", "question_bank")
# What lies about in folders people work in, and must not be published.
PRIVATE = ("static/.env", "question_bank/notes.sqlite3", "templates/__pycache__/x.pyc")


def run(*arguments: str | Path, cwd: Path) -> str:
    """Run a command and return what it printed; fail with that if it fails."""
    done = subprocess.run(
        arguments, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{arguments}:\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what git keeps with private files strewn in."""
    source = tmp_path_factory.mktemp("a checkout") / "with spaces"
    for path in kept_files():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, source / path)
    for name in PRIVATE:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("private")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", cwd=source)
    (built,) = (source / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment that holds the running lock and the wheel only."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet")
    run(*pip, "--require-hashes", "--requirement", ROOT / "requirements.lock", cwd=folder)
    run(*pip, "--no-deps", "--no-index", wheel, cwd=folder)
    return python


@pytest.fixture(scope="module")
def server(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The installed app, serving."""
    server = LiveServer(tmp_path_factory.mktemp("data"), python=installed)
    server.initialise()
    server.start()
    yield server
    server.stop()


def test_the_wheel_ships_what_git_keeps_and_nothing_else(wheel: Path) -> None:
    kept = {path.as_posix() for path in kept_files() if path.parts[0] in SHIPPED}

    shipped = {
        name.removeprefix(DATA)
        for name in ZipFile(wheel).namelist()
        if name.startswith(DATA) and not name.endswith("/")
    }

    assert shipped == kept


def test_the_wheel_holds_the_package_and_no_test(wheel: Path) -> None:
    names = ZipFile(wheel).namelist()
    modules = {path.as_posix() for path in kept_files() if path.parts[0] == "quizapp"}

    packed = {name for name in names if name.startswith("quizapp/") and DATA not in name}

    assert packed == modules
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"quizapp"}


def test_the_installed_app_is_not_the_checkout(installed: Path) -> None:
    where = run(installed, "-c", "import quizapp; print(quizapp.__file__)", cwd=installed.parent)

    assert Path(where.strip()).is_relative_to(installed.parents[1])


def test_the_installed_bank_is_sound(installed: Path) -> None:
    command = installed.with_name("quizapp")

    run(command, "bank", "check", cwd=installed.parent)


def test_the_installed_app_serves_its_pages_and_static_files(server: LiveServer) -> None:
    home = server.get("/")
    style = next(part for part in home.text.split('"') if ".css" in part)

    sheet = server.get(style)

    assert home.status == 200
    assert "Footnote" in home.text
    assert sheet.status == 200
    assert sheet.headers["content-type"].startswith("text/css")
