"""`quizapp questions`: the plan of a file, writing it, and a course as a file."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from quizapp.cli import main
from quizapp.db import database_app, db, transaction
from quizapp.models import Question, Revision
from tests.support.make import Make
from tests.support.settings import settings_for

CSV = "question,a,b,correct\nWhich?,This,That,A\nNo key,One,Two,\n"


@pytest.fixture
def folder(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    database = tmp_path / "app.sqlite3"
    database.write_bytes(migrated_sqlite.read_bytes())
    monkeypatch.setenv("QUIZAPP_DATA", str(tmp_path))
    monkeypatch.setenv("QUIZAPP_DATABASE_URL", f"sqlite:///{database}")
    app = database_app(settings_for(f"sqlite:///{database}", tmp_path))
    with app.app_context(), transaction() as session:
        make = Make(session)
        make.question(make.fact(make.course(slug="syria")))
    (tmp_path / "q.csv").write_text(CSV)
    return tmp_path


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["questions", *args])


def test_prints_the_plan_by_line_and_writes_only_when_asked(folder: Path) -> None:
    file = str(folder / "q.csv")

    shown = run("import", file, "--course", "syria")
    written = run("import", file, "--course", "syria", "--apply")
    again = run("import", file, "--course", "syria")

    assert "q.csv:3: left out: No key – Nothing says which option is right" in shown.output
    assert "1 new, 0 changed, 0 unchanged, 1 left out" in shown.output
    assert "Nothing was written" in shown.output
    assert "Written; take it back at /teach/syria/imports/1" in written.output
    assert "0 new, 0 changed, 1 unchanged, 1 left out" in again.output


def test_a_course_goes_out_and_comes_back_unchanged(folder: Path) -> None:
    file = str(folder / "out.yaml")

    out = run("export", file, "--course", "syria")
    back = run("import", file, "--course", "syria")

    assert "1 of 1 questions written" in out.output
    assert "0 new, 0 changed, 1 unchanged, 0 left out" in back.output


def test_a_file_that_nobody_knows_is_refused(folder: Path) -> None:
    (folder / "x.bin").write_bytes(b"\x89PNG")

    assert run("import", str(folder / "x.bin"), "--course", "syria").exit_code == 2


def test_what_commands_write_has_no_author(folder: Path) -> None:
    run("import", str(folder / "q.csv"), "--course", "syria", "--apply")

    url = f"sqlite:///{folder / 'app.sqlite3'}"
    with database_app(settings_for(url, folder)).app_context():
        made = sa.select(Revision.author_id).join(Question, Question.id == Revision.question_id)
        assert db.session.scalars(made.where(Question.stem == "Which?")).all() == [None]
