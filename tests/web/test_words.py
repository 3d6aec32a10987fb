"""Every message of the pages has its English."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "meetings/translations/en/LC_MESSAGES/messages.po"


def _messages() -> dict[str, Message]:
    with CATALOGUE.open("rb") as file:
        return {str(message.id): message for message in read_po(file, locale="en") if message.id}


def _used() -> Iterator[str]:
    with (ROOT / "meetings/translations/babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    for folder in ("meetings", "signaling", "templates", "static/js"):
        mapping = [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods]
        chosen = {pattern.removeprefix(f"{folder}/"): option for pattern, option in options.items()}
        keywords = {"_": None, "gettext": None, "lazy_gettext": None, "pgettext": (2,)}
        for _file, _line, message, *_ in extract_from_dir(ROOT / folder, mapping, chosen, keywords):
            yield str(message)


def test_every_message_is_in_the_catalogue_with_its_english() -> None:
    english = _messages()
    missing = sorted({used for used in _used() if used not in english or not english[used].string})
    assert missing == [], "`make words` gathers them; then give each its English"


def test_no_message_of_a_script_escapes_the_gatherer() -> None:
    """It does not see a message with values that stands inside a nested template literal."""
    written = re.compile(r'\b_\(\s*"((?:[^"\\]|\\.)*)"')
    scripts = (ROOT / "static/js").rglob("*.js")
    used = {f"{script.name}: {words}" for script in scripts for words in written.findall(script.read_text())}
    english = _messages()
    assert sorted(one for one in used if one.partition(": ")[2] not in english) == []


def test_no_message_shows_an_escape() -> None:
    assert [message.string for message in _messages().values() if "\\" in str(message.string)] == []


def test_english_and_vietnamese_name_the_same_values() -> None:
    names = re.compile(r"%\((\w+)\)[sd]")
    different = [
        vietnamese
        for vietnamese, message in _messages().items()
        if set(names.findall(vietnamese)) != set(names.findall(str(message.string)))
    ]
    assert different == []


@pytest.mark.parametrize("word", ["room", "participant", "stream manager", "raise hand", "hand raised"])
def test_the_english_keeps_to_the_words_of_the_field(word: str) -> None:
    found = [str(m.string) for m in _messages().values() if re.search(rf"\b{word}\b", str(m.string), re.IGNORECASE)]
    assert found == []
