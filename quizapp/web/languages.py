"""Languages by their tags: what to call them, and which way they are written."""

from __future__ import annotations

_NAMES = {
    "ar": "Arabic",
    "az": "Azerbaijani",
    "bg": "Bulgarian",
    "ckb": "Central Kurdish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "fa": "Persian",
    "fr": "French",
    "he": "Hebrew",
    "hi": "Hindi",
    "hy": "Armenian",
    "it": "Italian",
    "ja": "Japanese",
    "ka": "Georgian",
    "ku": "Kurdish",
    "pl": "Polish",
    "ps": "Pashto",
    "pt": "Portuguese",
    "ru": "Russian",
    "sr": "Serbian",
    "syr": "Syriac",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "zh": "Chinese",
}
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"})
_SCRIPTS_RIGHT_TO_LEFT = frozenset({"arab", "hebr", "syrc", "thaa"})


def language_name(tag: str) -> str:
    """Return "Persian" for "fa"; the tag itself for a language that is not known here."""
    return _NAMES.get(tag.partition("-")[0].lower(), tag)


def direction(tag: str) -> str:
    """Return "rtl" or "ltr", by the script that a tag names or else by its language."""
    language, *rest = tag.lower().split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), "")
    if script:
        return "rtl" if script in _SCRIPTS_RIGHT_TO_LEFT else "ltr"
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def language_choices(chosen: str) -> list[tuple[str, str]]:
    """Return tags and names of the languages that a course may be in, by name.

    :param chosen: a tag that has to be among them, whatever it is.
    """
    names = _NAMES if chosen in _NAMES else {**_NAMES, chosen: language_name(chosen)}
    return sorted(names.items(), key=lambda item: (item[1], item[0]))
