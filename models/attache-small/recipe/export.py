"""Writes a tagger's weights as a Hugging Face folder of a `BertForTokenClassification`.

    python export.py --base FOLDER --weights FILE [FILE …] --out FOLDER [--temperature T]

Several files of weights are averaged.
"""
import argparse
import json
import pathlib
import shutil

from safetensors.torch import load_file, save_file
from transformers import AutoConfig

from network import CASES
from text import LABEL_ID, LABELS


def main(options):
    parts = [load_file(path) for path in options.weights]
    mean = {name: sum(part[name].float() for part in parts) / len(parts) for name in parts[0]}
    tensors = {name.replace("encoder.", "bert.", 1) if name.startswith("encoder.") else name: tensor.contiguous() for name, tensor in mean.items()}
    options.out.mkdir(parents=True, exist_ok=True)
    save_file(tensors, options.out / "model.safetensors", metadata={"format": "pt"})
    config = AutoConfig.from_pretrained(options.base)
    config.architectures = ["BertForTokenClassification"]
    config.type_vocab_size = CASES
    config.id2label, config.label2id = dict(enumerate(LABELS)), LABEL_ID
    written = config.to_dict() | {"score_temperature": options.temperature}
    written.pop("transformers_version", None)
    written.pop("_name_or_path", None)
    (options.out / "config.json").write_text(json.dumps(written, indent=2, sort_keys=True) + "\n", "utf8")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(options.base / name, options.out / name)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=pathlib.Path, required=True)
    parser.add_argument("--weights", nargs="+", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--temperature", type=float, default=1.0)
    main(parser.parse_args())
