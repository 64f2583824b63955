"""A small run, its codes, and the codes with tokens in a form of another tool, for check_*.py."""

import subprocess

import numpy
import pyarrow
import pyarrow.feather
import scipy.sparse

SEQUENCES, CONTEXT, WIDTH, LATENTS, K = 400, 32, 48, 512, 8


def encoded(wta, folder, out, *options):
    """Trains a small topk on random activations of (context, width) with tokens, in a Feather file
    as pyarrow writes it, and encodes them as sparse codes and, with options, into the folder out.
    Returns the dense codes and the tokens."""
    random = numpy.random.default_rng(1)
    acts = random.standard_normal((SEQUENCES, CONTEXT, WIDTH)).astype("f2")
    tokens = random.integers(0, 50257, (SEQUENCES, CONTEXT))
    vectors = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(acts.reshape(-1)), WIDTH)
    table = pyarrow.table({
        "acts": pyarrow.FixedSizeListArray.from_arrays(vectors, CONTEXT),
        "token_ids": pyarrow.array(tokens.tolist()),
    })
    pyarrow.feather.write_feather(table, folder / "acts.feather")  # LZ4

    def run(*arguments):
        command = [wta, *(str(argument) for argument in arguments), "--quiet"]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    data = ["--data", "acts.feather", "--column", "acts"]
    settings = ["--set", f"hidden={LATENTS}", "--set", f"k={K}", "--set", "epochs=1"]
    run("train", "--model", "topk", *data, "--out", "sae", *settings)
    run("encode", "--run", "sae", *data, "--out", "codes.npz")
    run("encode", "--run", "sae", *data, "--out", out, "--tokens", "token_ids", *options)
    return scipy.sparse.load_npz(folder / "codes.npz").toarray(), tokens
