"""What stands in a document of QTI 1.2, question by question."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from xml.etree import ElementTree as ET

from bench.source_words import Stated, about, documents, markup_in, text_in, words_of

_FIELDS = {"response_lid", "response_str", "response_num", "response_xy", "response_grp"}
_BOUNDS = {"vargt": "low", "vargte": "low", "varlt": "high", "varlte": "high"}
_POINTS = ("points_possible", "cc_weighting", "qmd_weighting")
_TAGS = {"keywords", "qmd_keywords", "tags", "qmd_topic"}
#: Fields that say nothing to people, or what another piece says.
_SILENT = {
    *("question_type", "cc_profile", "original_answer_ids", "assessment_question_identifierref"),
    *("parent_stimulus_item_ident", "qmd_itemtype", "qmd_computerscored", "qmd_maximumscore"),
    *("qmd_scoretype", "qmd_assessmenttype", "qmd_toolvendor", "bank_title", "title", "passage"),
    *("calculator_type", "qmd_status", *_POINTS),
}
#: Titles that programs write and people do not.
_NO_TITLES = {"", "question", "untitled", "item", "root section", "root_section", "main"}
_NO_TITLES |= {"section", "assessment"}
_TEXTS_AROUND = {"presentation_material", "rubric", "objectives"}
_FEEDBACK_AROUND = {"assessfeedback", "sectionfeedback"}
_OWN_TEXTS = ("rubric", "itemrubric", "objectives")


def stated_in(data: bytes) -> Iterator[Stated]:
    """Yield every question of a document or package, and what stands around them."""
    found = dict(documents(data))
    listed = about(found)
    for path, root in found.items():
        if root.tag not in {"questestinterop", "assessment", "section", "objectbank", "item"}:
            continue
        around = _around(path, root)
        around.pieces += listed.get(path, [])
        yield around
        for item in root.iter("item"):
            if item.find("presentation") is not None or item.find("itemmetadata") is not None:
                yield _item(path, item)


def _item(path: str, item: ET.Element) -> Stated:
    fields = _fields(item)
    ident = fields.get("assessment_question_identifierref") or item.get("ident", "")
    stated = Stated(path, ident)
    title = item.get("title") or item.get("label") or ""
    if title.strip().lower() not in _NO_TITLES:
        stated.add("name", title)
    stated.add("key", ident)
    _add_fields(stated, fields)
    _add_mark(stated, item, fields)
    _add_shown(stated, item, fields.get("question_type", ""))
    for feedback in item.findall("itemfeedback"):
        for material in feedback.iter("material"):
            _add_material(stated, "told", material)
    for name in _OWN_TEXTS:
        for element in item.findall(name):
            for material in element.iter("material"):
                _add_material(stated, "told", material)
    for comment in item.findall("qticomment"):
        stated.add("said", text_in(comment))
    for duration in item.findall("duration"):
        stated.add("said", text_in(duration))
    _add_settings(stated, item)
    _add_scores(stated, item)
    return stated


def _add_settings(stated: Stated, item: ET.Element) -> None:
    """Note what stays in its place, and what bounds whoever responds."""
    for label in item.iter("response_label"):
        if label.get("rshuffle", "").lower() == "no" or label.get("lock", "").lower() == "yes":
            stated.add("fixed", label.get("ident", ""))
    for label in item.iter("response_label"):
        stated.add("case", "yes" if label.get("ignore_case", "").lower() == "false" else "")
    for field in item.iter("response_str"):
        if field.get("word_limit_enabled", "").lower() == "yes":
            for name in ("word_limit_min", "word_limit_max"):
                stated.add("said", f"{field.get(name)} words" if field.get(name) else "")
    kind = _fields(item).get("question_type") or _fields(item).get("cc_profile")
    for render in item.iter("render_choice"):
        _add_choosing(stated, render, is_shuffled=bool(kind))


def _add_choosing(stated: Stated, render: ET.Element, *, is_shuffled: bool) -> None:
    """Note how many may be chosen, and whether by chance. :param is_shuffled: where unsaid."""
    count = len(list(render.iter("response_label")))
    for name in ("minnumber", "maxnumber"):
        number = _number(render.get(name, "")) or Fraction(0)
        if 1 < number < count:
            stated.add("said", f"{number} options")
    if count > 1:
        shuffle = render.get("shuffle", "yes" if is_shuffled else "no")
        stated.add("shuffles", str(shuffle.lower() == "yes"))


def _fields(element: ET.Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for area in (*element.findall("itemmetadata"), *element.findall("qtimetadata")):
        for one in area.iter("qtimetadatafield"):
            label = (one.findtext("fieldlabel") or "").strip().lower()
            found.setdefault(label, (one.findtext("fieldentry") or "").strip())
        for one in area:
            if one.tag not in {"qtimetadata", "qtimetadatafield"}:
                found.setdefault(one.tag.lower(), text_in(one).strip())
    return found


def _add_fields(stated: Stated, fields: dict[str, str]) -> None:
    for name, value in fields.items():
        if name in _TAGS:
            for tag in value.split(","):
                stated.add("tag", tag)
        elif name not in _SILENT:
            stated.add("said", value)


def _add_mark(stated: Stated, item: ET.Element, fields: dict[str, str]) -> None:
    """Note the points; a highest score of 100 is a percentage."""
    points = [fields[name] for name in _POINTS if _number(fields.get(name, "")) is not None]
    points += [
        one.get("maxvalue", "")
        for one in item.iter("decvar")
        if (_number(one.get("maxvalue", "")) or 100) not in {0, 100}
    ]
    stated.add("mark", points[0] if points else "1")


def _add_shown(stated: Stated, item: ET.Element, kind: str) -> None:
    """Note what the item shows: texts outside of fields, prompts, and what can be chosen."""
    for presentation in item.findall("presentation"):
        within = {id(one) for name in _FIELDS for f in presentation.iter(name) for one in f.iter()}
        gaps = [f"[{_gap(f)}]" for f in presentation.iter("response_lid") if _gap(f)]
        for material in presentation.iter("material"):
            if id(material) not in within:
                _add_material(stated, "asked", material, gaps)
    for name in _FIELDS:
        for shown in item.iter(name):
            _add_field(stated, shown, kind)


def _add_field(stated: Stated, shown: ET.Element, kind: str) -> None:
    labelled = {id(one) for label in shown.iter("response_label") for one in label.iter()}
    for material in shown.iter("material"):
        # Canvas writes the name of a gap, or what fits in it, where a prompt would stand.
        is_gap = "blanks" in kind or "dropdowns" in kind or _gap(shown) == text_in(material).strip()
        if id(material) not in labelled and not is_gap:
            _add_material(stated, "asked", material)
    for label in shown.iter("response_label"):
        materials = list(label.iter("material"))
        for material in materials:
            _add_material(stated, "option", material)
        if not materials:
            stated.add("option", text_in(label))
    options = [words_of(" ".join(_label_texts(label))) for label in shown.iter("response_label")]
    stated.add("options", "\n".join(sorted(filter(None, options))))


def _gap(element: ET.Element) -> str:
    ident = element.get("ident", "")
    return ident.removeprefix("response_") if ident.startswith("response_") else ""


def _add_material(
    stated: Stated, role: str, material: ET.Element, gaps: list[str] | None = None
) -> None:
    for one in material.iter():
        if one.tag in {"mattext", "matemtext"}:
            kind = one.get("texttype", "").lower()
            is_html = "html" in kind or len(one) or (one.text or "").lstrip()[:2] in {"<p", "<d"}
            html = (markup_in(one) if len(one) else one.text or "") if is_html else ""
            for gap in gaps or ():
                html = html.replace(gap, "<wbr>")
            if is_html:
                stated.add_html(role, html)
            else:
                text = text_in(one)
                for gap in gaps or ():
                    text = text.replace(gap, "\0")
                for part in text.split("\0"):
                    stated.add(role, part, words_of(text_in(one)))
        elif one.tag in {"matimage", "mataudio", "matvideo"}:
            stated.add("address", one.get("uri", ""))
            stated.add("words of a picture", one.get("label", ""))


def _add_scores(stated: Stated, item: ET.Element) -> None:
    """Note what is right, what it earns, and how it is compared."""
    texts = {
        (field.get("ident"), label.get("ident")): words_of(" ".join(_label_texts(label)))
        for name in _FIELDS
        for field in item.iter(name)
        for label in field.iter("response_label")
    }
    typed = {one.get("ident") for one in (*item.iter("response_str"), *item.iter("response_num"))}
    prompts = _prompts(item)
    ordered = [
        field.get("ident", "")
        for field in item.iter("response_lid")
        if field.get("rcardinality", "").lower() == "ordered"
    ]
    shares: dict[tuple[str | None, str], Fraction] = {}
    for condition in item.iter("respcondition"):
        amounts = [_signed(one) for one in condition.iter("setvar")]
        denied = {id(one) for no in condition.iter("not") for one in no.iter()}
        amount = max(amounts, default=Fraction(0))
        tests = [one for one in condition.iter("varequal") if id(one) not in denied]
        for test in tests:
            name, value = test.get("respident"), (test.text or "").strip()
            if name in typed and amount > 0:
                stated.add("typed", value)
                if test.get("case", "").lower() == "yes":
                    stated.add("case", "yes")
            elif name in ordered:
                continue
            elif (name, value) in texts and amount > 0:
                stated.add("right", texts[name, value])
                stated.add(
                    "pair", f"{prompts[name]}\n{texts[name, value]}" if name in prompts else ""
                )
            if len(tests) == 1 and not denied and (name, value) in texts and amounts:
                shares[name, value] = shares.get((name, value), Fraction(0)) + sum(amounts)
        for name in ordered if amount > 0 else ():
            stated.add("order", _order(condition, name, texts))
        if amount > 0:
            _add_bounds(stated, condition, denied)
    _add_shares(stated, item, shares)


def _add_bounds(stated: Stated, condition: ET.Element, denied: set[int]) -> None:
    for tag, role in _BOUNDS.items():
        for test in condition.iter(tag):
            if id(test) not in denied:
                stated.add(role, (test.text or "").strip())
                stated.add("said", "" if tag.endswith("e") else "does not itself count")


def _add_shares(
    stated: Stated, item: ET.Element, shares: dict[tuple[str | None, str], Fraction]
) -> None:
    """Note each option of a single field by name with its part of the most that one earns."""
    for field in item.iter("response_lid"):
        cardinality = field.get("rcardinality", "Single").lower()
        is_single = cardinality == "single" and "answers" not in _fields(item).get(
            "question_type", _fields(item).get("cc_profile", "").replace("response", "answers")
        )
        own = {ident: one for (name, ident), one in shares.items() if name == field.get("ident")}
        gains = [one for one in own.values() if one > 0]
        most = (max(gains) if is_single else sum(gains, Fraction(0))) if gains else Fraction(0)
        for ident, amount in own.items() if cardinality != "ordered" else ():
            if most and amount:
                stated.add("share", f"{ident} {max(Fraction(-1), amount / most)}")


def _prompts(item: ET.Element) -> dict[str | None, str]:
    """Return the words of each field where all have the same options: they are to be matched."""
    fields = list(item.iter("response_lid"))
    options = {
        tuple(label.get("ident") for label in field.iter("response_label")) for field in fields
    }
    if _fields(item).get("question_type", "") != "matching_question" and (
        len(fields) < 2 or len(options) > 1
    ):
        return {}
    prompts = {}
    for field in fields:
        inner = Stated("")
        for material in field.findall("material"):
            _add_material(inner, "asked", material)
        prompts[field.get("ident")] = words_of(" ".join(one.value for one in inner.pieces))
    return {name: words for name, words in prompts.items() if words}


def _order(
    condition: ET.Element, name: str, texts: dict[tuple[str | None, str | None], str]
) -> str:
    tests = [one for one in condition.iter("varequal") if one.get("respident") == name]
    if all(one.get("index", "").strip().isdecimal() for one in tests):
        tests.sort(key=lambda one: int(one.get("index", "0")))
    return "\n".join(texts.get((name, (one.text or "").strip()), "") for one in tests)


def _label_texts(label: ET.Element) -> list[str]:
    inner = Stated("")
    for material in label.iter("material"):
        _add_material(inner, "option", material)
    if not inner.pieces:
        inner.add("option", text_in(label))
    return [one.value for one in inner.pieces if one.role == "option"]


def _signed(setting: ET.Element) -> Fraction:
    amount = _number(setting.text or "") or Fraction(0)
    return -amount if setting.get("action", "Set").lower() == "subtract" else amount


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text.strip())
    except ValueError:
        return None


def _add_group(stated: Stated, group: ET.Element) -> None:
    title = group.get("title", "")
    if title.strip().lower() not in _NO_TITLES:
        stated.add("name", title)
    for label, value in _fields(group).items():
        if label in {"bank_title", "title"} and not title:
            stated.add("name", value)
        elif label not in _SILENT:
            stated.add("said", f"{label}: {value}")


def _around(path: str, root: ET.Element) -> Stated:
    """Return what is said of all questions: titles, texts before them, settings."""
    stated = Stated(path, is_question=False)
    inside = {id(one) for item in root.iter("item") for one in item.iter()}
    for one in root.iter():
        if id(one) in inside:
            continue
        if one.tag in {"assessment", "section", "objectbank"}:
            _add_group(stated, one)
        elif one.tag in _TEXTS_AROUND | _FEEDBACK_AROUND:
            for material in one.iter("material"):
                _add_material(stated, "said", material)
        elif one.tag in {"duration", "qticomment", "selection_number"}:
            stated.add("said", text_in(one))
    return stated
