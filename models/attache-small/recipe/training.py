"""The loop that both stages share: AdamW, a rate that rises and falls, a state on disk to go on from."""
import pathlib
import random
import time

import torch
from torch import nn
from tqdm import tqdm

import text
from network import Tagger, Words, describe, score


def add_options(parser, rate, epochs):
    parser.add_argument("--base", required=True, help="the folder of the pretrained model")
    parser.add_argument("--from", dest="start", help="weights to begin with, of an earlier stage")
    parser.add_argument("--dev", help="sentences to score at the end, one JSON object a line")
    parser.add_argument("--out", required=True, help="the folder for weights.safetensors and the state")
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--epochs", type=int, default=epochs)
    parser.add_argument("--tokens", type=int, default=2048, help="tokens a batch, padding counted")
    parser.add_argument("--other-case", type=float, default=0.12, help="share of sentences in another case")
    parser.add_argument("--other-names", type=float, default=0.15, help="share of sentences with other names")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save-every", type=int, default=200, help="steps")


def optimiser(tagger, rate):
    """AdamW; the classifier and the case embedding of a teacher start from nothing and learn ten times as fast."""
    is_new = lambda name: not tagger.is_bert and name.startswith(("classifier", "case"))
    groups = []
    for new, factor in ((False, 1), (True, 10)):
        for flat, decay in ((False, 0.01), (True, 0.0)):
            chosen = [
                parameter
                for name, parameter in tagger.named_parameters()
                if parameter.requires_grad and is_new(name) == new and (parameter.ndim <= 1) == flat
            ]
            if chosen:
                groups.append({"params": chosen, "weight_decay": decay, "lr": rate * factor})
    return torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), eps=1e-6, fused=True)


def schedule(optimizer, steps):
    """Up over the first tenth, then down in a line to a fiftieth."""
    warm = max(1, steps // 10)
    factor = lambda step: min((step + 1) / warm, max(0.02, (steps - step) / max(1, steps - warm)))
    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


def train(tagger, steps, loss_of, options, out):
    """One pass over `steps`, lists of rows; goes on from OUT/state.pt where that is."""
    optimizer = optimiser(tagger, options.rate)
    parts = {"tagger": tagger, "optimizer": optimizer, "scheduler": schedule(optimizer, len(steps))}
    out.mkdir(parents=True, exist_ok=True)
    state, done = out / "state.pt", 0
    if state.exists():
        saved = torch.load(state)
        done = saved.pop("done")
        for name, value in saved.items():
            parts[name].load_state_dict(value)
    began, seen, mean = time.time(), 0, None
    tagger.train()
    progress = tqdm(range(done, len(steps)), initial=done, total=len(steps), mininterval=20)
    for step in progress:
        loss = loss_of(tagger, steps[step])
        loss.backward()
        nn.utils.clip_grad_norm_(tagger.parameters(), 1.0)
        optimizer.step()
        parts["scheduler"].step()
        optimizer.zero_grad(set_to_none=True)
        seen += sum(len(row["ids"]) for row in steps[step])
        mean = loss.item() if mean is None else 0.98 * mean + 0.02 * loss.item()
        progress.set_postfix_str(f"loss {mean:.4f}, {seen / (time.time() - began):.0f} tokens/s", refresh=False)
        if (step + 1) % options.save_every == 0:
            torch.save({name: part.state_dict() for name, part in parts.items()} | {"done": step + 1}, state)
    tagger.save(out / "weights.safetensors")
    state.unlink(missing_ok=True)


def report(tagger, words, path):
    """Prints strict F1 on the sentences of `path` as written, in lower case and in capitals."""
    sentences = text.read(path)
    for name, change in (("as written", str), ("lower", str.lower), ("upper", str.upper)):
        print(name, describe(score(tagger, words, sentences, change)), flush=True)


def main(options, plan, loss_of):
    """A stage from its options to its weights and scores: `plan` gives the batches, `loss_of` the loss of one."""
    random.seed(options.seed)
    torch.manual_seed(options.seed)
    words, tagger = Words(options.base), Tagger(options.base)
    if options.start:
        tagger.load(options.start)
    train(tagger, plan(words, options), loss_of, options, pathlib.Path(options.out))
    if options.dev:
        report(tagger, words, options.dev)
