"""Every craft rule, by id and in the order of docs/how-to/write-good-questions.md.

To add one: write a pure function in a module beside this, list it here, describe it in that
document and give it good and bad cases in tests/unit/bank/craft/cases.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from quizapp.bank.craft import cues, duplicates, facts, options, spread, stems, texts
from quizapp.bank.craft.rule import Rule, Scope

#: A waiver that nothing needs; found by the check itself, and not to be waived.
UNUSED_WAIVER = "unused-waiver"

_EN = True
_QUESTION_RULES = (
    Rule("stem-without-question", Scope.QUESTION, stems.stem_without_question, "", _EN),
    Rule("negative-stem", Scope.QUESTION, stems.negative_stem, "No negative question", _EN),
    Rule("double-negative", Scope.QUESTION, stems.double_negative, "", _EN),
    Rule("stem-too-long", Scope.QUESTION, stems.stem_too_long),
    Rule("reading-level", Scope.QUESTION, stems.reading_level, "", _EN),
    Rule("unexplained-abbreviation", Scope.QUESTION, stems.unexplained_abbreviation, "", _EN),
    Rule("asks-opinion", Scope.QUESTION, stems.asks_opinion, "", _EN),
    Rule("dated-words", Scope.QUESTION, stems.dated_words, "", _EN),
    Rule("vague-quantity", Scope.QUESTION, stems.vague_quantity, "", _EN),
    Rule("trivial-true-false", Scope.QUESTION, stems.trivial_true_false),
    Rule(
        "all-of-the-above", Scope.QUESTION, options.all_of_the_above, "No “all of the above”", _EN
    ),
    Rule("duplicate-options", Scope.QUESTION, options.duplicate_options),
    Rule("overlapping-options", Scope.QUESTION, options.overlapping_options, "", _EN),
    Rule("options-not-parallel", Scope.QUESTION, options.options_not_parallel, "", _EN),
    Rule("numbers-unsorted", Scope.QUESTION, options.numbers_unsorted),
    Rule("too-few-options", Scope.QUESTION, options.too_few_options, "Enough options"),
    Rule("one-key-of-several", Scope.QUESTION, options.one_key_of_several),
    Rule("choosing-all-wins", Scope.QUESTION, options.choosing_all_wins),
    Rule("option-too-long", Scope.QUESTION, options.option_too_long),
    Rule("repeated-opening", Scope.QUESTION, options.repeated_opening),
    Rule("longest-key", Scope.QUESTION, cues.longest_key, "Options of similar length"),
    Rule("stem-echoes-key", Scope.QUESTION, cues.stem_echoes_key),
    Rule("key-in-stem", Scope.QUESTION, cues.key_in_stem),
    Rule("article-cue", Scope.QUESTION, cues.article_cue, "", _EN),
    Rule("plural-cue", Scope.QUESTION, cues.plural_cue, "", _EN),
    Rule("absolute-words", Scope.QUESTION, cues.absolute_words, "", _EN),
    Rule("stated-count", Scope.QUESTION, cues.stated_count, "", _EN),
    Rule("gap-at-start", Scope.QUESTION, texts.gap_at_start),
    Rule("too-many-gaps", Scope.QUESTION, texts.too_many_gaps, "Enough text left round the gaps"),
    Rule("accepted-fold-same", Scope.QUESTION, texts.accepted_fold_same),
    Rule("spelling-in-glossary", Scope.QUESTION, texts.spelling_in_glossary),
    Rule("key-too-long", Scope.QUESTION, texts.key_too_long, "The key is short enough to type"),
    Rule("number-one-way", Scope.QUESTION, texts.number_one_way, "", _EN),
    Rule(
        "missing-distractor-feedback",
        Scope.QUESTION,
        texts.missing_distractor_feedback,
        "Feedback for every wrong option",
    ),
    Rule("missing-explanation", Scope.QUESTION, texts.missing_explanation, "Explained"),
    Rule("empty-feedback", Scope.QUESTION, texts.empty_feedback, "", _EN),
    Rule("picture-without-words", Scope.QUESTION, texts.picture_without_words),
    Rule("repeated-word", Scope.QUESTION, texts.repeated_word, "", _EN),
    Rule("placeholder-text", Scope.QUESTION, texts.placeholder_text),
    Rule("unpaired-marks", Scope.QUESTION, texts.unpaired_marks),
)
_OTHER_RULES = (
    Rule("no-question", Scope.FACT, facts.no_question),
    Rule("one-form-only", Scope.FACT, facts.one_form_only),
    Rule("no-recall-form", Scope.FACT, facts.no_recall_form),
    Rule("no-recognition-form", Scope.FACT, facts.no_recognition_form),
    Rule("long-statement", Scope.FACT, facts.long_statement),
    Rule("leaning-statement", Scope.FACT, facts.leaning_statement, "", _EN),
    Rule("passage-without-facts", Scope.PASSAGE, facts.passage_without_facts),
    Rule("topic-without-facts", Scope.TOPIC, facts.topic_without_facts),
    Rule("near-duplicate-stems", Scope.PAIRS, duplicates.near_duplicate_stems),
    Rule("key-position-bias", Scope.FILE, spread.key_position_bias),
    Rule("true-false-bias", Scope.COURSE, spread.true_false_bias),
    Rule("longest-key-bias", Scope.COURSE, spread.longest_key_bias),
)

RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.id: rule for rule in (*_QUESTION_RULES, *_OTHER_RULES)}
)


def rules_of(scope: Scope, *, language: str) -> tuple[Rule, ...]:
    """Return the rules of one scope that know a language, such as "en" or "de-CH"."""
    is_english = language.partition("-")[0].casefold() == "en"
    return tuple(
        rule
        for rule in RULES.values()
        if rule.scope is scope and (is_english or not rule.is_english)
    )
