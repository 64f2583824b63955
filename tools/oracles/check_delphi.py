"""Checks that Delphi's own loader takes the cache that `wta encode --tokens` writes.

Usage: check_delphi.py WTA [FOLDER]

Trains a small topk with WTA, the command to run, encodes as sparse codes and as a cache (see
encoded.py), and compares what Delphi's LatentDataset reads with the codes. FOLDER (a temporary one,
if it is not given) keeps the files. Prints a table in Markdown; the exit status is 1 where something
differs.
Needs numpy, scipy, pyarrow and eai-delphi, of whose dependencies the loader needs torch,
transformers, sentence-transformers, asyncer, jaxtyping, blobfile, simple-parsing, orjson and
faiss-cpu alone (pip install --no-deps eai-delphi).
"""

import importlib.metadata
import pathlib
import sys
import tempfile

import numpy
from delphi.config import ConstructorConfig, SamplerConfig
from delphi.latents import LatentDataset
from encoded import CONTEXT, LATENTS, encoded

FILES = 5


def main():
    wta = sys.argv[1]
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
    (folder / "latents").mkdir(exist_ok=True)
    dense, tokens = encoded(wta, folder, "latents/layers.5", "--files", FILES)
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
