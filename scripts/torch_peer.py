#!/usr/bin/env python3
"""What PyTorch makes of the work that `mdlm bench` measures: the same networks, batches and tasks.

Two styles of the same mathematics:

  official  as published: the head at every position, the SUBS rules written out over the
            vocabulary, Gumbel noise over the vocabulary at every sampling step
  lean      as a careful user of PyTorch would write it today: one row of conditioning, the head for
            masked rows only, fused cross-entropy and AdamW; sampling that first chooses the
            positions to reveal and asks the network about nothing else

Both run in single precision or under bf16 autocast, eagerly or compiled. Prints one line of JSON, the
median of repetitions. Needs nothing but torch. scripts/benchmark runs it beside `mdlm bench`.

  scripts/torch_peer.py char --task train --style lean --precision bf16 --compile --threads 2
"""

import argparse
import json
import resource
import statistics
import sys
import time
from dataclasses import dataclass

try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ModuleNotFoundError:
    sys.exit("error: no torch in this Python. For CPUs: pip install torch "
             "--index-url https://download.pytorch.org/whl/cpu")

MASKED_OUT = -1e6  # the score of what cannot be, as published
SMALLEST_TIME = 1e-3  # in training and evaluation
LAST_TIME = 1e-5  # in sampling
NOISE_EPSILON = 1e-3  # the share of tokens that the log-linear schedule leaves at time one


@dataclass
class Sizes:
    """A network and its batch, as in Sources/MDLMCommand/Commands/BenchmarkSubject.swift."""
    vocabulary: int  # the mask included, which is the last
    length: int
    hidden: int
    blocks: int
    heads: int
    rows: int
    conditioning: int = 128

    @property
    def sampled_sequences(self):
        return 8 if self.length < 1024 else 1


NETWORKS = {
    "char": Sizes(vocabulary=28, length=256, hidden=256, blocks=6, heads=8, rows=16),
    "b256": Sizes(vocabulary=30523, length=128, hidden=256, blocks=8, heads=8, rows=32),
    "small128": Sizes(vocabulary=30523, length=128, hidden=768, blocks=12, heads=12, rows=8),
    "small1024": Sizes(vocabulary=50258, length=1024, hidden=768, blocks=12, heads=12, rows=1),
}


# The network: a transformer with rotary positions and adaptive normalization.


class ScaledNorm(nn.Module):
    """LayerNorm without bias, in single precision, then the shift and scale of the conditioning."""

    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x, shift, scale):
        return F.layer_norm(x.float(), self.weight.shape, self.weight) * (1 + scale) + shift


class TimeEmbedding(nn.Module):
    """[groups] noise levels -> [groups, 1, conditioning]."""

    FREQUENCIES = 128

    def __init__(self, width):
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Linear(2 * self.FREQUENCIES, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU())
        exponents = torch.arange(self.FREQUENCIES) / self.FREQUENCIES
        self.register_buffer("frequencies", 10000.0 ** -exponents)

    def forward(self, noise_levels):
        angles = noise_levels[:, None, None] * self.frequencies
        return self.mlp(torch.cat([angles.cos(), angles.sin()], dim=-1))


class Block(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        width = sizes.hidden
        self.heads = sizes.heads
        self.modulation = nn.Linear(sizes.conditioning, 6 * width)
        self.norm1 = ScaledNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.mix = nn.Linear(width, width, bias=False)
        self.norm2 = ScaledNorm(width)
        self.expand = nn.Linear(width, 4 * width)
        self.contract = nn.Linear(4 * width, width)

    def forward(self, x, conditioning, rotary):  # x: [B, L, D]
        shift1, scale1, gate1, shift2, scale2, gate2 = self.modulation(conditioning).chunk(6, -1)
        qkv = self.qkv(self.norm1(x, shift1, scale1)).unflatten(-1, (3, self.heads, -1))
        query, key, value = qkv.permute(2, 0, 3, 1, 4)  # each [B, H, L, d]
        attended = F.scaled_dot_product_attention(turn(query, rotary), turn(key, rotary), value)
        x = x + gate1 * self.mix(attended.transpose(1, 2).flatten(2))
        inner = F.gelu(self.expand(self.norm2(x, shift2, scale2)), approximate="tanh")
        return x + gate2 * self.contract(inner)


def turn(x, rotary):
    """Rotary positions: the first half of every head is paired with the second."""
    cos, sin = (table.to(x.dtype) for table in rotary)
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], dim=-1)


