"""Addresses of static files, and what answers under them."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from quizapp.paths import STATIC
from quizapp.web.assets import asset, digest, icon, icon_names, wrap_static


@pytest.fixture
def client() -> Client:
    return Client(wrap_static(Response("no such file", status=404)))


def test_an_address_holds_the_digest_of_the_whole_tree() -> None:
    assert asset("css/base.css") == f"/static/{digest()}/css/base.css"


def test_a_file_that_is_not_there_has_no_address() -> None:
    with pytest.raises(FileNotFoundError, match=r"static/css/none\.css"):
        asset("css/none.css")


def test_an_address_cannot_lead_out_of_the_folder() -> None:
    with pytest.raises(FileNotFoundError):
        asset("../pyproject.toml")


@pytest.mark.parametrize(
    ("path", "content"), [("a.css", b"p{}"), ("b.css", b"a{}"), ("sub/a.css", b"a{}")]
)
def test_any_change_changes_the_digest(tmp_path: Path, path: str, content: bytes) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for root in (before, after):
        (root / "sub").mkdir(parents=True)
        (root / "a.css").write_bytes(b"a{}")
    (after / path).write_bytes(content)

    assert digest(before) != digest(after)


def test_the_digest_does_not_depend_on_where_the_files_lie(tmp_path: Path) -> None:
    for root in ("one", "two"):
        (tmp_path / root).mkdir()
        (tmp_path / root / "a.css").write_bytes(b"a{}")

    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_files_may_be_kept_forever_and_keep_their_type(client: Client) -> None:
    answer = client.get(asset("css/base.css"), buffered=True)

    assert answer.status_code == 200
    assert answer.content_type == 'text/css; charset="utf-8"'
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.data == (STATIC / "css" / "base.css").read_bytes()


def test_scripts_and_fonts_have_the_type_that_browsers_insist_on(client: Client) -> None:
    script = client.get(asset("js/app.js"), buffered=True)
    font = client.get(asset("fonts/literata.woff2"), buffered=True)

    assert (script.mimetype, font.mimetype) == ("text/javascript", "font/woff2")


@pytest.mark.parametrize("path", ["/static/000000000000/css/base.css", "/static/css/base.css"])
def test_other_addresses_are_not_served(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_icon_is_hidden_from_screen_readers_and_points_into_the_sprite() -> None:
    svg = ElementTree.fromstring(icon("arrow-left", "flip"))  # noqa: S314 – our own text

    assert svg.get("class") == "icon flip"
    assert svg.get("aria-hidden") == "true"
    assert svg[0].get("href") == f"{asset('img/icons.svg')}#arrow-left"


def test_an_icon_that_is_not_in_the_sprite_is_an_error() -> None:
    with pytest.raises(KeyError, match="arrow-sideways"):
        icon("arrow-sideways")


def test_the_sprite_is_valid_and_says_what_it_holds() -> None:
    sprite = ElementTree.parse(STATIC / "img" / "icons.svg").getroot()  # noqa: S314 – our own file

    assert {symbol.get("id") for symbol in sprite} == icon_names()
