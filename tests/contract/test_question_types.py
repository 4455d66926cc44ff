"""What every question type promises: registering one puts it under these tests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from fractions import Fraction
from itertools import combinations, permutations, product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from quizapp.errors import Invalid
from quizapp.markup import render, render_inline
from quizapp.paths import TEMPLATES
from quizapp.questions.base import QuestionType, Recall
from quizapp.questions.fields import Kind
from quizapp.questions.registry import GRADABLE, TYPES
from quizapp.questions.typed import TypedType
from tests.support.samples import SAMPLES

CANARY = "Zanzibar"
ALL_TYPES = pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES)
#: Those that grade a response themselves.
GRADING_TYPES = pytest.mark.parametrize("kind", [TYPES[name] for name in GRADABLE], ids=GRADABLE)
Type = QuestionType[Any, Any]


class Html(str):
    """A text that templates do not escape."""

    def __html__(self) -> str:
        return self


def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    made.globals["icon"] = lambda name: Html(f'<svg class="icon" data-icon="{name}"></svg>')
    made.filters["markdown"] = lambda text: Html(render(text))
    made.filters["markdown_inline"] = lambda text: Html(render_inline(text))
    return made


def macros(kind: Type) -> Any:
    return environment().get_template(f"questions/{kind.name}.html").module


def orders(kind: Type, content: Any) -> list[tuple[int, ...]]:
    written = tuple(range(kind.shuffled(content)))
    turned = [written[start:] + written[:start] for start in written]
    return [(), *turned, *(order[::-1] for order in turned)]


def hidden(kind: Type, word: str = CANARY) -> Any:
    """Return content with the word wherever a learner may not look before answering."""
    return kind.parse(SAMPLES[kind.name].hidden(word))


def moved(kind: Type) -> Any:
    """Return the example with another key, and every visible word the same."""
    return kind.parse(SAMPLES[kind.name].moved(kind.dump(kind.example()[0])))


def test_every_type_has_a_sample_for_these_tests() -> None:
    assert set(SAMPLES) == set(TYPES)


def test_a_type_is_known_by_the_name_of_its_module() -> None:
    for name, kind in TYPES.items():
        assert name == kind.name
        assert type(kind).__module__ == f"quizapp.questions.{name}"


@GRADING_TYPES
def test_a_sample_says_what_is_right_and_what_is_not(kind: Type) -> None:
    sample = SAMPLES[kind.name]
    content = kind.parse(sample.raw)

    right, other = (kind.parse_response(content, one) for one in (sample.right, sample.other))

    assert kind.grade(content, right).fraction == 1
    assert kind.grade(content, other).fraction < 1
    kind.parse_response(hidden(kind), sample.other)


@GRADING_TYPES
def test_the_example_earns_full_marks(kind: Type) -> None:
    content, posted = kind.example()

    grade = kind.grade(content, kind.parse_response(content, posted))

    assert grade.fraction == 1
    assert grade.parts
    assert all(part.state in {"right", "missed"} for part in grade.parts)


@ALL_TYPES
def test_dump_and_parse_are_inverse(kind: Type) -> None:
    content, _ = kind.example()

    dumped = kind.dump(content)

    assert kind.parse(json.loads(json.dumps(dumped))) == content
    assert kind.dump(kind.parse(dumped)) == dumped


def canaries(text: str) -> list[str]:
    return [f"{CANARY} {text}"]


@GRADING_TYPES
def test_further_spellings_are_kept_and_change_nothing_else(kind: Type) -> None:
    content, posted = kind.example()

    spelt = kind.with_spellings(content, canaries)

    dumped = kind.dump(spelt)
    assert kind.parse(json.loads(json.dumps(dumped))) == spelt
    assert kind.parse({n: v for n, v in dumped.items() if n != "spellings"}) == content
    assert kind.with_spellings(spelt, lambda _: ()) == content
    for order in orders(kind, content):
        assert kind.public(spelt, order) == kind.public(content, order)
    assert kind.grade(spelt, kind.parse_response(spelt, posted)).fraction == 1
    assert (spelt != content) is (kind.name in {"short_text", "cloze"})


@ALL_TYPES
def test_content_is_immutable_and_comparable(kind: Type) -> None:
    content, _ = kind.example()

    assert is_dataclass(content)
    assert hash(content) == hash(kind.example()[0])


@ALL_TYPES
@pytest.mark.parametrize("raw", [{}, None, [], "stem", {"stem": None, "text": None}])
def test_content_that_says_nothing_is_refused_with_reasons(kind: Type, raw: Any) -> None:
    with pytest.raises(Invalid) as raised:
        kind.parse(raw)

    assert raised.value.problems
    assert all(problem.message.endswith(".") for problem in raised.value.problems)


@ALL_TYPES
def test_an_unknown_field_is_refused(kind: Type) -> None:
    raw = kind.dump(kind.example()[0])

    with pytest.raises(Invalid) as raised:
        kind.parse(raw | {"explantion": "x"})

    assert [problem.path for problem in raised.value.problems] == ["explantion"]


@ALL_TYPES
@pytest.mark.parametrize("value", ["x" * 30_000, "a\x00b", "\ud800", 7, {"x": 1}])
def test_no_field_takes_what_cannot_be_its_value(kind: Type, value: Any) -> None:
    raw = kind.dump(kind.example()[0])
    for name in raw:
        with pytest.raises(Invalid) as raised:
            kind.parse(raw | {name: value})

        assert {problem.path for problem in raised.value.problems} == {name}


@ALL_TYPES
@pytest.mark.parametrize("value", ["x" * 4_001, "x" * 1_000_000, "a\x00b"])
def test_a_response_that_cannot_be_kept_is_refused(kind: Type, value: str) -> None:
    content, posted = kind.example()
    for name in posted:
        with pytest.raises(Invalid) as raised:
            kind.parse_response(content, {**posted, name: [value]})

        assert [problem.path for problem in raised.value.problems] == [name]


@ALL_TYPES
def test_every_field_is_one_that_parse_reads(kind: Type) -> None:
    names = {field.name for field in kind.fields}
    left_out = (Kind.CHOICE, Kind.FORESEEN, Kind.FORESEEN_GAPS)  # where nothing is stated
    usual = {field.name for field in kind.fields if field.kind in left_out}

    assert names - usual <= set(kind.dump(kind.example()[0])) <= names
    assert all(isinstance(field.kind, Kind) and field.label for field in kind.fields)
    assert isinstance(kind.recall, Recall)


@ALL_TYPES
def test_a_required_field_is_one_that_cannot_be_left_out(kind: Type) -> None:
    raw = kind.dump(kind.example()[0])
    for field in kind.fields:
        rest = {name: value for name, value in raw.items() if name != field.name}
        if field.required:
            with pytest.raises(Invalid):
                kind.parse(rest)
        else:
            kind.parse(rest)


@ALL_TYPES
def test_an_empty_form_is_no_response(kind: Type) -> None:
    content, posted = kind.example()

    assert kind.parse_response(content, {}) is None
    assert kind.parse_response(content, {name: [""] for name in posted}) is None
    assert kind.parse_response(content, {"csrf_token": ["x"], "seen": ["1"]}) is None


@ALL_TYPES
def test_filled_in_values_are_read_back_in_any_order(kind: Type) -> None:
    content, posted = kind.example()
    response = kind.parse_response(content, posted)

    for order in orders(kind, content):
        filled = kind.fill(content, response, order)

        assert kind.parse_response(content, filled, order) == response


@ALL_TYPES
def test_stored_responses_are_read_back(kind: Type) -> None:
    content, posted = kind.example()
    response = kind.parse_response(content, posted)

    stored = kind.dump_response(response)

    assert json.loads(json.dumps(stored)) == stored
    assert kind.load_response(content, stored) == response


@ALL_TYPES
@pytest.mark.parametrize("stored", [{}, {"choice": None, "text": None, "gaps": None}])
def test_a_stored_response_that_does_not_fit_is_refused(kind: Type, stored: Any) -> None:
    with pytest.raises(Invalid):
        kind.load_response(kind.example()[0], stored)


@ALL_TYPES
def test_what_asks_and_answers_is_plain_text(kind: Type) -> None:
    content, _ = kind.example()

    for text in (kind.stem(content), kind.answer(content).text):
        assert text == " ".join(text.split()) != ""
        assert "{{" not in text
    assert kind.explanation(content)


@GRADING_TYPES
def test_results_are_options_or_typed_parts(kind: Type) -> None:
    content, posted = kind.example()
    for response in (kind.parse_response(content, posted), None):
        assert bool(kind.review(content, response)) is not bool(kind.parts(content, response))


@ALL_TYPES
def test_the_public_side_is_frozen_and_holds_no_key(kind: Type) -> None:
    content = hidden(kind)
    assert CANARY in kind.explanation(content)

    public = kind.public(content)

    assert CANARY not in repr(public)
    assert is_dataclass(public)
    secret = {"key", "keys", "feedback", "answer", "accepted", "number", "pairs"}
    assert not secret & {field.name for field in fields(public)}
    for name in ("legend", "respond", "prompt"):
        shown = getattr(macros(kind), name)(public)
        assert not [word for word in (CANARY, *SAMPLES[kind.name].unseen) if word in shown]


@ALL_TYPES
def test_the_public_side_is_the_same_whatever_the_key(kind: Type) -> None:
    content, _ = kind.example()
    other = moved(kind)
    assert other != content

    assert kind.public(other) == kind.public(content)


@GRADING_TYPES
def test_guessing_earns_a_share_that_only_the_key_exceeds(kind: Type) -> None:
    content, posted = kind.example()

    guess = kind.guess_score(content)

    assert isinstance(guess, Fraction)
    assert 0 <= guess < kind.grade(content, kind.parse_response(content, posted)).fraction == 1
    assert kind.guess_score(moved(kind)) == guess


@pytest.mark.parametrize("name", GRADABLE)
def test_the_guess_score_is_the_mean_over_all_that_can_be_guessed(name: str) -> None:
    kind = TYPES[name]
    content, _ = kind.example()
    guesses = [kind.parse_response(content, one) for one in every_guess(kind, content)]

    earned = [kind.grade(content, guess).fraction if guess is not None else 0 for guess in guesses]

    assert Fraction(sum(earned), len(earned)) == kind.guess_score(content)


def every_guess(kind: Type, content: Any) -> Iterator[dict[str, list[str]]]:
    """Yield every way to fill in the form blindly, each as likely; typing hits nothing."""
    public = kind.public(content)
    if kind.name == "multiple_response":
        for count in range(len(public.options) + 1):
            for chosen in combinations(public.options, count):
                yield {"choice": [option.value for option in chosen]}
        return
    if kind.name == "ordering":
        numbers = [str(number) for number in range(1, len(public.items) + 1)]
        for order in permutations(numbers):
            yield {item.name: [place] for item, place in zip(public.items, order, strict=True)}
        return
    inputs: dict[str, list[str]] = {"text": ["no such thing"]}
    if hasattr(public, "options"):
        inputs = {"choice": [option.value for option in public.options]}
    elif hasattr(public, "lefts"):
        inputs = {left.name: [str(n) for n in range(len(public.choices))] for left in public.lefts}
    elif hasattr(public, "segments"):
        gaps = [segment for segment in public.segments if not isinstance(segment, str)]
        inputs = {gap.name: list(gap.choices) or ["no such thing"] for gap in gaps}
    for values in product(*inputs.values()):
        yield {name: [value] for name, value in zip(inputs, values, strict=True)}


@ALL_TYPES
def test_locked_options_are_some_of_those_that_are_shuffled(kind: Type) -> None:
    content, _ = kind.example()

    assert kind.locked(content) <= set(range(kind.shuffled(content)))


@ALL_TYPES
def test_the_template_has_the_macros(kind: Type) -> None:
    assert Path(TEMPLATES, "questions", f"{kind.name}.html").is_file()

    module = macros(kind)

    for name in ("legend", "respond", "results", "prompt"):
        assert callable(getattr(module, name))


@ALL_TYPES
def test_the_inputs_are_those_that_parse_response_reads(kind: Type) -> None:
    content, posted = kind.example()

    html = macros(kind).respond(kind.public(content), {}, prefix="q7-")

    for name in posted:
        assert f'name="q7-{name}"' in html
    assert sum(map(html.count, ("<input ", "<select ", "<textarea "))) == html.count('name="q7-')
    assert " checked" not in html
    assert " selected" not in html
    assert "autofocus" not in html


@ALL_TYPES
def test_what_was_given_is_filled_in_again(kind: Type) -> None:
    content, posted = kind.example()
    response = kind.parse_response(content, posted)

    for order in orders(kind, content):
        filled = kind.fill(content, response, order)
        html = macros(kind).respond(kind.public(content, order), filled, autofocus=True)

        assert html.count(" autofocus") == 1
        for values in filled.values():
            for value in values:
                assert f'value="{value}"' in html or f">{value}</textarea>" in html
        if "choice" in filled:
            assert html.count(" checked") == len(filled["choice"])
        lists = html.count("<select ")
        assert html.count(" selected>") == lists


@ALL_TYPES
def test_the_front_of_a_card_has_no_inputs(kind: Type) -> None:
    html = macros(kind).prompt(kind.public(kind.example()[0]))

    assert not {"<input", "<select", "<textarea"} & set(re.findall(r"<\w+", html))
    assert 'class="q-card' in html
    assert html.count('id="q"') == 1


@GRADING_TYPES
def test_results_show_the_answer_with_and_without_a_response(kind: Type) -> None:
    content, posted = kind.example()
    response = kind.parse_response(content, posted)
    module = macros(kind)

    given = module.results(kind, content, response, kind.grade(content, response), ())
    missing = module.results(kind, content, None, None, ())

    assert "right" in given
    assert "wrong" not in given
    assert "right" in missing
    assert "Your answer" not in missing


@ALL_TYPES
def test_nothing_typed_by_an_author_or_learner_is_markup(kind: Type) -> None:
    nasty = "<script>alert(1)</script>"
    content, posted = kind.example()
    module = macros(kind)
    evil = {name: [nasty] for name in posted}

    html = module.respond(kind.public(content), evil)
    try:
        response = kind.parse_response(content, evil)
    except Invalid:
        assert not isinstance(kind, TypedType)  # whatever is typed there is kept
    else:
        grade = kind.grade(content, response) if kind.is_gradable else None
        html += module.results(kind, content, response, grade)
    shown = hidden(kind, nasty)
    html += module.respond(kind.public(shown)) + module.prompt(kind.public(shown))
    html += module.results(kind, shown, None)

    assert nasty not in html


@GRADING_TYPES
@given(typed=st.text(max_size=40) | st.from_regex(r"[\d²٣./ ,-]{1,12}", fullmatch=True))
def test_whatever_is_typed_can_be_graded(kind: Type, typed: str) -> None:
    content, posted = kind.example()
    try:
        response = kind.parse_response(content, {name: [typed] for name in posted})
    except Invalid:
        return

    if response is not None:
        grade = kind.grade(content, response)
        assert 0 <= grade.fraction <= 1
        assert grade == kind.grade(content, response)


def test_a_spelling_slip_is_shown_as_one() -> None:
    kind = TYPES["short_text"]
    content, _ = kind.example()

    html = macros(kind).results(kind, content, "Yamoussokro", kind.grade(content, "Yamoussokro"))

    assert "right but for the spelling" in html
    assert "Yamoussoukro" in html
    assert "wrong" not in html


def test_what_else_would_have_been_right_is_listed() -> None:
    for name, also in (("short_text", "Yamusukro"), ("cloze", "Ciudad de los Reyes")):
        kind = TYPES[name]
        content, _ = kind.example()

        assert f"<bdi>{also}</bdi>" in macros(kind).results(kind, content, None)


@ALL_TYPES
def test_our_own_words_do_not_set_the_direction_of_the_text(kind: Type) -> None:
    public = kind.public(kind.example()[0])
    module = macros(kind)

    for html in (module.respond(public), module.prompt(public)):
        assert html.count('class="sr"') == html.count('class="sr" dir="ltr"')


def test_results_tell_chosen_missed_and_wrong_options_apart() -> None:
    kind = TYPES["multiple_response"]
    content, _ = kind.example()
    response = frozenset({0, 1})

    html = macros(kind).results(
        kind, content, response, kind.grade(content, response), (3, 2, 1, 0)
    )

    assert html.count("Your answer, right") == 1
    assert html.count("Your answer, wrong") == 1
    assert html.count("Right, not chosen") == 1
    assert "Europa is a moon of Jupiter." in html
    assert "Ceres is a dwarf planet." not in html
    assert "You chose 1 of 2 right options and 1 wrong one." in html


def test_fractions_of_parts_are_told_by_their_state() -> None:
    kind = TYPES["cloze"]
    content, _ = kind.example()

    html = macros(kind).results(kind, content, ("Lima", "", ""), SimpleNamespace(feedback=""))

    assert "Gap 1: You gave, right" in html
    assert "Gap 2: You gave</dt><dd>Nothing" in html
    assert "Gap 2: Accepted" in html


@pytest.mark.parametrize(
    ("name", "posted", "words"),
    [
        ("numeric", {"text": ["4,800"]}, ["You typed", "Too low by 6.", "4,806 m", "4,802 to"]),
        (
            "matching",
            {"match-0": ["1"], "match-1": ["3"]},
            ["Volga: You chose", "It has no outlet to an ocean.", "Rhine: You chose, right"],
        ),
        (
            "ordering",
            {"place-0": ["1"], "place-1": ["2"]},
            ["You gave it position 1", "1492", "Right, not placed", "0 of 3 neighbours"],
        ),
        ("cloze", {"gap-2": ["Arctic"]}, ["Gap 3: You gave", "Arctic", "Pacific"]),
    ],
)
def test_results_tell_each_part_what_it_was_and_should_be(
    name: str, posted: Any, words: list[str]
) -> None:
    kind = TYPES[name]
    content, _ = kind.example()
    response = kind.parse_response(content, posted)

    html = macros(kind).results(kind, content, response, kind.grade(content, response))

    for expected in words:
        assert expected in html
    assert 'class="wrong"' in html or "opt static wrong" in html


def test_what_was_written_stands_beside_the_model_answer() -> None:
    kind = TYPES["self_rated"]
    content, _ = kind.example()

    html = macros(kind).results(kind, content, "The axis\n<b>is</b> tilted.")

    assert "The axis\n&lt;b&gt;is&lt;/b&gt; tilted." in html
    assert "<strong>axis</strong>" in html
    assert "Nothing" in macros(kind).results(kind, content, None)
    with pytest.raises(TypeError):
        kind.grade(content, "The axis is tilted.")


def test_two_items_in_one_place_are_told_beside_each() -> None:
    kind = TYPES["ordering"]
    content, _ = kind.example()

    html = macros(kind).respond(kind.public(content), {"place-1": ["2"], "place-3": ["2"]})

    assert html.count('class="err"') == html.count('aria-invalid="true"') == 2
    for name in ("place-1", "place-3"):
        assert f'aria-describedby="{name}-error"' in html
        assert f'id="{name}-error"' in html


def test_a_card_shows_what_there_is_to_choose_from() -> None:
    kind = TYPES["cloze"]
    content, _ = kind.example()

    assert "(Arctic / Atlantic / Pacific)" in macros(kind).prompt(kind.public(content))


def test_learners_are_told_when_only_the_exact_set_counts() -> None:
    kind = TYPES["multiple_response"]
    content = kind.parse(kind.dump(kind.example()[0]) | {"scoring": "all-or-nothing"})
    module = macros(kind)

    for html in (module.legend(kind.public(content)), module.prompt(kind.public(content))):
        assert "Choose all that apply. Only the exact set counts." in html


def test_what_is_half_right_is_told_with_the_word_for_it() -> None:
    rows = [
        {"text": "Canberra", "key": True},
        {"text": "Sydney", "key": False, "credit": "50", "feedback": "The largest."},
    ]
    said = [
        {"text": "Lutece", "credit": "25", "feedback": "In French."},
        {"text": "Lyon", "feedback": "That was **Lugdunum**."},
    ]
    choice = TYPES["single_choice"]
    typed = TYPES["short_text"]
    chosen = choice.parse({"stem": "Which?", "options": rows})
    asked = typed.parse({"stem": "Paris?", "accepted": ["Lutetia"], "foreseen": said})

    option = macros(choice).results(choice, chosen, 1)
    partly = macros(typed).results(typed, asked, "Lutèce")
    wrong = macros(typed).results(typed, asked, "Lyon")

    assert "Your answer, half right" in option
    assert "The largest." in option
    assert "You typed, 25 % right" in partly
    assert "In French." in partly
    assert "<strong>Lugdunum</strong>" in wrong
