#!/usr/bin/env python3
"""The table of the linking benchmark, Bonafide and its peers in one run.

    python3 benches/link/run.py --data ../shared/data/link --work /some/scratch [ROW …] [--peers] [--large]

Rows: febrl3 historical synth100k synth1m stored truthset resumes components bulk; all but `bulk` when none is named. `--large` makes `bulk` 10,000,000
accounts (else 1,000,000) and lets the peer run on 1,000,000 rows too. Data and generators are not part of this repository. `--peers` installs splink,
rensa and scipy from PyPI into an environment of its own in the scratch folder and runs them on the same rows; where that fails their column
says so. CPU seconds are those of the whole child process (user + system), on whatever else the machine does. Each row ends with `met` or `missed`."""
import argparse, os, re, resource, subprocess, sys

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SPLINK = r'''
import sys, resource, collections, pandas as pd, splink.comparison_library as cl, splink.comparison_level_library as cll
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
path, truth, ours = sys.argv[1:]
frame = pd.read_csv(path, dtype=str, skipinitialspace=True)
if truth == "rec_id":
    frame["cluster"] = frame.rec_id.str.extract(r"(rec-\d+)")
    frame = frame.rename(columns={"rec_id": "unique_id", "given_name": "first_name", "date_of_birth": "dob"})
else:
    frame["cluster"] = frame[truth]
if "unique_id" not in frame: frame["unique_id"] = range(len(frame))
frame = frame.rename(columns={"postcode_fake": "postcode"})
has = [c for c in ["first_name", "surname", "dob", "postcode", "address", "city", "phone", "email", "occupation", "soc_sec_id"] if c in frame]
rules = [["first_name", "surname"], ["dob", "surname"], ["dob", "first_name"], ["postcode", "surname"], ["postcode", "first_name"], ["email"], ["phone"], ["soc_sec_id"]]
if ours == "ours":
    frame["year"], frame["s1"], frame["f1"] = frame.dob.str[:4], frame.surname.str[:1], frame.first_name.str[:1]
    if "postcode" in has: frame["p3"] = frame.postcode.str[:3]
    rules += [["dob", "f1"], ["dob", "s1"], ["first_name", "surname", "year"], ["address", "f1"], ["address", "year"], ["postcode", "year"], ["first_name", "surname", "occupation"],
              ["first_name", "surname", "p3"], ["first_name", "surname", "city"], ["postcode", "occupation"], ["dob", "occupation"], ["dob", "p3"]]
rules = [block_on(*r) for r in rules if all(c in frame for c in r)]
kind = {"first_name": cl.JaroWinklerAtThresholds, "surname": cl.JaroWinklerAtThresholds}
compare = [kind.get(c, cl.LevenshteinAtThresholds)(c).configure(term_frequency_adjustments=True) for c in has]
api = DuckDBAPI()
linker = Linker(api.register(frame), SettingsCreator(link_type="dedupe_only", comparisons=compare, blocking_rules_to_generate_predictions=rules))
linker.training.estimate_probability_two_random_records_match(rules[:2], recall=0.7)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
for rule in rules[1:3]: linker.training.estimate_parameters_using_expectation_maximisation(rule)
pred = linker.inference.predict(threshold_match_probability=0.5)
pairs = lambda groups: sum(n * (n - 1) / 2 for n in collections.Counter(groups).values())
def f1(threshold):
    got = linker.clustering.cluster_pairwise_predictions_at_threshold(pred, threshold_match_probability=threshold).as_pandas_dataframe()
    both, said, all_ = pairs(zip(got.cluster_id, got.cluster)), pairs(got.cluster_id), pairs(got.cluster)
    return 2 * both / (said + all_)
default = f1(0.95)
use = resource.getrusage(resource.RUSAGE_SELF)
best = max((f1(t), t) for t in (0.5, 0.8, 0.99, 0.999))  # told beside: nobody knows the best threshold beforehand
print(f"cluster F1 {default:.4f} at .95 (best {max(best[0], default):.4f}); CPU {use.ru_utime + use.ru_stime:.2f} s; peak {use.ru_maxrss // 1024} MB")
'''
SCIPY = r'''
import time, numpy as np, scipy.sparse as s, scipy.sparse.csgraph as g
r = np.random.default_rng(7); a, b = r.integers(0, 3_000_000, (2, 3_700_000))
t = time.process_time(); n, _ = g.connected_components(s.coo_matrix((np.ones(len(a), bool), (a, b)), shape=(3_000_000, 3_000_000)), directed=False)
print(f"{n} components, CPU {time.process_time() - t:.2f} s")
'''
RENSA = r'''
import sys, json, time
from rensa import RMinHash, RMinHashLSH
rows = [json.loads(l) for l in open(sys.argv[1])]
t = time.process_time(); lsh = RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32); hashes = []
for i, r in enumerate(rows):
    w = r["t"].split(); m = RMinHash(num_perm=128, seed=1); m.update([" ".join(w[k:k + 3]) for k in range(max(1, len(w) - 2))]); hashes.append(m); lsh.insert(i, m)
scored = []
for i, m in enumerate(hashes): scored += [(m.jaccard(hashes[j]), rows[i]["c"] == rows[j]["c"]) for j in lsh.query(m) if j > i]
cpu = time.process_time() - t; scored.sort(reverse=True)
import collections
total = sum(n * (n - 1) // 2 for n in collections.Counter(r["c"] for r in rows).values()); hit = best = 0
for n, (_, ok) in enumerate(scored, 1):
    hit += ok
    if hit >= 0.99 * n: best = hit / total
print(f"recall at precision .99: {best:.4f}; CPU {cpu:.2f} s")
'''

