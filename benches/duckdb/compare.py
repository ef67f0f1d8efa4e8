#!/usr/bin/env python3
"""Asks DuckDB what Bonafide's rules ask, over the same tables, in the same run, and prints CPU seconds of both.

One command (from the repository's root; makes its own virtual environment in benches/duckdb/.venv on first use):

    python3 benches/duckdb/compare.py [--subjects 10000] [--events 2000000]

Both sides hold the tables in memory before the clock starts, and both clocks count CPU time of all threads, planning included.
A rule's SQL is asked of DuckDB wherever the made-up data holds the tables it needs. What is ours in it is given to DuckDB as macros:
scalar functions, and the table functions `shared` and `visits` written out. Rules over tables that the data lacks are asked of neither.
What DuckDB could not be asked is named at the end with its reason.
"""

import json
import os
import pathlib
import re
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
CREATE MACRO evidence(a) AS list(DISTINCT a), (a, b) AS {a: list(DISTINCT a), b: list(DISTINCT b)}, (a, b, c) AS {a: list(DISTINCT a), b: list(DISTINCT b), c: list(DISTINCT c)};
CREATE MACRO regexp_like(v, p) AS regexp_matches(v, p);
CREATE MACRO to_unixtime(a) AS epoch_us(a) // 1000000;
CREATE MACRO name_similarity(a, b) AS CASE WHEN a = b THEN 1.0 ELSE 0.0 END;
CREATE MACRO domain_distance(a, b) AS levenshtein(a, b);
CREATE MACRO zone_offset_minutes(z, a) AS (epoch(a AT TIME ZONE 'UTC' AT TIME ZONE z) - epoch(a)) / 60;
CREATE MACRO zone_hour(a, z) AS (epoch(a AT TIME ZONE 'UTC' AT TIME ZONE z) % 86400) / 3600.0;
"""
# the made-up address ranges are /24 networks, so that a look-up of the network answers; the table is made once
LATER = """
CREATE TABLE nets AS SELECT ip_net(replace(cidr, '/24', '')) AS net, any_value(kind) AS kind FROM ip_ranges GROUP BY 1;
CREATE MACRO ip_kind(i) AS (SELECT kind FROM nets WHERE net = ip_net(i));
CREATE MACRO ip_service(i) AS (SELECT NULL::VARCHAR FROM nets WHERE net = ip_net(i));
"""
VISITS = """(SELECT subject_id, account_id, date_trunc('day', "at") AS day, ip, ip_kind(ip) AS kind, country, client_timezone, count(*) AS events,
  min("at") AS first_at, max("at") AS last_at, min(row_id) AS row_id FROM sign_ins WHERE coalesce(outcome, 'success') <> 'failure'
  GROUP BY subject_id, account_id, date_trunc('day', "at"), ip, country, client_timezone)"""
SHARED = """(WITH several AS (SELECT {column} FROM {table} WHERE {column} IS NOT NULL GROUP BY {column} HAVING min(subject_id) <> max(subject_id)),
  uses AS (SELECT subject_id, {column} AS value, {time} AS used_at, row_id FROM {table} WHERE {column} IN (SELECT {column} FROM several)),
  users AS (SELECT subject_id, value, min(used_at) AS first_at, max(used_at) AS last_at, list(row_id)[:8] AS row_ids FROM uses GROUP BY subject_id, value),
  pairs AS (SELECT DISTINCT a.subject_id, a.value, b.subject_id AS other FROM {side} a JOIN {side} b ON a.value = b.value AND a.subject_id <> b.subject_id {near})
  SELECT p.subject_id, p.value, count(*) AS others, max(c.n) AS subjects, count(DISTINCT lower(s.name)) + 1 AS names,
    any_value(u.first_at) AS first_at, any_value(u.last_at) AS last_at, any_value(u.row_ids) AS row_ids
  FROM pairs p JOIN users u ON u.subject_id = p.subject_id AND u.value = p.value JOIN subjects s ON s.subject_id = p.other
  JOIN (SELECT value, count(*) AS n FROM users GROUP BY value) c ON c.value = p.value GROUP BY p.subject_id, p.value)"""
TIMES = {"identifiers": "valid_from", "documents": "created_at", "claims": "valid_from"}


def in_duckdb(sql: str) -> str:
    """The same question in DuckDB's words: `at` is a keyword there, and our table functions are written out."""

    def written_out(call: re.Match) -> str:
        table, column, days = call[1], call[2], int(call[3])
        near = f"AND abs(epoch_us(a.used_at) - epoch_us(b.used_at)) <= {days * 86400000000}" if days else ""
        time_column = '"' + TIMES.get(table, "at") + '"'
        return SHARED.format(table=table, column=column, time=time_column, near=near, side="uses" if days else "users")

    parts = re.split(r"('(?:[^']|'')*')", sql)
    sql = "".join(re.sub(r"\bat\b(?! time zone)", '"at"', part) if not part.startswith("'") else part for part in parts)
    sql = sql.replace("to_unixtime(\"at\") / 3600", "to_unixtime(\"at\") // 3600").replace("hour / 24", "hour // 24")
    sql = re.sub(r"shared\('(\w+)',\s*'(\w+)',\s*(\d+)\)", written_out, sql)
    return re.sub(r"\bvisits\(\)", VISITS, sql)


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
    db.execute(LATER)
    for question in asked:
        if question["rows"] is None or not question.get("needed", True):
            question["unable"] = "the data lacks a table it needs"
            continue
        started = time.process_time()
        try:
            rows = len(db.sql(in_duckdb(question["duckdb"])).to_arrow_table())
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
        print(f"{kind + 's together':<44}{a:>9.3f}{b:>10.3f}{a / max(b, 1e-6):>8.2f}   ({len(both)} asked of both)\n")
    both = [q for q in asked if "their_cpu_seconds" in q and q["rows"] is not None]
    a, b = sum(q["cpu_seconds"] for q in both), sum(q["their_cpu_seconds"] for q in both)
    print(f"{'all together':<44}{a:>9.3f}{b:>10.3f}{a / max(b, 1e-6):>8.2f}   ({len(both)} asked of both)")
    lacking = [q for q in asked if q.get("unable") == "the data lacks a table it needs"]
    print(f"{len(lacking)} rules were asked of neither: the data lacks a table they need")
    for q in asked:
        if "unable" in q and q not in lacking:
            print(f"not asked of DuckDB: {q['name']} ({q['unable']})")


if __name__ == "__main__":
    prepare()
    with tempfile.TemporaryDirectory() as folder:
        asked = ours(folder)
        theirs(folder, asked)
    show(asked)
