"""Makes the goldens of the parity tests: token ids, case classes and f32 logits of the reference implementation.

    pip install torch transformers safetensors numpy
    python tests/parity/make.py

Reads the model that the library ships (models/attache-small), with its int8 weights multiplied out to f32, and writes
beside this file:

    goldens.json  for each text its token ids and case classes without special tokens, and how many tokens of it are
                  run: `[CLS]`, the first tokens of the text, `[SEP]`
    logits.f32    the logits of all sequences, one after another: (tokens, labels) of little-endian f32
"""

import json
from pathlib import Path

import numpy
import torch
from safetensors.numpy import load_file
from transformers import BertConfig, BertForTokenClassification, BertTokenizerFast

from texts import LONG_SENTENCE, TEXTS

HERE = Path(__file__).parent
MODEL = HERE.parent.parent / "models" / "attache-small"


def tensors():
    """The weights by name, in f32."""
    held = load_file(MODEL / "model.safetensors")
    full = {}
    for name, values in held.items():
        if name.endswith(".scale"):
            continue
        values = values.astype(numpy.float32)
        if f"{name}.scale" in held:
            values = values * held[f"{name}.scale"].astype(numpy.float32)[:, None]
        full[name] = torch.from_numpy(values)
    return full


def model():
    config = BertConfig.from_pretrained(MODEL)
    network = BertForTokenClassification(config)
    result = network.load_state_dict(tensors(), strict=False)
    assert not result.unexpected_keys, result.unexpected_keys
    assert all("position_ids" in key for key in result.missing_keys), result.missing_keys
    return network.eval()


def case_class(word):
    """The case class of a word, from its letters."""
    letters = [c for c in word if c.isalpha()]
    upper = [c for c in letters if c.isupper()]
    if not upper:
        return 0
    if len(letters) == 1:
        return 3
    if len(upper) == len(letters):
        return 2
    return 1 if len(upper) == 1 and letters[0].isupper() else 4


def tokens(tokenizer, text):
    """The ids of a text and the case class of the word of each."""
    encoding = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    words, offsets = encoding.word_ids(), encoding["offset_mapping"]
    spans = {}
    for word, (start, end) in zip(words, offsets):
        first, _ = spans.get(word, (start, end))
        spans[word] = (first, end)
    return encoding["input_ids"], [case_class(text[slice(*spans[word])]) for word in words]


def logits(network, tokenizer, ids, classes):
    ids = [tokenizer.cls_token_id, *ids, tokenizer.sep_token_id]
    classes = [0, *classes, 0]
    with torch.no_grad():
        return network(torch.tensor([ids]), token_type_ids=torch.tensor([classes])).logits[0].numpy()


def main():
    tokenizer = BertTokenizerFast(vocab=str(MODEL / "vocab.txt"), do_lower_case=True)
    network = model()
    goldens, rows = [], []
    for text in TEXTS:
        ids, classes = tokens(tokenizer, text)
        run = min(len(ids), 254 if text is LONG_SENTENCE else 510)
        goldens.append({"text": text, "ids": ids, "classes": classes, "run": run})
        rows.append(logits(network, tokenizer, ids[:run], classes[:run]))
        print(f"{len(ids):4} tokens, {run + 2:3} run  {text[:60]!r}")
    lines = ",\n".join(json.dumps(golden, separators=(",", ":")) for golden in goldens)
    (HERE / "goldens.json").write_text(f"[\n{lines}\n]\n", encoding="ascii")
    (HERE / "logits.f32").write_bytes(numpy.concatenate(rows).astype("<f4").tobytes())


if __name__ == "__main__":
    main()
