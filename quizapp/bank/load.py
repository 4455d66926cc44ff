"""Reading every course of a bank folder; bad content becomes findings, never an exception."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from quizapp.bank import items
from quizapp.bank.entries import Entry
from quizapp.bank.files import Unreadable, lies_within, read_within, shown_name
from quizapp.bank.findings import Finding, Where, error, in_order
from quizapp.bank.located import Located, read_yaml
from quizapp.bank.remarks import read_waivers
from quizapp.bank.schema import Bank, BankCourse, BankFact, BankPassage, BankTopic, BankWaiver
from quizapp.bank.text import LANGUAGE, suggestion, web_address

Item = TypeVar("Item")

_COURSE_FILE = "course.yaml"
#: Each kind is one file ("quizzes.yaml"), a folder of files ("facts/….yaml"), or both.
_KINDS = ("reader", "facts", "questions", "quizzes", "glossary")
#: What the list in a file is called where that is not the file.
_LISTS = {"glossary": "terms"}
#: Where a web address may stand: list, then key.
_ADDRESS_FIELDS = {("facts", "record"), ("sources", "licence")}


def read_bank(root: Path) -> Bank:
    """Return every course in the folders under `root`, and what was wrong while reading.

    A course is a folder with a course.yaml; one with a file that cannot be read at all is
    left out. Findings name files from the name of `root` on. Whether the items of a course
    fit together is for `check` to say.
    """
    findings: list[Finding] = []
    courses: list[BankCourse | None] = []
    files: list[Located] = []
    folders = sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    for path in folders:
        if path.name.startswith((".", "_")):
            continue
        folder = _Folder(path, root, findings, files)
        try:
            if folder.is_course():
                courses.append(folder.course())
        except OSError as failed:
            message = f"the folder cannot be read: {failed.strerror}; make it readable"
            findings.append(error(folder.where(), message))
    if not courses and not findings:
        advice = "there is no course here; add a folder with a course.yaml"
        findings.append(error(Where(shown_name(Path(root.name)), 1), advice))
    found = tuple(course for course in courses if course is not None)
    return Bank(found, in_order(findings), tuple(files))


class _Folder:
    """The files of one course."""

    def __init__(
        self, path: Path, root: Path, findings: list[Finding], files: list[Located]
    ) -> None:
        self._path = path
        self._root = root
        self._findings = findings
        self._located = files
        self._all_readable = True
        self._file_waivers: list[BankWaiver] = []

    def where(self) -> Where:
        """Return the place that stands for the folder: its course file."""
        return Where(self._name(self._path / _COURSE_FILE), 1)

    def is_course(self) -> bool:
        """Return whether to read the folder; report it if it should be a course but is none."""
        if not lies_within(self._path, self._root):
            message = "a link leads out of the bank's folder; put the folder itself here"
            self._findings.append(error(self.where(), message))
            return False
        if os.path.lexists(self._path / _COURSE_FILE):
            return True
        if any(self._path.rglob("*.y*ml")):
            message = "the folder has no course.yaml; add it"
            self._findings.append(error(self.where(), message))
        return False

    def course(self) -> BankCourse | None:
        self._report_strays()
        file = self._read(self._path / _COURSE_FILE)
        passages = tuple(self._passages())
        facts = self._items("facts", "a fact", items.read_fact)
        questions = self._items("questions", "a question", items.read_question)
        quizzes = self._items("quizzes", "a quiz", items.read_quiz)
        terms = self._items("glossary", "a term", items.read_term)
        if file is None or not self._all_readable:
            return None
        slug = file.key("slug")
        if slug and slug != self._path.name:
            file.report("slug", f'the slug must be the folder\'s name, "{self._path.name}"')
        topics = tuple(map(items.read_topic, file.entries("topics", "a topic")))
        course = BankCourse(
            slug=slug,
            title=file.text("title", limit=200),
            language=_language(file),
            summary=file.text("summary", limit=4_000),
            topics=topics,
            sources=tuple(map(items.read_source, file.entries("sources", "a source"))),
            passages=passages,
            facts=_in_topic_order(facts, topics),
            questions=tuple(questions),
            quizzes=tuple(quizzes),
            where=file.where,
            waivers=read_waivers(file),
            file_waivers=tuple(self._file_waivers),
            terms=tuple(terms),
        )
        file.close()
        return course

    def _passages(self) -> Iterator[BankPassage]:
        for file in self._files("reader"):
            source = file.text("source", limit=200)
            for entry in file.entries("passages", "a passage"):
                yield items.read_passage(entry, source)
            file.close()

    def _items(self, kind: str, what: str, read: Callable[[Entry], Item]) -> list[Item]:
        found: list[Item] = []
        for file in self._files(kind):
            found += map(read, file.entries(_LISTS.get(kind, kind), what))
            if kind == "questions":
                self._file_waivers += read_waivers(file)
            file.close()
        return found

    def _files(self, kind: str) -> Iterator[Entry]:
        """Yield the readable files of a kind: the single file first, then the folder's."""
        single = self._path / f"{kind}.yaml"
        paths = [single] if os.path.lexists(single) else []
        for path in paths + sorted((self._path / kind).glob("*.yaml")):
            file = self._read(path)
            if file is not None:
                yield file

    def _read(self, path: Path) -> Entry | None:
        name = self._name(path)
        located = None
        try:
            located = read_yaml(read_within(path, self._root), name, self._findings)
        except Unreadable as refused:
            self._findings.append(error(Where(name, 1), str(refused)))
        if located is None:
            self._all_readable = False
            return None
        self._located.append(located)
        self._findings.extend(_addresses(located))
        return Entry(located, "", located.value, "the file", self._findings)

    def _report_strays(self) -> None:
        """Report YAML files that nothing reads, so that a misspelt name is not silence."""
        singles = [_COURSE_FILE, *(f"{kind}.yaml" for kind in _KINDS)]
        for path in sorted(self._path.rglob("*.y*ml")):
            inside = path.relative_to(self._path)
            in_folder = len(inside.parts) == 2 and inside.parts[0] in _KINDS
            if path.suffix == ".yaml" and (in_folder or str(inside) in singles):
                continue
            advice = suggestion(inside.as_posix(), singles) or (
                f"; a course has {', '.join(singles)} and folders {', '.join(_KINDS)}"
            )
            self._findings.append(error(Where(self._name(path), 1), f"nothing reads this{advice}"))

    def _name(self, path: Path) -> str:
        return shown_name(Path(self._root.name) / path.relative_to(self._root))


def _language(file: Entry) -> str:
    language = file.text("language", limit=20)
    if language and not LANGUAGE.fullmatch(language):
        file.report("language", f'"{language}" is no language tag; use one such as en or de-CH')
    return language


def _in_topic_order(facts: list[BankFact], topics: tuple[BankTopic, ...]) -> tuple[BankFact, ...]:
    position = {topic.key: index for index, topic in enumerate(topics)}
    return tuple(sorted(facts, key=lambda fact: position.get(fact.topic, len(position))))


def _addresses(located: Located) -> list[Finding]:
    findings: list[Finding] = []
    for path, text in located.texts():
        steps = path.split(".")
        address = web_address(text)
        if address and (steps[0], steps[-1]) not in _ADDRESS_FIELDS:
            message = (
                f'the web address "{address}" has no place here; only the record of a fact '
                "and the licence of a source may hold one"
            )
            findings.append(error(located.where(path), message))
    return findings
