#!/usr/bin/env python3
"""Tracing at size beside a plain C reference and the usual tools, by CPU seconds in one run.

    python3 benches/trace/compare.py [--transfers 1000000] [--bench BINARY] [--peers]

Makes an R-MAT world (a=.57 b=c=.19, log-normal amounts, in order of time), compiles benches/trace/reference.c with cc -O3, runs both on it and says
whether every total is the same to the unit. --peers adds DuckDB, python-igraph, rustworkx, networkx and numba where Python has them (their own process
each; the world is handed over as arrays, loading is not counted). --bench takes a bench binary that is built already.
"""
import argparse, json, pathlib, resource, subprocess, sys, tempfile, time

ROOT = pathlib.Path(__file__).resolve().parents[2]

WORLD = """
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
"""
PEERS = {
    "duckdb": """
import duckdb
d = duckdb.connect(); d.execute('set threads=1'); import pyarrow as pa
e = pa.table({'f': f, 't': t}); d.execute('create table e as select * from e'); d.execute(f"create table s as select unnest({first}) as a")
s = time.process_time()
c = d.execute('with recursive r(a, h) as (select a, 0 from s union select e.t, h + 1 from r join e on e.f = r.a where h < 4) select count(distinct a) from r').fetchone()[0]
print('reach', time.process_time() - s, c)
""",
    "igraph": """
import igraph
g = igraph.Graph(n=m, edges=np.stack([f, t], axis=1), directed=True); g.es['w'] = w
s = time.process_time(); r = g.personalized_pagerank(damping=.85, reset_vertices=[first[0]], weights='w'); print('pagerank', time.process_time() - s, '-')
s = time.process_time(); c = len(set().union(*map(set, g.neighborhood(first, order=4, mode='out')))); print('reach', time.process_time() - s, c)
""",
    "rustworkx": """
import rustworkx as rx
g = rx.PyDiGraph(); g.add_nodes_from(range(m)); g.add_edges_from(list(zip(f.tolist(), t.tolist(), w.tolist())))
s = time.process_time(); rx.pagerank(g, alpha=.85, weight_fn=float, personalization={first[0]: 1.0}, tol=1e-6, max_iter=200); print('pagerank', time.process_time() - s, '-')
""",
    "networkx": """
import networkx as nx
g = nx.MultiDiGraph(); g.add_nodes_from(range(m)); g.add_weighted_edges_from(zip(f.tolist(), t.tolist(), w.tolist()))
s = time.process_time(); nx.pagerank(g, alpha=.85, personalization={first[0]: 1.0}, tol=1e-6, max_iter=200); print('pagerank', time.process_time() - s, '-')
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
s = time.process_time(); r = haircut(f, t, w, roles[:, 0], roles[:, 1], m); print('haircut', time.process_time() - s, 'floating:%.6e' % r.sum())
""",
}


def rows(text):
    return {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.strip()}


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("--transfers", type=int, default=1_000_000)
    asked.add_argument("--bench")
    asked.add_argument("--peers", action="store_true")
    asked = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        world, reference = f"{folder}/world.bin", f"{folder}/reference"
        subprocess.run(["cc", "-O3", "-march=native", "-o", reference, str(ROOT / "benches/trace/reference.c")], check=True)
        speed = [asked.bench] if asked.bench else ["cargo", "bench", "-q", "-p", "bonafide-trace", "--bench", "speed", "--"]
        subprocess.run([*speed, "generate", str(asked.transfers), world], check=True, cwd=ROOT)
        ours_text = subprocess.run([*speed, "run", world], check=True, cwd=ROOT, capture_output=True, text=True).stdout
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        ours, theirs = rows(ours_text), rows(subprocess.run([reference, world], check=True, capture_output=True, text=True).stdout)
        print(f"{asked.transfers} transfers; peak {peak:.0f} MB")
        print(f"{'':10} {'ours s':>9} {'M/s':>8} {'C s':>9} {'M/s':>8} {'ours/C':>7}  totals")
        wrong = 0
        for name, (seconds, count, check) in ours.items():
            if name == "one-wallet":
                continue
            rate = int(count) / max(float(seconds), 1e-9) / 1e6
            if name not in theirs:
                print(f"{name:10} {float(seconds):9.3f} {rate:8.1f}")
                continue
            c_seconds, _, c_check = theirs[name]
            wrong += check != c_check
            print(f"{name:10} {float(seconds):9.3f} {rate:8.1f} {float(c_seconds):9.3f} {int(count) / max(float(c_seconds), 1e-9) / 1e6:8.1f} {float(seconds) / max(float(c_seconds), 1e-9):7.2f}  {'the same' if check == c_check else 'DIFFERENT'}")
        print("\n".join(line for line in ours_text.splitlines() if line.startswith("one-wallet")))
        for peer, code in PEERS.items() if asked.peers else ():
            run = subprocess.run([sys.executable, "-c", WORLD + code, world], capture_output=True, text=True)
            told = run.stdout.strip() if run.returncode == 0 else "not run: " + (run.stderr.strip().splitlines() or ["?"])[-1]
            for line in told.splitlines():
                print(f"{peer}: {line}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
