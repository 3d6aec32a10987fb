"""Cameras, microphones and loudspeakers that are chosen, unplugged and plugged in again: no browser lets a test pull a plug."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.server import ROOT

WORDS = "export const _ = (text, values = {}) => text.replace(/%\\((\\w+)\\)s/g, (whole, key) => values[key]);"
NOTICES = "export const said = []; export const toast = (text) => said.push(text);"


def test_devices_change_and_come_back_without_a_gap(tmp_path: Path) -> None:
    script = (ROOT / "static/js/devices.js").read_text()
    for name, place in (
        ("@preact/signals", "signals"),
        ("./boot.js", "boot"),
        ("./components/toasts.js", "toasts"),
    ):
        script = script.replace(f'"{name}"', f'"./{place}.mjs"')
    (tmp_path / "devices.mjs").write_text(script)
    (tmp_path / "boot.mjs").write_text(WORDS)
    (tmp_path / "toasts.mjs").write_text(NOTICES)
    shutil.copy(ROOT / "static/vendor/signals/signals-core.js", tmp_path / "signals.mjs")
    shutil.copy(ROOT / "tests/web/device_changes.mjs", tmp_path)
    held = subprocess.run(
        ["node", "device_changes.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert held.stdout.strip() == "held", held.stderr
