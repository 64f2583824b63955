"""Makes training oracles: ten steps of SAELens' and dictionary_learning's own trainers.

Usage: make_training.py OUTPUT_FOLDER [NAME...]

Writes batches.safetensors and a folder for each NAME (all, if none is given) with
oracle.safetensors and settings.json; trim.py copies what the tests read. Versions are pinned in
requirements.txt. Weights and batches are random, from fixed seeds: 32 inputs, 96 latents, batches
of 64 sums of a few directions. Latents 0, 1 and 72 to 95 begin dead; the latter begin with biases
so low that most stay so for a while.
"""

import importlib.metadata
import json
import pathlib
import sys

import torch
from dictionary_learning.trainers.batch_top_k import BatchTopKTrainer
from dictionary_learning.trainers.matryoshka_batch_top_k import MatryoshkaBatchTopKTrainer
from dictionary_learning.trainers.standard import StandardTrainer
from dictionary_learning.trainers.top_k import TopKTrainer
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
from sae_lens.saes.sae import TrainStepInput
from sae_lens.training.sae_trainer import SAETrainer
from safetensors.torch import save_file

INPUTS, LATENTS, SAMPLES, STEPS, RATE = 32, 96, 64, 10, 1e-3
DEAD = [0, 1, *range(72, LATENTS)]
TOPK = {"k": 8}
JUMPRELU = {"jumprelu_init_threshold": 0.01, "l0_coefficient": 0.05}
SAELENS = {
    "saelens-topk": (TopKTrainingSAE, TopKTrainingSAEConfig, TOPK),
    "saelens-topk-no-rescale": (
        TopKTrainingSAE,
        TopKTrainingSAEConfig,
        {**TOPK, "rescale_acts_by_decoder_norm": False, "aux_loss_coefficient": 1 / 32},
    ),
    "saelens-batchtopk": (BatchTopKTrainingSAE, BatchTopKTrainingSAEConfig, TOPK),
    "saelens-matryoshka": (
        MatryoshkaBatchTopKTrainingSAE,
        MatryoshkaBatchTopKTrainingSAEConfig,
        {**TOPK, "matryoshka_widths": [24, 48, 96]},
    ),
    "saelens-standard": (StandardTrainingSAE, StandardTrainingSAEConfig, {"l1_coefficient": 0.1}),
    "saelens-gated": (GatedTrainingSAE, GatedTrainingSAEConfig, {"l1_coefficient": 0.1}),
    "saelens-jumprelu": (
        JumpReLUTrainingSAE,
        JumpReLUTrainingSAEConfig,
        {**JUMPRELU, "jumprelu_bandwidth": 0.2},
    ),
    "saelens-jumprelu-quadratic": (
        JumpReLUTrainingSAE,
        JumpReLUTrainingSAEConfig,
        {
            **JUMPRELU,
            "jumprelu_bandwidth": 0.2,
            "jumprelu_sparsity_loss_mode": "quadratic",
            "target_l0": 8.0,
        },
    ),
    "saelens-jumprelu-tanh": (
        JumpReLUTrainingSAE,
        JumpReLUTrainingSAEConfig,
        {
            **JUMPRELU,
            "jumprelu_bandwidth": 2.0,
            "jumprelu_sparsity_loss_mode": "tanh",
            "jumprelu_ste_to_input": True,
            "pre_act_loss_coefficient": 0.01,
        },
    ),
}
LANGUAGE_MODEL = {"layer": 0, "lm_name": "none", "device": "cpu"}
DICTIONARY_LEARNING = {
    "dictionary_learning-topk": (TopKTrainer, {"k": 8}),
    "dictionary_learning-batchtopk": (BatchTopKTrainer, {"k": 8}),
    "dictionary_learning-matryoshka": (
        MatryoshkaBatchTopKTrainer,
        {"k": 8, "group_fractions": [0.25, 0.25, 0.5]},
    ),
    "dictionary_learning-standard": (
        StandardTrainer,
        {"l1_penalty": 0.1, "sparsity_warmup_steps": 0},
    ),
}


def batches():
    generator = torch.Generator().manual_seed(1)
    directions = torch.randn(48, INPUTS, generator=generator)
    chosen = (torch.rand(STEPS, SAMPLES, 48, generator=generator) < 0.25).float()
    sizes = chosen * (0.5 + torch.rand(chosen.shape, generator=generator))
    return sizes @ directions + 0.3


def perturb(parameters):
    """Away from zeros and from a transposed encoder, so that no gradient is right by symmetry."""
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for name, value in parameters:
            value += 0.05 * torch.randn(value.shape, generator=generator).to(value)
            if name in ("b_enc", "b_gate", "encoder.bias"):
                value[72:] -= 0.5
            if name == "threshold":
                value.abs_()


def number(value):
    return float(value.detach() if isinstance(value, torch.Tensor) else value)


def snapshot(prefix, parameters):
    return {f"{prefix}.{name}": value.detach().clone() for name, value in parameters}


