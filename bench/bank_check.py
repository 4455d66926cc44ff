"""How long a check of a large bank takes: `python -m bench.bank_check [--questions N]`.

Makes a course of made-up words in a temporary folder, the same one each time: facts with a
choice, a gap, a typed text and a statement each, and one question in two hundred that asks
the same as another in other words. The aim is 10,000 questions in under five seconds on two
cores.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from pathlib import Path

from quizapp.bank.check import Report, check

_AIM_SECONDS = 5.0
_FORMS = 4  # questions for each fact
_FACTS_A_FILE = 250
_PER_TOPIC = 500
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"


def main() -> None:
    """Print how long each of a few checks took, and what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "question_bank"
        write_bank(root, questions=wanted.questions)
        size = sum(path.stat().st_size for path in root.rglob("*.yaml"))
        print(f"{wanted.questions:,} questions in {size / 1e6:.1f} MB of YAML")
        seconds = [_timed(root, run) for run in range(wanted.runs)]
    middle = statistics.median(seconds)
    verdict = "within" if middle < _AIM_SECONDS else "OVER"
    print(f"median {middle:.2f} s, {verdict} the aim of {_AIM_SECONDS:.0f} s for 10,000 questions")


def write_bank(root: Path, *, questions: int, seed: int = 1) -> None:
    """Write a course of `questions` questions under `root`; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - made-up words, no secrets
    words = vocabulary(chance, 6_000)
    facts = max(1, questions // _FORMS)
    topics = range(max(1, facts // _PER_TOPIC))
    course = root / "made-up"
    for folder in ("facts", "questions"):
        (course / folder).mkdir(parents=True, exist_ok=True)
    listed = "".join(f"  - {{key: t{n}, title: Topic {n}}}\n" for n in topics)
    (course / "course.yaml").write_text(
        "slug: made-up\ntitle: Made up\nlanguage: en\nsummary: Words without sense.\n"
        f"topics:\n{listed}sources:\n"
        "  - {key: s, title: Source, author: Nobody, licence: CC BY 4.0}\n",
        encoding="utf-8",
    )
    sentences = [_sentence(chance, words) for _ in range(facts)]
    _write_reader(course, sentences)
    for start in range(0, facts, _FACTS_A_FILE):
        part = range(start, min(start + _FACTS_A_FILE, facts))
        stated = "".join(
            f"  - key: f{n}\n    topic: t{n % len(topics)}\n    statement: {sentences[n]}\n"
            f'    citations:\n      - {{passage: p{n // 10}, exact: "{sentences[n]}"}}\n'
            for n in part
        )
        asked = "".join(_questions(chance, words, n, sentences[n]) for n in part)
        name = f"{start:05}.yaml"
        (course / "facts" / name).write_text(f"facts:\n{stated}", encoding="utf-8")
        (course / "questions" / name).write_text(f"questions:\n{asked}", encoding="utf-8")
    (course / "quizzes.yaml").write_text(
        "quizzes:\n  - key: all\n    title: All\n    slots:\n"
        "      - draw: {topics: [t0], count: 20}\n",
        encoding="utf-8",
    )


def _write_reader(course: Path, sentences: list[str]) -> None:
    passages = "".join(
        f"  - key: p{n // 10}\n    text: {' '.join(sentences[n : n + 10])}\n"
        for n in range(0, len(sentences), 10)
    )
    (course / "reader.yaml").write_text(f"source: s\npassages:\n{passages}", encoding="utf-8")


def _questions(chance: random.Random, words: list[str], n: int, sentence: str) -> str:
    about = " ".join(chance.choices(words, k=7))
    if n % 50 == 0:  # every fiftieth fact is asked twice, in another order of words
        about = " ".join(reversed(" ".join(words[:7]).split()))
    texts = [" ".join(chance.choices(words, k=3)) for _ in range(4)]
    right = n % 4
    options = "".join(
        f"      - text: {text}\n        key: {'true' if place == right else 'false'}\n"
        f"        feedback: It goes with {chance.choice(words)}.\n"
        for place, text in enumerate(texts)
    )
    first, _, rest = sentence.partition(" ")
    typed = chance.choice(words)
    return (
        f"  - key: f{n}-choice\n    fact: f{n}\n    type: single_choice\n"
        f"    stem: Which of the {about} is meant?\n    options:\n{options}"
        f"    explanation: It goes with {typed}.\n"
        f"  - key: f{n}-gap\n    fact: f{n}\n    type: cloze\n"
        f'    text: "{first} {{{{{typed}}}}} {rest}"\n    explanation: It is {typed}.\n'
        f"  - key: f{n}-typed\n    fact: f{n}\n    type: short_text\n"
        f"    stem: Which one goes with {about}?\n    accepted: [{typed}]\n"
        f"    explanation: It is {typed}.\n"
        f"  - key: f{n}-true-false\n    fact: f{n}\n    type: true_false\n"
        f"    stem: The {about} goes with {typed}.\n    truth: {'true' if n % 2 else 'false'}\n"
        f"    feedback: It does.\n    explanation: It is {typed}.\n"
    )


def vocabulary(chance: random.Random, size: int) -> list[str]:
    """Return made-up words, the common ones repeated as in a real text."""
    found = [
        "".join(
            chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(chance.randint(2, 4))
        )
        for _ in range(size)
    ]
    return found + found[: size // 10] * 5 + found[: size // 100] * 50


def _sentence(chance: random.Random, words: list[str]) -> str:
    return " ".join(chance.choices(words, k=12)).capitalize() + "."


def _timed(root: Path, run: int) -> float:
    began, busy = time.perf_counter(), time.process_time()
    report = check(root)
    seconds, busy = time.perf_counter() - began, time.process_time() - busy
    print(f"  run {run + 1}: {seconds:.2f} s ({busy:.2f} s of processor), {_found(report)}")
    return seconds


def _found(report: Report) -> str:
    return f"{len(report.errors):,} errors, {len(report.warnings):,} warnings"


if __name__ == "__main__":
    main()
