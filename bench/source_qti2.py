"""What stands in an item or test of QTI 2 or 3, question by question."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from xml.etree import ElementTree as ET

from bench.source_words import Stated, about, documents, text_in, words_of

_OPTIONS = {
    *("simpleChoice", "inlineChoice", "hottext", "simpleAssociableChoice", "gapText"),
    "hotspotChoice",
}
_TOLD = {"modalFeedback", "feedbackInline", "feedbackBlock"}
#: Kinds of which our reading has to say what became of them.
_BECOMES = {
    "associateInteraction": "became two columns",
    "gapMatchInteraction": "became a list to choose from",
    "hottextInteraction": "became options",
}
#: What is shown in an order of its own, which may be left to chance.
_CHOSEN = {"choiceInteraction", "hottextInteraction", "inlineChoiceInteraction"}
_MAY_SHUFFLE = {"choiceInteraction", "matchInteraction"}
_SHOWN = {"img": ("src", "alt"), "object": ("data", ""), "audio": ("src", ""), "video": ("src", "")}
_SHOWN |= {"source": ("src", ""), "a": ("href", ""), "track": ("src", "")}
#: Elements of a test whose words or numbers change what is asked, and the attribute that says it.
_RULES = {"timeLimits": "maxTime", "selection": "select", "weight": "value"}
_NOT_SHOWN = {"stylesheet", "script", "style", "templateDeclaration", "templateProcessing"}


def stated_in(data: bytes) -> Iterator[Stated]:
    """Yield every question of a document or package, and what stands around them."""
    found = dict(documents(data))
    listed = about(found)
    for root in found.values():
        _in_names_of_2(root)
    for path, root in found.items():
        if root.tag == "assessmentItem":
            stated = _item(path, root)
            _add_texts_before(stated, root, found)
            stated.pieces += listed.get(path, [])
            yield stated
        elif root.tag in {"assessmentTest", "assessmentSection"}:
            yield _around(path, root)


def _in_names_of_2(root: ET.Element) -> None:
    """Give elements and attributes the names of QTI 2: "qti-item-body" is "itemBody"."""
    for element in root.iter():
        if element.tag.startswith("qti-"):
            element.tag = _joined(element.tag.removeprefix("qti-"))
            element.attrib = {_joined(name): value for name, value in element.attrib.items()}


def _joined(name: str) -> str:
    return re.sub(r"-([a-z0-9])", lambda found: found[1].upper(), name)


def _item(path: str, item: ET.Element) -> Stated:
    stated = Stated(path, item.get("identifier", ""))
    stated.add("key", stated.ident)
    stated.add("name", item.get("title", ""))
    for body in (*item.findall("itemBody"), *item.findall("rubricBlock")):
        _walk(stated, body, "asked")
    for feedback in item.findall("modalFeedback"):
        _walk(stated, feedback, "told")
    for name in ("companionMaterialsInfo", "catalogInfo", "apipAccessibility"):
        for extra in item.findall(name):
            stated.add("said", text_in(extra))
    stated.add("mark", _points(item))
    _add_limits(stated, item)
    _add_options(stated, item)
    _add_bounds(stated, item)
    _add_keys(stated, item)
    return stated


def _add_texts_before(stated: Stated, item: ET.Element, found: Mapping[str, ET.Element]) -> None:
    """Note what stands in other documents and belongs before the question."""
    for reference in item.findall("assessmentStimulusRef"):
        href = reference.get("href", "")
        text = found.get(posixpath.normpath(posixpath.join(posixpath.dirname(stated.path), href)))
        if text is None:
            stated.add("said", href)
            continue
        for body in text.iter("stimulusBody"):
            _walk(stated, body, "asked")


def _points(item: ET.Element) -> str:
    """Return the points of an item: as it says, or as its only response can earn; or ""."""
    outcomes = {one.get("identifier"): one for one in item.findall("outcomeDeclaration")}
    if "MAXSCORE" in outcomes:
        said = outcomes["MAXSCORE"].findtext("defaultValue/value") or ""
        if _number(said):
            return said.strip()
    if "SCORE" in outcomes and outcomes["SCORE"].get("normalMaximum"):
        return outcomes["SCORE"].get("normalMaximum", "")
    declared = item.findall("responseDeclaration")
    constants = [
        _number(one.findtext("baseValue") or "") or Fraction(0)
        for one in item.iter("setOutcomeValue")
        if one.get("identifier") == "SCORE" and one.find("baseValue") is not None
    ]
    if len(declared) != 1 or any(True for _ in item.iter("sum")):
        return ""
    if not _maps(item, declared[0].find("correctResponse/value") is not None):
        return str(max([*constants, Fraction(0)]) or 1)
    points = [
        _number(one.get("mappedValue", "")) or Fraction(0)
        for one in declared[0].findall("mapping/mapEntry")
    ]
    gains = [one for one in points if one > 0]
    most = max(gains, default=Fraction(0))
    if declared[0].get("cardinality") != "single":
        most = sum(gains, Fraction(0))
    for mapping in declared[0].findall("mapping"):
        bound = _number(mapping.get("upperBound", ""))
        most = most if bound is None else min(most, bound)
    return str(most or 1)


def _walk(stated: Stated, element: ET.Element, role: str, whole: str = "") -> None:
    """Note every text, picture and link in an element."""
    if element.tag in _NOT_SHOWN:
        return
    if element.tag in _TOLD or (
        element.tag == "rubricBlock" and "candidate" not in element.get("view", "candidate")
    ):
        role, whole = "told", words_of(text_in(element))
    elif element.tag in _OPTIONS and role != "told":
        role = "option"
    whole = whole or words_of(text_in(element))
    if element.tag in _SHOWN:
        address, alternative = _SHOWN[element.tag]
        stated.add("address", element.get(address, ""), whole)
        stated.add("words of a picture", element.get(alternative, ""), whole)
    role = "words of a picture" if element.tag == "object" else role
    stated.add(role, element.text or "", whole)
    for child in element:
        _walk(stated, child, role, whole if role == "told" else "")
        stated.add(role, child.tail or "", whole)


def _add_limits(stated: Stated, item: ET.Element) -> None:
    """Note what the places to respond allow, where it binds whoever responds."""
    for one in item.iter():
        if one.get("fixed", "").lower() == "true":
            stated.add("fixed", one.get("identifier", ""))
        if one.tag in _MAY_SHUFFLE:
            stated.add("shuffles", str(one.get("shuffle", "false").lower() == "true"))
        if one.tag == "choiceInteraction":
            options = len(one.findall("simpleChoice"))
            most = _number(one.get("maxChoices", "0")) or Fraction(0)
            if 1 < most < options:
                stated.add("said", f"{most} options")
            least = _number(one.get("minChoices", "0")) or Fraction(0)
            if least > 1:
                stated.add("said", f"{least} options")
        if one.tag in {"textEntryInteraction", "extendedTextInteraction"}:
            stated.add("said", one.get("patternMask", ""))
            stated.add("said", one.get("placeholderText", ""))


def _add_options(stated: Stated, item: ET.Element) -> None:
    """Note what can be chosen in each place, and what of it becomes something else here."""
    for one in item.iter():
        if not one.tag.endswith("Interaction"):
            continue
        stated.add("said", _BECOMES.get(one.tag, ""))
        options = [words_of(_option_text(inner)) for inner in one.iter() if inner.tag in _OPTIONS]
        if not any(inner.tag.endswith("Interaction") for inner in one.iter() if inner is not one):
            stated.add("options", "\n".join(sorted(filter(None, options))))


def _add_keys(stated: Stated, item: ET.Element) -> None:
    """Note what is right and what a map gives for it."""
    texts = {
        one.get("identifier", ""): words_of(_option_text(one))
        for one in item.iter()
        if one.tag in _OPTIONS
    }
    kinds = {
        one.get("responseIdentifier", ""): one.tag
        for one in item.iter()
        if one.tag.endswith("Interaction")
    }
    for declared in item.findall("responseDeclaration"):
        kind = kinds.get(declared.get("identifier", ""), "")
        correct = [(one.text or "").strip() for one in declared.findall("correctResponse/value")]
        entries = [
            (one.get("mapKey", ""), _number(one.get("mappedValue", "")) or Fraction(0), one)
            for one in declared.findall("mapping/mapEntry")
        ]
        positive = [key for key, points, _ in entries if points > 0]
        if item.find("responseProcessing") is None and correct and positive:
            stated.add("said", "disagree" if set(correct) != set(positive) else "")
        _add_right(stated, kind, correct or positive, declared, texts)
        for key, points, entry in entries:
            if kind == "textEntryInteraction" and points > 0:
                stated.add("typed", key)
                if entry.get("caseSensitive", "").lower() == "true":
                    stated.add("case", "yes")
        maps = _maps(item, bool(correct))
        if kind in _CHOSEN and maps:
            _add_shares(stated, declared, entries)
        elif kind in _CHOSEN:
            ones = [(key, Fraction(1), entry) for key, _, entry in entries if key in correct]
            ones = ones or [(key, Fraction(1), declared) for key in correct]
            _add_shares(stated, declared, ones)
        if kind == "textEntryInteraction" and declared.get("baseType") == "string" and not maps:
            stated.add("case", _case(item, correct))


def _case(item: ET.Element, keys: list[str]) -> str:
    """Return "yes" where a text has to have the capitals of the key, or ""."""
    is_strict = all(one.get("caseSensitive", "true") != "false" for one in item.iter("stringMatch"))
    return "yes" if is_strict and any(key.swapcase() != key for key in keys) else ""


def _maps(item: ET.Element, has_key: bool) -> bool:
    """Return whether points come from a map, and not from being the same as the key."""
    processing = item.find("responseProcessing")
    if processing is None:
        return not has_key
    sets = [one.get("identifier") for one in processing.iter("setOutcomeValue")]
    if sets and "SCORE" not in sets:
        return not has_key
    return "map_response" in processing.get("template", "") or any(
        True for _ in processing.iter("mapResponse")
    )


def _add_bounds(stated: Stated, item: ET.Element) -> None:
    """Note from where to where a number counts."""
    for test in item.iter("equal"):
        amounts = [_number(one) or Fraction(0) for one in test.get("tolerance", "").split()]
        if test.get("toleranceMode") != "absolute" or not amounts:
            continue
        keys = [one.text or "" for one in test.iter("baseValue")]
        keys += [
            one.text or "" for one in item.iterfind("responseDeclaration/correctResponse/value")
        ]
        for number in filter(None, map(_number, keys[:1])):
            stated.add("low", str(number - amounts[0]))
            stated.add("high", str(number + amounts[-1]))


def _add_right(  # noqa: C901 - one case a kind
    stated: Stated, kind: str, keys: list[str], declared: ET.Element, texts: dict[str, str]
) -> None:
    base, cardinality = declared.get("baseType", ""), declared.get("cardinality", "")
    if "air" in base:
        for key in keys:
            pair = [texts.get(one, "") for one in key.split()]
            if all(pair) and len(pair) == 2:
                stated.add("pair", "\n".join(pair))
            elif any(pair):
                stated.add("right", "".join(pair))
    elif cardinality == "ordered":
        if all(key in texts for key in keys):
            stated.add("order", "\n".join(texts[key] for key in keys))
    elif base == "identifier":
        for key in keys:
            stated.add("right", texts.get(key, ""))
    elif kind in {"textEntryInteraction", "extendedTextInteraction"}:
        for key in keys:
            stated.add("typed" if kind == "textEntryInteraction" else "told", key)


def _add_shares(
    stated: Stated, declared: ET.Element, entries: list[tuple[str, Fraction, ET.Element]]
) -> None:
    gains = [points for _, points, _ in entries if points > 0]
    is_single = declared.get("cardinality") == "single"
    most = (max(gains) if is_single else sum(gains, Fraction(0))) if gains else Fraction(0)
    for key, points, _ in entries:
        if most and points:
            stated.add("share", f"{key} {max(Fraction(-1), points / most)}")


def _option_text(element: ET.Element) -> str:
    """Return the words of an option, without feedback that stands in it."""
    if element.tag in _TOLD or element.tag == "object":
        return ""
    inner = "".join(_option_text(child) + (child.tail or "") for child in element)
    return (element.text or "") + inner


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text.strip())
    except ValueError:
        return None


def _around(path: str, root: ET.Element) -> Stated:
    """Return what a test says of its items: titles, texts before them, rules."""
    stated = Stated(path, is_question=False)
    for one in root.iter():
        if one.tag in {"assessmentTest", "assessmentSection", "testPart"}:
            stated.add("name", one.get("title", ""))
        elif one.tag in {"rubricBlock", "testFeedback"}:
            stated.add("said", text_in(one))
        elif one.tag in _RULES:
            stated.add("said", one.get(_RULES[one.tag], ""))
        elif one.tag in {"branchRule", "preCondition"}:
            stated.add("said", "follow")
    return stated
