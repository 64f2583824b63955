"""Checks that other tools load what `wta export` writes, and compute the same codes.

Usage: check_export.py WTA [FOLDER]

Trains small models with WTA, the command to run, on random samples, transcoders towards targets
that a small layer makes of them; exports them; loads each by the tool's own loader; and compares
its codes with `wta encode` on other samples. Where codes there are those here times the lengths of
the decoder's rows, which the export says, ours are multiplied by the run's lengths and by one
factor for all, the unit that pre-processing gives samples. An active set differs where a code is 0
on one side alone and more than rounding on the other. FOLDER (a temporary one, if it is not
given) keeps the files. Prints a table in Markdown; the exit status is 1 where codes differ. Tools
that are not installed are left out. Versions are pinned in requirements.txt, with pyarrow to read
what `wta encode` writes.
"""

import importlib.metadata
import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import pyarrow.ipc
import torch
from safetensors.torch import load_file

INPUTS = 64
OUTPUTS = 48
LATENTS = 256
TOLERANCE = 1e-5
PLAIN = "preprocess=center,mean-norm"
WHITE = "preprocess=mean-norm,zca"
TARGETS = "target-preprocess=center,mean-norm"
SAELENS, SPARSIFY, DICTIONARIES = "saelens", "sparsify", "dictionary-learning"
SENTENCES = "sentence-transformers"
PACKAGES = {
    SAELENS: ("sae_lens", "sae-lens"),
    SPARSIFY: ("sparsify", "eai-sparsify"),
    DICTIONARIES: ("dictionary_learning", "dictionary-learning"),
    SENTENCES: ("sentence_transformers", "sentence-transformers"),
}

MODELS = [
    ("standard", [PLAIN], [SAELENS, DICTIONARIES]),
    ("topk", [PLAIN, "k=8"], [SAELENS, SPARSIFY, DICTIONARIES, SENTENCES]),
    ("topk", [PLAIN, "k=8", "decoder-rows=free"], [SAELENS, SPARSIFY, DICTIONARIES, SENTENCES]),
    ("topk", [WHITE, "k=8"], [SAELENS, SPARSIFY, DICTIONARIES, SENTENCES]),
    ("batch-topk", [PLAIN, "k=8"], [SAELENS, DICTIONARIES]),
    ("batch-topk", [WHITE, "k=8"], [SAELENS, DICTIONARIES]),
    ("matryoshka", [PLAIN, "k=8", "prefixes=3"], [SAELENS, DICTIONARIES]),
    ("multi-k", [PLAIN, "ks=8,32"], [SAELENS, SPARSIFY]),
    ("jumprelu", [PLAIN], [SAELENS, DICTIONARIES]),
    ("gated", [PLAIN], [SAELENS, DICTIONARIES]),
    ("standard-transcoder", [PLAIN, TARGETS], [SAELENS]),
    ("standard-transcoder", [PLAIN, TARGETS, "skip=true"], [SAELENS]),
    ("jumprelu-transcoder", [PLAIN, TARGETS], [SAELENS]),
    ("jumprelu-transcoder", [WHITE, TARGETS, "skip=true"], [SAELENS]),
    ("batch-topk-transcoder", [PLAIN, TARGETS, "k=8"], [SAELENS]),
    ("matryoshka-transcoder", [PLAIN, TARGETS, "k=8", "prefixes=3"], [SAELENS]),
    ("topk-transcoder", [PLAIN, TARGETS, "k=8", "skip=true"], [SPARSIFY]),
]


def samples(count, seed):
    """Sums of a few of 100 directions, off the origin and of no unit's scale."""
    directions = numpy.random.default_rng(0).standard_normal((100, INPUTS))
    random = numpy.random.default_rng(seed)
    active = random.random((count, 100)) < 0.05
    weights = active * random.exponential(3.0, (count, 100))
    noise = 0.1 * random.standard_normal((count, INPUTS))
    return (weights @ directions + 2.0 + noise).astype(numpy.float32)


def targets(data, width):
    """What a small layer makes of samples."""
    random = numpy.random.default_rng(3)
    first = random.standard_normal((INPUTS, 80)) / INPUTS**0.5
    second = random.standard_normal((80, width)) / 80**0.5
    return (numpy.maximum(0, data @ first) @ second + 1.0).astype(numpy.float32)


