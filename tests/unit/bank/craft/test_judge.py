"""Waivers, and what the craft rules are held against."""

from __future__ import annotations

import random

import pytest

from quizapp.bank.craft.duplicates import near_duplicate_stems
from quizapp.bank.craft.registry import UNUSED_WAIVER
from quizapp.bank.craft.rule import view
from quizapp.bank.craft.wording import content_words, numbers
from quizapp.questions.short_text import ShortText

FACTS, QUESTIONS, READER = "facts/places.yaml", "questions/places.yaml", "reader.yaml"
COURSE = "course.yaml"
LATER_REASON = "The place is known under this name alone."
SILENT = ("    explanation: The cave gives it hard water.\n", "")


def test_a_waived_finding_is_kept_apart_with_its_reason(bank):
    bank.change(QUESTIONS, SILENT[0], f"    waive: {{missing-explanation: {LATER_REASON}}}\n")

    report = bank.check()

    assert report.findings == ()
    assert [(one.finding.rule, one.reason) for one in report.waived] == [
        ("missing-explanation", LATER_REASON)
    ]


def test_what_is_waived_for_one_question_stands_for_another(bank):
    bank.change(QUESTIONS, SILENT[0], f"    waive: {{missing-explanation: {LATER_REASON}}}\n")
    bank.change(QUESTIONS, "    explanation: Older maps show six.\n", "")

    assert bank.only_finding().line == bank.line(QUESTIONS, "key: mouth-text")


def test_a_waiver_that_nothing_needs_is_a_warning(bank):
    bank.change(QUESTIONS, SILENT[0], SILENT[0] + f"    waive: {{negative-stem: {LATER_REASON}}}\n")

    finding = bank.only_finding()

    assert (finding.rule, finding.is_error) == (UNUSED_WAIVER, False)
    assert finding.line == bank.line(QUESTIONS, "negative-stem")
    assert 'nothing breaks "negative-stem" here; delete the waiver' in finding.message


@pytest.mark.parametrize(
    ("waiver", "words"),
    [
        (f"{{longest-kye: {LATER_REASON}}}", 'no rule "longest-kye"; did you mean "longest-key"?'),
        (f"{{{UNUSED_WAIVER}: {LATER_REASON}}}", f'there is no rule "{UNUSED_WAIVER}"'),
        ("{missing-explanation: so}", 'say why "missing-explanation" is waived, in 10 to 500'),
        ("{missing-explanation: [a, b]}", 'say why "missing-explanation" is waived'),
        ("missing-explanation", '"waive" must be a map of "rule: reason" lines'),
        ("{}", '"waive" must be a map'),
    ],
)
def test_a_waiver_without_a_known_rule_or_a_reason_is_an_error(bank, waiver, words):
    bank.change(QUESTIONS, SILENT[0], f"    waive: {waiver}\n")

    error = bank.error_saying(words)

    assert error.line == bank.line(QUESTIONS, "waive:")


def test_facts_passages_files_and_the_course_have_waivers_too(bank):
    bank.change(
        READER,
        "source: survey\n",
        "source: survey\n# the third is about the weather\n",
    )
    text = bank.path(READER).read_text(encoding="utf-8")
    waiver = f"waive: {{passage-without-facts: {LATER_REASON}}}"
    bank.path(READER).write_text(
        f"{text}  - {{key: p3, text: It rains., {waiver}}}\n", encoding="utf-8"
    )
    bank.change(
        COURSE,
        "sources:\n",
        "  - key: weirs\n    title: Weirs\n"
        f"waive: {{topic-without-facts: {LATER_REASON}}}\nsources:\n",
    )
    bank.change(
        FACTS,
        "statement: The Alder rises in a cave of chalk.",
        "statement: It rises in a cave of chalk.\n"
        f"    waive: {{leaning-statement: {LATER_REASON}}}",
    )
    many = "".join(_choice(n) for n in range(8))
    bank.path("questions/many.yaml").write_text(
        f"waive: {{key-position-bias: {LATER_REASON}}}\nquestions:\n{many}", encoding="utf-8"
    )

    report = bank.check()

    assert [str(finding) for finding in report.findings] == []
    assert {one.finding.rule for one in report.waived} == {
        "passage-without-facts",
        "topic-without-facts",
        "leaning-statement",
        "key-position-bias",
    }


def test_a_draft_is_not_held_to_the_craft(bank):
    bank.change(QUESTIONS, "stem: What is silted?", "stem: Silt TBD")

    assert bank.check().findings == ()


def test_an_error_in_a_question_does_not_count_against_its_fact(bank):
    bank.change(QUESTIONS, '"The Alder rises in a {{chalk|limestone::a soft rock}} cave."', "Alder")

    assert bank.only_finding().is_error


@pytest.mark.parametrize("seed", range(5))
def test_buckets_find_the_pairs_that_comparing_all_would_find(seed):
    chance = random.Random(seed)  # noqa: S311 - made-up words, no secrets
    words = [f"{a}{b}" for a in ("ba", "co", "du", "fe", "gi", "ho") for b in "klmnpr"]
    stems = [" ".join(chance.choices(words, k=chance.randint(1, 9))) for _ in range(150)]
    stems += [" ".join(chance.sample(stem.split(), len(stem.split()))) for stem in stems[::5]]
    items = [view("short_text", ShortText(f"{stem}?", ("x",))) for stem in stems]

    found = dict(near_duplicate_stems(items))

    assert found == {
        later: earlier
        for later in range(len(stems))
        if (earlier := _first_alike(stems, later)) is not None
    }
    assert len(found) >= 30


def _first_alike(stems: list[str], later: int) -> int | None:
    mine = content_words(stems[later])
    for earlier in range(later):
        theirs = content_words(stems[earlier])
        same_numbers = sorted(numbers(" ".join(mine))) == sorted(numbers(" ".join(theirs)))
        if len(mine & theirs) >= 0.85 * len(mine | theirs) and same_numbers:
            return earlier
    return None


def _choice(n: int) -> str:
    years = "".join(f"      - {{text: {w}, feedback: So it is.}}\n" for w in ("hill", "field"))
    return (
        f"  - key: many-{n}\n    fact: alder-mouth\n    type: single_choice\n"
        f"    stem: What was mapped in year {n}?\n    options:\n"
        f"      - {{text: mill, key: true}}\n{years}      - {{text: farm, feedback: No.}}\n"
        "    explanation: The survey says so.\n"
    ).replace("No.}", "It was later.}")
