"""The two networks, the small one that ships and its teacher, and what both share: words, batches, paths, scores."""
import json
import pathlib
import random

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoConfig, AutoModel

from text import KINDS, LABEL_ID, LABELS, case_class

CASES = 5
FROZEN = 4
LONGEST = 256
IGNORED = -100


class Tagger(nn.Module):
    """Token ids and case classes to logits.

    A BERT reads the case as its token type. An MPNet has none: it reads the case as an embedding that is added before
    its layer number FROZEN, and what lies below stays as it was, which saves a fifth of the time.
    """

    def __init__(self, base):
        super().__init__()
        base = pathlib.Path(base)
        config = AutoConfig.from_pretrained(base)
        self.encoder = AutoModel.from_pretrained(base, add_pooling_layer=False)
        width = config.hidden_size
        self.is_bert = config.model_type == "bert"
        if self.is_bert:
            old = self.encoder.embeddings.token_type_embeddings.weight.data[0]
            self.encoder.embeddings.token_type_embeddings = nn.Embedding(CASES, width)
            self.encoder.embeddings.token_type_embeddings.weight.data[:] = old
            self.encoder.config.type_vocab_size = CASES
        else:
            self.case = nn.Embedding(CASES, width)
            self.case.weight.data.zero_()
            for part in (self.encoder.embeddings, self.encoder.encoder.layer[:FROZEN]):
                part.requires_grad_(False)
            self.encoder.encoder.layer[FROZEN].register_forward_pre_hook(self.add_case)
        self.dropout = nn.Dropout(0.1)
        self.classifier = nn.Linear(width, len(LABELS))
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)

    def forward(self, ids, cases, mask):
        if self.is_bert:
            hidden = self.encoder(input_ids=ids, token_type_ids=cases, attention_mask=mask)
        else:
            self.cases = cases
            hidden = self.encoder(input_ids=ids, attention_mask=mask)
        return self.classifier(self.dropout(hidden.last_hidden_state)).float()

    def add_case(self, _, inputs):
        return (inputs[0] + self.case(self.cases), *inputs[1:])

    def save(self, path):
        pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
        save_file({name: tensor.contiguous() for name, tensor in self.state_dict().items()}, path)

    def load(self, path):
        self.load_state_dict(load_file(path))
        return self


class Words:
    """A tokenizer that gives words: for each its place in the text, its ids and its case."""

    def __init__(self, base):
        self.inner = Tokenizer.from_file(str(pathlib.Path(base) / "tokenizer.json"))
        self.inner.no_padding()
        self.inner.no_truncation()
        special = [self.inner.token_to_id(token) for token in ("[CLS]", "[SEP]")]
        self.start, self.end = (self.inner.token_to_id(t) for t in ("<s>", "</s>")) if None in special else special

    def encode(self, text, spans=(), longest=LONGEST):
        """ids, cases, labels and the index of each word's first token, with the places of the words."""
        encoding = self.inner.encode(text, add_special_tokens=False)
        ids, cases, labels, firsts, places = [self.start], [0], [IGNORED], [], []
        here = 0
        while here < len(encoding.ids):
            last = here
            while last < len(encoding.ids) and encoding.word_ids[last] == encoding.word_ids[here]:
                last += 1
            if len(ids) + last - here >= longest:
                break
            place = (encoding.offsets[here][0], encoding.offsets[last - 1][1])
            labels += [LABEL_ID[label(place, places, spans)]] + [IGNORED] * (last - here - 1)
            cases += [case_class(text[place[0] : place[1]])] * (last - here)
            firsts.append(len(ids))
            places.append(place)
            ids += encoding.ids[here:last]
            here = last
        return {"ids": [*ids, self.end], "cases": [*cases, 0], "labels": [*labels, IGNORED], "firsts": firsts, "places": places}


def label(place, before, spans):
    for start, end, kind in spans:
        if start <= place[0] and place[1] <= end:
            inside = bool(before) and start <= before[-1][0] and before[-1][1] <= end
            return ("I-" if inside else "B-") + kind
    return "O"


def batches(rows, budget, shuffle):
    """Lists of indices of rows of like length, each of at most `budget` tokens with padding."""
    order = list(range(len(rows)))
    if shuffle:
        random.shuffle(order)
    found = []
    for chunk in range(0, len(order), 3000):
        batch, longest = [], 0
        for index in sorted(order[chunk : chunk + 3000], key=lambda index: len(rows[index]["ids"])):
            longest = max(longest, len(rows[index]["ids"]))
            if batch and longest * (len(batch) + 1) > budget:
                found.append(batch)
                batch, longest = [], len(rows[index]["ids"])
            batch.append(index)
        found.append(batch)
    if shuffle:
        random.shuffle(found)
    return found


def tensors(rows):
    longest = max(len(row["ids"]) for row in rows)
    pad = lambda name, value: torch.tensor([row[name] + [value] * (longest - len(row[name])) for row in rows])
    mask = torch.tensor([[1] * len(row["ids"]) + [0] * (longest - len(row["ids"])) for row in rows])
    return pad("ids", 0), pad("cases", 0), pad("labels", IGNORED), mask


def logits(tagger, rows, budget=4096):
    """The logits of each row's words, by one pass without gradients in bfloat16."""
    tagger.eval()
    found = [None] * len(rows)
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for batch in batches(rows, budget, shuffle=False):
            ids, cases, _, mask = tensors([rows[index] for index in batch])
            values = tagger(ids, cases, mask)
            for row, index in enumerate(batch):
                found[index] = values[row, rows[index]["firsts"]]
    return found


def path(scores):
    """The best path of labels over words (words, labels), I-x only after B-x or I-x."""
    closed = torch.zeros(len(LABELS), len(LABELS))
    for before in LABELS:
        for after in LABELS:
            if after[0] == "I" and before[1:] != after[1:]:
                closed[LABEL_ID[before], LABEL_ID[after]] = -1e4
    scores = scores.log_softmax(-1)
    best, back = scores[0] + closed[0], []
    for row in scores[1:]:
        value, place = (best[:, None] + closed).max(0)
        best = value + row
        back.append(place)
    found = [int(best.argmax())]
    for place in reversed(back):
        found.append(int(place[found[-1]]))
    return [LABELS[number] for number in reversed(found)]


def mentions(row, scores):
    if not row["firsts"]:
        return []
    found = []
    for (start, end), tag in zip(row["places"], path(scores)):
        if tag[0] == "B":
            found.append([start, end, tag[2:]])
        elif tag[0] == "I":
            found[-1][1] = end
    return found


def f1(gold, predicted):
    """Strict F1 in percent over all kinds and by kind, from two lists of lists of [start, end, kind]."""
    counts = {kind: [0, 0, 0] for kind in KINDS}
    for right, given in zip(gold, predicted):
        right, given = {tuple(span) for span in right}, {tuple(span) for span in given}
        for span in right | given:
            counts[span[2]][0 if span in right and span in given else 1 if span in given else 2] += 1
    ratio = lambda hit, wrong, missed: 200 * hit / max(1, 2 * hit + wrong + missed)
    every = ratio(*(sum(count[i] for count in counts.values()) for i in range(3)))
    return {"all": round(every, 2)} | {kind: round(ratio(*count), 1) for kind, count in counts.items()}


def score(tagger, words, sentences, change=lambda text: text):
    rows = [words.encode(change(sentence["text"]), longest=510) for sentence in sentences]
    found = [mentions(row, values) for row, values in zip(rows, logits(tagger, rows))]
    return f1([sentence["spans"] for sentence in sentences], found)


def describe(scores):
    return json.dumps(scores)
