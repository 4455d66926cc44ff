"""One item of QTI 2 as a question."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from quizapp.formats.html_pieces import as_html, joined, untold
from quizapp.formats.interchange import (
    NOTHING,
    Body,
    Description,
    Essay,
    Gap,
    Gaps,
    Item,
    Text,
    Unsupported,
)
from quizapp.formats.qti2 import body as shown
from quizapp.formats.qti2.chosen import (
    HOTTEXT_NOTE,
    ORDER_NOTE,
    order_of_points,
    read_choice,
    read_hottext,
    read_order,
)
from quizapp.formats.qti2.declarations import most_points, read_responses
from quizapp.formats.qti2.leftovers import notes_of, unscored
from quizapp.formats.qti2.names import in_names_of_2
from quizapp.formats.qti2.paired import (
    ASSOCIATE_NOTE,
    DRAG_NOTE,
    read_associate,
    read_gap_match,
    read_match,
)
from quizapp.formats.qti2.processing import TooManyRules, is_scoring, read_processing
from quizapp.formats.qti2.question import OPTIONS, Question, read_feedback
from quizapp.formats.qti2.typed import after, gap_of, html, read_entry
from quizapp.formats.weighing import CannotHold
from quizapp.formats.xml_tree import Element

_PICTURE = "Places on a picture cannot be asked for here."
#: Interaction → why there is no such question here.
_NOT_HERE = {
    "hotspotInteraction": _PICTURE,
    "selectPointInteraction": _PICTURE,
    "graphicOrderInteraction": _PICTURE,
    "graphicAssociateInteraction": _PICTURE,
    "graphicGapMatchInteraction": _PICTURE,
    "positionObjectInteraction": _PICTURE,
    "sliderInteraction": "Numbers on a slider cannot be asked for here.",
    "mediaInteraction": "Listening and watching cannot be scored here.",
    "drawingInteraction": "Drawings cannot be handed in here.",
    "uploadInteraction": "Files cannot be handed in here.",
    "customInteraction": "It is shown by a program of its own, which is never run here.",
    "endAttemptInteraction": "It has a button that changes it, which has no equal here.",
}
_IN_LINE = {"textEntryInteraction", "inlineChoiceInteraction", "choiceInteraction"}
#: What begins the name of an item that has none of its own, in files that are written here.
UNNAMED = "unnamed-"


@dataclass(slots=True)
class _Read:
    """What an item gave."""

    body: Body
    stem: Text = NOTHING
    explanation: Text = NOTHING
    notes: list[str] = field(default_factory=list)


def read_item(
    root: Element,
    category: tuple[str, ...] = (),
    tags: tuple[str, ...] = (),
    stimulus: Text | None = None,
) -> Item:
    """Return an item as a question; one that cannot be held says why.

    :param stimulus: the texts in other files that it refers to, or None where they are not there.
    """
    element = in_names_of_2(root)
    try:
        read, best = _read(element)
    except CannotHold as error:
        read, best = _Read(Unsupported(_kind(element), str(error)), _words(element)), None
    except TooManyRules:
        reason = "Its scoring has so many rules that it cannot be run."
        read, best = _Read(Unsupported(_kind(element), reason), _words(element)), None
    if not isinstance(read.body, Unsupported):
        read.notes += notes_of(element)
    if stimulus is None:
        read.notes += [
            f"It refers to a text in another file ({one.get('href')[:100]}); put it before it."
            for one in element.all("assessmentStimulusRef")
        ]
    elif stimulus and not isinstance(read.body, Gaps):
        read.stem = joined([stimulus, read.stem])
    elif stimulus and isinstance(read.body, Gaps):
        read.body = Gaps((html(f"<div>{as_html(stimulus)}</div>"), *read.body.pieces))
    points = most_points(element) or best
    return Item(
        body=read.body,
        line=root.line,
        key=_key(element),
        name=" ".join(element.get("title").split()),
        stem=read.stem,
        explanation=read.explanation,
        mark=points if points is not None and points > 0 else Fraction(1),
        category=category,
        tags=tags,
        notes=tuple(dict.fromkeys(read.notes)),
    )


def _key(element: Element) -> str:
    key = element.get("identifier")
    return element.get("label") if key.startswith(UNNAMED) else key


def _read(element: Element) -> tuple[_Read, Fraction | None]:
    """Return what an item asks, and what its right response earns.

    :raises CannotHold: there is no equal of it here. :raises TooManyRules: as it says.
    """
    _check(element)
    content = shown.read_body(element)
    interactions = content.interactions
    if not interactions:
        return _Read(Description(), content.html), None
    if all(one.name == "extendedTextInteraction" for one in interactions):
        return _essays(element, content), None
    _check_known(interactions)
    processing = read_processing(element)
    question = Question(content, processing, read_feedback(element))
    read = _dispatch(question)
    read.explanation = read.explanation or joined(_always(question))
    read.notes += content.notes
    read.notes += _remarks(element, question)
    read.notes += untold(_feedback(element, question), read.body, read.explanation)
    return read, processing.run(question.right()).score


def _dispatch(question: Question) -> _Read:
    content = question.body
    interactions = content.interactions
    if len(interactions) == 1:
        return _one(question, interactions[0])
    if all(one.name in _IN_LINE for one in interactions):
        return _gaps(question)
    raise CannotHold("It asks several things at once, which has no equal here.")


def _one(question: Question, interaction: Element) -> _Read:
    html, prompt = question.body.html, shown.prompt_of(interaction)
    stem = joined([html, prompt])
    if interaction.name == "choiceInteraction":
        body, explanation = read_choice(question, interaction)
        return _Read(body, stem, explanation)
    if interaction.name == "hottextInteraction":
        marked, text, explanation = read_hottext(question, interaction)
        return _Read(marked, joined([html, text]), explanation, [HOTTEXT_NOTE])
    reader = _BLOCKS.get(interaction.name)
    if reader is None:
        return _in_line(question, interaction, stem)
    read, notes = reader
    body = read(question, interaction)
    if interaction.name == "orderInteraction" and order_of_points(question, interaction):
        notes = (*notes, ORDER_NOTE)
    return _Read(body, stem, notes=list(notes))


def _in_line(question: Question, interaction: Element, stem: Text) -> _Read:
    """Read a single line to type in or list: with words behind it, it is a gap in a text."""
    pieces = question.body.pieces
    behind = "".join(one for one in pieces[pieces.index(interaction) :] if isinstance(one, str))
    if interaction.name == "inlineChoiceInteraction" or after(behind):
        return _gaps(question)
    body = read_entry(question, interaction)
    return _Read(body, stem)


def _gaps(question: Question) -> _Read:
    pieces: list[Text | Gap] = []
    for piece in question.body.pieces:
        if isinstance(piece, str):
            pieces.append(html(piece))
            continue
        prompt = shown.prompt_of(piece)
        if prompt:
            pieces.append(html(f"<p>{prompt.text}</p>"))
        pieces.append(gap_of(question, piece))
    return _Read(Gaps(tuple(pieces)))


def _essays(element: Element, content: shown.Body) -> _Read:
    interactions = content.interactions
    stem = joined([content.html, *(shown.prompt_of(one) for one in interactions)])
    response = read_responses(element).get(interactions[0].get("responseIdentifier"))
    models = content.rubric or [Text(text) for text in (response.correct if response else ())]
    read = _Read(Essay(model=joined(models)), stem, notes=list(content.notes))
    try:
        question = Question(content, read_processing(element), read_feedback(element))
        read.explanation = joined(_always(question))
    except CannotHold:
        read.notes.append("Its own scoring was left out; a person marks it here.")
    feedback = [one.text for one in read_feedback(element)]
    read.notes += untold(feedback, read.body, read.explanation)
    if len(interactions) > 1:
        read.notes.append(f"Its {len(interactions)} places to write in became one.")
    return read


#: Interaction → its reader, and what is said of every such question.
_BLOCKS: Mapping[str, tuple[Callable[[Question, Element], Body], tuple[str, ...]]] = {
    "orderInteraction": (read_order, ()),
    "matchInteraction": (read_match, ()),
    "associateInteraction": (read_associate, (ASSOCIATE_NOTE,)),
    "gapMatchInteraction": (read_gap_match, (DRAG_NOTE,)),
}
_SINGLE = {*_BLOCKS, "choiceInteraction", "hottextInteraction"}


def _check(element: Element) -> None:
    if element.get("adaptive", "false").strip().lower() == "true":
        raise CannotHold("It changes while it is answered (adaptive), which has no equal here.")
    if element.first("templateDeclaration", "templateProcessing") is not None:
        raise CannotHold("It is made anew for everybody from a template, which has no equal here.")


def _check_known(interactions: Sequence[Element]) -> None:
    for one in interactions:
        if one.name not in _SINGLE and one.name not in _IN_LINE:
            raise CannotHold(_NOT_HERE.get(one.name, "This kind of question is not known here."))


def _remarks(element: Element, question: Question) -> list[str]:
    """Return what could not be taken along."""
    notes: list[str] = []
    own = element.first("responseProcessing")
    if own is None or not is_scoring(own):
        notes += _doubts(question)
    else:
        notes += unscored(question)
    return notes


def _always(question: Question) -> list[Text]:
    """Return the feedback that is shown whatever was given."""
    empty = question.shown({})
    right = question.shown(question.right())
    return [text for text in empty if text in right]


def _feedback(element: Element, question: Question) -> Iterator[Text]:
    """Yield all feedback of an item, that in its options included."""
    yield from (one.text for one in question.feedback)
    for option in element.deep(*OPTIONS):
        yield from (shown.inner_text(one) for one in shown.feedback_in(option))


def _doubts(question: Question) -> list[str]:
    for response in question.processing.responses.values():
        key, positive = set(response.correct), set(response.positive)
        if key and positive and key != positive:
            return [
                "The file does not say how it is scored, and its key and its points disagree; "
                "its key was taken."
            ]
    return []


def _kind(element: Element) -> str:
    names = [one.name for one in element.deep() if shown.is_interaction(one)]
    return " and ".join(dict.fromkeys(names)) or "item"


def _words(element: Element) -> Text:
    """Return the words of an item that cannot be read, so that people find it."""
    inner = [one for body in element.all("itemBody") for one in (body, *body.deep())]
    words = [child for one in inner for child in one.children if isinstance(child, str)]
    return Text(" ".join(" ".join(words).split())[:300])
