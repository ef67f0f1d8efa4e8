#!/usr/bin/env python3
"""Asks DuckDB what Bonafide's rules ask, over the same tables, in the same run, and prints CPU seconds of both.

One command (from the repository's root; makes its own virtual environment in benches/duckdb/.venv on first use):

    python3 benches/duckdb/compare.py [--subjects 10000] [--events 2000000]

Both sides hold the tables in memory before the clock starts, and both clocks count CPU time of all threads, planning included.
A rule's SQL is asked of DuckDB when DuckDB can run it (our scalar functions are given to it as macros); others are counted.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PYTHON = HERE / ".venv" / "bin" / "python"

MACROS = """
CREATE MACRO km_between(lat1, lon1, lat2, lon2) AS 2 * 6371.0088 * asin(sqrt(least(1, pow(sin(radians(lat2 - lat1) / 2), 2)
  + cos(radians(lat1)) * cos(radians(lat2)) * pow(sin(radians(lon2 - lon1) / 2), 2))));
CREATE MACRO hours_between(a, b) AS (epoch_us(b) - epoch_us(a)) / 3600000000.0;
CREATE MACRO days_between(a, b) AS (epoch_us(b) - epoch_us(a)) / 86400000000.0;
CREATE MACRO local_hour(a, m) AS ((epoch_us(a) + m * 60000000) % 86400000000) / 3600000000.0;
CREATE MACRO email_domain(v) AS lower(split_part(v, '@', -1));
CREATE MACRO list_has(l, i) AS list_contains(string_split(lower(l), '|'), lower(i));
CREATE MACRO is_filler(v) AS lower(trim(v)) IN ('', '-', 'n/a', 'na', 'none', 'null', 'unknown', '0', 'tbd', 'test');
CREATE MACRO canonical(k, v) AS nullif(lower(trim(v)), '');
CREATE MACRO ip_net(i) AS split_part(i, '.', 1) || '.' || split_part(i, '.', 2) || '.' || split_part(i, '.', 3) || '.0/24';
CREATE MACRO evidence(a) AS list(DISTINCT a), (a, b) AS list(DISTINCT a) || list(DISTINCT b), (a, b, c) AS list(DISTINCT a) || list(DISTINCT b) || list(DISTINCT c);
"""


def prepare() -> None:
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(HERE / ".venv")], check=True)
        subprocess.run([str(PYTHON), "-m", "pip", "install", "-q", "duckdb", "pyarrow"], check=True)
    if pathlib.Path(sys.prefix).resolve() != (HERE / ".venv").resolve():
        sys.exit(subprocess.run([str(PYTHON), __file__, *sys.argv[1:]]).returncode)


def ours(folder: str) -> list[dict]:
    built = os.environ.get("BONAFIDE_BENCH")  # a bench binary that is built already
    command = [built] if built else ["cargo", "bench", "-q", "-p", "bonafide-rules", "--bench", "speed", "--profile", "release", "--"]
    out = subprocess.run([*command, "--write", folder, "--json", *sys.argv[1:]], check=True, cwd=ROOT, capture_output=True, text=True)
    return json.loads(out.stdout)


def theirs(folder: str, asked: list[dict]) -> None:
    import duckdb
    import pyarrow.ipc

    db = duckdb.connect()
    db.execute(MACROS)
    for path in pathlib.Path(folder).glob("*.arrow"):
        rows = pyarrow.ipc.open_file(path).read_all()  # noqa: F841 - DuckDB finds it by its name
        db.execute(f"CREATE TABLE {path.stem} AS SELECT * FROM rows")
    for question in asked:
        started = time.process_time()
        try:
            rows = len(db.execute(question["duckdb"]).to_arrow_table())
        except duckdb.Error as error:
            question["unable"] = str(error).splitlines()[0]
            continue
        question["their_cpu_seconds"] = time.process_time() - started
        question["their_rows"] = rows


def show(asked: list[dict]) -> None:
    print(f"{'':<44}{'ours s':>9}{'DuckDB s':>10}{'ratio':>8}{'rows':>9}{'theirs':>9}")
    for kind in ("question", "rule"):
        both = [q for q in asked if q["kind"] == kind and "their_cpu_seconds" in q and q["rows"] is not None]
        for q in both:
            ratio = q["cpu_seconds"] / max(q["their_cpu_seconds"], 1e-6)
            print(f"{q['name']:<44}{q['cpu_seconds']:>9.3f}{q['their_cpu_seconds']:>10.3f}{ratio:>8.2f}{q['rows']:>9}{q['their_rows']:>9}")
        a, b = sum(q["cpu_seconds"] for q in both), sum(q["their_cpu_seconds"] for q in both)
        unable = sum(1 for q in asked if q["kind"] == kind and "unable" in q)
        print(f"{kind + 's together':<44}{a:>9.3f}{b:>10.3f}{a / max(b, 1e-6):>8.2f}   ({unable} that DuckDB cannot run)\n")


if __name__ == "__main__":
    prepare()
    with tempfile.TemporaryDirectory() as folder:
        asked = ours(folder)
        theirs(folder, asked)
    show(asked)
