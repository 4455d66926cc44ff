"""Tables of questions as people and other programs make them."""

from __future__ import annotations

import pytest

from quizapp.errors import Invalid
from quizapp.formats.base import Draft, Reading
from quizapp.formats.csv_table.cells import marked_cell, read_cell, safe_cell
from quizapp.formats.csv_table.csv_files import read_rows
from quizapp.formats.csv_table.template import template_drafts
from quizapp.formats.registry import FORMATS
from quizapp.questions.registry import TYPES

CSV = FORMATS["csv"]
KAHOOT = """,Quiz template,,,,,,
,,,,,,,
,Add your questions below,,,,,,
,,,,,,,
,,,,,,,
,,,,,,,
,,,,,,,
,Question - max 120 characters,Answer 1 - max 75 characters,Answer 2 - max 75 characters,\
Answer 3 - max 75 characters,Answer 4 - max 75 characters,\
"Time limit (sec) – 5, 10, 20, 30, 60, 90, 120, or 240 secs",\
Correct answer(s) - choose at least one
1,Which are even?,1,2,3,4,20,"2,4"
2,Which is odd?,3,4,,,30,1
"""


def read(text: str) -> Reading:
    return CSV.read(text.encode())


def only(text: str) -> Draft:
    (draft,) = read(text).drafts
    return draft


def keys(draft: Draft) -> list[bool]:
    return [one["key"] for one in draft.raw["options"]]


class TestCells:
    @pytest.mark.parametrize(
        "text",
        [
            "=1+1",
            "+1",
            "-1",
            "@x",
            "\tx",
            "\rx",
            "＝1",
            "'=1",
            "''-",
            "'quoted'",
            "a=b",
            "",
            "\n=1",
        ],
    )
    def test_no_cell_is_a_formula_and_each_comes_back(self, text: str) -> None:
        cell = marked_cell(text)

        assert safe_cell(text) == cell
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
        assert read_cell(cell) == text

    @pytest.mark.parametrize(
        ("text", "cell"),
        [
            ("Ada;=1+1;Größe", "Ada;'=1+1;Größe"),
            ('a; "@SUM(1)', "a; \"'@SUM(1)"),
            (";-1", ";'-1"),
            ("-2;'=3", "'-2;''=3"),
            ("a\n=1\n+2", "a\n'=1\n'+2"),
            ("Two:\n- one\n- a=b; c", "Two:\n- one\n- a=b; c"),
        ],
    )
    def test_nor_is_what_excel_takes_for_a_cell_where_semicolons_part_them(
        self, text: str, cell: str
    ) -> None:
        assert safe_cell(text) == cell
        assert read_cell(marked_cell(text)) == text

    @pytest.mark.parametrize(
        "text",
        [
            "Which ending: '-ing'; '-ed'; '-s'?",
            "Endings:\n'-ing'\n\"'-ed'\"",
            "a\t'=b'",
            "a;''=1",
            "a;=1",
        ],
    )
    def test_within_a_cell_what_any_program_wrote_is_read_as_it_is(self, text: str) -> None:
        cell = '"' + text.replace('"', '""') + '"'

        assert only(f"question,answer\n{cell},x\n").raw["stem"] == text
        assert read_rows(f"Name,Section\n{cell},x\n".encode())[1] == [text, "x"]
        assert read_cell(marked_cell(text)) == text

    def test_a_questions_apostrophes_come_back_from_our_own_file(self) -> None:
        draft = only("question,answer\n\"''-s'; '-ed'; =1\",x\n")

        (again,) = CSV.read(CSV.write([draft], title="Endings").data).drafts

        assert draft.raw["stem"] == "'-s'; '-ed'; =1"
        assert again.raw == draft.raw


