"""Trains SAELens' own trainer on vectors, for comparison with `wta train` at equal samples.

Usage: saelens_runs.py EMBEDDINGS.npy TRAINING_ROWS OUTPUT.json FAMILY... [--seeds 1,2,3]
           [--samples 640000] [--batch 512] [--latents 3072] [--l0 32] [--threads 2]

FAMILY is topk, batchtopk, matryoshka, jumprelu, gated or standard. The first TRAINING_ROWS rows are
trained on, in a new order each epoch, and scaled by one number to a mean length of sqrt(inputs), as
SAELens' `expected_average_only_in` does; the others are tested on. Everything else is SAELens'
default, but k and the target L0, and Adam's rate of 1e-3.

Versions: python 3.11, sae-lens 6.54.12, torch 2.15.0, numpy (see requirements.txt).

OUTPUT has, for each family and seed: `explained_variance` (1 - sum |x - y|^2 / sum |x - mean|^2 of
the tested rows), `l0` (their mean number of active latents), `silent` (latents that none of them
activates) and `dead` (by the trainer's own count at the end of training).
"""

import argparse
import importlib.metadata
import json

import numpy as np
import torch
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


def model(family, inputs, latents, l0):
    common = {"d_in": inputs, "d_sae": latents, "device": "cpu", "dtype": "float32"}
    widths = [latents // 2**p for p in (4, 3, 2, 1, 0)]
    return {
        "topk": lambda: TopKTrainingSAE(TopKTrainingSAEConfig(k=l0, **common)),
        "batchtopk": lambda: BatchTopKTrainingSAE(BatchTopKTrainingSAEConfig(k=l0, **common)),
        "matryoshka": lambda: MatryoshkaBatchTopKTrainingSAE(
            MatryoshkaBatchTopKTrainingSAEConfig(k=l0, matryoshka_widths=widths, **common)
        ),
        "jumprelu": lambda: JumpReLUTrainingSAE(
            JumpReLUTrainingSAEConfig(
                jumprelu_sparsity_loss_mode="quadratic", target_l0=l0, **common
            )
        ),
        "gated": lambda: GatedTrainingSAE(GatedTrainingSAEConfig(**common)),
        "standard": lambda: StandardTrainingSAE(StandardTrainingSAEConfig(**common)),
    }[family]()


def batches(rows, size, generator):
    while True:
        order = torch.randperm(len(rows), generator=generator)
        for start in range(0, len(rows) - size + 1, size):
            yield rows[order[start : start + size]]


@torch.no_grad()
def measure(sae, rows):
    error, active, fired = 0.0, 0, torch.zeros(sae.cfg.d_sae, dtype=torch.bool)
    threshold = getattr(sae, "topk_threshold", None)
    for part in rows.split(1000):
        if threshold is None:
            codes = sae.encode(part)
        else:  # alone, a row has no batch to compete in: as SAELens saves it, by its threshold
            _, hidden = sae.encode_with_hidden_pre(part)
            codes = hidden * (hidden > threshold)
        error += (part - sae.decode(codes)).double().pow(2).sum().item()
        active += (codes > 0).sum().item()
        fired |= (codes > 0).any(0)
    variation = (rows.double() - rows.double().mean(0)).pow(2).sum().item()
    return {
        "explained_variance": 1 - error / variation,
        "l0": active / len(rows),
        "silent": int((~fired).sum()),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("vectors")
    parser.add_argument("training_rows", type=int)
    parser.add_argument("output")
    parser.add_argument("families", nargs="+")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--samples", type=int, default=640_000)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--latents", type=int, default=3072)
    parser.add_argument("--l0", type=int, default=32)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    rows = torch.from_numpy(np.load(given.vectors).astype(np.float32))
    rows *= rows.shape[1] ** 0.5 / rows[: given.training_rows].norm(dim=1).mean()
    training, tested = rows[: given.training_rows], rows[given.training_rows :]
    results = []
    for family in given.families:
        for seed in map(int, given.seeds.split(",")):
            torch.manual_seed(seed)
            sae = model(family, rows.shape[1], given.latents, given.l0)
            config = SAETrainerConfig(
                total_training_samples=given.samples,
                train_batch_size_samples=given.batch,
                lr=given.rate,
                lr_end=given.rate,  # of schedules, which there is none of
            )
            data = batches(training, given.batch, torch.Generator().manual_seed(seed))
            trainer = SAETrainer(cfg=config, sae=sae, data_provider=data)
            trainer.fit()
            result = {"family": family, "seed": seed, **measure(sae, tested)}
            result["dead"] = int(trainer.dead_neurons.sum())
            print(json.dumps(result), flush=True)
            results.append(result)
    versions = {name: importlib.metadata.version(name) for name in ("sae-lens", "torch", "numpy")}
    with open(given.output, "w") as out:
        json.dump({"arguments": vars(given), "versions": versions, "results": results}, out, indent=1)


main()
