"""What a page and its desk are told of the pictures that a weak line has reduced, in both languages."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from tests.server import ROOT

WEAK = {"vi": "Đường truyền yếu: ", "en": "Weak line: "}
CASES = (
    # hall, floor, paper; the title at the point, the words at the desk, each in Vietnamese and in English
    (("full", "full", "full"), ("", ""), ("", "")),
    (("full", None, None), ("", ""), ("", "")),
    (
        ("full", "full", "none"),
        ("hình chia sẻ tạm ngừng, tiếng vẫn đủ", "the shared picture is suspended, the sound is complete"),
        ("hình chia sẻ: tạm ngừng", "the shared picture: suspended"),
    ),
    (
        ("full", "small", "still"),
        (
            "hình chia sẻ là ảnh tĩnh vài giây một lần, tiếng vẫn đủ",
            "the shared picture is a still every few seconds, the sound is complete",
        ),
        ("hình chia sẻ: ảnh tĩnh", "the shared picture: stills"),
    ),
    (
        ("full", "small", "full"),
        (
            "hình người phát biểu là hình nhỏ, tiếng vẫn đủ",
            "the picture of the speaker is the small one, the sound is complete",
        ),
        ("hình người phát biểu: hình nhỏ", "the picture of the speaker: small"),
    ),
    (
        ("full", "none", "none"),
        (
            "hình người phát biểu và hình chia sẻ tạm ngừng, tiếng vẫn đủ",
            "the picture of the speaker and the shared picture are suspended, the sound is complete",
        ),
        ("hình người phát biểu, hình chia sẻ: tạm ngừng", "the picture of the speaker, the shared picture: suspended"),
    ),
    (
        ("none", "none", "none"),
        ("chỉ còn tiếng, hình tạm ngừng", "sound only, pictures are suspended"),
        ("chỉ nhận tiếng", "receives sound only"),
    ),
    (
        ("still", None, "still"),
        ("đang xem ảnh tĩnh vài giây một lần, tiếng vẫn đủ", "a still every few seconds, the sound is complete"),
        ("chỉ nhận ảnh tĩnh", "receives stills only"),
    ),
)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_each_reduced_picture_is_named(app: Flask, tmp_path: Path, language: str) -> None:
    shutil.copytree(ROOT / "static/js", tmp_path / "js")
    signals = tmp_path / "node_modules/@preact/signals"
    signals.mkdir(parents=True)
    shutil.copy(ROOT / "static/vendor/signals/signals-core.js", signals / "index.js")
    (signals / "package.json").write_text('{"type": "module", "exports": "./index.js"}')
    (tmp_path / "js/package.json").write_text('{"type": "module"}')
    shutil.copy(ROOT / "tests/web/weak_line.mjs", tmp_path / "js")
    messages = app.extensions["page_messages"] if language == "en" else {}
    boot = {"lang": language, "messages": messages, "timezone": "Asia/Ho_Chi_Minh"}
    rungs = [dict(zip(("hall_rung", "floor_rung", "paper_rung"), case[0], strict=True)) for case in CASES]
    told = subprocess.run(
        ["node", "weak_line.mjs"],
        cwd=tmp_path / "js",
        input=json.dumps({"boot": boot, "lines": rungs}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    wanted = ["vi", "en"].index(language)
    assert json.loads(told.stdout) == [
        [WEAK[language] + title[wanted] if title[wanted] else "", desk[wanted]] for _, title, desk in CASES
    ]
