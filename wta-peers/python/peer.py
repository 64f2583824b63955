"""Python's PyTorch as a peer of `wta bench --peers --python PYTHON`.

Usage: peer.py rows
       peer.py ROW version
       peer.py ROW time WORKLOAD THREADS WARM_UP_SECONDS SECONDS
       peer.py ROW results WORKLOAD THREADS RUNS

A row is a way to write the workloads; `rows` answers their names. The other answers are those of
dev.wta.workloads.PeerProcess. The first call, in which `torch.compile` compiles, is not timed.

Versions: python 3.11, torch 2.15.0, numpy; sae-lens 6.54.12 for the row `saelens`.
"""

import importlib.metadata
import importlib.util
import os
import sys
import time

import torch

import rows
from workloads import WORKLOADS


def version(row):
    with_saelens = f", SAELens {importlib.metadata.version('sae-lens')}" if row == "saelens" else ""
    return (
        f"PyTorch {torch.__version__} of Python {sys.version.split()[0]}{with_saelens}, "
        f"{torch.backends.cpu.get_cpu_capability()} kernels: {rows.ROWS[row].summary}"
    )


def calls(call, seconds):
    """Calls for that long, once at least; how many there were, and how long they took."""
    begun = time.perf_counter()
    count, elapsed = 0, 0.0
    while count == 0 or elapsed < seconds:
        call.run()
        count += 1
        elapsed = time.perf_counter() - begun
    return count, elapsed


def main(arguments):
    if arguments == ["rows"]:
        known = [
            row
            for row in rows.ROWS
            if row != "saelens" or importlib.util.find_spec("sae_lens") is not None
        ]
        return [f"rows={','.join(known)}"]
    row, request, *rest = arguments
    if request == "version":
        return [f"version={version(row)}"]
    workload, threads = WORKLOADS.get(rest[0]), int(rest[1])
    torch.set_num_threads(threads)
    call = None if workload is None else rows.ROWS[row].open(workload)
    if call is None:
        return ["absent=true"]
    if request == "results":
        answers = []
        for _ in range(int(rest[2])):
            call.run()
            answers.append(f"result={call.result()}")
        return answers
    if request != "time":
        raise SystemExit(f"a peer does not understand {request}")
    call.run()
    warm_up = float(rest[2])
    if warm_up > 0:
        calls(call, warm_up)
    count, seconds = calls(call, float(rest[3]))
    return [f"calls={count}", f"seconds={seconds:.9f}"]


if __name__ == "__main__":
    answers = sys.stdout
    sys.stdout = sys.stderr  # for whatever frameworks print
    for line in main(sys.argv[1:]):
        print(line, file=answers)
    answers.flush()
    os._exit(0)  # compilers leave threads behind
