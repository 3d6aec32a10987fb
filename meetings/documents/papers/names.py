"""Names of files, for people: what they typed, without what could lead astray. Nothing is stored under these names."""

import re
import unicodedata

LONGEST = 150

_PATH = re.compile(r"[/\\]")
_SPACES = re.compile(r"\s+")
_NOT_IN_WINDOWS = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.IGNORECASE)


def kept_name(given: str, extension: str) -> str:
    """The name as people gave it: NFC, one line, no path, no invisible letters; its extension tells what the file is."""
    name = _PATH.split(unicodedata.normalize("NFC", given))[-1]
    name = _SPACES.sub(" ", "".join(letter if _is_visible(letter) else " " for letter in name)).strip(" .")
    stem = name[: -len(extension) - 1] if name.lower().endswith(f".{extension}") else name
    if extension == "jpg" and stem.lower().endswith(".jpeg"):
        stem = stem[:-5]
    return f"{stem.strip(' .')[:LONGEST].rstrip(' .') or 'tai-lieu'}.{extension}"


def title_of(name: str) -> str:
    """What a paper is called at first: its file's name without the extension, underscores as spaces."""
    return _SPACES.sub(" ", name.rpartition(".")[0].replace("_", " ")).strip()


def archived_name(name: str) -> str:
    """The name inside a ZIP that Windows too can unpack."""
    safe = _NOT_IN_WINDOWS.sub("_", name)
    return f"_{safe}" if _DEVICES.match(safe) else safe


def _is_visible(letter: str) -> bool:
    """Not a control, a line break, nor one of the marks that turn the order of letters round (RTL override)."""
    return unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
