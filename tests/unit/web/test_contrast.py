"""Every pair of colours in use can be told apart, in both themes (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re
from itertools import product

import pytest

from quizapp.paths import STATIC

TEXT, PARTS, NEIGHBOURS = 4.5, 3.0, 2.0
OUTCOMES = ("good", "bad", "warn", "sky")
TOKENS = {
    name: {"light": light, "dark": dark}
    for name, light, dark in re.findall(
        r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)",
        (STATIC / "css" / "tokens.css").read_text(),
    )
}


def pairs(fronts: tuple[str, ...], backs: tuple[str, ...], least: float) -> set[tuple]:
    return {(front, back, least) for front, back in product(fronts, backs)}


SHEETS = ("bg", "surface", "raised", "sunken")
PAIRS = (
    pairs(("text", "ink"), (*SHEETS, "ink-soft", "marker-soft"), TEXT)
    | pairs(("muted",), (*SHEETS, "marker-soft"), TEXT)
    | pairs(("on-ink",), ("ink", "ink-hover"), TEXT)
    | {("on-marker", "marker", TEXT), ("on-fn", "fn", TEXT), ("bg", "text", TEXT)}
    | pairs(OUTCOMES, ("surface", "bg", "raised"), TEXT)
    | {(name, f"{name}-soft", TEXT) for name in OUTCOMES}
    | {("text", f"{name}-soft", TEXT) for name in OUTCOMES}
    | {("surface", "good", TEXT), ("surface", "bad", TEXT)}  # letters on the keys of options
    | pairs(("text",), ("heat-0", "heat-1"), TEXT)  # cells of the class table
    | pairs(("marker-edge",), ("surface", "marker-soft"), PARTS)
    | pairs(("line-strong",), ("surface", "bg", "sunken"), PARTS)
    | pairs(("m-mature", "heat-3", "heat-4"), ("surface",), PARTS)
    | {("ink", "grid", PARTS), ("m-mature", "m-young", NEIGHBOURS)}
)


def luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_knows_black_on_white() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_in_use_has_enough_contrast(theme: str) -> None:
    ratios = {
        (front, back): (contrast(TOKENS[front][theme], TOKENS[back][theme]), least)
        for front, back, least in PAIRS
    }

    faint = {pair: round(ratio, 2) for pair, (ratio, least) in ratios.items() if ratio < least}

    assert not faint
