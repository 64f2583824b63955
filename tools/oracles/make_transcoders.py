"""Makes training oracles of transcoders and of Multi-TopK, for which no tool has a trainer.

Usage: make_transcoders.py OUTPUT_FOLDER [NAME...]

SAELens has transcoders for inference alone. So these are the equations of docs/models.md in plain
torch, dense and by autograd, with SAELens' own straight-through functions for JumpReLU; SAELens'
classes have to reconstruct the same from the first weights.
Writes targets.safetensors and folders as make_training.py does, with its batches, its dead latents
and its versions.
"""

import pathlib
import sys

import torch
from make_training import DEAD, INPUTS, LATENTS, RATE, STEPS, batches, perturb, save, snapshot
from sae_lens import (
    JumpReLUSkipTranscoder,
    JumpReLUSkipTranscoderConfig,
    SkipTranscoder,
    SkipTranscoderConfig,
    Transcoder,
    TranscoderConfig,
)
from sae_lens.saes.jumprelu_sae import JumpReLU, Step
from safetensors.torch import save_file

OUTPUTS, K, SPARSITY, BANDWIDTH = 24, 8, 0.1, 0.2
WIDTHS = (24, 48, 96)
KS, WEIGHTS = (8, 24), (1.0, 0.125)
CASES = {
    "topk-transcoder": ("topk", False),
    "topk-skip-transcoder": ("topk", True),
    "batch-topk-transcoder": ("batch-topk", False),
    "matryoshka-skip-transcoder": ("matryoshka", True),
    "jumprelu-skip-transcoder": ("jumprelu", True),
    "gated-skip-transcoder": ("gated", True),
    "gated-frozen-skip-transcoder": ("gated-frozen", True),
    "standard-transcoder": ("standard", False),
    "multi-k": ("multi-k", None),
    "multi-k-skip-transcoder": ("multi-k", True),
}


def targets(data):
    """What a small layer makes of the samples."""
    generator = torch.Generator().manual_seed(3)
    first = torch.randn(INPUTS, 40, generator=generator) / INPUTS**0.5
    second = torch.randn(40, OUTPUTS, generator=generator) / 40**0.5
    return 2 * torch.relu(data @ first) @ second + 0.2


class Model:
    def __init__(self, kind, skip):
        """skip is None for an autoencoder."""
        torch.manual_seed(0)
        self.kind, self.transcodes = kind, skip is not None
        outputs = OUTPUTS if self.transcodes else INPUTS
        decoder = torch.randn(LATENTS, outputs)
        self.parameters = {
            "W_enc": 0.3 * torch.randn(INPUTS, LATENTS),
            "b_enc": torch.zeros(LATENTS),
            "W_dec": 0.5 * decoder / decoder.norm(dim=1, keepdim=True),
            "b_dec": torch.zeros(outputs),
        }
        if skip:
            self.parameters["W_skip"] = torch.zeros(outputs, INPUTS)
        if kind == "jumprelu":
            self.parameters["threshold"] = torch.full((LATENTS,), 0.1)
        if kind.startswith("gated"):
            self.parameters["r_mag"] = torch.zeros(LATENTS)
            self.parameters["b_mag"] = torch.zeros(LATENTS)
        perturb(self.parameters.items())
        for value in self.parameters.values():
            value.requires_grad_()
        self.dead = torch.zeros(LATENTS, dtype=torch.bool)
        self.dead[DEAD] = True

    def __getattr__(self, name):
        return self.parameters[name]

    def skipped(self, x):
        return x @ self.W_skip.T if "W_skip" in self.parameters else 0.0

    def decode(self, code, x):
        return code @ self.W_dec + self.b_dec + self.skipped(x)

    def loss(self, x, t):
        """The loss, its terms, the code by which latents compete, and the reconstruction."""
        seen = x if self.transcodes else x - self.b_dec
        products = seen @ self.W_enc
        pre = products + self.b_enc
        norms = self.W_dec.norm(dim=1)
        if self.kind in ("topk", "batch-topk", "matryoshka", "multi-k"):
            return self.of_winners(x, t, pre, norms)
        frozen = 0.0
        if self.kind == "standard":
            code = torch.relu(pre)
            sparsity = SPARSITY * (code * norms).sum(1).mean()
        elif self.kind == "jumprelu":
            code = JumpReLU.apply(pre, self.threshold, BANDWIDTH, False)
            active = Step.apply(pre, self.threshold, BANDWIDTH, False)
            sparsity = SPARSITY / 2 * active.sum(1).mean()
        else:
            gates = torch.relu(pre)
            magnitudes = torch.relu(products * self.r_mag.exp() + self.b_mag)
            code = (pre > 0).float() * magnitudes
            sparsity = SPARSITY * (gates * norms).sum(1).mean()
            if self.kind == "gated":
                by_gates = self.decode(gates, x)
            else:
                held = {k: v.detach() for k, v in self.parameters.items()}
                by_gates = gates @ held["W_dec"] + held["b_dec"] + x @ held["W_skip"].T
            frozen = squared(t - by_gates)
        made = self.decode(code, x)
        error = squared(t - made)
        self.count(code)
        return error + frozen + sparsity, {"error": error, "sparsity": sparsity}, code, made

    def of_winners(self, x, t, pre, norms):
        def among(scores, k):
            chosen = torch.zeros_like(scores)
            best = scores.topk(k, dim=-1).indices
            return chosen.scatter(-1, best, 1.0) * (scores > 0)

        scores = (pre * norms).detach()
        if self.kind == "batch-topk" or self.kind == "matryoshka":
            winners = among(scores.flatten(), K * len(x)).reshape(scores.shape)
        else:
            winners = among(scores, K)
        code = pre * winners
        made = self.decode(code, x)
        if self.kind == "matryoshka":
            inside = [(torch.arange(LATENTS) < width).float() for width in WIDTHS]
            error = sum(squared(t - self.decode(code * mask, x)) for mask in inside)
        elif self.kind == "multi-k":
            codes = [pre * among(scores, k) for k in KS]
            error = sum(w * squared(t - self.decode(z, x)) for w, z in zip(WEIGHTS, codes))
        else:
            error = squared(t - made)
        k_aux = INPUTS // 2
        dead = int(self.dead.sum())
        candidates = torch.where(self.dead, scores, -torch.inf)
        taken = candidates.topk(min(k_aux, dead), dim=-1).indices
        revived = pre * torch.zeros_like(pre).scatter(-1, taken, 1.0)
        residual = (t - made).detach()
        auxiliary = min(dead / k_aux, 1.0) * squared(revived @ self.W_dec - residual)
        self.count(code)
        terms = {"error": error, "auxiliary": auxiliary}
        return error + auxiliary, terms, code * norms, made

    def count(self, code):
        self.dead &= ~(code > 0).any(0)


