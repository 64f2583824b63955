"""Trains wta's sparse autoencoders and SAELens' on the same vectors, and measures both alike.

Usage: compare_runs.py EMBEDDINGS.npy TRAINING_ROWS OUTPUT.json FAMILY... [--tools saelens,wta]
           [--wta PATH] [--seeds 1,2,3] [--samples 640000] [--batch 512] [--latents 3072] [--l0 32]
           [--rate 0.001] [--threads 2] [--set KEY=VALUE]...

FAMILY is topk, batch-topk, matryoshka, jumprelu, gated or standard. The first TRAINING_ROWS rows are
trained on, in a new order each epoch, and scaled by one number to a mean length of sqrt(inputs)
(SAELens' `expected_average_only_in`, wta's `mean-norm`); the others are tested on.

Every setting is the tool's default, but batch, rate, latents, k and the target L0 (jumprelu: the
quadratic loss), and dead latents: wta counts those as dead that one epoch has not activated, as
SAELens does after 1000 batches. The weight of the sparsity loss of jumprelu, gated and standard is
searched for with the first seed until L0 is within 3 % of --l0, in both tools. --set gives wta
further settings.

A run is kept in OUTPUT as soon as it is measured; the same command begins again after the last one
kept. Two processes, of --tools saelens and --tools wta, may write to the same OUTPUT.

Versions: python 3.11, sae-lens 6.54.12, torch 2.15.0, numpy (see requirements.txt).

OUTPUT has, for each tool, family and seed, of the tested rows: `explained_variance`
(1 - sum |x - y|^2 / sum |x - mean|^2), `l0` (their mean number of active latents) and `silent`
(latents that none of them activates); the `weight` that was searched for, and `seconds` of training.
"""

import argparse
import fcntl
import importlib.metadata
import json
import math
import pathlib
import subprocess
import tempfile
import time

import numpy as np
import torch
from safetensors.numpy import load_file
from sae_lens import (
    BatchTopKTrainingSAE,
    BatchTopKTrainingSAEConfig,
    GatedTrainingSAE,
    GatedTrainingSAEConfig,
    JumpReLUTrainingSAE,
    JumpReLUTrainingSAEConfig,
    MatryoshkaBatchTopKTrainingSAE,
    MatryoshkaBatchTopKTrainingSAEConfig,
    StandardTrainingSAE,
    StandardTrainingSAEConfig,
    TopKTrainingSAE,
    TopKTrainingSAEConfig,
)
from sae_lens.config import SAETrainerConfig
from sae_lens.training.sae_trainer import SAETrainer

# Where the search for a weight begins, near what it found for 1536 latents of the embeddings.
FIRST_WEIGHT = {
    "saelens": {"jumprelu": 5.0, "gated": 3.7, "standard": 2.7},
    "wta": {"jumprelu": 0.005, "gated": 0.19, "standard": 0.14},
}
# What runs in one OUTPUT have in common.
COMMON = ("training_rows", "samples", "batch", "latents", "l0", "rate")


