#!/usr/bin/env python3
"""Makes the rows of published protocols with Python's re and Hugging Face tokenizers.

    scripts/protocol_rows.py CORPORA GPT2_DIR [BERT_DIR]

Prints a JSON line for each protocol whose corpus is there: the number of rows, of scored tokens, and
the SHA-256 that `mdlm eval-ppl --protocol NAME --dry-run --json` prints as manifest.rows_sha256.
Needs the package tokenizers; it follows the published pipeline with one worker process.
"""
import csv
import hashlib
import json
import pathlib
import re
import struct
import sys


GROUP = 1000


def wikitext(x):
    x = x.replace("s '", "s'")
    # What stands on the right is put into the text as it is; the published chain does so.
    x = re.sub(r"/' [0-9]/", r"/'[0-9]/", x)
    for a, b in [(" @-@ ", "-"), (" @,@ ", ","), (" @.@ ", "."), (" : ", ": "), (" ; ", "; "),
                 (" . ", ". "), (" ! ", "! "), (" ? ", "? "), (" , ", ", ")]:
        x = x.replace(a, b)
    for left, right in ["()", "[]", "{}"]:
        x = re.sub(rf"\{left}\s*([^\{right}]*?)\s*\{right}", rf"{left}\1{right}", x)
    for quote in "\"'":
        x = re.sub(rf"{quote}\s*([^{quote}]*?)\s*{quote}", rf"{quote}\1{quote}", x)
    for a, b in [("= = = =", "===="), ("= = =", "==="), ("= =", "=="), (" \u00b0 ", "\u00b0"),
                 (" \n", "\n"), ("\n ", "\n"), (" N ", " 1 "), (" 's", "'s")]:
        x = x.replace(a, b)
    return x


def ptb(x):
    for a, b in [(" 's", "'s"), ("s ' ", "s' "), (" n't", "n't"), (" \n ", "\n"), ("\\/", "/")]:
        x = x.replace(a, b)
    for _ in range(10):
        x = x.replace(" N ", " 1 ")
    return x.replace("$ 1", "$1").replace("# 1", "#1").replace("<unk>", "?")


def lm1b(x):
    x = x.replace("http : / / ", "http://").replace("https : / / ", "https://")
    x = re.sub(r" '(\w+)", r"'\1", x)
    x = re.sub(r" (\w+) \. ", r" \1. ", x)
    x = re.sub(r" (\w+) \.$", r" \1.", x)
    for mark in "?!":
        x = x.replace(f" {mark} ", f"{mark} ")
        x = re.sub(rf" \{mark}$", mark, x)
    for a, b in [(" , ", ", "), (" : ", ": "), (" ; ", "; "), (" / ", "/")]:
        x = x.replace(a, b)
    x = re.sub(r'" ([^"]+) "', r'"\1"', x)
    x = re.sub(r"' ([^']+) '", r"'\1'", x)
    x = re.sub(r"\( ([^()]+) \)", r"(\1)", x)
    x = re.sub(r"\[ ([^\[\]]+) \]", r"[\1]", x)
    return x.replace("$ ", "$").replace("\u00a3 ", "\u00a3")


def lambada(x):
    return "\n" + x.replace("\u201c", '"').replace("\u201d", '"').strip()


def tokenizer(folder):
    """Reads tokenizer.json, or the files from before there was one."""
    from tokenizers import BertWordPieceTokenizer, ByteLevelBPETokenizer, Tokenizer
    folder = pathlib.Path(folder)
    if (folder / "tokenizer.json").exists():
        return Tokenizer.from_file(str(folder / "tokenizer.json"))
    if (folder / "merges.txt").exists():
        files = [str(folder / name) for name in ["vocab.json", "merges.txt"]]
        return ByteLevelBPETokenizer(*files)._tokenizer
    return BertWordPieceTokenizer(str(folder / "vocab.txt"))._tokenizer


def lines(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        return list(file)


def wrapped(ids, begin, end, length, separated):
    """Joins documents a thousand at a time and frames each piece of length - 2 tokens."""
    rows, body = [], length - 2
    for start in range(0, len(ids), GROUP):
        joined = [t for doc in ids[start:start + GROUP] for t in doc + ([end] if separated else [])]
        for at in range(0, len(joined) // body * body, body):
            rows.append((length, [begin] + joined[at:at + body] + [end]))
    return rows


def padded(ids, begin, end, padding, length):
    rows = []
    for doc in ids:
        row = [begin] + doc[:length - 2] + [end]
        rows.append((len(row), row + [padding] * (length - len(row))))
    return rows


def report(name, rows):
    digest = hashlib.sha256()
    for unpadded, row in rows:
        digest.update(struct.pack(f"<{len(row) + 1}i", unpadded, *row))
    print(json.dumps({"protocol": name, "sequences": len(rows),
                      "tokens": sum(unpadded for unpadded, _ in rows),
                      "rows_sha256": digest.hexdigest()}), flush=True)


def main():
    if len(sys.argv) < 3 or sys.argv[1].startswith("-"):
        print(__doc__.strip())
        sys.exit(0 if {"-h", "--help"} & set(sys.argv[1:]) else 64)
    corpora = pathlib.Path(sys.argv[1])
    gpt2 = tokenizer(sys.argv[2])
    held_out = corpora / "lm1b/heldout"
    shards = sorted(held_out.iterdir()) if held_out.is_dir() else [
        path for path in [corpora / "lm1b/news.en.heldout-00000-of-00050"] if path.exists()]
    sentences = lambda: [lm1b(line.strip()) for path in shards for line in lines(path)]

    def zero_shot(name, is_there, documents):
        if not is_there:
            return
        ids = [e.ids for e in gpt2.encode_batch(list(documents()), add_special_tokens=False)]
        report(name, wrapped(ids, 50256, 50256, 1024, separated=False))

    zero_shot("ptb", (corpora / "ptb/ptb.valid.txt").exists(),
              lambda: [ptb(line.strip()) for line in lines(corpora / "ptb/ptb.valid.txt")])
    raw = corpora / "wikitext-2/wiki.valid.raw"
    wiki = raw if raw.exists() else corpora / "wikitext-2/wiki.valid.tokens"
    zero_shot("wikitext", wiki.exists(),
              lambda: [wikitext(line if line.strip() else "") for line in lines(wiki)])
    zero_shot("lm1b-gpt2", bool(shards), sentences)
    path = corpora / "lambada/lambada_test.jsonl"
    zero_shot("lambada", path.exists(), lambda: [lambada(json.loads(x)["text"]) for x in lines(path)])
    news = corpora / "agnews/test.csv"
    zero_shot("ag_news", news.exists(), lambda: [
        " ".join(record[1:]) for record in csv.reader(open(news, encoding="utf-8", newline=""))])
    for name in ["pubmed", "arxiv"]:
        papers = corpora / name / "val.txt"
        zero_shot(name, papers.exists(), lambda papers=papers: [
            lm1b(wikitext("\n".join(json.loads(x)["article_text"]))) for x in lines(papers)])

    if len(sys.argv) > 3 and shards:
        bert = tokenizer(sys.argv[3])
        bert.no_truncation()
        bert.no_padding()
        ids = [e.ids for e in bert.encode_batch(sentences(), add_special_tokens=False)]
        report("lm1b", padded(ids, 101, 102, 0, 128))
        # The official code takes the first id of an encoded [SEP], which is that of [CLS].
        report("lm1b-packed", wrapped(ids, 101, 101, 128, separated=True))


main()
