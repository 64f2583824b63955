"""Checks that Delphi's own loader takes the cache that `wta encode --tokens` writes.

Usage: check_delphi.py WTA [FOLDER]

Trains a small topk with WTA, the command to run, on random activations of (context, width) with
tokens, in a Feather file as pyarrow writes it, encodes them as sparse codes and as a cache, and
compares what Delphi's LatentDataset reads with the codes. FOLDER (a temporary one, if it is not
given) keeps the files. Prints a table in Markdown; the exit status is 1 where something differs.
Needs numpy, scipy, pyarrow and eai-delphi, of whose dependencies the loader needs torch,
transformers, sentence-transformers, asyncer, jaxtyping, blobfile, simple-parsing, orjson and
faiss-cpu alone (pip install --no-deps eai-delphi).
"""

import importlib.metadata
import pathlib
import subprocess
import sys
import tempfile

import numpy
import pyarrow
import pyarrow.feather
import scipy.sparse
from delphi.config import ConstructorConfig, SamplerConfig
from delphi.latents import LatentDataset

SEQUENCES, CONTEXT, WIDTH, LATENTS, K, FILES = 400, 32, 48, 512, 8, 5


def main():
    wta = sys.argv[1]
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
    random = numpy.random.default_rng(1)
    acts = random.standard_normal((SEQUENCES, CONTEXT, WIDTH)).astype("f2")
    tokens = random.integers(0, 50257, (SEQUENCES, CONTEXT))
    vectors = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(acts.reshape(-1)), WIDTH)
    table = pyarrow.table({
        "acts": pyarrow.FixedSizeListArray.from_arrays(vectors, CONTEXT),
        "token_ids": pyarrow.array(tokens.tolist()),
    })
    pyarrow.feather.write_feather(table, folder / "acts.feather")  # LZ4
    (folder / "latents").mkdir(exist_ok=True)

    def run(*arguments):
        command = [wta, *(str(argument) for argument in arguments), "--quiet"]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    data = ["--data", "acts.feather", "--column", "acts"]
    settings = ["--set", f"hidden={LATENTS}", "--set", f"k={K}", "--set", "epochs=1"]
    run("train", "--model", "topk", *data, "--out", "sae", *settings)
    run("encode", "--run", "sae", *data, "--out", "codes.npz")
    run("encode", "--run", "sae", *data, "--out", "latents/layers.5",
        "--tokens", "token_ids", "--files", FILES)

    dense = scipy.sparse.load_npz(folder / "codes.npz").toarray()
    dense[abs(dense) <= 1e-5] = 0
    # A tokenizer of its own, so that none is fetched.
    loaded = LatentDataset(folder / "latents", SamplerConfig(), ConstructorConfig(), object())
    read = numpy.zeros_like(dense)
    latents = 0
    for buffer in loaded.buffers:
        for latent in buffer:
            places = latent.activation_data.locations.numpy()
            rows = places[:, 0] * CONTEXT + places[:, 1]
            read[rows, places[:, 2]] = latent.activation_data.activations.numpy()
            latents += 1
    codes_fit = numpy.array_equal(read, dense)
    tokens_fit = numpy.array_equal(loaded.tokens.numpy(), tokens)

    print(", ".join(f"{name} {importlib.metadata.version(name)}"
                    for name in ("eai-delphi", "torch", "numpy", "pyarrow")))
    print("\n| read by `delphi.latents.LatentDataset` | |\n|---|---|")
    print(f"| files | {len(loaded.buffers)} |")
    print(f"| active latents, of {LATENTS} | {latents} |")
    print(f"| activations | {numpy.count_nonzero(read):,}: "
          f"{'bits of codes.npz' if codes_fit else 'DIFFER'} |")
    print(f"| tokens | {loaded.tokens.numel():,}: {'the same' if tokens_fit else 'DIFFER'} |")
    sys.exit(0 if codes_fit and tokens_fit else 1)


if __name__ == "__main__":
    main()
