"""`make bench [ONLY=name]`: runs the benches and writes `bench.jsonl` and a table.

A bench is a module of this folder with `measure() -> Iterable[Measurement]`; it measures the real program with public means.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
import time
from pathlib import Path

import tests.bench
from tests.bench.measurement import Measurement

RESULTS = Path(__file__).resolve().parents[2] / "bench.jsonl"
NOT_BENCHES = {"__main__", "c_floor", "far_site", "load", "measurement", "peers", "relay", "sending_sites", "sockets"}


def benches() -> list[str]:
    return sorted(m.name for m in pkgutil.iter_modules(tests.bench.__path__) if m.name not in NOT_BENCHES)


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure what the documents claim.")
    parser.add_argument("--only", choices=benches(), help="run one bench")
    only = parser.parse_args().only
    measured: list[Measurement] = []
    with RESULTS.open("a", encoding="utf-8") as results:
        for name in [only] if only else benches():
            print(f"{name} …", file=sys.stderr, flush=True)
            for measurement in importlib.import_module(f"tests.bench.{name}").measure():
                measured.append(measurement)
                line = {**measurement.as_plain(), "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
                results.write(json.dumps(line, ensure_ascii=False) + "\n")
                results.flush()
    print(f"\n{'bench':<16}{'metric':<16}{'value':>10} unit")
    for row in measured:
        more = "  ".join(f"{key}={value}" for key, value in row.more.items())
        print(f"{row.bench:<16}{row.metric:<16}{row.value:>10.2f} {row.unit:<6}{more}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
