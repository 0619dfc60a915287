"""The script says only what the page hands over, and nothing is handed over for nothing."""

import re

from land.workspace.import_words import import_words
from land.workspace.words import words as work_words
from tests.architecture.sources import ROOT

SOURCES = sorted((ROOT / "land" / "frontend").rglob("*.ts"))
_SAID = re.compile(r'\bt\(\s*"(\w+)"|\bword: "(\w+)"|\? "(\w+)" : "(\w+)"\)')
# Keys that the script puts together: filters of the work list, sides of the compass.
_COMPOSED = {"filter_open", "filter_mine", "filter_overdue", "filter_published", "north", "east", "south", "west"}
# And those that forms name as data: fields, headings of the menu.
_FORMS = re.compile(
    r'(?:text|amount|choice|sentence|input)\((?:"[\w-]+", )?"(\w+)"|\["(group\w+)", |"(numerator)" \| "(denominator)"|"(hintCorrect)"'
)


def words() -> dict[str, str]:
    """Of both pages."""
    return work_words() | import_words()


def _said() -> set[str]:
    texts = [path.read_text(encoding="utf-8") for path in SOURCES]
    return {key for text in texts for found in (*_SAID.findall(text), *_FORMS.findall(text)) for key in found if key}


def test_every_word_of_the_script_is_handed_over() -> None:
    """A missing one would break the page for whoever gets there first."""
    plain = {found[0] or found[1] for path in SOURCES for found in _SAID.findall(path.read_text(encoding="utf-8")) if found[0] or found[1]}
    assert plain - set(words()) == set()
    assert len(plain) > 80


def test_every_word_is_said_somewhere() -> None:
    """The list does not gather dust."""
    assert set(words()) - _said() - _COMPOSED == set()


def test_values_of_the_sentences_keep_their_names_in_vietnamese() -> None:
    """`{n}` in English is `{n}` in Vietnamese."""
    from django.utils.translation import override

    with override("en"):
        english = words()
    with override("vi"):
        vietnamese = words()
    names = {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in english.items()}
    assert {key: sorted(re.findall(r"\{\w+\}", text)) for key, text in vietnamese.items()} == names
