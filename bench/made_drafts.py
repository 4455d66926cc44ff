"""Questions made at random, of every type, with the signs that formats stumble over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from random import Random
from typing import Any

from quizapp.errors import Invalid
from quizapp.formats.base import Draft, DraftCitation, DraftFact
from quizapp.questions.registry import TYPES

_SIGNS = """
river mountain 1979 café naïve Москва 北京 العربية α≤β 3.5 50% a->b x=y {brace} ~tilde
#hash colon: back\\slash `code` *star* **bold** _under_ [link](https://example.org/a_b)
&amp; <b> </p> "quoted" 'single' ::name:: =is // /slash $CATEGORY: ANSWER: A) #1 ]]>
@@PLUGINFILE@@ {1:SA:=x} \\n \\( %50% [html] [id:x] <!-- -- _____ … — 🙂 H₂O x² - 1. + >
"""
_WORDS = _SIGNS.split()
_LINES = ("\n", "\n\n", "  \n", "\n- ", "\n1. ", "\n> ")
_MOST_TRIES = 50


def make(random: Random, type_name: str) -> Draft:
    """Return a question that its type accepts; it may hold anything that a type can."""
    for _ in range(_MOST_TRIES):
        raw = _MAKERS[type_name](random)
        try:
            content = TYPES[type_name].parse(raw)
        except Invalid:
            continue
        return _around(random, type_name, TYPES[type_name].dump(content))
    content, _ = TYPES[type_name].example()
    return _around(random, type_name, TYPES[type_name].dump(content))


def _around(random: Random, type_name: str, raw: dict[str, Any]) -> Draft:
    fact = DraftFact("A fact.", citations=(DraftCitation("p1", "words"),))
    return Draft(
        line=0,
        type_name=type_name,
        raw=raw,
        key=random.choice(("", "key-1", "a]b", "k: 2")),
        name=" ".join(_some(random, 0, 3).split()),
        topic=random.choice(((), ("One",), ("One/two", "Three: four"), ("top", "$x$"))),
        tags=random.choice(((), ("tag",), ("one-two", "три"))),
        mark=random.choice((Fraction(1),) * 6 + (Fraction(2), Fraction(5, 2))),
        status=random.choice(("draft",) * 9 + ("ready",)),
        fact=random.choice((None,) * 9 + (fact,)),
    )


def _some(random: Random, least: int, most: int) -> str:
    """Return words on one line, most of them harmless."""
    count = random.randint(least, most)
    kinds = _WORDS if random.random() < 0.5 else _WORDS[:9]
    return " ".join(random.choice(kinds) for _ in range(count))


def _text(random: Random) -> str:
    parts = [_some(random, 1, 6) for _ in range(random.choice((1, 1, 1, 2, 3)))]
    return random.choice(_LINES).join(parts)


def _maybe(random: Random) -> str:
    return _text(random) if random.random() < 0.5 else ""


def _options(random: Random, keys: int) -> list[dict[str, Any]]:
    count = random.randint(max(2, keys + 1), 6)
    locked = random.choice((0.0, 0.0, 0.0, 0.3, 1.0))
    options = [
        {
            "text": _some(random, 1, 4),
            "key": place < keys,
            "feedback": _maybe(random),
            "locked": random.random() < locked,
        }
        for place in range(count)
    ]
    if random.random() < 0.3:
        _give_shares(random, options, keys)
    random.shuffle(options)
    return options


def _give_shares(random: Random, options: list[dict[str, Any]], keys: int) -> None:
    """Let some options earn another share than is usual."""
    worths = {1: ("100",), 2: ("66.66667", "33.33333"), 3: ("50", "25", "25")}.get(keys, ())
    wrong = ("50", "33.33333", "12.5", "") if keys == 1 else ("0", "-50", "-16.66667", "")
    for place, option in enumerate(options):
        if place >= keys:
            option["credit"] = random.choice(wrong)
        elif keys > 1 and worths:
            option["credit"] = worths[place]


def _single(random: Random) -> dict[str, Any]:
    return _asked(random) | {"options": _options(random, 1)}


def _several(random: Random) -> dict[str, Any]:
    scoring = random.choice(("partial", "partial", "all-or-nothing"))
    return _asked(random) | {
        "options": _options(random, random.randint(1, 4)),
        "scoring": scoring,
    }


def _truth(random: Random) -> dict[str, Any]:
    return _asked(random) | {"key": random.random() < 0.5, "feedback": _maybe(random)}


def _typed(random: Random) -> dict[str, Any]:
    accepted = [_some(random, 1, 3) for _ in range(random.randint(1, 4))]
    texts = [*accepted[:1], *(_some(random, 1, 3) for _ in range(2)), "*"]
    return _asked(random) | {"accepted": accepted} | _foreseen(random, texts)


def _foreseen(random: Random, texts: list[str]) -> dict[str, Any]:
    """Return answers that are foreseen, the first of the texts a right one; often none."""
    if random.random() < 0.6:
        return {}
    stated = [{"text": text, "feedback": _maybe(random)} for text in texts]
    for one in stated[1:-1]:
        one["credit"] = random.choice(("", "50", "33.33333", "0.5"))
    return {"foreseen": [one for one in stated if one["feedback"] or one.get("credit")]}


def _number(random: Random) -> dict[str, Any]:
    number = random.choice(("0", "146", "-3.5", "0.001", "1,000", "299792458"))
    limits = random.choice(
        ({}, {"tolerance": "2"}, {"tolerance": "0.5"}, {"minimum": "-10", "maximum": "1000000000"})
    )
    units = random.choice(({}, {}, {"unit": "m", "units": ["metres"]}))
    words = random.choice(({}, {}, {}, {"accepted": ["a lot"]}))
    foreseen = _foreseen(random, [number, "2000 to 3000", "1.5", "*"])
    return _asked(random) | {"number": number} | limits | units | words | foreseen


def _cloze(random: Random) -> dict[str, Any]:
    gaps = ("{{Lima}}", "{{Peru|Piruw}}", "{{Rome|~Paris|~Oslo}}", "{{x=y#z::why}}", "{{a & b}}")
    parts = [f"{_some(random, 1, 4)} {random.choice(gaps)}" for _ in range(random.randint(1, 3))]
    foreseen = _foreseen(random, ["Lima", _some(random, 1, 2), "Paris", "*"])
    return {"text": " ".join(parts), "explanation": _maybe(random)} | foreseen


def _pairs(random: Random) -> dict[str, Any]:
    pairs = [
        {"left": _some(random, 1, 3), "right": _some(random, 1, 2), "feedback": ""}
        for _ in range(random.randint(2, 4))
    ]
    return _asked(random) | {"pairs": pairs, "distractors": [_some(random, 1, 2)]}


def _ordered(random: Random) -> dict[str, Any]:
    items = [{"text": _some(random, 1, 4)} for _ in range(random.randint(3, 5))]
    return _asked(random) | {"items": items}


def _own(random: Random) -> dict[str, Any]:
    return _asked(random) | {"answer": _text(random)}


def _asked(random: Random) -> dict[str, Any]:
    return {"stem": _text(random), "explanation": _maybe(random)}


_MAKERS: Mapping[str, Callable[[Random], dict[str, Any]]] = {
    "single_choice": _single,
    "multiple_response": _several,
    "true_false": _truth,
    "short_text": _typed,
    "numeric": _number,
    "cloze": _cloze,
    "matching": _pairs,
    "ordering": _ordered,
    "self_rated": _own,
}