def codes(file):
    with pyarrow.OSFile(str(file)) as opened:
        table = pyarrow.ipc.open_file(opened).read_all()
    rows = table.column(0).combine_chunks()
    storage = rows.storage if isinstance(rows, pyarrow.ExtensionArray) else rows
    return storage.flatten().to_numpy().reshape(len(rows), -1)


def by_saelens(folder, x):
    from sae_lens import SAE

    sae = SAE.load_from_disk(folder)
    return sae.cfg.architecture(), sae.encode(x)


def by_sparsify(folder, x):
    from sparsify import SparseCoder

    sae = SparseCoder.load_from_disk(folder)
    encoded = sae.encode(x)
    placed = torch.zeros(len(x), sae.num_latents)
    title = "SparseCoder, transcode" if sae.cfg.transcode else "SparseCoder"
    return title, placed.scatter(1, encoded.top_indices, encoded.top_acts)


def by_dictionary_learning(folder, x):
    from dictionary_learning.utils import load_dictionary

    sae, _ = load_dictionary(str(folder), "cpu")
    return type(sae).__name__, sae.encode(x)


def by_sentence_transformers(folder, x):
    from sentence_transformers.sparse_encoder.modules import SparseAutoEncoder

    sae = SparseAutoEncoder.load(str(folder))
    with torch.inference_mode():
        return type(sae).__name__, sae({"sentence_embedding": x})["sentence_embedding"].clone()


LOADERS = {
    SAELENS: by_saelens,
    SPARSIFY: by_sparsify,
    DICTIONARIES: by_dictionary_learning,
    SENTENCES: by_sentence_transformers,
}


def main():
    wta = sys.argv[1]
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)

    def run(*arguments):
        command = [wta, "--quiet", *map(str, arguments)]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout

    def data(name, values):
        numpy.save(folder / f"{name}.npy", values)
        run("import", "npy", folder / f"{name}.npy", "--out", folder / f"{name}.arrow")

    data("train", samples(8192, 1))
    data("test", samples(2048, 2))
    data("target", targets(samples(8192, 1), OUTPUTS))
    data("target-as-wide", targets(samples(8192, 1), INPUTS))
    test = torch.from_numpy(samples(2048, 2))

    installed = [t for t, (module, _) in PACKAGES.items() if importlib.util.find_spec(module)]
    named = [PACKAGES[tool][1] for tool in installed] + ["torch", "numpy"]
    print(", ".join(f"{name} {importlib.metadata.version(name)}" for name in named))
    print()
    print("| model | tool | there | L0 | active sets that differ | largest difference / code |")
    print("|---|---|---|---|---|---|")
    wrong = False
    for number, (family, settings, tools) in enumerate(MODELS):
        here = folder / f"{number}-{family}"
        options = [f"hidden={LATENTS}", "epochs=8", *settings]
        words = [word for setting in options for word in ("--set", setting)]
        if family.endswith("transcoder"):
            wide = SPARSIFY in tools
            words += ["--target", folder / ("target-as-wide.arrow" if wide else "target.arrow")]
        run("train", "--model", family, "--data", folder / "train.arrow", "--out", here, *words)
        encoded = folder / f"{here.name}.codes.arrow"
        run("encode", "--dense", "--run", here, "--data", folder / "test.arrow", "--out", encoded)
        ours = torch.from_numpy(codes(encoded).copy())
        title = ", ".join([family, *(s for s in settings if s not in (PLAIN, TARGETS))])
        for tool in (tool for tool in tools if tool in installed):
            exported = folder / f"{here.name}-{tool}"
            said = json.loads(run("export", here, "--format", tool, "--out", exported, "--json"))
            with torch.no_grad():
                there, theirs = LOADERS[tool](exported, test)
            expected = ours
            if any("times the lengths" in note for note in said["notes"]):
                rows = load_file(here / "model.safetensors")["decoder.weight"]
                expected = ours * rows.norm(dim=1)
                expected = expected * (theirs * expected).sum() / (expected * expected).sum()
            apart = (expected - theirs).abs() / expected.abs().max()
            other = ((expected != 0) != (theirs != 0)) & (apart > TOLERANCE)
            flips = int(other.any(dim=1).sum())
            difference = float(apart.max())
            l0 = float((ours != 0).sum(dim=1).float().mean())
            print(
                f"| {title} | {tool} | {there} | {l0:.1f} | {flips} of 2048 | {difference:.1e} |",
                flush=True,
            )
            wrong |= flips > 0 or difference > TOLERANCE
    sys.exit(1 if wrong else 0)


main()
