#!/usr/bin/env python3
"""Tracing at size beside a plain C reference and the usual tools, by CPU seconds in one run, each row with its target.

    python3 benches/trace/compare.py [--transfers 1000000] [--bench BINARY] [--ingest BINARY] [--peers] [--python PYTHON]

Makes an R-MAT world (a=.57 b=c=.19, log-normal amounts, in order of time), compiles benches/trace/reference.c with cc -O3, runs both on it and says
whether every total is the same to the unit. --peers adds DuckDB, polars, python-igraph, rustworkx, networkx and numba where PYTHON has them (their own
process each, one thread; the world is handed over as arrays and loading is not counted, but for `ingest`, which reads the world from a Parquet file with
addresses, amounts and transaction ids as strings). --bench takes the speed bench of bonafide-trace that is built already, --ingest that of bonafide-intake.
"""
import argparse, os, pathlib, resource, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Million a CPU second at least; or CPU seconds at most so many times those of C; or milliseconds at most.
TARGETS = {"ingest": ("rate", 3), "csr": ("rate", 10), "poison": ("rate", 100), "haircut": ("rate", 25), "fifo": ("rate", 10), "pagerank": ("of C", 1.0), "reach": ("of C", 1.5), "one-wallet": ("p99 ms", 10)}

WORLD = """
import os
for key in ('OMP_NUM_THREADS', 'POLARS_MAX_THREADS', 'NUMBA_NUM_THREADS'): os.environ[key] = '1'
import numpy as np, time, sys
raw = np.fromfile(sys.argv[1], dtype=np.uint8, count=16).view(np.uint64)
n, m = int(raw[0]), int(raw[1])
rows = np.fromfile(sys.argv[1], dtype=np.dtype([('at','<i8'),('f','<u4'),('t','<u4'),('lo','<u8'),('hi','<u8')]), count=n, offset=16)
f, t = rows['f'].astype(np.int64), rows['t'].astype(np.int64)
w = rows['lo'].astype(np.float64) + rows['hi'].astype(np.float64) * 2.0**64
first = []
for pair in zip(f[:200].tolist(), t[:200].tolist()):
    for one in pair:
        if one not in first: first.append(one)
first = first[:16]
clock = time.process_time
def tell(name, count, start, check='-'): print(name, clock() - start, count, check)
"""
PARQUET = """
import pyarrow as pa, pyarrow.parquet as pq
rng = np.random.default_rng(1)
names = pa.array(['0x' + bytes(x).hex() for x in rng.integers(0, 256, (m, 20), dtype=np.uint8)])
schema = pa.schema([(c, pa.string()) for c in ('token_address', 'from_address', 'to_address', 'value', 'transaction_hash')] + [('log_index', pa.int64()), ('block_number', pa.int64()), ('block_timestamp', pa.timestamp('us', tz='UTC'))])
with pq.ParquetWriter(sys.argv[2], schema) as out:
    for s in range(0, n, 1000000):
        r = rows[s:s + 1000000]; k = len(r)
        value = [str(int(lo) + (int(hi) << 64)) for lo, hi in zip(r['lo'], r['hi'])]
        tx = ['0x' + bytes(x).hex() for x in rng.integers(0, 256, (k, 32), dtype=np.uint8)]
        out.write_table(pa.table([pa.array(['0x6b175474e89094c44da98b954eedeac495271d0f'] * k), names.take(pa.array(r['f'])), names.take(pa.array(r['t'])), pa.array(value), pa.array(tx),
            pa.array(rng.integers(0, 300, k)), pa.array(10000000 + np.arange(s, s + k) // 150), pa.array(r['at'], pa.timestamp('us', tz='UTC'))], schema=schema))
"""
PEERS = {
    "duckdb": """
import duckdb
d = duckdb.connect(); d.execute('set threads=1'); d.execute('set enable_progress_bar=false'); import pyarrow as pa
e = pa.table({'f': f, 't': t}); d.execute('create table e as select * from e'); d.execute(f"create table s as select unnest({first}) as a")
s = clock()
c = d.execute('with recursive r(a, h) as (select a, 0 from s union select e.t, h + 1 from r join e on e.f = r.a where h < 4) select count(distinct a) from r').fetchone()[0]
tell('reach', n, s, c)
if len(sys.argv) > 2:
    s = clock(); d.execute('create table x as select from_address, to_address, value, transaction_hash, log_index, block_timestamp from read_parquet(?)', [sys.argv[2]]); tell('ingest', n, s, 'strings-only')
""",
    "polars": """
import polars as pl
if len(sys.argv) > 2:
    s = clock(); x = pl.read_parquet(sys.argv[2], columns=['from_address', 'to_address', 'value', 'transaction_hash', 'log_index', 'block_timestamp']); tell('ingest', n, s, 'strings-only')
    s = clock(); x = x.with_columns(pl.col('from_address').cast(pl.Categorical), pl.col('to_address').cast(pl.Categorical)); tell('ingest', n, s, 'numbering-besides')
""",
    "igraph": """
import igraph
s = clock(); g = igraph.Graph(n=m, edges=np.stack([f, t], axis=1), directed=True); tell('csr', 2 * n, s, 'whole-graph'); g.es['w'] = w
s = clock(); r = g.personalized_pagerank(damping=.85, reset_vertices=[first[0]], weights='w'); tell('pagerank', n, s)
s = clock(); c = len(set().union(*map(set, g.neighborhood(first, order=4, mode='out')))); tell('reach', n, s, c)
""",
    "rustworkx": """
import rustworkx as rx
if n > 3000000: raise SystemExit('too large for its edge objects')
g = rx.PyDiGraph(); g.add_nodes_from(range(m)); g.add_edges_from(list(zip(f.tolist(), t.tolist(), w.tolist())))
s = clock(); rx.pagerank(g, alpha=.85, weight_fn=float, personalization={first[0]: 1.0}, tol=1e-6, max_iter=200); tell('pagerank', n, s)
""",
    "networkx": """
import networkx as nx
if n > 3000000: raise SystemExit('too large for its dictionaries')
g = nx.MultiDiGraph(); g.add_nodes_from(range(m)); g.add_weighted_edges_from(zip(f.tolist(), t.tolist(), w.tolist()))
s = clock(); nx.pagerank(g, alpha=.85, personalization={first[0]: 1.0}, tol=1e-6, max_iter=200); tell('pagerank', n, s)
""",
    "numba": """
import numba
roles = np.fromfile(sys.argv[1], dtype=np.uint8, count=2*m, offset=16+32*n).reshape(m, 2)
@numba.njit
def haircut(f, t, w, source, absorbs, m):
    bal = np.zeros(m); lane = np.zeros((m, 8)); absorbed = np.zeros(8); moved = np.zeros(8)
    for i in range(len(f)):
        g, k, a = f[i], t[i], w[i]
        if g == k: continue
        if absorbs[g]:
            for z in range(8): moved[z] = a if source[g] >> z & 1 else 0.0
        else:
            if bal[g] < a: bal[g] = a
            part = a / bal[g]
            for z in range(8): moved[z] = lane[g, z] * part; lane[g, z] -= moved[z]
            bal[g] -= a
        if absorbs[k]:
            for z in range(8): absorbed[z] += moved[z]
        else:
            bal[k] += a
            for z in range(8): lane[k, z] += moved[z]
    return absorbed
haircut(f[:10], t[:10], w[:10], roles[:, 0], roles[:, 1], m)
s = clock(); r = haircut(f, t, w, roles[:, 0], roles[:, 1], m); tell('haircut', n, s, 'floating:%.6e' % r.sum())
""",
}


