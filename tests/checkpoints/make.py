"""Makes the tiny checkpoints of tests/checkpoints.rs and what the reference implementation makes of them.

    pip install torch==2.15.0 transformers==5.24.0 tokenizers==0.23.3 safetensors==0.8.0 numpy==2.4.6
    python tests/checkpoints/make.py            # all of them, or
    python tests/checkpoints/make.py roberta    # some

Each checkpoint is a folder as transformers writes it, with random weights from a fixed seed; the trainers of the
tokenizers break ties as they like, so that a second run gives other vocabularies. Beside them:

    goldens.json  for each text the token ids of each window, special tokens included, and the mentions of
                  pipeline("token-classification", aggregation_strategy="first"), as byte offsets; null where the
                  pipeline guesses its words from spaces and the tokenizer knows better, and for a text of several windows
    logits.f32    the logits of all windows, one after another: (tokens, labels) of little-endian f32, as they come from
                  one padded batch
"""

import json
import shutil
import sys
import warnings
from pathlib import Path

import numpy
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForTokenClassification, PreTrainedTokenizerFast, pipeline

import tokenizers_of
from texts import LONG, TEXTS

HERE = Path(__file__).parent
POSITIONS = 96
CONLL = ["MISC", "PER", "ORG", "LOC"]
BIO = ["O"] + [f"{place}-{kind}" for kind in CONLL for place in "BI"]
# As the data of CoNLL-2003 has it: B- only where a mention follows another of its kind, so B-PER is not there.
IOB1 = ["O", "B-MISC", "I-MISC", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
BIOES = ["O"] + [f"{place}-{kind}" for kind in ["PER", "ORG", "GPE", "LAW"] for place in "BIES"]
IO = ["O", "PERSON", "ORG", "LOC", "NORP"]

# As the larger models of the second version are, with all that a configuration may ask for;
DEBERTA_V2 = {
    "relative_attention": True,
    "pos_att_type": ["c2p", "p2c"],
    "max_relative_positions": 24,
    "share_att_key": False,
    "position_biased_input": True,
    "type_vocab_size": 2,
    "embedding_size": 24,
    "conv_kernel_size": 3,
}
# and as the third version is.
DEBERTA_V3 = {
    "relative_attention": True,
    "pos_att_type": "p2c|c2p",
    "position_buckets": 16,
    "share_att_key": True,
    "norm_rel_ebd": "layer_norm",
    "position_biased_input": False,
}

# name: (model type, tokenizer, labels, stored type, further configuration)
CHECKPOINTS = {
    "bert-cased": ("bert", lambda: tokenizers_of.word_piece(False), BIO, torch.float32, {}),
    "bert-uncased": ("bert", lambda: tokenizers_of.word_piece(True), IOB1, torch.float32, {"hidden_act": "gelu_new"}),
    "distilbert": ("distilbert", lambda: tokenizers_of.word_piece(False), IO, torch.float16, {}),
    "roberta": ("roberta", tokenizers_of.byte_level, BIO, torch.bfloat16, {}),
    "xlm-roberta": ("xlm-roberta", tokenizers_of.unigram, BIO, torch.float32, {}),
    "electra": ("electra", lambda: tokenizers_of.word_piece(True), BIOES, torch.float32, {"embedding_size": 24}),
    "deberta-v2": ("deberta-v2", tokenizers_of.unigram, BIO, torch.float32, DEBERTA_V2),
    "deberta-v3": ("deberta-v2", tokenizers_of.deberta, BIO, torch.float32, DEBERTA_V3),
}
SHARDED = {"xlm-roberta"}
VOCABULARY_ONLY = {"bert-uncased": True, "distilbert": False}  # whether letters are lowered


def configuration(kind, tokenizer, labels, further):
    """The configuration of a network of width 32 and two layers."""
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}
    if kind == "distilbert":
        sizes = {"dim": 32, "n_layers": 2, "n_heads": 4, "hidden_dim": 48}
    if kind in ("roberta", "xlm-roberta"):
        sizes |= {"bos_token_id": 0, "eos_token_id": 2, "layer_norm_eps": 1e-5, "type_vocab_size": 1}
    sizes["pad_token_id"] = tokenizer.token_to_id("[PAD]") or tokenizer.token_to_id("<pad>") or 0
    return AutoConfig.for_model(
        kind,
        vocab_size=tokenizer.get_vocab_size(),
        max_position_embeddings=POSITIONS,
        id2label=dict(enumerate(labels)),
        label2id={label: i for i, label in enumerate(labels)},
        **(sizes | further),
    )


def network_of(config, dtype):
    """A network whose every parameter is random, of a size that makes the labels differ, and stored exactly in `dtype`."""
    network = AutoModelForTokenClassification.from_config(config).eval()
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            is_scale = "LayerNorm.weight" in name or "layer_norm.weight" in name
            parameter.normal_(1.0 if is_scale else 0.0, 0.1 if is_scale else 0.25)
            parameter.copy_(parameter.to(dtype).float())
    return network


