"""Pictures and sounds in a text: `![words](media:NAME)`, NAME the digest of a file that we keep."""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

#: Where kept files are served; their names are digests, so an address never means another file.
ADDRESS = "/media/"
PICTURES = ("png", "jpg", "gif", "webp")
SOUNDS = ("mp3", "ogg", "wav", "m4a")
#: Hexadecimal digits of a name, without its ending.
DIGEST_LENGTH = 32
#: Anything that a file of another program may call its picture.
REFERENCE = re.compile(r"!\[(?P<words>[^\[\]\n]*)\]\(media:(?P<name>[^\s()]+)\)")
_NO_WORDS = re.compile(r"[\[\]\\]")
_KEPT = re.compile(
    rf"(?P<digest>[0-9a-f]{{{DIGEST_LENGTH}}})\.(?P<suffix>{'|'.join(PICTURES + SOUNDS)})"
)
_ADDRESS = re.compile(re.escape(ADDRESS) + _KEPT.pattern)
_MARK = "media"


def kept_name(name: str) -> tuple[str, str] | None:
    """Return the digest and ending in the name of a kept file; None of any other name."""
    found = _KEPT.fullmatch(name)
    return (found["digest"], found["suffix"]) if found else None


def references(text: str) -> tuple[str, ...]:
    """Return the names that a text points at, each once, in order."""
    if "](media:" not in text:
        return ()
    return tuple(dict.fromkeys(found["name"] for found in REFERENCE.finditer(text)))


def replace_references(text: str, put: Callable[[str, str], str]) -> str:
    """Return the text with `put(words, name)` in the place of each picture and sound."""
    if "](media:" not in text:
        return text
    return REFERENCE.sub(lambda found: put(found["words"], found["name"]), text)


def reference(words: str, name: str) -> str:
    """Return what shows a kept file in a text. :param words: whatever people typed."""
    return f"![{' '.join(re.sub(_NO_WORDS, ' ', words).split())}](media:{name})"


def unworded(text: str) -> tuple[str, ...]:
    """Return the names that a text points at without a word of what they show."""
    found = REFERENCE.finditer(text) if "](media:" in text else ()
    return tuple(one["name"] for one in found if not one["words"].strip())


def is_media_address(url: str) -> bool:
    """Return whether an address is one that the site serves kept files at."""
    return _ADDRESS.fullmatch(url) is not None


def allow_media(markdown: MarkdownIt) -> MarkdownIt:
    """Return the parser, which now reads references to kept files; any other stays as typed."""
    markdown.inline.ruler.before("link", _MARK, _read)
    markdown.add_render_rule(_MARK, _show)
    return markdown


def _read(state: StateInline, silent: bool) -> bool:
    found = REFERENCE.match(state.src, state.pos, state.posMax)
    if found is None or (kept := kept_name(found["name"])) is None:
        return False
    if not silent:
        token = state.push(_MARK, "", 0)
        token.content = found["words"].strip() or _unnamed(kept[1])
        token.attrs = {"src": f"{ADDRESS}{found['name']}", "kind": kept[1]}
    state.pos = found.end()
    return True


def _unnamed(suffix: str) -> str:
    return "sound" if suffix in SOUNDS else "picture"


def _show(_renderer: object, tokens: list[Token], index: int, *_: object) -> str:
    token = tokens[index]
    words, address = escapeHtml(token.content), escapeHtml(str(token.attrs["src"]))
    if token.attrs["kind"] in SOUNDS:
        return f'<audio controls preload="none" src="{address}" aria-label="{words}"></audio>'
    return f'<img src="{address}" alt="{words}" loading="lazy">'
