"""Cutting a passage where it is cited, so that a page can mark the cited words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of a passage's text; `cited`: how many facts it proves."""

    text: str
    cited: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """Where a fact's citation lies in a passage, in code points, end excluded."""

    start: int
    end: int


def cut(text: str, spans: Sequence[Span]) -> tuple[Segment, ...]:
    """Return `text` in runs that are cited by the same number of spans; joined, they are `text`.

    Spans may overlap. What of a span lies outside the text is left out: a passage may have
    become shorter since it was cited.
    """
    edges = sorted({0, len(text), *(_inside(e, text) for s in spans for e in (s.start, s.end))})
    runs: list[Segment] = []
    for start, end in pairwise(edges):
        cited = sum(span.start <= start and end <= span.end for span in spans)
        if runs and runs[-1].cited == cited:
            runs[-1] = Segment(runs[-1].text + text[start:end], cited)
        else:
            runs.append(Segment(text[start:end], cited))
    return tuple(runs)


def _inside(edge: int, text: str) -> int:
    return min(max(edge, 0), len(text))