class SaeLens:
    """SAELens' own trainer."""

    name = "saelens"

    def __init__(self, given, rows):
        self.given = given
        self.training = rows[: given.training_rows]

    def train(self, family, seed, weight):
        """Answers a function from rows to their codes and reconstructions."""
        torch.manual_seed(seed)
        sae = self.model(family, weight)
        config = SAETrainerConfig(
            total_training_samples=self.given.samples,
            train_batch_size_samples=self.given.batch,
            lr=self.given.rate,
            lr_end=self.given.rate,  # of schedules, which there is none of
        )
        SAETrainer(cfg=config, sae=sae, data_provider=self.batches(seed)).fit()
        threshold = getattr(sae, "topk_threshold", None)

        @torch.no_grad()
        def codes(rows):
            if threshold is None:
                found = sae.encode(rows)
            else:  # alone, a row has no batch to compete in: as SAELens saves it, by its threshold
                _, hidden = sae.encode_with_hidden_pre(rows)
                found = hidden * (hidden > threshold)
            return found, sae.decode(found)

        return codes

    def model(self, family, weight):
        given = self.given
        inputs, latents = self.training.shape[1], given.latents
        common = {"d_in": inputs, "d_sae": latents, "device": "cpu", "dtype": "float32"}
        widths = [latents // 2**p for p in (4, 3, 2, 1, 0)]
        return {
            "topk": lambda: TopKTrainingSAE(TopKTrainingSAEConfig(k=given.l0, **common)),
            "batch-topk": lambda: BatchTopKTrainingSAE(
                BatchTopKTrainingSAEConfig(k=given.l0, **common)
            ),
            "matryoshka": lambda: MatryoshkaBatchTopKTrainingSAE(
                MatryoshkaBatchTopKTrainingSAEConfig(k=given.l0, matryoshka_widths=widths, **common)
            ),
            "jumprelu": lambda: JumpReLUTrainingSAE(
                JumpReLUTrainingSAEConfig(
                    jumprelu_sparsity_loss_mode="quadratic",
                    target_l0=given.l0,
                    l0_coefficient=weight,
                    **common,
                )
            ),
            "gated": lambda: GatedTrainingSAE(
                GatedTrainingSAEConfig(l1_coefficient=weight, **common)
            ),
            "standard": lambda: StandardTrainingSAE(
                StandardTrainingSAEConfig(l1_coefficient=weight, **common)
            ),
        }[family]()

    def batches(self, seed):
        generator = torch.Generator().manual_seed(seed)
        while True:
            order = torch.randperm(len(self.training), generator=generator)
            for start in range(0, len(order) - self.given.batch + 1, self.given.batch):
                yield self.training[order[start : start + self.given.batch]]


class Wta:
    """wta's command line; its model files are read by the equations of docs/models.md."""

    name = "wta"

    def __init__(self, given, rows):
        self.given = given
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="compare-runs-"))
        np.save(self.folder / "train.npy", rows[: given.training_rows].numpy())
        self.command("import", "npy", self.folder / "train.npy", "--out", self.data())

    def data(self):
        return self.folder / "train.arrow"

    def command(self, *arguments):
        subprocess.run([self.given.wta, *map(str, arguments)], check=True)

    def train(self, family, seed, weight):
        given = self.given
        settings = {
            "hidden": given.latents,
            "batch": given.batch,
            "rate": given.rate,
            "epochs": round(given.samples / given.training_rows),
            "seed": seed,
            "dead-after": given.training_rows,
        }
        if family in ("topk", "batch-topk", "matryoshka"):
            settings["k"] = given.l0
        if family == "jumprelu":
            settings |= {"sparsity-loss": "quadratic", "target-l0": given.l0}
        if weight is not None:
            settings["sparsity"] = weight
        run = self.folder / f"{family}-{seed}-{time.monotonic_ns()}"
        options = [f"--set={key}={value}" for key, value in settings.items()]
        options += [f"--set={setting}" for setting in given.set]
        options.append(f"--threads={given.threads}")
        self.command("train", "--model", family, "--data", self.data(), "--out", run, *options)
        return codes_of(family, run, given.l0)


def codes_of(family, run, k):
    """A run's codes and reconstructions of rows that are scaled to a mean length of sqrt(inputs)."""
    tensors = {
        name: torch.from_numpy(values) for name, values in load_file(run / "model.safetensors").items()
    }
    encoder, decoder = tensors["encoder.weight"], tensors["decoder.weight"]
    weighted = json.loads((run / "config.json").read_text())["model"]["decoder-rows"] == "weighted"
    lengths = decoder.norm(dim=1) if weighted else torch.ones(len(decoder))

    def active(products, units):
        competing = units * lengths
        if family == "topk":
            winners = torch.zeros_like(units)
            return winners.scatter(1, competing.topk(k, dim=1).indices, 1) * units.relu()
        if family in ("batch-topk", "matryoshka"):
            return units.relu() * (competing > tensors["threshold"])
        if family == "jumprelu":
            return units.relu() * (units > tensors["threshold"])
        if family == "gated":
            scaled = products * tensors["magnitude.log-scale"].exp() + tensors["magnitude.bias"]
            return scaled.relu() * (units > 0)
        return units.relu()

    def codes(rows):
        products = (rows - tensors["decoder.bias"]) @ encoder.T
        found = active(products, products + tensors["encoder.bias"])
        return found, found @ decoder + tensors["decoder.bias"]

    return codes