def save_tokenizer(folder, name, tokenizer):
    """tokenizer.json, or for some vocab.txt alone."""
    if name not in VOCABULARY_ONLY:
        # As many stock files have it; a reader that keeps them cuts its texts off.
        tokenizer.enable_truncation(16)
        tokenizer.enable_padding(length=16)
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return
    ordered = sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])
    (folder / "vocab.txt").write_text("".join(f"{token}\n" for token, _ in ordered), encoding="utf-8")
    settings = {"do_lower_case": VOCABULARY_ONLY[name], "tokenizer_class": "BertTokenizer"}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2) + "\n")


def save_network(folder, name, network, config, dtype):
    """config.json and the weights, in one file or in several with an index."""
    network.to(dtype).save_pretrained(folder, max_shard_size="40KB" if name in SHARDED else "1GB")
    network.float()
    config.save_pretrained(folder)
    if name == "deberta-v3":
        # As stock files have it.
        stored = json.loads((folder / "config.json").read_text())
        stored["pos_att_type"] = "|".join(stored["pos_att_type"])
        (folder / "config.json").write_text(json.dumps(stored, indent=2) + "\n")
    if name == "bert-cased":
        # What older checkpoints hold beside the network: nothing that a token classifier reads.
        tensors = load_file(folder / "model.safetensors")
        tensors["bert.embeddings.position_ids"] = torch.arange(POSITIONS)[None]
        tensors["bert.pooler.dense.weight"] = torch.zeros(2, 2)
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def windows(ids, start, end, longest):
    """The windows over one sentence's ids, as src/window.rs plans them, special tokens around."""
    limit = longest - 2
    step, at, planned = limit // 2, 0, []
    while True:
        planned.append([start, *ids[at : at + limit], end])
        if at + limit >= len(ids):
            return planned
        at += step


def logits(network, sequences, padding):
    """The logits of each sequence out of one padded batch, which must be those that it has alone."""
    width = max(map(len, sequences))
    ids = torch.tensor([ids + [padding] * (width - len(ids)) for ids in sequences])
    mask = torch.tensor([[1] * len(ids) + [0] * (width - len(ids)) for ids in sequences])
    with torch.no_grad():
        batch = network(input_ids=ids, attention_mask=mask).logits
        for row, ids in zip(batch, sequences):
            alone = network(input_ids=torch.tensor([ids])).logits[0]
            assert torch.allclose(row[: len(ids)], alone, atol=2e-5), (row[: len(ids)] - alone).abs().max()
    return [row[: len(ids)].numpy() for row, ids in zip(batch, sequences)]


def knows_its_words(pipe, text):
    """Whether the pipeline's words are those of the tokenizer."""
    encoding = pipe.tokenizer(text, return_offsets_mapping=True, return_special_tokens_mask=True)
    ids, mask = encoding["input_ids"], encoding["special_tokens_mask"]
    scores = numpy.zeros((len(ids), 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        strategy = pipe._sanitize_parameters(aggregation_strategy="first")[2]["aggregation_strategy"]
        tokens = pipe.gather_pre_entities(text, ids, scores, encoding["offset_mapping"], mask, strategy)
    words = [word for word, special in zip(encoding.word_ids(), mask) if not special]
    continues = [i > 0 and words[i] == words[i - 1] for i in range(len(words))]
    return continues == [i > 0 and token["is_subword"] for i, token in enumerate(tokens)]


def mentions(pipe, text):
    """What the pipeline finds: label, start and end in bytes."""
    if text is LONG or not knows_its_words(pipe, text):
        return None
    byte = lambda place: len(text[:place].encode())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = pipe(text)
    return [[entity["entity_group"], byte(entity["start"]), byte(entity["end"])] for entity in found]


def make(name):
    kind, tokenizer_of, labels, dtype, further = CHECKPOINTS[name]
    folder = HERE / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    torch.manual_seed(sum(name.encode()))
    tokenizer = tokenizer_of()
    config = configuration(kind, tokenizer, labels, further)
    network = network_of(config, dtype)
    save_tokenizer(folder, name, tokenizer)
    save_network(folder, name, network, config, dtype)
    start, end = tokenizer.encode("").ids
    unknown = "[UNK]" if tokenizer.token_to_id("[UNK]") else "<unk>"
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token=unknown)
    pipe = pipeline("token-classification", model=network, tokenizer=fast, aggregation_strategy="first")
    longest = POSITIONS - (2 if kind in ("roberta", "xlm-roberta") else 0)
    goldens, rows = [], []
    for text in TEXTS:
        planned = windows(tokenizer.encode(text, add_special_tokens=False).ids, start, end, longest)
        goldens.append({"text": text, "windows": planned, "mentions": mentions(pipe, text)})
        rows.extend(planned)
    values = logits(network, rows, config.pad_token_id)
    lines = ",\n".join(json.dumps(golden, separators=(",", ":")) for golden in goldens)
    (folder / "goldens.json").write_text(f"[\n{lines}\n]\n", encoding="ascii")
    (folder / "logits.f32").write_bytes(numpy.concatenate(values).astype("<f4").tobytes())
    found = [golden["mentions"] and len(golden["mentions"]) for golden in goldens]
    print(f"{name:14} {tokenizer.get_vocab_size():4} tokens, windows of {[len(row) for row in rows]}, mentions {found}")


if __name__ == "__main__":
    for name in sys.argv[1:] or CHECKPOINTS:
        make(name)
