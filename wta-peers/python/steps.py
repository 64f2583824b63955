"""Training steps of FC-WTA and TopK: upload of a batch, forward pass, gradients, update."""

import torch
import torch.nn.functional as F

from workloads import TopKStep


class Step:
    """A step from the workload's first numbers. A kind of it computes gradients, by `train`."""

    def __init__(self, workload, bf16, compiled):
        self.batch, self.winners = workload.batch, workload.winners
        self.units = workload.units
        self.by_sample = isinstance(workload, TopKStep)
        self.tied = not self.by_sample and workload.tied
        self.bf16 = bf16
        self.samples = torch.from_numpy(workload.samples())
        self.x = torch.empty(workload.batch, workload.inputs)
        first = torch.from_numpy(workload.encoder())
        self.encoder = torch.nn.Parameter(first)
        self.decoder = self.encoder if self.tied else torch.nn.Parameter(self.first_decoder(workload))
        self.encoder_bias = torch.nn.Parameter(torch.zeros(workload.units))
        self.decoder_bias = torch.nn.Parameter(torch.zeros(workload.inputs))
        parameters = [self.encoder, self.encoder_bias, self.decoder_bias]
        parameters += [] if self.tied else [self.decoder]
        if self.by_sample:
            self.optimizer = torch.optim.Adam(parameters, lr=workload.rate, fused=True)
            self.silence = torch.zeros(workload.units)
            self.dead_after = workload.dead_after
        else:
            self.optimizer = torch.optim.SGD(
                parameters, lr=workload.rate, momentum=workload.momentum, fused=True
            )
        self.bags = torch.arange(0, workload.batch * workload.winners, workload.winners)
        self.computed = torch.compile(self.computation()) if compiled else self.computation()
        self.steps = 0

    def first_decoder(self, workload):
        return self.encoder.detach().clone() if self.by_sample else torch.from_numpy(workload.decoder())

    def run(self):
        self.x.copy_(self.samples[self.steps % len(self.samples)])
        self.steps += 1
        self.loss, units, values = self.train()
        self.optimizer.step()
        if self.by_sample:
            self.count(units, values)

    @torch.no_grad()
    def count(self, units, values):
        """Counts how long units have been silent, as a loss that revives the dead ones needs."""
        self.silence += self.batch
        self.silence[units[values > 0]] = 0
        if (self.silence >= self.dead_after).any():
            raise RuntimeError("a unit died, which this step would have to revive")

    def result(self):
        return self.loss.item()

    # What the kinds share.

    def pre_activations(self, x):
        """What units compete by: `(batch, units)`."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            return F.linear(x - self.decoder_bias if self.by_sample else x, self.encoder, self.encoder_bias)

    def largest(self, activations):
        """Values and places of the winners: of each sample, or of each unit over the batch."""
        return torch.topk(activations, self.winners, dim=1 if self.by_sample else 0, sorted=False)

    def bags_of_samples(self, values, places):
        """The winners' units and values sample by sample, and where each sample begins."""
        if self.by_sample:
            return places.reshape(-1), values.reshape(-1), self.bags
        samples = places.reshape(-1)
        order = torch.argsort(samples, stable=True)
        counts = torch.bincount(samples, minlength=self.batch)
        return order % self.units, values.reshape(-1)[order], counts.cumsum(0) - counts

    def squared_error(self, y, x):
        return F.mse_loss(y.float(), x, reduction="sum") / self.batch


class AutogradStep(Step):
    """Gradients by autograd."""

    def computation(self):
        return self.forward

    def train(self):
        self.optimizer.zero_grad()
        loss, units, values = self.computed(self.x)
        loss.backward()
        return loss.detach(), units, values


class DenseStep(AutogradStep):
    """The decoder multiplies the dense code, which is 0 but for the winners."""

    def forward(self, x):
        activations = self.pre_activations(x)
        values, places = self.largest(activations)
        values = values.relu()
        code = torch.zeros_like(activations).scatter(1 if self.by_sample else 0, places, values)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            y = code @ self.decoder + self.decoder_bias
        return self.squared_error(y, x), places, values


class BagsStep(AutogradStep):
    """A sample's reconstruction is a bag of the decoder's rows, weighted by its winners."""

    def forward(self, x):
        values, places = self.largest(self.pre_activations(x))
        units, values, bags = self.bags_of_samples(values.relu().float(), places)
        y = F.embedding_bag(units, self.decoder, bags, mode="sum", per_sample_weights=values)
        return self.squared_error(y + self.decoder_bias, x), units, values


class WinnersStep(Step):
    """Gradients by hand, of the winners' rows: gathered, sorted by unit and added as bags."""

    def computation(self):
        return self.gradients

    def train(self):
        with torch.no_grad():
            loss, units, values, gradients = self.computed(self.x)
        for parameter, gradient in gradients:
            parameter.grad = gradient
        return loss, units, values

    def gradients(self, x):
        centred = x - self.decoder_bias if self.by_sample else x
        values, places = self.largest(self.pre_activations(x))
        values = values.relu().float()
        units, values, bags = self.bags_of_samples(values, places)
        table = self.decoder.bfloat16() if self.bf16 else self.decoder
        y = self.bag(units, table, bags, values) + self.decoder_bias
        error = y - x
        loss = error.square().sum() / self.batch
        upstream = error * (2 / self.batch)

        samples = self.samples_of(bags, units)
        code = self.code_gradient(table, units, samples, upstream) * (values > 0)
        order = torch.argsort(units)
        counts = torch.bincount(units, minlength=self.units)
        starts = counts.cumsum(0) - counts
        by_unit = samples[order]
        encoder = self.bag(by_unit, self.narrow(centred), starts, code[order])
        decoder = self.bag(by_unit, self.narrow(upstream), starts, values[order])
        encoder_bias = torch.zeros(self.units).index_add_(0, units, code)
        decoder_bias = upstream.sum(0)
        if self.by_sample:  # what is subtracted from the samples is a parameter, too
            decoder_bias = decoder_bias - encoder_bias @ self.encoder
        if self.tied:
            weights = [(self.encoder, encoder + decoder)]
        else:
            weights = [(self.encoder, encoder), (self.decoder, decoder)]
        biases = [(self.encoder_bias, encoder_bias), (self.decoder_bias, decoder_bias)]
        return loss, units, values, weights + biases

    def narrow(self, x):
        return x.bfloat16() if self.bf16 else x

    def bag(self, places, table, bags, weights):
        """Sums of a table's weighted rows, in float32."""
        weights = weights.to(table.dtype)
        return F.embedding_bag(
            places, table, bags, mode="sum", per_sample_weights=weights
        ).float()

    def samples_of(self, bags, units):
        """The sample of each winner."""
        if self.by_sample:
            return torch.arange(self.batch).repeat_interleave(self.winners)
        counts = torch.diff(bags, append=bags.new_tensor([len(units)]))
        return torch.arange(self.batch).repeat_interleave(counts, output_size=len(units))

    def code_gradient(self, table, units, samples, upstream):
        """The product of each winner's row of the decoder and its sample's error."""
        upstream = self.narrow(upstream)
        if self.by_sample:
            rows = table[units].view(self.batch, self.winners, -1)
            return torch.bmm(rows, upstream.unsqueeze(2)).reshape(-1).float()
        return (table[units] * upstream[samples]).sum(1).float()
