"""The question types this application knows, by name and in the order of menus.

To add one: write a module beside this file, list its class here, and add
templates/questions/<name>.html; its sample in tests/support/samples.py puts it under the
shared tests. docs/how-to/add-a-question-type.md has every step.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from quizapp.questions.base import QuestionType
from quizapp.questions.cloze import ClozeType
from quizapp.questions.matching import MatchingType
from quizapp.questions.multiple_response import MultipleResponseType
from quizapp.questions.numeric import NumericType
from quizapp.questions.ordering import OrderingType
from quizapp.questions.self_rated import SelfRatedType
from quizapp.questions.short_text import ShortTextType
from quizapp.questions.single_choice import SingleChoiceType
from quizapp.questions.true_false import TrueFalseType

TYPES: Mapping[str, QuestionType[Any, Any]] = MappingProxyType(
    {
        question_type.name: question_type
        for question_type in (
            SingleChoiceType(),
            MultipleResponseType(),
            TrueFalseType(),
            ShortTextType(),
            NumericType(),
            ClozeType(),
            MatchingType(),
            OrderingType(),
            SelfRatedType(),
        )
    }
)

#: The names of the types that grade a response themselves. A quiz may ask the others too, where
#: its slot names the question or the type: they wait for a person.
GRADABLE = tuple(name for name, kind in TYPES.items() if kind.is_gradable)
