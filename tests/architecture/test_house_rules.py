"""Rules about the code that no linter knows. Each failure says where, and what to do instead."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

from tests.support.repository import read, texts

MODULES = [path for path in texts(".py", under="quizapp/") if "versions" not in path.parts]
TESTS = texts(".py", under="tests/")
MODULE_LINES = 400
FUNCTION_LINES = 50
VAGUE = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc", "stuff"}
STOPPED = {"skip", "skipif", "xfail", "importorskip", "skipUnless", "skipIf", "SkipTest"}
SESSIONS = {"session", "_session", "db"}


def attributes(paths: Iterable[Path], *names: str) -> list[tuple[str, ast.Attribute]]:
    """Return where one of these attributes is used, as "path:line", and the use."""
    return [
        (f"{path}:{node.lineno}", node)
        for path in paths
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, ast.Attribute) and node.attr in names
    ]


def test_there_are_modules_to_check() -> None:
    assert len(MODULES) > 20
    assert len(TESTS) > 5


def test_every_module_says_what_it_is_for() -> None:
    silent = [str(path) for path in MODULES if not ast.get_docstring(ast.parse(read(path)))]

    assert not silent, "say in one line what the module is for"


def test_modules_stay_small() -> None:
    long = [str(path) for path in MODULES if read(path).count("\n") > MODULE_LINES]

    assert not long, f"split at {MODULE_LINES} lines, by what changes together"


def test_functions_stay_small() -> None:
    long = [
        f"{path}:{node.lineno} {node.name} ({lines} lines)"
        for path in MODULES
        for node in ast.walk(ast.parse(read(path)))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION_LINES
    ]

    assert not long, f"a function has at most {FUNCTION_LINES} lines"


def test_modules_are_named_for_what_they_know() -> None:
    vague = [str(path) for path in MODULES if VAGUE & set(path.with_suffix("").parts)]

    assert not vague, "name the module for what it knows"


def test_only_the_database_module_ends_a_transaction() -> None:
    allowed = {Path("quizapp/db.py"), Path("quizapp/migrations/env.py")}
    modules = [path for path in MODULES if path not in allowed]

    places = [place for place, _ in attributes(modules, "commit", "rollback")]

    assert not places, "let the entry point's transaction() commit"


def test_queries_are_written_with_select() -> None:
    places = [
        place
        for place, node in attributes(MODULES, "query")
        if ast.unparse(node.value).removesuffix("()").rpartition(".")[2] in SESSIONS
    ]

    assert not places, "write session.scalars(select(…))"


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    places = [place for place, _ in attributes(TESTS, *STOPPED)]

    assert not places, "a test that does not run proves nothing: repair or remove it"


def test_test_modules_are_told_apart_by_their_own_name() -> None:
    names = [path.name for path in TESTS if path.name != "conftest.py"]

    assert "__init__.py" not in names, "tests are not a package: remove the file"
    assert sorted(names) == sorted(set(names)), "give one of two test modules another name"
