"""What both sides said about the same histories, set side by side."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.oracle_histories import CLOCK, Answer, History, Preset
from quizapp.memory.leeches import became_leech
from quizapp.memory.state import MemoryState, Phase, Rating

_SHOWN = 8


@dataclass(slots=True)
class Report:
    """Counts of what was compared and of what differs."""

    fuzz: bool
    counts: Counter[str] = field(default_factory=Counter)
    worst: dict[str, float] = field(default_factory=lambda: {"stability": 0.0, "difficulty": 0.0})
    examples: list[str] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)

    @property
    def differs(self) -> bool:
        return any(count for name, count in self.counts.items() if name.startswith("differing"))

    def print(self) -> None:
        c = self.counts
        print(f"{c['histories']:,} histories, {c['answers']:,} answers")
        print(f"cut short where Anki crashes (steps, Good at the maximum): {c['cut short']:,}")
        print(f"lapses that Anki lets past the maximum, and we do not: {c['past maximum']:,}")
        what = "outside Anki's bounds" if self.fuzz else "differing"
        for kind in ("days", "seconds"):
            print(f"offered {kind}: {c['differing ' + kind]:,} {what} of {c[kind]:,}")
        if self.fuzz and c["days"]:
            share = 1 - c["differing days"] / c["days"]
            print(f"share of offered days within Anki's bounds: {share:.4%}")
        for name, worst in self.worst.items():
            print(f"worst relative difference of {name}: {worst:.2g}")
        for name in ("lapses", "reps", "leeches"):
            print(f"{name}: {c['differing ' + name]:,} differing of {c[name]:,}")
        for example in self.examples[:_SHOWN]:
            print(example)

    def write(self, path: Path) -> None:
        """Keep every history as Anki told it (`tests/golden/fsrs/README.md` says how)."""
        lines = ",\n".join(json.dumps(history, separators=(",", ":")) for history in self.told)
        path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def compare(history: History, theirs: list[dict[str, Any]], preset: Preset, report: Report) -> None:
    """Add one history to the report."""
    report.counts["histories"] += 1
    report.counts["cut short"] += history.cut_short
    asked = history.job(fuzz=report.fuzz)["answers"]
    answers = [step | _short(told) for step, told in zip(asked, theirs, strict=True)]
    report.told.append({"settings": preset.job, "answers": answers})
    for number, (answer, told) in enumerate(zip(history.answers, theirs, strict=True)):
        report.counts["answers"] += 1
        for rating in Rating:
            problem = _interval_problem(answer, told, rating, preset, report)
            if problem:
                report.counts[f"differing {problem[0]}"] += 1
                report.examples.append(
                    f"  {_words(preset)}, answer {number}, {rating.label}: {problem[1]};"
                    f" before {answer.before.to_json()}"
                )
        _compare_state(answer, told, preset, report)


def _short(told: dict[str, Any]) -> dict[str, Any]:
    """Return what Anki told of an answer, intervals as "31d" or "600s", "!" at a leech."""
    offers = told["bounds"] or [told["offered"]]
    words = [
        " ".join(f"{number}{kind[0]}{'!' * leech}" for kind, number, leech in offer)
        for offer in offers
    ]
    kept = {name: told[name] for name in ("stability", "difficulty", "lapses")}
    return {"offered": words} | kept


def _interval_problem(
    answer: Answer, told: dict[str, Any], rating: Rating, preset: Preset, report: Report
) -> tuple[str, str] | None:
    kind, ours = interval(answer, answer.offered[rating])
    report.counts[kind] += 1
    if told["bounds"] is None:
        low = high = told["offered"][rating - 1]
    else:
        low, high = (bound[rating - 1] for bound in told["bounds"])
    if _past_maximum(answer, rating, low, preset):
        report.counts["past maximum"] += 1
        low = high = [kind, preset.settings.maximum_interval_days]
    if low[0] == high[0] == kind and low[1] <= ours <= high[1]:
        return None
    return kind, f"here {ours} {kind}, Anki {low[:2]} to {high[:2]}"


def _past_maximum(answer: Answer, rating: Rating, theirs: list[Any], preset: Preset) -> bool:
    """Return whether Anki offers more than the longest interval after a lapse.

    It does so where no relearning step is set; ours keeps to the learner's limit.
    """
    lapse = answer.before.phase is Phase.REVIEW and rating is Rating.AGAIN
    return lapse and theirs[0] == "days" and theirs[1] > preset.settings.maximum_interval_days


def interval(answer: Answer, after: MemoryState) -> tuple[str, int]:
    """Return an offered interval as Anki counts it: ("days", 4) or ("seconds", 600)."""
    if after.due_at is None:
        raise ValueError("A state after an answer is due some day.")
    if after.phase is Phase.REVIEW:
        return "days", CLOCK.days_between(answer.at, after.due_at)
    return "seconds", round((after.due_at - answer.at).total_seconds())


def _compare_state(answer: Answer, told: dict[str, Any], preset: Preset, report: Report) -> None:
    after = answer.after
    for name in report.worst:
        here, there = getattr(after, name), told[name]
        report.worst[name] = max(report.worst[name], abs(here - there) / there)
    leech = became_leech(answer.before, after, threshold=preset.settings.leech_threshold)
    pairs = {
        "lapses": (after.lapses, told["lapses"]),
        "reps": (after.reps, told["reps"]),
        "leeches": (leech, told["offered"][answer.rating - 1][2]),
    }
    for name, (ours, theirs) in pairs.items():
        report.counts[name] += 1
        report.counts[f"differing {name}"] += ours != theirs


def _words(preset: Preset) -> str:
    told = preset.settings
    return (
        f"steps {told.learning_steps}/{told.relearning_steps}, {told.desired_retention},"
        f" at most {told.maximum_interval_days} days,"
        f" {'other' if told.weights else 'default'} weights"
    )
