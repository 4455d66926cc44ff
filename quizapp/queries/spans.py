"""Cutting a passage where it is cited, so that a page can mark the cited words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of a passage's text.

    :param cited: how many facts it proves. :param is_marked: one of them is the fact in question.
    """

    text: str
    cited: int = 0
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Where a fact's citation lies in a passage, in code points, end excluded."""

    start: int
    end: int


def cut(text: str, spans: Sequence[Span], marked: Sequence[Span] = ()) -> tuple[Segment, ...]:
    """Return `text` in runs that are cited by the same number of spans; joined, they are `text`.

    `marked` are the spans of the fact in question. Spans may overlap. What of a span lies outside
    the text is left out: a passage may have become shorter since it was cited.
    """
    ends = (end for span in (*spans, *marked) for end in (span.start, span.end))
    edges = sorted({0, len(text), *(_inside(end, text) for end in ends)})
    runs: list[Segment] = []
    for start, end in pairwise(edges):
        cited = sum(span.start <= start and end <= span.end for span in spans)
        is_marked = any(span.start <= start and end <= span.end for span in marked)
        run = Segment(text[start:end], cited, is_marked)
        if runs and runs[-1] == replace(run, text=runs[-1].text):
            runs[-1] = replace(run, text=runs[-1].text + run.text)
        else:
            runs.append(run)
    return tuple(runs)


def _inside(edge: int, text: str) -> int:
    return min(max(edge, 0), len(text))
