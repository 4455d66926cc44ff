"""What every format of questions gives and takes: drafts, which know no database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import ClassVar

from quizapp.questions.base import Raw

#: What a file may say of where a question stands; it may also say nothing.
STATUSES = ("draft", "in_review", "ready", "retired")


#: What a package holds of pictures and sounds, so that one of ours can be imported again.
PACKAGE_MEDIA = 48 * 1_048_576
#: For files of questions without pictures and sounds.
NO_MEDIA: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class DraftCitation:
    """The words of a passage that prove a fact; `passage` is its key in the course."""

    passage: str
    exact: str


@dataclass(frozen=True, slots=True)
class DraftFact:
    """The fact that a question tests, as a file states it.

    :param key: its stable name in the course, or "" where the file gives none.
    :param note: the editor's note. :param record: the source of an outside record.
    """

    statement: str
    key: str = ""
    note: str = ""
    citations: tuple[DraftCitation, ...] = ()
    record: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as a file states it, in our terms and not validated yet.

    :param line: where it begins, from 1; 0 in files that have no lines (then `place` says where).
    :param type_name: a name in `questions.registry.TYPES`.
    :param raw: what `TYPES[type_name].parse` reads. Texts are Markdown; a picture or sound of the
        file stands in them as `![words](media:NAME)`, NAME a key of `Reading.media`.
    :param key: its stable identifier in the file, or "": read again, it is the same question.
    :param name: a title beside the stem, or "". :param topic: its category, outermost first.
    :param mark: the points that it is worth.
    :param status: "draft", "ready" or "retired"; "" where the file does not say: a new question
        is a draft then, and one that is here already stays what it is.
    :param changes: what the file says and a question here holds otherwise or not at all, each a
        sentence in plain words; () where it is kept as it is.
    :param place: where it is in a file without lines ("sheet Questions, row 4"), or "".
    :param topic_key: the stable name of its topic in the course, where the file gives one.
    """

    line: int
    type_name: str
    raw: Raw
    key: str = ""
    name: str = ""
    topic: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    mark: Fraction = Fraction(1)
    status: str = ""
    fact: DraftFact | None = None
    changes: tuple[str, ...] = ()
    place: str = ""
    topic_key: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of a file that becomes no question.

    :param words: its beginning, so that people find it. :param reason: why, and what to do.
    """

    line: int
    words: str
    reason: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds, in its order: nothing of it is missing from `found`.

    :param remarks: what is said of the file as a whole ("Read as Windows-1252."), or ().
    :param media: the pictures and sounds that the drafts point at, by name.
    """

    found: tuple[Draft | LeftOut, ...]
    remarks: tuple[str, ...] = ()
    media: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def drafts(self) -> tuple[Draft, ...]:
        return tuple(one for one in self.found if isinstance(one, Draft))

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        return tuple(one for one in self.found if isinstance(one, LeftOut))


@dataclass(frozen=True, slots=True)
class Loss:
    """What a format cannot hold of one question.

    :param what: each a sentence in plain words; () where it holds everything.
    :param is_left_out: it cannot hold the question at all.
    """

    what: tuple[str, ...] = ()
    is_left_out: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was made; `suffix` with its dot, `media_type` as HTTP names it."""

    data: bytes
    suffix: str
    media_type: str


class Format(ABC):
    """One way to write questions in a file. Instances hold no state.

    The contract, tested over `formats.registry.FORMATS`: `read(write(drafts))` gives the drafts
    whose `loss` is empty back as they were, but for `line` and `place`.
    """

    #: Identifier in addresses and commands ("gift").
    name: ClassVar[str]
    #: What people read ("GIFT (Moodle)").
    label: ClassVar[str]
    #: Endings of file names, with their dot, lower case, the usual one first.
    suffixes: ClassVar[tuple[str, ...]]
    #: What its files leave empty is empty; otherwise it is merely left unsaid.
    is_whole: ClassVar[bool] = False
    #: So many bytes of pictures and sounds a file may hold; 0 where it holds none.
    most_media: ClassVar[int] = 0
    can_read: ClassVar[bool] = True
    can_write: ClassVar[bool] = True

    @abstractmethod
    def detects(self, data: bytes, filename: str) -> bool:
        """Return whether a file looks like this format; quick, and never raises."""

    @abstractmethod
    def read(self, data: bytes, *, filename: str = "") -> Reading:
        """Return what the file holds; a part that cannot be read is left out with its reason.

        :raises Invalid: the file as a whole cannot be read; problems have the path "file" or
            "line 12".
        """

    @abstractmethod
    def loss(self, draft: Draft) -> Loss:
        """Return what writing a question in this format would lose."""

    @abstractmethod
    def write(
        self, drafts: Sequence[Draft], *, title: str, media: Mapping[str, bytes] = NO_MEDIA
    ) -> Written:
        """Return the file; questions whose loss says so are left out of it.

        :param title: of the course, where the format has a place for it.
        :param media: the pictures and sounds that the questions point at, by the names that they
            use, taken one after the other; nobody looks at them where `most_media` is 0.
        """
