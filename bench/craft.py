"""How well each craft rule does on its labelled examples: `python -m bench.craft`."""

from __future__ import annotations

import sys

from quizapp.bank.craft.registry import RULES
from tests.support.craft_cases import labelled, score

_AIM = 0.9


def main() -> None:
    """Print precision and recall of every rule, and every example it gets wrong."""
    scores = [score(rule) for rule in RULES]
    print(f"{'rule':30}{'good':>6}{'bad':>6}{'precision':>11}{'recall':>8}")
    for one in scores:
        print(f"{one.rule:30}{one.good:6}{one.bad:6}{one.precision:11.2f}{one.recall:8.2f}")
    good, bad = sum(one.good for one in scores), sum(one.bad for one in scores)
    wrong = [case for case in labelled() if case.found is not case.breaks]
    print(f"{len(scores)} rules, {good} good and {bad} bad examples, {len(wrong)} judged wrongly")
    for case in wrong:
        print(f"  {'missed' if case.breaks else 'false alarm'}: {case}")
    if any(min(one.precision, one.recall) < _AIM for one in scores):
        sys.exit(1)


if __name__ == "__main__":
    main()
