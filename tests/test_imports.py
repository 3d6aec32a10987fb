"""Who may import whom: the layers of the design, held by reading the code."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = ("meetings", "signaling")


def _modules(package: str) -> Iterator[tuple[str, set[str]]]:
    """Each module below a package with the modules of ours that it imports."""
    for file in sorted((ROOT / package.replace(".", "/")).rglob("*.py")):
        parts = file.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                origin = _origin(node, parts)
                found |= {origin, *(f"{origin}.{alias.name}" for alias in node.names)}
        yield name, {target for target in found if target.split(".")[0] in OURS}


def _origin(node: ast.ImportFrom, parts: tuple[str, ...]) -> str:
    if not node.level:
        return node.module or ""
    return ".".join((*parts[: len(parts) - node.level], *filter(None, [node.module])))


def _is_below(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _offences(package: str, is_forbidden: object) -> list[str]:
    return [
        f"{name} imports {target}"
        for name, targets in _modules(package)
        for target in sorted(targets)
        if is_forbidden(name, target)  # type: ignore[operator]
    ]


def test_the_core_imports_nothing_of_ours() -> None:
    offences = _offences("meetings.core", lambda name, target: not _is_below(target, "meetings.core"))
    assert [o for o in offences if not o.endswith("imports meetings")] == []


def test_the_media_process_imports_nothing_of_ours_outside_itself() -> None:
    offences = _offences("signaling.sfu", lambda name, target: not _is_below(target, "signaling.sfu"))
    assert [o for o in offences if not o.endswith("imports signaling")] == []


def test_meetings_knows_nothing_of_signaling_but_where_the_parts_are_put_together() -> None:
    composition = {"meetings.app", "meetings.commands"}
    assert _offences("meetings", lambda name, target: _is_below(target, "signaling") and name not in composition) == []


def test_web_modules_do_not_import_each_other() -> None:
    assert (
        _offences(
            "meetings.web",
            lambda name, target: _is_below(target, "meetings.web") and target != "meetings.web",
        )
        == []
    )


def test_rows_and_journal_do_not_know_the_pages() -> None:
    below = {f"meetings.{name}" for name in ("tables", "store", "journal", "live", "links", "accounts", "config")}
    assert _offences("meetings", lambda name, target: name in below and _is_below(target, "meetings.web")) == []


def test_neither_flask_nor_the_application_is_loaded_before_gevent_patches_in_the_worker() -> None:
    loaded = "import sys, meetings.http_server; print({'flask', 'meetings.app'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told.strip() == "set()"


def test_the_rules_notice_an_offence() -> None:
    assert _offences("meetings.web", lambda name, target: _is_below(target, "meetings.store")) != []
