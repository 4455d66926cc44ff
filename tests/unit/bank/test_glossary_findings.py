"""What can be wrong in glossary.yaml, each at its line."""

from __future__ import annotations

import pytest

from quizapp.bank.load import read_bank
from quizapp.bank.terms import GlossaryTerm, Spelling

GLOSSARY = "glossary.yaml"
TEXT = """\
terms:
  - key: alder
    kind: place
    name: Alder
    definition: A river that rises in a chalk cave.
    also: [the Alder Water]
    accept: [Elder]
    scripts:
      ru: Ольха
      ar: [نهر, وادي]
  - key: delta
    kind: term
    name: delta
    definition: Land that a river builds at its mouth.
"""

#: what the file says, what it is made to say, a mark in the line of the finding, its words
ERRORS = {
    "unknown key": (
        "accept: [Elder]",
        "acept: [Elder]",
        "acept",
        'unknown key "acept" in a term; did you mean "accept"?',
    ),
    "missing definition": (
        "    definition: A river that rises in a chalk cave.\n",
        "",
        "key: alder",
        'a term needs "definition"',
    ),
    "missing kind": ("    kind: term\n", "", "key: delta", 'a term needs "kind"'),
    "unknown kind": (
        "kind: place",
        "kind: pace",
        "kind: pace",
        '"pace" is no kind of term; did you mean "place"?',
    ),
    "kind unlike any other": (
        "kind: place",
        "kind: zzz",
        "kind: zzz",
        "kinds are person, organisation, place, term",
    ),
    "key with capitals": ("key: delta", "key: Delta", "key: Delta", '"Delta" cannot be a key'),
    "key taken": (
        "key: delta",
        "key: alder",
        "kind: term",
        'the term key "alder" is taken, first by question_bank/rivers/glossary.yaml:2',
    ),
    "form of two terms": (
        "name: delta",
        "name: ELDER",
        "name: ELDER",
        '"ELDER" is a form of two terms, also "Elder" of "alder" '
        "(question_bank/rivers/glossary.yaml:7)",
    ),
    "script of two terms": (
        "name: delta",
        "name: Ольха",
        "name: Ольха",
        '"Ольха" is a form of two terms',
    ),
    "spelling graded like the name": (
        "accept: [Elder]",
        "accept: [The AL-DER]",
        "accept",
        '"The AL-DER" is graded like "Alder" of the same term; delete it',
    ),
    "spelling stated twice in one line": (
        "accept: [Elder]",
        "accept: [Elder, elder]",
        "accept",
        '"elder" is graded like "Elder"',
    ),
    "name stated twice": (
        "also: [the Alder Water]",
        "also: [Alder]",
        "also",
        '"Alder" is graded like "Alder"',
    ),
    "nothing but signs": (
        "accept: [Elder]",
        'accept: ["?!"]',
        "accept",
        '"?!" has no letters or digits',
    ),
    "empty list": ("accept: [Elder]", "accept: []", "accept", '"accept" is empty'),
    "empty text": ("accept: [Elder]", 'accept: [""]', "accept", "must have 1 to 200 characters"),
    "long text": ("name: delta", f"name: {'d' * 201}", "name: ddd", "shorten it to 200"),
    "long spelling": (
        "accept: [Elder]",
        f"accept: [{'d' * 201}]",
        "accept",
        'a text of "accept" must have 1 to 200 characters',
    ),
    "truth as a spelling": (
        "accept: [Elder]",
        "accept: [true]",
        "accept",
        '"accept" must be text, not true or false',
    ),
    "map as a spelling": (
        "accept: [Elder]",
        "accept: {a: b}",
        "accept",
        '"accept" must be text, not a map',
    ),
    "list as scripts": (
        "    scripts:\n      ru: Ольха\n      ar: [نهر, وادي]\n",
        "    scripts: [Ольха]\n",
        "scripts",
        "the scripts of a term must be a map",
    ),
    "no language": ("ru: Ольха", "Russian: Ольха", "Russian", '"Russian" is no language tag'),
    "long definition": (
        "A river that rises in a chalk cave.",
        "A river. " * 34,
        "definition: A river. A",
        "shorten it to 300",
    ),
    "Markdown in a definition": (
        "A river that rises in a chalk cave.",
        "A *river* that rises.",
        "definition: A *river*",
        "take the Markdown out of it",
    ),
    "web address": (
        "A river that rises in a chalk cave.",
        "See example.org for it.",
        "definition: See",
        "has no place here",
    ),
    "bidirectional control": ("ru: Ольха", "ru: Оль\u202eха", "ru: Оль", "bidirectional control"),
    "unknown key in the file": ("terms:", "x: 1\nterms:", "x: 1", 'unknown key "x" in the file'),
    "no terms": (TEXT, "terms: []\n", "terms", '"terms" is empty'),
}