def rows(text):
    return {line.split()[0]: line.split()[1:] for line in text.splitlines() if len(line.split()) >= 3}


def run(words, **more):
    return subprocess.run(words, check=True, cwd=ROOT, capture_output=True, text=True, **more).stdout


def verdict(name, rate, ratio, millis):
    if name not in TARGETS:
        return ""
    kind, wanted = TARGETS[name]
    got = {"rate": rate, "of C": ratio, "p99 ms": millis}[kind]
    if got is None:
        return f"{kind} {wanted}: not measured"
    return f"{kind} {wanted}: {'met' if (got >= wanted if kind == 'rate' else got <= wanted) else 'MISSED'}"


def ingest(binary, python, world, folder, ledger_seconds):
    """CPU seconds from the file to a ledger in memory: reading by bonafide-intake, building as measured by bonafide-trace."""
    path = f"{folder}/transfers.parquet"
    made = subprocess.run([python, "-c", WORLD + PARQUET, world, path], capture_output=True, text=True)
    if made.returncode:
        print("ingest: not run:", (made.stderr.strip().splitlines() or ["?"])[-1])
        return None, None
    words = [binary] if binary else ["cargo", "bench", "-q", "-p", "bonafide-intake", "--bench", "speed", "--"]
    told = [line for line in run([*words, "transfers", path]).splitlines() if line.startswith("transfers ")][0].split()
    return path, (float(told[2]), float(told[2]) + ledger_seconds, int(told[1]))


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("--transfers", type=int, default=1_000_000)
    asked.add_argument("--bench")
    asked.add_argument("--ingest")
    asked.add_argument("--peers", action="store_true")
    asked.add_argument("--python", default=sys.executable)
    asked = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world, reference = f"{folder}/world.bin", f"{folder}/reference"
        subprocess.run(["cc", "-O3", "-march=native", "-o", reference, str(ROOT / "benches/trace/reference.c")], check=True)
        speed = [asked.bench] if asked.bench else ["cargo", "bench", "-q", "-p", "bonafide-trace", "--bench", "speed", "--"]
        run([*speed, "generate", str(asked.transfers), world])
        ours_text = run([*speed, "run", world])
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        ours, theirs = rows(ours_text), rows(run([reference, world]))
        print(f"{asked.transfers} transfers; peak {peak:.0f} MB; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        print(f"{'':10} {'ours s':>9} {'M/s':>8} {'C s':>9} {'M/s':>8} {'ours/C':>7}  totals     target")
        wrong = 0
        path, read = ingest(asked.ingest, asked.python, world, folder, float(ours["ledger"][0]))
        if read:
            rate = read[2] / read[1] / 1e6
            print(f"{'ingest':10} {read[1]:9.3f} {rate:8.1f} {'':9} {'':8} {'':7}  {'':10} {verdict('ingest', rate, None, None)} (reading {read[0]:.3f}, ledger the rest)")
        for name, (seconds, count, check) in ((name, row) for name, row in ours.items() if name != "one-wallet"):
            seconds, count = max(float(seconds), 1e-9), int(count)
            rate, ratio, same, c_text = count / seconds / 1e6, None, "", f"{'':9} {'':8} {'':7}"
            if name in theirs:
                c_seconds, _, c_check = theirs[name]
                c_seconds = max(float(c_seconds), 1e-9)
                ratio, same = seconds / c_seconds, "the same" if check == c_check else "DIFFERENT"
                wrong += check != c_check
                c_text = f"{c_seconds:9.3f} {count / c_seconds / 1e6:8.1f} {ratio:7.2f}"
            print(f"{name:10} {seconds:9.3f} {rate:8.1f} {c_text}  {same:10} {verdict(name, rate, ratio, None)}")
        for line in (line for line in ours_text.splitlines() if line.startswith("one-wallet")):
            print(line, verdict("one-wallet", None, None, float(line.rsplit("p99_ms=", 1)[1])))
        for peer, code in PEERS.items() if asked.peers else ():
            done = subprocess.run([asked.python, "-c", WORLD + code, world, *([path] if path else [])], capture_output=True, text=True)
            for name, seconds, count, check in (line.split() for line in done.stdout.splitlines() if len(line.split()) == 4):
                print(f"{peer + ' ' + name:18} {float(seconds):9.3f} s {int(count) / float(seconds) / 1e6:8.1f} M/s  {check}")
            if done.returncode:
                print(f"{peer}: not run further: " + (done.stderr.strip().splitlines() or ["?"])[-1])
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
