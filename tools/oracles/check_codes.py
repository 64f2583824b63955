"""Checks that SciPy, pyarrow and Hugging Face's datasets open what `wta encode` writes.

Usage: check_codes.py WTA [FOLDER]

Trains a small topk with WTA, the command to run, on random samples, encodes them in every format,
and compares what the three libraries read with the dense features. FOLDER (a temporary one, if it
is not given) keeps the files. Prints a table in Markdown; the exit status is 1 where something
differs. Needs numpy, scipy, pyarrow and datasets.
"""

import importlib.metadata
import json
import pathlib
import subprocess
import sys
import tempfile

import datasets
import numpy
import pyarrow.ipc
import scipy.sparse

SAMPLES, INPUTS, LATENTS, K = 5000, 64, 1024, 16


def same(rows, columns, values, dense):
    """Whether active features are those of dense codes, bit for bit."""
    whole = numpy.zeros_like(dense)
    whole[rows, columns] = numpy.float32(values)
    return numpy.array_equal(whole, dense)


def lists(indices, values, dense):
    counts = [len(row) for row in indices]
    rows = numpy.repeat(numpy.arange(len(counts)), counts)
    return same(rows, numpy.concatenate(indices), numpy.concatenate(values), dense)


def main():
    wta = sys.argv[1]
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())

    def run(*arguments):
        command = [wta, *(str(argument) for argument in arguments), "--quiet"]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    random = numpy.random.default_rng(1).standard_normal((SAMPLES, INPUTS))
    numpy.save(folder / "x.npy", random.astype("f4"))
    run("import", "npy", "x.npy", "--out", "x.arrow")
    settings = ["--set", f"hidden={LATENTS}", "--set", f"k={K}", "--set", "epochs=1"]
    run("train", "--model", "topk", "--data", "x.arrow", "--out", "sae", *settings)
    encode = ["encode", "--run", "sae", "--data", "x.arrow"]
    run(*encode, "--dense", "--out", "dense.arrow")
    for name in ("codes.arrow", "codes.arrows", "codes.npz", "codes.jsonl"):
        run(*encode, "--out", name)

    column = pyarrow.ipc.open_file(folder / "dense.arrow").read_all()["features"]
    flat = column.combine_chunks().storage.flatten()
    dense = flat.to_numpy().reshape(SAMPLES, LATENTS)

    results = []
    matrix = scipy.sparse.load_npz(folder / "codes.npz")
    results.append(
        ("scipy.sparse.load_npz", "codes.npz", numpy.array_equal(matrix.toarray(), dense)))
    for name, read in (("codes.arrow", pyarrow.ipc.open_file),
                       ("codes.arrows", pyarrow.ipc.open_stream)):
        table = read(folder / name).read_all()
        table.validate(full=True)
        fits = lists(table["indices"].to_pylist(), table["values"].to_pylist(), dense)
        results.append((f"pyarrow.ipc.{read.__name__}", name, fits))
    for how, name, data in (
            ("datasets.Dataset.from_file", "codes.arrows",
             datasets.Dataset.from_file(str(folder / "codes.arrows"))),
            ("datasets.load_dataset('arrow', ...)", "codes.arrow",
             datasets.load_dataset("arrow", data_files=str(folder / "codes.arrow"),
                                   split="train", cache_dir=str(folder / "cache")))):
        results.append((how, name, lists(list(data["indices"]), list(data["values"]), dense)))
    objects = [json.loads(line) for line in open(folder / "codes.jsonl")]
    fits = lists([[int(key) for key in line] for line in objects],
                 [list(line.values()) for line in objects], dense)
    results.append(("json", "codes.jsonl", fits))

    print(", ".join(f"{name} {importlib.metadata.version(name)}"
                    for name in ("numpy", "scipy", "pyarrow", "datasets")))
    print("\n| read by | file | the dense features |\n|---|---|---|")
    for how, name, fits in results:
        print(f"| `{how}` | {name} | {'same bits' if fits else 'DIFFER'} |")
    print("\n| file | bytes |\n|---|---|")
    for name in ("dense.arrow", "codes.arrow", "codes.arrows", "codes.npz", "codes.jsonl"):
        print(f"| {name} | {(folder / name).stat().st_size:,} |")
    sys.exit(0 if all(fits for *_, fits in results) else 1)


if __name__ == "__main__":
    main()