@pytest.fixture
def glossary(bank):
    bank.path(GLOSSARY).write_text(TEXT, encoding="utf-8")
    return bank


def test_a_good_glossary_is_read_as_it_stands(glossary):
    report = glossary.check()

    assert [str(finding) for finding in report.findings] == []
    assert report.counts.terms == 2
    (course,) = report.courses
    assert course.terms[0].stated == GlossaryTerm(
        key="alder",
        kind="place",
        name="Alder",
        definition="A river that rises in a chalk cave.",
        names=("Alder", "the Alder Water"),
        spellings=(
            Spelling("Elder"),
            Spelling("Ольха", "ru"),
            Spelling("نهر", "ar"),
            Spelling("وادي", "ar"),
        ),
    )
    assert [term.key for term in course.glossary().terms] == ["alder", "delta"]


def test_a_definition_over_several_lines_reads_as_one(glossary):
    glossary.change(
        GLOSSARY, "A river that rises in a chalk cave.", ">-\n      A river,\n      cold."
    )

    assert glossary.check().courses[0].terms[0].stated.definition == "A river, cold."


def test_a_glossary_may_be_a_folder_of_files(glossary):
    folder = glossary.path("glossary")
    folder.mkdir()
    glossary.path(GLOSSARY).rename(folder / "rivers.yaml")
    more = "terms:\n  - {key: cave, kind: place, name: cave, definition: A hole in a hill.}\n"
    (folder / "caves.yaml").write_text(more, encoding="utf-8")

    report = glossary.check()

    assert [str(finding) for finding in report.findings] == []
    assert [term.key for term in report.courses[0].terms] == ["cave", "alder", "delta"]


def test_a_course_needs_no_glossary(bank):
    report = bank.check()

    assert (report.findings, report.counts.terms) == ((), 0)


def test_a_misnamed_glossary_is_told(bank):
    bank.path("glosary.yaml").write_text(TEXT, encoding="utf-8")

    assert 'did you mean "glossary.yaml"' in bank.only_finding().message


@pytest.mark.parametrize("case", ERRORS, ids=str)
def test_an_error_is_told_at_its_line(glossary, case):
    old, new, mark, words = ERRORS[case]
    glossary.change(GLOSSARY, old, new)

    found = glossary.error_saying(words)

    lines = glossary.path(GLOSSARY).read_text(encoding="utf-8").splitlines()
    expected = glossary.line(GLOSSARY, mark)
    if case == "key taken":
        expected = lines.index("    kind: term")  # the second of two equal lines
    assert (found.file, found.line) == ("question_bank/rivers/glossary.yaml", expected)


def test_too_many_forms_are_refused(glossary):
    many = ", ".join(f"name{n}" for n in range(50))
    glossary.change(GLOSSARY, "accept: [Elder]", f"accept: [{many}]")

    assert glossary.error_saying("at most 50 names and spellings").line == 4


def test_a_name_that_texts_write_in_two_ways_may_be_listed_twice(glossary):
    glossary.change(GLOSSARY, "also: [the Alder Water]", "also: [Álder]")

    assert glossary.check().findings == ()


def test_two_languages_may_write_a_term_in_one_way_but_one_language_need_not(glossary):
    glossary.change(GLOSSARY, "ar: [نهر, وادي]", "ar: علي\n      fa: علی")
    assert glossary.check().findings == ()

    glossary.change(GLOSSARY, "fa: علی", "fa: [علی, علي]")

    assert '"علي" is graded like "علی" of the same term' in glossary.only_finding().message


def test_a_term_that_nothing_names_is_a_warning(glossary):
    glossary.change(GLOSSARY, "name: delta", "name: oxbow")

    finding = glossary.only_finding()

    assert not finding.is_error
    assert 'names the term "delta"' in finding.message
    assert finding.line == glossary.line(GLOSSARY, "key: delta")


@pytest.mark.parametrize("name", ["bog", "hardness", "limestone"])
def test_feedback_explanations_and_what_is_typed_name_terms_too(glossary, name):
    """The bog is in feedback, limestone is accepted in a gap; of hardness nothing speaks."""
    glossary.change(GLOSSARY, "name: delta", f"name: {name}")

    assert bool(glossary.check().findings) is (name == "hardness")


def test_reading_alone_finds_the_terms(glossary):
    bank = read_bank(glossary.root)

    assert bank.counts().terms == 2
    assert bank.findings == ()
