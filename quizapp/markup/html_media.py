"""Pictures and sounds in HTML of any origin: the one place where they are found.

The HTML is tidied first by the parser that cleans all other HTML (nh3, which reads it as browsers
do): names in small letters, values between double quotes, nothing left open. So what is looked for
afterwards is written in one way only, whatever the file was like.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape, unescape
from string import ascii_lowercase

import nh3

_WORDS = ("alt", "aria-label", "title")
#: What `markup.html_text` makes something of, or `html_faithful` says that it was lost.
_TAGS = """
    p div span br hr b strong i em a ul ol li code pre blockquote center section article figure
    figcaption dl dt dd table caption thead tbody tfoot tr td th h1 h2 h3 h4 h5 h6 sub sup
    u s strike del ins font mark big small form input select option textarea button label
    img audio video source embed object picture
"""
_EMPTIED = ("script", "svg", "math", "iframe")
#: Any kind, a drive of Windows included: an address of another kind would be dropped unread.
_SCHEMES = "http https mailto media data file cid blob ftp tel javascript vbscript about urn news"
_TIDY = nh3.Cleaner(
    tags=set(_TAGS.split()),
    clean_content_tags={*_EMPTIED, "style", "title", "template"},
    attributes={
        "*": {*_WORDS, "style"},
        "a": {"href"},
        "ol": {"start", "type"},
        "img": {"src", "srcset"},
        "source": {"src", "srcset"},
        "object": {"data"},
        "audio": {"src"},
        "video": {"src"},
        "embed": {"src"},
    },
    # None of this is shown as it is: whoever takes it cleans it.
    url_schemes={*_SCHEMES.split(), *ascii_lowercase},
    url_relative="pass_through",
    link_rel=None,
)
#: What is worth tidying.
_MAY_SHOW = re.compile(
    r"<(?:img|audio|video|source|embed|object|picture)\b|\bmedia:", re.IGNORECASE
)
#: One tag of what shows something, as it is written when tidied.
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>img|audio|video|source|embed|object|picture)"
    r"(?P<attributes>(?: [\w-]+=\"[^\"]*\")*)>"
)
_ATTRIBUTE = re.compile(r" ([\w-]+)=\"([^\"]*)\"")
_HOLDERS = ("audio", "video", "object", "picture")
_OPENED = {name: re.compile(rf"<{name}\b[^<>]*>", re.IGNORECASE) for name in _HOLDERS}
_ENDED = {name: re.compile(rf"</{name}\b", re.IGNORECASE) for name in _HOLDERS}
_CANDIDATE = re.compile(r"[^\s,]\S*[^\s,]|[^\s,]")
_SIZE = re.compile(r"[\d.]+[wxh]")
_ANY_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture, sound or other file that HTML shows.

    :param addresses: where it may be found, the same thing each time, the best first; entities
        are resolved, and nothing else. () where the HTML names none.
    :param words: said in its place to those who do not see or hear it, or "".
    :param html: all of it, tidied, with what stands in it for old browsers.
    :param instead: the words of that.
    """

    name: str
    addresses: tuple[str, ...]
    words: str
    html: str
    instead: str = ""

    def at(self, address: str) -> str:
        """Return HTML that shows the same from another address."""
        words = escape(self.words)
        if self.name in ("audio", "video"):
            return f'<{self.name} src="{escape(address)}" title="{words}"></{self.name}>'
        return f'<img src="{escape(address)}" alt="{words}">'


def replace_shown(html: str, put: Callable[[Shown], str]) -> str:
    """Return HTML with `put(shown)` in the place of each picture and sound, in their order.

    HTML that shows none comes back as it was, any other tidied: without comments, and with what
    holds no text of its own (scripts, drawings, formulas) empty at its end.
    """
    if not _MAY_SHOW.search(html):
        return html
    emptied = [name for name in _EMPTIED if re.search(rf"<{name}\b", html, re.IGNORECASE)]
    html = _TIDY.clean(_ended(html)) + "".join(f"<{name}></{name}>" for name in emptied)
    pieces, at = [], 0
    for start, end, shown in _each(html):
        pieces += [html[at:start], put(shown)]
        at = end
    return "".join([*pieces, html[at:]])


def _ended(html: str) -> str:
    """Return HTML in which nothing that shows something runs on to the end.

    Programs that write XML end an element within its tag, which means nothing in HTML: the text
    after it would be taken for what old browsers show in its place.
    """
    for name in _HOLDERS:
        if len(_ENDED[name].findall(html)) < len(_OPENED[name].findall(html)):
            html = _OPENED[name].sub(lambda found: f"{found.group()}</{name}>", html)  # noqa: B023
    return html


def _each(html: str) -> Iterator[tuple[int, int, Shown]]:
    """Yield where each begins and ends; what stands in a holder belongs to it."""
    holder: list[re.Match[str]] = []
    depth = 0
    for tag in _TAG.finditer(html):
        if holder and tag["name"] in _HOLDERS:
            depth += -1 if tag["end"] else 1
        if holder:
            holder.append(tag)
        elif not tag["end"] and tag["name"] in _HOLDERS:
            holder, depth = [tag], 1
        elif not tag["end"]:
            yield tag.start(), tag.end(), _shown(html, [tag])
        if holder and depth == 0:
            yield holder[0].start(), tag.end(), _shown(html, holder)
            holder = []


def _shown(html: str, tags: list[re.Match[str]]) -> Shown:
    found = [_values(tag) for tag in tags if not tag["end"]]
    # A picture's own address comes before those of its other sizes.
    direct = [values[name] for values in found for name in ("src", "data") if values.get(name)]
    sizes = [one for values in found for one in _candidates(values.get("srcset", ""))]
    words = (values[name] for values in found for name in _WORDS if values.get(name, "").strip())
    inner = _ANY_TAG.sub(" ", html[tags[0].end() : tags[-1].start()]) if len(tags) > 1 else ""
    return Shown(
        name=tags[0]["name"],
        addresses=tuple(dict.fromkeys([*direct, *sizes])),
        words=" ".join(next(words, "").split()),
        html=html[tags[0].start() : tags[-1].end()],
        instead=" ".join(unescape(inner).split()),
    )


def _values(tag: re.Match[str]) -> dict[str, str]:
    return {one[1]: unescape(one[2]).strip() for one in _ATTRIBUTE.finditer(tag["attributes"])}


def _candidates(srcset: str) -> Iterator[str]:
    """Yield the addresses of a list of one picture in several sizes."""
    for found in _CANDIDATE.finditer(srcset):
        if not _SIZE.fullmatch(found.group()):
            yield found.group()