def squared(error):
    return error.pow(2).sum(1).mean()


def check(model, x):
    """SAELens' class for inference reconstructs the same of a rectified code, or of JumpReLU's."""
    code = torch.relu(x @ model.W_enc + model.b_enc)
    if model.kind == "jumprelu":
        kind, config = JumpReLUSkipTranscoder, JumpReLUSkipTranscoderConfig
        code = code * (code > model.threshold)
    elif "W_skip" in model.parameters:
        kind, config = SkipTranscoder, SkipTranscoderConfig
    else:
        kind, config = Transcoder, TranscoderConfig
    sizes = {"d_in": INPUTS, "d_out": OUTPUTS, "d_sae": LATENTS, "apply_b_dec_to_input": False}
    tool = kind(config(device="cpu", dtype="float32", **sizes))
    known = tool.state_dict()
    tool.load_state_dict({k: v.detach() for k, v in model.parameters.items() if k in known})
    assert torch.allclose(model.decode(code, x), tool(x), atol=1e-5), model.kind


def train(name, data, wanted):
    kind, skip = CASES[name]
    model = Model(kind, skip)
    if model.transcodes:
        check(model, data[0])
    optimizer = torch.optim.Adam(model.parameters.values(), lr=RATE)
    out = snapshot("initial", model.parameters.items())
    out["dead"] = model.dead[None].to(torch.uint8)
    terms = {}
    for step in range(STEPS):
        target = wanted[step] if model.transcodes else data[step]
        loss, parts, code, made = model.loss(data[step], target)
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            out |= {f"gradient.{k}": v.grad.clone() for k, v in model.parameters.items()}
            out |= {"features": code.detach(), "reconstruction": made.detach()}
        for term, value in (parts | {"loss": loss}).items():
            terms.setdefault(f"loss.{term}", []).append(float(value.detach()))
        torch.nn.utils.clip_grad_norm_(model.parameters.values(), 1.0)
        optimizer.step()
        if step + 1 in (1, STEPS):
            out |= snapshot(f"after{step + 1}", model.parameters.items())
    out |= {term: torch.tensor(values) for term, values in terms.items()}
    return out, {"kind": kind, "skip": bool(skip)}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    data = batches()
    wanted = targets(data)
    save_file({"targets": wanted}, folder / "targets.safetensors")
    for name in sys.argv[2:] or CASES:
        save(folder, name, *train(name, data, wanted))


main()