class Network(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.embedding = nn.Embedding(sizes.vocabulary, sizes.hidden)
        self.time = TimeEmbedding(sizes.conditioning)
        self.blocks = nn.ModuleList(Block(sizes) for _ in range(sizes.blocks))
        self.modulation = nn.Linear(sizes.conditioning, 2 * sizes.hidden)
        self.norm = ScaledNorm(sizes.hidden)
        self.projection = nn.Linear(sizes.hidden, sizes.vocabulary)
        pairs = sizes.hidden // sizes.heads // 2
        frequencies = 10000.0 ** (-torch.arange(pairs) / pairs)
        angles = torch.outer(torch.arange(sizes.length), frequencies)
        self.register_buffer("cos", angles.cos())
        self.register_buffer("sin", angles.sin())

    def features(self, tokens, noise_levels):
        """The residual stream after the last block, and what the head needs beside it."""
        conditioning = self.time(noise_levels)
        x = self.embedding(tokens)
        for block in self.blocks:
            x = block(x, conditioning, (self.cos, self.sin))
        return x, self.modulation(conditioning)

    def head(self, x, modulation):
        return self.projection(self.norm(x, *modulation.chunk(2, dim=-1)))


class Official:
    """As published. Without time conditioning every sequence has the noise level zero."""

    def __init__(self, network, mask, autocast):
        self.network, self.mask, self.autocast = network, mask, autocast

    def logits(self, tokens):
        with self.autocast():
            return self.network.head(*self.network.features(tokens, torch.zeros(len(tokens))))

    def loss(self, clean):
        noisy, _, weights = noise(clean, self.mask)
        scores = self.logits(noisy).float()
        scores[..., self.mask] += MASKED_OUT
        scores = scores - scores.logsumexp(dim=-1, keepdim=True)
        visible = noisy != self.mask
        scores[visible] = MASKED_OUT
        scores[visible, noisy[visible]] = 0
        chosen = scores.gather(-1, clean[..., None]).squeeze(-1)
        return -(chosen * weights).sum() / clean.numel()

    def fill(self, tokens, steps):
        """Fills the masks of `tokens` in place; returns the number of network calls."""
        probabilities, calls = None, 0
        for time_, next_time in times(steps):
            if probabilities is None:
                scores = self.logits(tokens).float()
                scores[..., self.mask] = MASKED_OUT
                probabilities = scores.softmax(dim=-1)
                calls += 1
            transition = probabilities * (time_ - next_time)
            transition[..., self.mask] = next_time
            gumbel = 1e-10 - (torch.rand_like(transition) + 1e-10).log()
            drawn = (transition / gumbel).argmax(dim=-1)
            following = torch.where(tokens == self.mask, drawn, tokens)
            if not torch.equal(following, tokens):  # else the prediction still holds
                probabilities = None
            tokens.copy_(following)
        return calls


class Lean:
    def __init__(self, network, mask, autocast):
        self.network, self.mask, self.autocast = network, mask, autocast

    def logits(self, tokens, chosen):
        """One row for each chosen position."""
        with self.autocast():
            features, modulation = self.network.features(tokens, torch.zeros(1))
            return self.network.head(features[chosen], modulation[0])

    def loss(self, clean):
        noisy, masked, weights = noise(clean, self.mask)
        scores = self.logits(noisy, masked).float()
        scores[:, self.mask] = MASKED_OUT
        losses = F.cross_entropy(scores, clean[masked], reduction="none")
        return losses @ weights[masked] / clean.numel()

    def fill(self, tokens, steps):
        """Fills the masks of `tokens` in place; returns the number of network calls."""
        calls = 0
        for time_, next_time in times(steps):
            chance = (time_ - next_time) / time_
            revealed = (tokens == self.mask) & (torch.rand(tokens.shape) < chance)
            rows = revealed.any(dim=1)
            if not rows.any():
                continue
            scores = self.logits(tokens[rows], revealed[rows]).double()
            scores[:, self.mask] = -torch.inf
            tokens[revealed] = torch.multinomial(scores.softmax(dim=-1), 1).squeeze(-1)
            calls += 1
        return calls


def noise(clean, mask):
    """Masks each row with the probability of its time; times are one in each of B equal strata."""
    rows = len(clean)
    uniform = (torch.arange(rows) + torch.rand(rows)) / rows
    time_ = (SMALLEST_TIME + (1 - SMALLEST_TIME) * uniform)[:, None]
    masked = torch.rand(clean.shape) < (1 - NOISE_EPSILON) * time_
    return torch.where(masked, mask, clean), masked, (1 / time_).expand(clean.shape)


def times(steps):
    grid = torch.linspace(1, LAST_TIME, steps + 1, dtype=torch.float64).tolist()
    return zip(grid, grid[1:])


# Measuring.


def task(options, sizes):
    """Returns the work to repeat, which returns its tokens and its calls of the network."""
    torch.manual_seed(0)
    mask = sizes.vocabulary - 1
    network = Network(sizes)
    with torch.no_grad():
        for parameter in network.parameters():  # no zero gates: every path does its work
            if parameter.dim() > 1:
                parameter.add_(torch.empty_like(parameter).uniform_(-0.03, 0.03))
    bf16 = options.precision == "bf16"
    is_lean = options.style == "lean"
    style = (Lean if is_lean else Official)(
        network, mask, lambda: torch.autocast("cpu", torch.bfloat16, enabled=bf16))
    if options.compile:
        network.features = torch.compile(network.features)
    rows = max(sizes.rows, 8) if options.task == "eval" else sizes.rows
    clean = torch.randint(mask, (rows, sizes.length))

    if options.task == "train":
        optimizer = torch.optim.AdamW(network.parameters(), lr=3e-4, weight_decay=0, fused=is_lean)
        average = [p.detach().clone() for p in network.parameters()]

        def train():
            style.loss(clean).backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            torch._foreach_lerp_(average, [p.detach() for p in network.parameters()], 1e-4)
            return clean.numel(), None

        return train

    @torch.no_grad()
    def evaluate():
        for batch in clean.split(sizes.rows):
            style.loss(batch)
        return clean.numel(), None

    @torch.no_grad()
    def sample():
        count = options.sequences or sizes.sampled_sequences
        window = torch.full((count, sizes.length), mask)
        calls, length = style.fill(window, options.steps), sizes.length
        while length < (options.length or 0):  # semi-autoregressive, as published
            window = torch.cat((window[:, options.stride:],
                                torch.full((count, options.stride), mask)), dim=1)
            calls += style.fill(window, options.steps)
            length += options.stride
        return count * length, calls

    return evaluate if options.task == "eval" else sample


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("network", choices=NETWORKS)
    a.add_argument("--task", choices=("train", "eval", "sample"), default="train")
    a.add_argument("--style", choices=("official", "lean"), default="lean")
    a.add_argument("--precision", choices=("fp32", "bf16"), default="fp32")
    a.add_argument("--compile", action="store_true")
    a.add_argument("--threads", type=int, default=2)
    a.add_argument("--steps", type=int, default=128, help="sampling steps")
    a.add_argument("--sequences", type=int, help="sequences sampled side by side")
    a.add_argument("--length", type=int, help="tokens of a sampled sequence, with --stride")
    a.add_argument("--stride", type=int, help="tokens of each further window")
    a.add_argument("--seconds", type=float, default=20,
                   help="repeat for about this long, and three times at least")
    o = a.parse_args()
    torch.set_num_threads(o.threads)
    work = task(o, NETWORKS[o.network])
    if o.task != "sample" or o.compile:
        work()
    if o.task == "train":
        work()
    rates, begun = [], time.perf_counter()
    while True:
        start = time.perf_counter()
        tokens, calls = work()
        rates.append(tokens / (time.perf_counter() - start))
        spent = time.perf_counter() - begun
        # Slow samplers are measured once.
        if spent >= o.seconds and (len(rates) >= 3 or o.task == "sample"):
            break
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps(dict(
        network=o.network, task=o.task, style=o.style, precision=o.precision, compile=o.compile,
        threads=o.threads, tokens_per_s=statistics.median(rates), runs=len(rates),
        network_calls=calls, peak_rss_mb=peak / 1e6, torch=torch.__version__)))


if __name__ == "__main__":
    main()
