"""Makes small models of Llamascopium, with the codes and reconstructions that it computes itself.

Usage: make_llamascopium.py OUTPUT_FOLDER

Made with llamascopium 2.0.0b34 (github.com/OpenMOSS/Language-Model-SAEs; no package index has it),
torch 2.15.0 and transformer-lens 3.9.0. Samples go through the tool's normalize_activations, encode
and decode, and back through denormalize_activations. Samples of batchtopk are encoded one by one:
of a larger batch, its codes depend on the others.
"""

import pathlib
import sys

import torch
from llamascopium.models.sae import SAEConfig, SparseAutoEncoder
from safetensors.torch import save_file

INPUTS, LATENTS, SAMPLES = 32, 64, 16
NORMS = {"in": 3.5, "out": 8.0}
CASES = {
    "relu": {"act_fn": "relu"},
    "relu-token-wise": {"act_fn": "relu", "norm_activation": "token-wise"},
    "topk": {"act_fn": "topk", "norm_activation": "inference"},
    "topk-free": {"act_fn": "topk", "sparsity_include_decoder_norm": False},
    "batchtopk": {"act_fn": "batchtopk"},
    "jumprelu": {"act_fn": "jumprelu", "use_decoder_bias": False},
    "jumprelu-free": {"act_fn": "jumprelu", "sparsity_include_decoder_norm": False},
    "jumprelu-transcoder": {"act_fn": "jumprelu", "hook_point_out": "out"},
}


def random(*shape, spread=1.0):
    return torch.randn(*shape) * spread


def make(folder, settings):
    torch.manual_seed(0)
    settings = {"hook_point_in": "in", "hook_point_out": "in", "top_k": 5, **settings}
    config = SAEConfig(d_model=INPUTS, expansion_factor=LATENTS / INPUTS, **settings)
    model = SparseAutoEncoder(config)
    hooks = config.associated_hook_points
    with torch.no_grad():
        model.W_E.copy_(random(INPUTS, LATENTS, spread=0.3))
        model.b_E.copy_(random(LATENTS, spread=0.5) - 0.5)
        lengths = torch.linspace(0.5, 2, LATENTS)[:, None]
        model.W_D.copy_(random(LATENTS, INPUTS, spread=0.2) * lengths)
        if config.use_decoder_bias:
            model.b_D.copy_(random(INPUTS, spread=0.5))
        if config.act_fn == "jumprelu":
            model.activation_function.log_jumprelu_threshold.copy_(random(LATENTS, spread=0.5))
        if config.norm_activation == "dataset-wise":
            model.set_dataset_average_activation_norm({hook: NORMS[hook] for hook in hooks})
        samples = random(SAMPLES, INPUTS)
        batch = {hook: samples for hook in hooks}
        scaled, factors = model.normalize_activations(batch, return_scale_factor=True)
        rows = scaled["in"].split(1 if config.act_fn == "batchtopk" else SAMPLES)
        features = torch.cat([model.encode(row) for row in rows])
        out = config.hook_point_out
        made = model.denormalize_activations({out: model.decode(features)}, factors)[out]
    model.save_pretrained(folder)
    config.save_hyperparameters(folder)
    oracle = {"input": samples, "features": features, "reconstruction": made}
    save_file(oracle, folder / "oracle.safetensors")
    print(folder.name, "L0", (features != 0).sum(dim=1).float().mean().item())


def main():
    for name, settings in CASES.items():
        folder = pathlib.Path(sys.argv[1]) / name
        folder.mkdir(parents=True)
        make(folder, settings)


if __name__ == "__main__":
    main()
