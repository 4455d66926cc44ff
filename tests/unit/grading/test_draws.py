"""What a slot draws its questions from."""

from __future__ import annotations

import json

import pytest

from quizapp.grading.draws import Draw


@pytest.mark.parametrize(
    ("draw", "takes"),
    [
        (Draw(1), True),
        (Draw(1, topics=(3, 4)), True),
        (Draw(1, topics=(4,)), False),
        (Draw(1, types=("cloze",)), True),
        (Draw(1, types=("numeric",)), False),
        (Draw(1, tags=("dates", "people")), True),
        (Draw(1, tags=("places",)), False),
        (Draw(1, topics=(3,), types=("cloze",), tags=("places",)), False),
    ],
)
def test_a_question_must_fit_every_list_that_is_not_empty(draw: Draw, takes: bool) -> None:
    assert draw.takes(topic_id=3, type_name="cloze", tags=["people"]) is takes


@pytest.mark.parametrize("draw", [Draw(5), Draw(2, (1, 2), ("cloze",), ("dates",))])
def test_a_draw_survives_being_stored(draw: Draw) -> None:
    assert Draw.load(json.loads(json.dumps(draw.dump()))) == draw
