"""A program of its own: JSON on standard input, a PDF or the picture of its first page on standard output.

Typst holds the interpreter's lock while it works, so it never runs inside a process that serves. The first line of the
output is JSON: how closely each paper is set (`densities`). Run by `pdf.py`; imports nothing of ours.
"""

import json
import os
import sys
from pathlib import Path

import typst

HERE = Path(__file__).parent


def main() -> None:
    os.nice(5)
    asked = json.load(sys.stdin)
    compiler = typst.Compiler(
        HERE / asked["template"],
        root=HERE,
        font_paths=[HERE / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(asked["data"], ensure_ascii=False)},
    )
    densities = json.loads(compiler.query("<density>", field="value"))
    made = compiler.compile(format=asked["format"], ppi=asked.get("ppi"))
    first = made[0] if isinstance(made, list) else made
    assert isinstance(first, bytes)
    sys.stdout.buffer.write(json.dumps({"densities": densities}).encode() + b"\n" + first)


if __name__ == "__main__":
    main()
