"""Checks that SAELens loads what `wta export` writes, and computes the same codes.

Usage: check_export.py WTA [FOLDER]

Trains a small model of each family with WTA, the command to run, on random samples; exports it;
loads it with SAE.load_from_disk; and compares SAE.encode with `wta encode` on other
samples. FOLDER (a temporary one, if it is not given) keeps the files. Prints a table in Markdown;
the exit status is 1 where codes differ. Versions are pinned in requirements.txt, with pyarrow to
read what `wta encode` writes.
"""

import importlib.metadata
import pathlib
import subprocess
import sys
import tempfile

import numpy
import pyarrow.ipc
import torch
from sae_lens import SAE

INPUTS = 64
LATENTS = 256
TOLERANCE = 1e-5

MODELS = {
    "standard": [],
    "topk": ["k=8"],
    "topk, free": ["k=8", "decoder-rows=free"],
    "batch-topk": ["k=8"],
    "matryoshka": ["k=8", "prefixes=3"],
    "jumprelu": [],
    "gated": [],
}


def samples(count, seed):
    """Sums of a few of 100 directions, off the origin and of no unit's scale."""
    directions = numpy.random.default_rng(0).standard_normal((100, INPUTS))
    random = numpy.random.default_rng(seed)
    active = random.random((count, 100)) < 0.05
    weights = active * random.exponential(3.0, (count, 100))
    noise = 0.1 * random.standard_normal((count, INPUTS))
    return (weights @ directions + 2.0 + noise).astype(numpy.float32)


def codes(file):
    with pyarrow.OSFile(str(file)) as opened:
        table = pyarrow.ipc.open_file(opened).read_all()
    rows = table.column(0).combine_chunks()
    storage = rows.storage if isinstance(rows, pyarrow.ExtensionArray) else rows
    return storage.flatten().to_numpy().reshape(len(rows), -1)


def main():
    wta = sys.argv[1]
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)

    def run(*arguments):
        subprocess.run([wta, "--quiet", *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)

    for name, count, seed in [("train", 8192, 1), ("test", 2048, 2)]:
        numpy.save(folder / f"{name}.npy", samples(count, seed))
        run("import", "npy", folder / f"{name}.npy", "--out", folder / f"{name}.arrow")
    test = torch.from_numpy(samples(2048, 2))

    print(", ".join(f"{p} {importlib.metadata.version(p)}" for p in ["sae-lens", "torch", "numpy"]))
    print()
    print("| model | in SAELens | L0 | active sets that differ | largest difference / largest code |")
    print("|---|---|---|---|---|")
    wrong = False
    for name, settings in MODELS.items():
        here = folder / name.replace(", ", "-")
        family = name.split(",")[0]
        assignments = ["preprocess=center,mean-norm", f"hidden={LATENTS}", "epochs=8", *settings]
        options = [word for setting in assignments for word in ("--set", setting)]
        run("train", "--model", family, "--data", folder / "train.arrow", "--out", here, *options)
        exported = folder / f"{here.name}-saelens"
        encoded = folder / f"{here.name}.codes.arrow"
        run("export", here, "--format", "saelens", "--out", exported)
        run("encode", "--dense", "--run", here, "--data", folder / "test.arrow", "--out", encoded)
        sae = SAE.load_from_disk(exported)
        with torch.no_grad():
            theirs = sae.encode(test)
            if getattr(sae.cfg, "rescale_acts_by_decoder_norm", False):
                theirs = theirs / sae.W_dec.norm(dim=1)
            ours = torch.from_numpy(codes(encoded).copy())
            flips = int(((ours != 0) != (theirs != 0)).any(dim=1).sum())
            difference = float((ours - theirs).abs().max() / ours.abs().max())
        l0 = float((ours != 0).sum(dim=1).float().mean())
        print(f"| {name} | {sae.cfg.architecture()} | {l0:.1f} | {flips} of 2048 | {difference:.1e} |")
        wrong |= flips > 0 or difference > TOLERANCE
    sys.exit(1 if wrong else 0)


main()
