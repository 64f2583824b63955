"""Checks what `wta encode --tokens-as sae-dashboard` writes against SAEDashboard.

Usage: check_sae_dashboard.py WTA [FOLDER]

Trains a small topk with WTA, the command to run, encodes as sparse codes and as dashboards (see
encoded.py), loads these with SAEDashboard's NeuronpediaDashboardBatch, and compares them with what
its own functions make of the codes: the histogram, the largest activations and the intervals.
FOLDER (a temporary one, if it is not given) keeps the files. Prints a table in Markdown; the exit
status is 1 where something differs. Needs numpy, scipy, pyarrow and sae-dashboard, of whose
dependencies these functions need sae-lens, dataclasses-json and eindex-callum (pip install --no-deps
sae-dashboard).
"""

import importlib.metadata
import json
import pathlib
import sys
import tempfile

import numpy
import torch
from encoded import CONTEXT, LATENTS, SEQUENCES, encoded
from sae_dashboard.neuronpedia.neuronpedia_dashboard import NeuronpediaDashboardBatch
from sae_dashboard.utils_fns import HistogramData, k_largest_indices

INTERVALS, TOP = 5, 20  # the defaults of NeuronpediaRunnerConfig


def main():
    wta = sys.argv[1]
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp())
    dense, tokens = encoded(
        wta, folder, "dashboards", "--tokens-as", "sae-dashboard", "--files", 4)
    features = []
    for number in range(4):
        text = (folder / "dashboards" / f"batch-{number}.json").read_text()
        features += NeuronpediaDashboardBatch(**json.loads(text)).features
    assert [feature.feature_index for feature in features] == list(range(LATENTS))

    counts = dict.fromkeys(("frac_nonzero", "histogram", "largest", "intervals", "sequences"), 0)
    shown = active = 0
    for latent, feature in enumerate(features):
        acts = torch.from_numpy(dense[:, latent].reshape(SEQUENCES, CONTEXT))
        positive = acts[acts > 0]
        counts["frac_nonzero"] += feature.frac_nonzero != positive.numel() / acts.numel()
        bars = HistogramData.from_data(positive, 50, "5 ticks", None)
        counts["histogram"] += (
            not numpy.allclose(feature.freq_hist_data_bar_values, bars.bar_values, atol=1e-5)
            or numpy.abs(numpy.subtract(
                feature.freq_hist_data_bar_heights, bars.bar_heights)).sum() > 2)  # a rounded bound
        if len(positive) == 0:
            assert not feature.activations
            continue
        active += 1
        largest = k_largest_indices(acts, TOP, buffer=None)
        wanted = [acts[row, place].item() for row, place in largest if acts[row, place] > 0]
        top = [a for a in feature.activations if a.bin_contains == -1]
        found = numpy.float32([a.values[a.qualifying_token_index] for a in top])
        counts["largest"] += not numpy.array_equal(found, wanted)
        bounds = torch.linspace(0, acts.max().item(), INTERVALS + 1)
        for a in feature.activations:
            shown += 1
            row = (tokens == [int(token) for token in a.tokens]).all(axis=1).nonzero()[0]
            same = len(row) == 1 and numpy.array_equal(numpy.float32(a.values), acts[row[0]])
            counts["sequences"] += not same
            if a.bin_contains != -1:
                place = round(a.bin_min / bounds[1].item())
                low, high = bounds[place].item(), bounds[place + 1].item()
                part = ((acts >= low) & (acts <= high)).float().mean().item()
                value = a.values[a.qualifying_token_index]
                counts["intervals"] += not (
                    numpy.allclose([a.bin_min, a.bin_max], [low, high], atol=1e-6)
                    and abs(a.bin_contains - part) <= 1.5 / acts.numel()  # one at a rounded bound
                    and low <= value + 1e-6 and value <= high + 1e-6)

    print(", ".join(f"{name} {importlib.metadata.version(name)}"
                    for name in ("sae-dashboard", "torch", "numpy")))
    print("\n| of `NeuronpediaDashboardBatch` | differ |\n|---|---|")
    of = {"sequences": f"{shown:,} sequences", "intervals": f"{shown:,} intervals"}
    for name, count in counts.items():
        print(f"| {name}: {of.get(name, f'{LATENTS} latents, {active} active')} | {count} |")
    sys.exit(1 if any(counts.values()) else 0)


if __name__ == "__main__":
    main()