class TestReading:
    @pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
    def test_whatever_stands_between_cells(self, sign: str) -> None:
        draft = only(sign.join(["question", "a", "b", "correct"]) + "\n" + sign.join("QXYB"))

        assert keys(draft) == [False, True]

    def test_excels_first_line_names_the_sign(self) -> None:
        assert only("sep=;\nquestion;answer\nWho?;A, or B\n").raw["accepted"] == ["A, or B"]

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
    def test_whatever_encoding(self, encoding: str) -> None:
        (draft,) = CSV.read("question,answer\nWo?,Zürich\n".encode(encoding)).drafts

        assert draft.raw["accepted"] == ["Zürich"]

    def test_a_guessed_encoding_is_said(self) -> None:
        reading = CSV.read("question,answer\nWo?,Zürich\n".encode("cp1252"))

        assert "Windows-1252" in reading.remarks[0]

    def test_cells_of_several_lines_and_the_line_where_a_row_begins(self) -> None:
        reading = read('question,answer\n"One\n\ntwo",x\nThree?,y\n')

        assert [one.line for one in reading.drafts] == [2, 5]
        assert reading.drafts[0].raw["stem"] == "One\n\ntwo"

    def test_stray_quotation_marks_are_read_as_they_are(self) -> None:
        assert only('question,answer\nThe "Nojeh" base?,x\n').raw["stem"] == 'The "Nojeh" base?'

    @pytest.mark.parametrize(
        "header",
        [
            "Question Text;Choice A;Choice B;Correct Answer",
            "stem;option_1;option-2;key?;answer key",
            "PROMPT;A;B;right answer",
        ],
    )
    def test_columns_by_other_names(self, header: str) -> None:
        row = "Q;X;Y;;B" if header.count(";") == 4 else "Q;X;Y;B"

        assert keys(only(f"{header}\n{row}\n")) == [False, True]

    @pytest.mark.parametrize("said", ["A,C", "a;c", "A and C", "AC", "1,3", "X, Z", "A & C"])
    def test_several_right_options(self, said: str) -> None:
        draft = only(f'question,a,b,c,correct\nQ,X,Y,Z,"{said}"\n')

        assert draft.type_name == "multiple_response"
        assert keys(draft) == [True, False, True]

    def test_empty_options_are_skipped_and_letters_still_name_their_columns(self) -> None:
        assert keys(only("question,a,b,c,d,correct\nQ,X,,Z,,C\n")) == [False, True]

    def test_an_option_that_is_a_number_is_named_by_its_words_and_that_is_said(self) -> None:
        draft = only("question,a,b,correct\nHow many?,2,1,2\n")

        assert keys(draft) == [True, False]
        assert "read as the option that says so" in draft.changes[0]

    @pytest.mark.parametrize(
        ("text", "type_name"),
        [
            ("question,correct\nIt is so.,TRUE", "true_false"),
            ("question,answer\nWho?,Me", "short_text"),
            ("question,number\nHow many?,7", "numeric"),
            ("question,tags\nIt is {{7}}.,x", "cloze"),
            ("question,left 1,right 1\nPair,a,b", "matching"),
            ("question,type,answer\nWhy?,essay,Because", "self_rated"),
        ],
    )
    def test_a_type_that_is_not_named_is_seen_by_what_is_filled(
        self, text: str, type_name: str
    ) -> None:
        assert only(text).type_name == type_name

    def test_kahoots_template(self) -> None:
        reading = read(KAHOOT)

        assert [keys(one) for one in reading.drafts] == [[False, True, False, True], [True, False]]
        assert "Kahoot" in reading.remarks[0]
        assert len(reading.remarks) == 1

    def test_unknown_columns_are_named(self) -> None:
        assert "“colour”" in read("question,answer,colour\nWho?,Me,red\n").remarks[0]

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ("Q,hologram,x,y,A", "no type of question"),
            ("Q,,x,y,", "which option is right"),
            ("Q,,x,y,F", "names no option"),
            ("Q,true/false,,,maybe", "write true or false"),
        ],
    )
    def test_a_row_that_is_no_question_says_why(self, row: str, reason: str) -> None:
        (left,) = read(f"question,type,a,b,correct\n{row}\n").left_out

        assert reason in left.reason
        assert (left.line, left.words) == (2, "Q")

    @pytest.mark.parametrize("text", ["", "a,b\n1,2\n", 'question,answer\n"never,closed\n'])
    def test_a_file_without_columns_or_end_is_refused(self, text: str) -> None:
        with pytest.raises(Invalid):
            read(text)


@pytest.mark.parametrize("name", ["csv", "excel"])
def test_the_template_has_a_question_of_every_type_that_can_be_stored(name: str) -> None:
    form = FORMATS[name]

    drafts = form.read(form.write(template_drafts(), title="").data).drafts

    assert [draft.type_name for draft in drafts] == list(TYPES)
    for draft in drafts:
        TYPES[draft.type_name].parse(draft.raw)


class TestNothingIsLostInSilence:
    def test_a_cell_beyond_the_header_is_named(self) -> None:
        draft = only("question,answer,explanation\nWhat?,a,Yes, because of x\n")

        assert draft.changes == ("A cell under no heading was left out: “because of x”.",)

    def test_a_cell_under_no_heading_is_named(self) -> None:
        draft = only("question,answer,\nWhat?,a,lost words\n")

        assert draft.changes == ("A cell under no heading was left out: “lost words”.",)

    def test_a_column_that_means_nothing_for_the_type_is_named(self) -> None:
        draft = only("type,question,answer,number\nshort_text,What?,a,5\n")

        (change,) = draft.changes
        assert "“number” means nothing for this type: “5”" in change

    def test_numbers_of_rows_are_no_loss(self) -> None:
        assert [draft.changes for draft in read(KAHOOT).drafts] == [(), ()]
        assert only(",question,answer\n7,What?,a\n").changes == ()

    def test_a_table_is_known_where_the_sample_cuts_a_letter(self) -> None:
        row = "Что это такое?,ответ\n"
        for shift in range(4):
            text = "question,answer\n" + "x" * shift + row * 2_000
            assert CSV.detects(text.encode("utf-8-sig"), "file")


def test_a_column_that_stands_twice_is_named() -> None:
    reading = FORMATS["csv"].read(b"question,type,Stem,answer,shade\nWhy?,short_text,How?,So,x\n")

    assert [draft.raw["stem"] for draft in reading.drafts] == ["Why?"]
    assert reading.remarks == (
        "Columns that nobody here knows were left out: “shade”.",
        "Columns that say what an earlier one says were left out: “Stem”. Name each once.",
    )
