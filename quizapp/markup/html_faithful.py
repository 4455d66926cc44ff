"""HTML of other programs as our Markdown, with its pictures, and with what of it is lost."""

from __future__ import annotations

import html as html_module
import re
from dataclasses import dataclass

from quizapp.markup.html_media import Shown, replace_shown
from quizapp.markup.html_text import from_html
from quizapp.markup.media import reference

#: What stands in a text for a picture while it is rewritten, and is no sign of any script.
OPEN, CLOSE = "\uf8f0", "\uf8f1"
#: The same for those who call `read_html`: it goes through untouched.
HOLD_OPEN, HOLD_CLOSE = "\uf8f2", "\uf8f3"
_RESERVED = re.compile(f"[{OPEN}{CLOSE}]")
_HELD = re.compile(rf"{OPEN}(\d+){CLOSE}")

_REFERENCE = re.compile(r"media:[^\s()<>]+")
_LINK = re.compile(r"<a\b[^<>]*?\bhref\s*=\s*[\"'](media:[^\"'\s()<>]+)[\"'][^<>]*>", re.IGNORECASE)
_RAISED = re.compile(r"<(sub|sup)\b[^<>]*>([^<]{1,80})</\1\s*>", re.IGNORECASE)
_RAISED_STILL = re.compile(r"<(sub|sup)\b", re.IGNORECASE)
_UNRAISED = {"sub": "subscripts", "sup": "superscripts"}
_LOWER = str.maketrans("0123456789+-−=()aeoxhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜ")
_UPPER = str.maketrans("0123456789+-−=()nithreso", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵗʰʳᵉˢᵒ")
_LOST = {
    "a table (its rows became lines)": r"<table\b",
    "a formula": r"<math\b",
    "a drawing": r"<svg\b",
    "something embedded": r"<(?:iframe|object|embed)\b",
    "a script": r"<script\b",
    "headings (they became paragraphs)": r"<h[1-6]\b",
    "underlining or striking out": r"<(?:u|s|strike|del|ins)\b",
    "colours, fonts or sizes": (
        r"<(?:font|mark|big|small)\b|\bstyle\s*=\s*[\"'][^\"'>]*(?:color|font)"
    ),
    "where a link leads": (
        r"<a\b[^<>]*?\bhref\s*=\s*[\"']?(?!\s*(?:https?:|mailto:|media:|#|[\"'>]))"
    ),
    "where a list begins counting, or its letters": r"<ol\b[^<>]*\s(?:start|type)\s*=",
    "a form": r"<(?:input|select|textarea|button)\b",
}
_LOST_PATTERNS = {what: re.compile(found, re.IGNORECASE) for what, found in _LOST.items()}


@dataclass(frozen=True, slots=True)
class Told:
    """Markdown, its words alone, and what the HTML had besides, each a noun phrase."""

    text: str
    words: str
    lost: tuple[str, ...] = ()


def read_html(html: str) -> Told:
    """Return HTML of unknown origin as Markdown that shows the same.

    A picture or sound whose address is `media:NAME` becomes `![words](media:NAME)`; of any other
    the words stay. Raised and lowered signs become such letters where there are some.
    """
    lost = [what for what, pattern in _LOST_PATTERNS.items() if pattern.search(html)]
    html = _RESERVED.sub("", html)
    held: list[tuple[str, str]] = []
    html = replace_shown(html, lambda shown: _hold(shown, held, lost))
    html = _LINK.sub(lambda found: _hold_link(found, held), html)
    html = _RAISED.sub(lambda found: _raise(found, lost), html)
    # What holds tags, or is long, has no such signs.
    lost += [_UNRAISED[found[1].lower()] for found in _RAISED_STILL.finditer(html)]
    cleaned = from_html(html)
    if cleaned.media:
        lost.append("a picture or sound")
    return Told(
        _HELD.sub(lambda found: held[int(found[1])][0], cleaned.text),
        " ".join(_HELD.sub(lambda found: held[int(found[1])][1], cleaned.words).split()),
        tuple(dict.fromkeys(lost)),
    )


def _hold(shown: Shown, held: list[tuple[str, str]], lost: list[str]) -> str:
    """Put a mark where a picture stands, and note what is to stand there in the end."""
    words = " ".join(re.sub(r"[\[\]\\]", " ", shown.words).split())
    found = next((one for one in shown.addresses if _REFERENCE.fullmatch(one)), "")
    if found:
        held.append((reference(shown.words, found.removeprefix("media:")), words))
        return f"{OPEN}{len(held) - 1}{CLOSE}"
    address = next(iter(shown.addresses), "")
    where = "in the text itself" if address.startswith("data:") else address[:80] or "nowhere"
    lost.append(f"a picture or sound that is not in the file ({where})")
    return html_module.escape(words or shown.instead)


def _hold_link(found: re.Match[str], held: list[tuple[str, str]]) -> str:
    """Put what a link to a file of the question leads to before its words."""
    held.append((f"![]({found[1]})", ""))
    return f"{OPEN}{len(held) - 1}{CLOSE} "


def _raise(found: re.Match[str], lost: list[str]) -> str:
    table = _LOWER if found[1].lower() == "sub" else _UPPER
    text = html_module.unescape(found[2]).strip()
    if all(ord(sign) in table for sign in text):
        return text.translate(table)
    lost.append(_UNRAISED[found[1].lower()])
    return found[2]