@torch.no_grad()
def measure(codes, rows):
    error, active, fired = 0.0, 0, 0
    for part in rows.split(1000):
        found, reconstructed = codes(part)
        error += (part - reconstructed).double().pow(2).sum().item()
        active += (found > 0).sum().item()
        fired = fired + (found > 0).sum(0)
    variation = (rows.double() - rows.double().mean(0)).pow(2).sum().item()
    return {
        "explained_variance": 1 - error / variation,
        "l0": active / len(rows),
        "silent": int((fired == 0).sum()),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("vectors")
    parser.add_argument("training_rows", type=int)
    parser.add_argument("output")
    parser.add_argument("families", nargs="+")
    parser.add_argument("--tools", default="saelens,wta")
    parser.add_argument("--wta", default="./wta")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--samples", type=int, default=640_000)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--latents", type=int, default=3072)
    parser.add_argument("--l0", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--set", action="append", default=[])
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    rows = torch.from_numpy(np.load(given.vectors).astype(np.float32))
    rows *= rows.shape[1] ** 0.5 / rows[: given.training_rows].norm(dim=1).mean()
    tools = [tool(given, rows) for tool in (SaeLens, Wta) if tool.name in given.tools.split(",")]
    versions = {name: importlib.metadata.version(name) for name in ("sae-lens", "torch", "numpy")}
    arguments = {name: getattr(given, name) for name in COMMON}
    output = pathlib.Path(given.output)
    lock = open(f"{given.output}.lock", "w")

    def kept():
        """The runs that OUTPUT has, which must be of these arguments and versions."""
        if not output.exists():
            return []
        found = json.loads(output.read_text())
        if found["arguments"] != arguments or found["versions"] != versions:
            raise SystemExit(f"{output} has runs of {found['arguments']}, {found['versions']}")
        return found["results"]

    def keep(result):
        fcntl.flock(lock, fcntl.LOCK_EX)
        results = kept() + [result]
        written = {"arguments": arguments, "versions": versions, "results": results}
        beside = output.with_suffix(f".{tool.name}.part")
        beside.write_text(json.dumps(written, indent=1))
        beside.replace(output)
        fcntl.flock(lock, fcntl.LOCK_UN)

    def run(tool, family, seed, weight):
        """Measures a run, or reads it from OUTPUT, and answers its L0."""
        what = {"tool": tool.name, "family": family, "seed": seed, "weight": weight}
        if tool.name == "wta":
            what["set"] = given.set
        for result in kept():
            if all(name in result and result[name] == value for name, value in what.items()):
                return result["l0"]
        begun = time.monotonic()
        codes = tool.train(family, seed, weight)
        seconds = time.monotonic() - begun
        result = what | measure(codes, rows[given.training_rows :])
        result |= {"seconds": round(seconds, 1), "threads": given.threads}
        print(json.dumps(result), flush=True)
        keep(result)
        return result["l0"]

    def search(tool, family, seed):
        """The weight at which L0 is nearest to the target: by secants of their logarithms."""
        tried = []
        weight = FIRST_WEIGHT[tool.name].get(family)
        if weight is None:
            run(tool, family, seed, None)
            return None
        for _ in range(6):
            off = math.log(max(run(tool, family, seed, weight), 0.1) / given.l0)
            tried.append((weight, off))
            if abs(off) < 0.03:
                break
            slope = -0.7
            if len(tried) > 1:
                (before, gap), (last, now) = tried[-2:]
                slope = min((now - gap) / math.log(last / before), -0.2)
            weight = round(weight * math.exp(max(-2.0, min(2.0, -off / slope))), 6)
        return min(tried, key=lambda one: abs(one[1]))[0]

    first, *others = map(int, given.seeds.split(","))
    for tool in tools:
        weights = {family: search(tool, family, first) for family in given.families}
        for seed in others:
            for family in given.families:
                run(tool, family, seed, weights[family])


main()