def saelens(name, data):
    kind, config, own = SAELENS[name]
    torch.manual_seed(0)
    sae = kind(config(d_in=INPUTS, d_sae=LATENTS, device="cpu", dtype="float32", **own))
    perturb(sae.named_parameters())
    trainer = SAETrainer(
        cfg=SAETrainerConfig(STEPS * SAMPLES, SAMPLES, lr=RATE, lr_end=RATE), sae=sae, data_provider=iter(data)
    )
    trainer.n_forward_passes_since_fired[DEAD] = 10.0 * trainer.cfg.dead_feature_window
    out = snapshot("initial", sae.named_parameters())
    terms, masks, whole = {}, [], []
    for step, batch in enumerate(data):
        masks.append(trainer.dead_neurons.clone())
        if step == 0:
            out.update(first_pass(trainer, sae, batch))
        output = trainer.step(batch)
        trainer.n_training_steps += 1
        whole.append(number(output.loss))
        for term, value in output.losses.items():
            terms.setdefault(f"loss.{term}", []).append(number(value))
        if step + 1 in (1, STEPS):
            out.update(snapshot(f"after{step + 1}", sae.named_parameters()))
    out["loss"] = torch.tensor(whole)
    out.update({term: torch.tensor(values) for term, values in terms.items()})
    out["dead"] = torch.stack(masks).to(torch.uint8)
    return out, sae.cfg.to_dict()


def first_pass(trainer, sae, batch):
    """Codes and the whole loss's gradients, with the parameters as they are and left so."""
    buffers = {name: value.clone() for name, value in sae.named_buffers()}
    output = sae.training_forward_pass(
        TrainStepInput(
            sae_in=batch,
            dead_neuron_mask=trainer.dead_neurons,
            coefficients=trainer.get_coefficients(),
            n_training_steps=0,
            is_logging_step=False,
        )
    )
    output.loss.backward()
    found = {f"gradient.{name}": p.grad.clone() for name, p in sae.named_parameters()}
    found["features"] = output.feature_acts.detach().clone()
    found["reconstruction"] = output.sae_out.detach().clone()
    sae.zero_grad()
    for name, value in buffers.items():
        setattr(sae, name, value)
    return found


def dictionary_learning(name, data):
    kind, own = DICTIONARY_LEARNING[name]
    torch.manual_seed(0)
    trainer = kind(
        steps=100,
        activation_dim=INPUTS,
        dict_size=LATENTS,
        lr=RATE,
        warmup_steps=0,
        **LANGUAGE_MODEL,
        **own,
    )
    parameters = list(trainer.ae.named_parameters())
    perturb(parameters)
    with torch.no_grad():  # as every step leaves it
        for parameter, value in parameters:
            if parameter == "decoder.weight":
                value /= value.norm(dim=0, keepdim=True)
            elif parameter == "W_dec":
                value /= value.norm(dim=1, keepdim=True)
    if hasattr(trainer, "num_tokens_since_fired"):
        trainer.num_tokens_since_fired[DEAD] = 20_000_000
    out = snapshot("initial", parameters)
    terms, silent = {}, []
    for step, batch in enumerate(data, start=1):  # step 0 would move the bias to the median
        counts = getattr(trainer, "num_tokens_since_fired", None)
        if counts is not None:
            silent.append(counts.clone())
        state = {k: v.clone() for k, v in trainer.ae.state_dict().items()}
        log = trainer.loss(batch, step=step, logging=True)
        for term, value in log.losses.items():
            terms.setdefault(f"loss.{term}", []).append(number(value))
        if step == 1:
            out["features"] = log.f.detach().clone()
            out["reconstruction"] = log.x_hat.detach().clone()
            trainer.ae.load_state_dict(state)
            restore(trainer, counts, silent)
            trainer.loss(batch, step=step).backward()
            out.update({f"gradient.{k}": p.grad.clone() for k, p in parameters})
            trainer.optimizer.zero_grad()
        trainer.ae.load_state_dict(state)
        restore(trainer, counts, silent)
        trainer.update(step, batch)
        if step in (1, STEPS):
            out.update(snapshot(f"after{step}", parameters))
    out.update({term: torch.tensor(values) for term, values in terms.items()})
    if silent:
        out["tokens_since_fired"] = torch.stack(silent)
    return out, trainer.config


def restore(trainer, counts, silent):
    if counts is not None:
        trainer.num_tokens_since_fired = silent[-1].clone()


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    data = batches()
    save_file({"batches": data}, folder / "batches.safetensors")
    for name in sys.argv[2:] or [*SAELENS, *DICTIONARY_LEARNING]:
        save(folder, name, *(saelens if name in SAELENS else dictionary_learning)(name, data))


def save(folder, name, tensors, settings):
    (folder / name).mkdir(exist_ok=True)
    contiguous = {key: value.contiguous() for key, value in tensors.items()}
    save_file(contiguous, folder / name / "oracle.safetensors")
    tools = ("sae-lens", "dictionary-learning", "torch")
    versions = {tool: importlib.metadata.version(tool) for tool in tools}
    text = json.dumps({"versions": versions, "settings": settings}, indent=1, default=str)
    (folder / name / "settings.json").write_text(text)


if __name__ == "__main__":
    main()