ROWS = ["febrl3", "historical", "synth100k", "synth1m", "stored", "truthset", "resumes", "components", "bulk"]

def run(args, **more):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(args, cwd=ROOT, capture_output=True, text=True, **more)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = [l for l in done.stdout.splitlines() if l.strip()]
    if done.returncode: lines = ["failed: " + (done.stderr.strip().splitlines() or ["?"])[-1]]
    return lines, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

def main():
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("rows", nargs="*", metavar="ROW"); ask.add_argument("--data", required=True); ask.add_argument("--work", required=True)
    ask.add_argument("--peers", action="store_true"); ask.add_argument("--large", action="store_true")
    a = ask.parse_args(); data, work = os.path.abspath(a.data), os.path.abspath(a.work); os.makedirs(work, exist_ok=True)
    wanted = set(a.rows) or set(ROWS) - {"bulk"}
    if wanted - set(ROWS): ask.error("no such row: " + ", ".join(sorted(wanted - set(ROWS))) + "; rows are " + " ".join(ROWS))
    venv = os.path.join(work, "venv", "bin", "python")
    if not os.path.exists(venv):
        subprocess.run([sys.executable, "-m", "venv", os.path.join(work, "venv")], check=True)
    subprocess.run([venv, "-m", "pip", "install", "-q", "pyarrow", "names", "pandas"], check=True)
    peers = a.peers and subprocess.run([venv, "-m", "pip", "install", "-q", "splink", "rensa", "scipy"]).returncode == 0
    bench = lambda name, *words: ["cargo", "bench", "-q", "--offline", "-p", "bonafide-resolve", "--bench", name, "--", *words]
    example = lambda name, *words: ["cargo", "run", "-q", "--release", "--offline", "-p", "bonafide-resolve", "--example", name, "--", *words]
    absent = "not installed" if a.peers else "not run"
    peer = lambda code, *words: run([venv, "-c", code, *words])[0][-1] if peers else absent
    def csv(name, source, *words):
        path = os.path.join(work, name + ".csv")
        if not os.path.exists(path):
            table = source if source.endswith(".parquet") else os.path.join(work, name + ".parquet")
            if table != source: subprocess.run([venv, source, *words, table], check=True)
            subprocess.run([venv, "-c", "import sys, pyarrow.parquet as p, pyarrow.csv as c; c.write_csv(p.read_table(sys.argv[1]), sys.argv[2])", table, path], check=True)
        return path
    gen = os.path.join(data, "generators")
    def number(pattern, text):
        found = re.search(pattern, text)
        return float(found.group(1).replace(",", "")) if found else None
    def met(ours, *asked):
        """`asked`: pattern, limit, whether larger is better."""
        values = [(number(pattern, ours), limit, up) for pattern, limit, up in asked]
        return "missed" if any(value is None or (value < limit if up else value > limit) for value, limit, up in values) else "met"
    def row(name, target, ours, verdict, theirs="", same=""):
        print(f"| {name} | {target} | {ours} | {theirs} | {same} | {verdict} |", flush=True)
    f1, cpu, peak = r"F1 ([.\d]+)", r"CPU ([.\d]+) s", r"peak (\d+) MB"
    tables = [("febrl3", lambda: os.path.join(data, "febrl", "dataset3.csv"), "rec_id", "F1 .997", [(f1, .997, True)]),
              ("historical", lambda: csv("historical", os.path.join(data, "historical_50k_tune80.parquet")), "cluster", "F1 .86; 2.0 s", [(f1, .86, True), (cpu, 2.0, False)]),
              ("synth100k", lambda: csv("synth100k", os.path.join(gen, "gen_people.py"), "100000", "1"), "cluster", "F1 .965; 4 s; 300 MB", [(f1, .965, True), (cpu, 4, False), (peak, 300, False)]),
              ("synth1m", lambda: csv("synth1m", os.path.join(gen, "gen_people.py"), "1000000", "2"), "cluster", "F1 .955; 9 s; 800 MB", [(f1, .955, True), (cpu, 9, False), (peak, 800, False)])]
    print("| measure | target | Bonafide | peer | peer with our blocking | |\n|---|---|---|---|---|---|")
    for name, path, truth, target, asked in tables:
        if name in wanted:
            path = path(); ours = run(bench("persons", path, truth))[0][-1]
            told = [peer(SPLINK, path, truth, how) if name != "synth1m" or a.large else "not run at this size" for how in ("own", "ours")]
            row(name, target, ours, met(ours, *asked), *told)
    if "stored" in wanted:
        ours = " / ".join(run(example("link_stored", "1000000", "20000"))[0])
        row("one record against 1M (shared values)", "p99 5 ms; 2,000 a second", ours, met(ours, (r"p99 ([.\d]+) ms", 5, False), (r"(\d+) records a second", 2000, True)))
    if "truthset" in wanted:
        folder = os.path.join(data, "senzing_truthset"); lines = run(example("link_truthset", folder))[0]
        with open(os.path.join(work, "truthset.txt"), "w") as out: out.write("\n".join(lines))
        said = re.search(r"(\d+) in the key, (\d+) equal", lines[0])
        row("Senzing truth set", "every entity equal", lines[0] + "; every difference with its account: " + os.path.join(work, "truthset.txt"), "met" if said and said.group(1) == said.group(2) else "missed", "its key")
    if "resumes" in wanted:
        path = os.path.join(work, "resumes.jsonl")
        if not os.path.exists(path): subprocess.run([venv, os.path.join(gen, "gen_resumes.py"), "100000", "3", path], check=True)
        ours = " / ".join(l.strip() for l in run(bench("documents", path))[0][:2])
        row("100k résumés", "recall .80 at precision .99; 5 s", ours, met(ours, (r"at precision \.99: recall ([.\d]+)", .80, True), (cpu, 5, False)), peer(RENSA, path))
    if "components" in wanted:
        ours = run(example("link_components"))[0][-1]
        row("components, 3M nodes, 3.7M edges", "1.0 s", ours, met(ours, (cpu, 1.0, False)), peer(SCIPY))
    if "bulk" in wanted:
        accounts = 10_000_000 if a.large else 1_000_000
        ours = " / ".join(run(example("link_bulk", str(accounts)))[0]); last = ours.split(" / ")[1]
        row(f"{accounts:,} accounts, six identifiers each", "10M: 120 s; 8 GB", ours, met(last, (r"([.\d]+) s so far", 120, False), (r"peak (\d+) MB", 8192, False)) if a.large else "-")

if __name__ == "__main__":
    main()
