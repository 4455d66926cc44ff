"""Writing questions as one document, and the format as the registry knows it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

import yaml

from quizapp.bank.text import control_character
from quizapp.formats.archive import is_zip
from quizapp.formats.bank_yaml.reading import MARK, NAMES_IN_FILES, VERSION, read_document
from quizapp.formats.base import NO_MEDIA, PACKAGE_MEDIA, Draft, Format, Loss, Reading, Written
from quizapp.formats.bundle import (
    MEDIA_TYPE,
    SUFFIX,
    bundled,
    is_bundle,
    open_bundle,
    used_media,
)

_WIDTH = 100


class BankYamlFormat(Format):
    name: ClassVar[str] = "bank_yaml"
    label: ClassVar[str] = "Footnote YAML"
    suffixes: ClassVar[tuple[str, ...]] = (".yaml", ".yml")
    most_media: ClassVar[int] = PACKAGE_MEDIA
    is_whole: ClassVar[bool] = True

    def detects(self, data: bytes, filename: str) -> bool:
        if is_zip(data):
            return is_bundle(data, self.suffixes)
        start = data[:2_000].removeprefix(b"\xef\xbb\xbf")
        return filename.lower().endswith(self.suffixes) or start.startswith(f"{MARK}:".encode())

    def read(self, data: bytes, *, filename: str = "") -> Reading:
        if not is_zip(data):
            return read_document(data, filename)
        bundle = open_bundle(data, self.suffixes)
        return bundle.reading(read_document(bundle.text, bundle.name))

    def loss(self, draft: Draft) -> Loss:
        if found := next(filter(None, map(control_character, _texts(_question(draft)))), None):
            return Loss((f"A YAML file cannot hold the {found[0]} in it.",), is_left_out=True)
        what = []
        if len(draft.topic) > 1:
            what.append("The levels of its category become one title.")
        if draft.fact and not draft.fact.key:
            what.append("Its fact has no key, and gets one.")
        return Loss(tuple(what))

    def write(
        self, drafts: Sequence[Draft], *, title: str, media: Mapping[str, bytes] = NO_MEDIA
    ) -> Written:
        drafts = [draft for draft in drafts if not self.loss(draft).is_left_out]
        topics, facts = _topics(drafts), _facts(drafts)
        stated: dict[str, Any] = {MARK: VERSION} | ({"course": title} if title.strip() else {})
        stated |= {"topics": topics} if topics else {}
        stated |= {"facts": facts} if facts else {}
        stated["questions"] = [_question(draft) for draft in drafts]
        text = yaml.dump(
            stated,
            Dumper=_Dumper,
            allow_unicode=True,
            sort_keys=False,
            width=_WIDTH,
            default_flow_style=False,
        )
        names = used_media(drafts, media)
        if not names:
            return Written(text.encode("utf-8"), ".yaml", "application/yaml")
        return Written(bundled(text.encode("utf-8"), ".yaml", names, media), SUFFIX, MEDIA_TYPE)


class _Dumper(yaml.SafeDumper):
    """Several lines become a block, nothing becomes an alias, and texts that look like something
    else are quoted."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    is_block = "\n" in text and not any(line != line.rstrip() for line in text.split("\n"))
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if is_block else None)


_Dumper.add_representer(str, _text)


def _key_of(draft: Draft) -> str:
    return draft.topic_key or " / ".join(draft.topic)


def _topics(drafts: Sequence[Draft]) -> list[dict[str, str]]:
    titles = {
        draft.topic_key: " / ".join(draft.topic) or draft.topic_key
        for draft in drafts
        if draft.topic_key
    }
    return [{"key": key, "title": title} for key, title in titles.items()]


def _facts(drafts: Sequence[Draft]) -> list[dict[str, Any]]:
    stated: dict[str, dict[str, Any]] = {}
    for draft in drafts:
        fact = draft.fact
        if fact is None:
            continue
        one: dict[str, Any] = {"key": _fact_key(draft), "topic": _key_of(draft)}
        one |= {"statement": fact.statement, "note": fact.note, "record": fact.record}
        one["citations"] = [{"passage": c.passage, "exact": c.exact} for c in fact.citations]
        stated.setdefault(one["key"], _filled(one))
    return list(stated.values())


def _fact_key(draft: Draft) -> str:
    """Return the key of a draft's fact, made of the question's where it has none."""
    if draft.fact is None or draft.fact.key:
        return draft.fact.key if draft.fact else ""
    return f"fact-{hashlib.sha256(draft.fact.statement.encode()).hexdigest()[:12]}"


def _question(draft: Draft) -> dict[str, Any]:
    stated: dict[str, Any] = {
        "key": draft.key,
        "fact": _fact_key(draft) if draft.fact else "",
        "type": draft.type_name,
        "topic": "" if draft.fact else _key_of(draft),
        "status": draft.status,
        "tags": list(draft.tags),
        "name": draft.name,
        "mark": "" if draft.mark == 1 else str(draft.mark),
    }
    content = {NAMES_IN_FILES.get(name, name): _plain(v) for name, v in draft.raw.items()}
    kept = {name: value for name, value in content.items() if value not in ("", [])}
    return _filled(stated) | kept


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        inner = value.values() if isinstance(value, Mapping) else value
        for one in inner:
            yield from _texts(one)


def _plain(value: Any) -> Any:
    """Return a value without what is empty inside of it."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items() if inner not in ("", [])}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _filled(stated: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in stated.items() if value not in ("", [])}
