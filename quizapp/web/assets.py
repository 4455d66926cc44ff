"""Static files: addresses that change when a file does, so that caches may keep them forever."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from wsgiref.headers import Headers

from flask import Flask
from markupsafe import Markup
from whitenoise import WhiteNoise

from quizapp.paths import STATIC
from quizapp.web.security import HEADERS

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_SPRITE = "img/icons.svg"


def files(root: Path = STATIC) -> Iterator[Path]:
    """Return every static file in a fixed order; hidden files are left out."""
    for path in sorted(root.rglob("*")):
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(root).parts):
            yield path


@cache
def digest(root: Path = STATIC) -> str:
    """Return twelve hex digits that stand for the names and contents of all static files.

    One digest for the whole tree: style sheets and scripts refer to their neighbours by
    relative addresses, so a new neighbour needs a new address of the file that names it.
    """
    whole = hashlib.sha256()
    for path in files(root):
        content = path.read_bytes()
        whole.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()[:12]


@cache
def asset(filename: str) -> str:
    """Return the address of a file under static/, such as "css/base.css".

    :raises FileNotFoundError: there is no such file; a page never links to nothing.
    """
    if filename not in _names():
        raise FileNotFoundError(f"no file static/{filename}")
    return f"/static/{digest()}/{filename}"


def icon(name: str, cls: str = "") -> Markup:
    """Return an icon of the sprite as SVG, unseen by screen readers: words stand beside it.

    :param cls: further classes; "flip" for an icon that points along the text.
    :raises KeyError: the sprite has no icon of that name.
    """
    if name not in icon_names():
        raise KeyError(f"no icon {name!r} in static/{_SPRITE}")
    return Markup('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        f"icon {cls}".strip(), asset(_SPRITE), name
    )


@cache
def icon_names() -> frozenset[str]:
    """Return the names of the icons in the sprite."""
    return frozenset(re.findall(r'<symbol id="([a-z0-9-]+)"', (STATIC / _SPRITE).read_text()))


def wrap_static(wsgi_app: WSGIApplication) -> WhiteNoise:
    """Return the application with the static files served in front of it.

    Addresses with another digest are the application's business: it answers 404.
    """
    server = WhiteNoise(
        wsgi_app,
        autorefresh=False,
        charset="utf-8",
        allow_all_origins=False,
        immutable_file_test=lambda _path, _url: True,
        add_headers_function=_protect,
    )
    server.add_files(str(STATIC), prefix=f"static/{digest()}/")
    return server


def init_app(app: Flask) -> None:
    """Let templates say `asset("css/base.css")` and `icon("check")`."""
    app.add_template_global(asset)
    app.add_template_global(icon)


@cache
def _names() -> frozenset[str]:
    return frozenset(path.relative_to(STATIC).as_posix() for path in files())


def _protect(headers: Headers, _path: str, _url: str) -> None:
    # An SVG opened by its own address is a document: the policy holds for it too.
    for name, value in HEADERS.items():
        headers[name] = value
