"""Rules about style sheets, icons and scripts that a browser would pass over in silence."""

from __future__ import annotations

import re

from quizapp.paths import STATIC, TEMPLATES
from quizapp.web.assets import icon_names

SHEETS = {path.name: path.read_text() for path in sorted((STATIC / "css").glob("*.css"))}
SCRIPTS = {path.name: path.read_text() for path in sorted((STATIC / "js").glob("*.js"))}
WHOLE = re.sub(r"/\*.*?\*/", "", "".join(SHEETS.values()), flags=re.DOTALL)
LOCAL = {"--gap", "--gutter", "--pad", "--c", "--c-soft"}


def test_every_property_in_use_is_defined() -> None:
    defined = set(re.findall(r"(--[\w-]+)\s*:", WHOLE))
    used = set(re.findall(r"var\((--[\w-]+)", WHOLE))

    assert used - defined - LOCAL == set()


def test_no_property_depends_on_the_direction_of_the_text() -> None:
    physical = re.findall(
        r"(?:margin|padding|border)-(?:left|right)\b|(?<![\w-])(?:left|right|float)\s*:"
        r"|text-align:\s*(?:left|right)|(?<![\w-])(?:width|height)\s*:",
        WHOLE,
    )

    assert not physical, "write inline-start, inline-end, inline-size or block-size"


def test_the_sheets_use_no_layer_that_is_out_of_order() -> None:
    order = re.search(r"@layer ([\w, ]+);", SHEETS["tokens.css"])
    assert order
    named = set(re.findall(r"@layer (\w+) {", WHOLE))

    assert named <= set(order[1].split(", "))


def test_braces_match() -> None:
    uneven = [name for name, text in SHEETS.items() if text.count("{") != text.count("}")]

    assert not uneven


def test_every_file_that_a_sheet_or_script_names_is_there() -> None:
    named = [(STATIC / "css" / name) for name in re.findall(r'url\("([^"#]+)"\)', WHOLE)]
    named += [
        STATIC / "js" / name
        for text in SCRIPTS.values()
        for name in re.findall(r'(?:import|from) "\./([^"]+)"', text)
    ]

    assert len(named) > 5
    assert not [str(path) for path in named if not path.resolve().is_file()]


def test_every_icon_in_a_template_is_in_the_sprite() -> None:
    text = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    named = set(re.findall(r'\bicon(?:_name=)?\(?\s*"([a-z0-9-]+)"', text))

    assert {"check", "book-open"} <= named
    assert named <= icon_names()


def test_emphasis_can_be_seen() -> None:
    """Our fonts have no slanted cut, so the browser has to make it."""
    assert re.findall(r"font-synthesis:\s*([\w ]+)", WHOLE) == ["style"]
    assert not re.search(r"font-style:[^;]*italic", "".join(re.findall(r"@font-face[^}]*}", WHOLE)))
