"""What a text is made of, and how files of it are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.bank.text import normalise
from quizapp.errors import Invalid
from quizapp.formats.reader_text.blocks import Block, read_paragraphs, write_blocks
from quizapp.formats.reader_text.extraction import extract
from quizapp.formats.reader_text.pages import from_pages, has_columns

WORDS = st.text(max_size=40).filter(normalise)


@given(st.lists(st.builds(Block, WORDS, st.just(value=False)), max_size=6))
def test_paragraphs_that_were_written_are_read_back(blocks: list[Block]) -> None:
    read = read_paragraphs(write_blocks(blocks))

    assert [one.text for one in read] == [normalise(block.text) for block in blocks]
    assert {one.heading for one in read} <= {""}


def test_a_heading_stands_over_every_paragraph_until_the_next() -> None:
    read = read_paragraphs("before\n# A\none\n\ntwo\n\n## B\n\nthree\n")

    assert [(one.heading, one.text, one.line) for one in read] == [
        ("", "before", 1),
        ("A", "one", 3),
        ("A", "two", 5),
        ("B", "three", 9),
    ]


def test_a_heading_with_nothing_under_it_is_not_lost() -> None:
    read = read_paragraphs("# A\n# B\nwords\n\n# C")

    assert [(one.heading, one.text) for one in read] == [("", "A"), ("B", "words"), ("", "C")]


def test_what_begins_like_a_heading_can_be_a_paragraph() -> None:
    (one,) = read_paragraphs(write_blocks([Block("# 7 stands here")]))

    assert (one.text, one.heading) == ("# 7 stands here", "")


def test_html_gives_its_words_and_no_script() -> None:
    page = (
        b"<title>No</title><nav>Menu</nav><h1>Piers</h1><p>They <b>carry</b><br>carts"
        b"<script>alert(1)</script><ul><li>one<li>two</ul><table><tr><td>a<td>b</table>"
    )

    assert extract(page, "a.html").text == "# Piers\n\nThey carry carts\n\none\n\ntwo\n\na b"


def test_markdown_loses_its_marks_and_keeps_its_headings() -> None:
    text = "# One *two*\n\nA [link](x) and `code`\nwraps.\n\n- item\n\n    indented\n"

    read = extract(text.encode(), "a.md").text

    assert read == "# One two\n\nA link and code wraps.\n\nitem\n\nindented"


@pytest.mark.parametrize(
    ("data", "text", "remarked"),
    [
        ("caf\u00e9".encode(), "café", False),
        ("\ufeffcafé".encode(), "café", False),
        ("café".encode("utf-16"), "café", True),
        ("“café”".encode("cp1252"), "“café”", True),
    ],
)
def test_an_encoding_other_than_utf_8_is_said(data: bytes, text: str, remarked: bool) -> None:
    read = extract(data, "a.txt")

    assert read.text == text
    assert bool(read.remarks) == remarked


def test_half_of_a_character_is_refused() -> None:
    with pytest.raises(Invalid, match="line 1 is not"):
        extract(b"\xff\xfea", "a.txt")


class TestPages:
    def test_lines_become_paragraphs_by_gaps_and_indents(self) -> None:
        page = (
            "The first line of it\nends here.\n\nAfter a gap.\n"
            "   An indent begins\nanother one that goes on\nto its end."
        )

        blocks, left_out = from_pages([page])

        assert [block.text for block in blocks] == [
            "The first line of it ends here.",
            "After a gap.",
            "An indent begins another one that goes on to its end.",
        ]
        assert left_out == 0

    def test_a_paragraph_goes_on_over_a_page_and_a_parted_word_is_joined(self) -> None:
        blocks, _ = from_pages(["It was a recon-", "struction of the\n\nold bridge."])

        assert [block.text for block in blocks] == ["It was a reconstruction of the old bridge."]

    def test_a_hyphen_before_a_capital_stays(self) -> None:
        blocks, _ = from_pages(["The Franco-\nPrussian war."])

        assert blocks[0].text == "The Franco- Prussian war."

    def test_running_titles_and_page_numbers_are_left_out_and_counted(self) -> None:
        pages = [f"On bridges\n\nWords of page {n} end.\n\nPage {n} of 4" for n in "1234"]
        pages = [page.replace("Words of page 1", "Some words here") for page in pages]

        blocks, left_out = from_pages(pages)

        assert "On bridges" not in [block.text for block in blocks]
        assert blocks[0].text == "Some words here end."
        assert left_out >= 8

    def test_a_short_line_apart_is_a_heading(self) -> None:
        blocks, _ = from_pages(["The piers\n\nThey carry what is above them.\nAll of it."])

        assert blocks[0] == Block("The piers", is_heading=True)
        assert not blocks[1].is_heading

    def test_columns_are_seen(self) -> None:
        assert has_columns("left words      right words\nleft again      right again")
        assert not has_columns("one line of words\nanother line of words")
