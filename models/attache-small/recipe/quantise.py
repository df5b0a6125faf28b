"""Turns a fine-tuned Hugging Face folder into the folder that the library ships.

    python quantise.py FOLDER OUT          (numpy, safetensors)

FOLDER holds config.json, tokenizer.json and model.safetensors (f32, f16 or bf16) of a BERT for token classification.
OUT gets
  config.json        as it was
  vocab.txt          one token a line, its id the number of lines before it
  model.safetensors  the standard tensor names. Each weight of a linear layer and each word and position embedding is
                     int8 with its scales beside it: `NAME` I8 (rows, columns) and `NAME.scale` F32 (rows), so that
                     weight = int8 * scale of its row. A row of a linear layer is one output channel, a row of an
                     embedding one token. Symmetric, -127 to 127, rounded to nearest even. The classifier, the biases,
                     the layer norms and the five token types stay F32: they are small.
The same input gives the same bytes.
"""
import json
import pathlib
import shutil
import sys

import numpy
from safetensors import safe_open
from safetensors.numpy import save_file


def read(path):
    tensors = {}
    with safe_open(path, framework="numpy") as file:
        for name in sorted(file.keys()):
            tensors[name] = file.get_tensor(name).astype(numpy.float32)
    return tensors


def is_quantised(name, tensor):
    if tensor.ndim != 2 or name.startswith("classifier") or "token_type" in name:
        return False
    return "embeddings" in name or name.endswith(".weight")


def quantise(tensor):
    largest = numpy.abs(tensor).max(axis=1)
    scale = numpy.where(largest > 0, largest / 127, 1).astype(numpy.float32)
    return numpy.rint(tensor / scale[:, None]).clip(-127, 127).astype(numpy.int8), scale


def main(folder, out):
    folder, out = pathlib.Path(folder), pathlib.Path(out)
    out.mkdir(parents=True, exist_ok=True)
    shipped, squares, total = {}, 0.0, 0.0
    for name, tensor in read(folder / "model.safetensors").items():
        if not is_quantised(name, tensor):
            shipped[name] = tensor
            continue
        weights, scale = quantise(tensor)
        shipped[name], shipped[name + ".scale"] = weights, scale
        squares += float(((weights * scale[:, None] - tensor) ** 2).sum())
        total += float((tensor**2).sum())
    save_file(shipped, out / "model.safetensors", metadata={"format": "pt"})
    shutil.copyfile(folder / "config.json", out / "config.json")
    vocabulary = json.loads((folder / "tokenizer.json").read_text("utf8"))["model"]["vocab"]
    tokens = sorted(vocabulary, key=vocabulary.get)
    assert [vocabulary[token] for token in tokens] == list(range(len(tokens))), "ids with gaps"
    (out / "vocab.txt").write_text("".join(token + "\n" for token in tokens), "utf8")
    print(f"{len(shipped)} tensors, relative error of the rounded weights {(squares / total) ** 0.5:.5f}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
