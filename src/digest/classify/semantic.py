"""The optional extra: how near a story is in meaning to a topic's phrases, by static word embeddings.

The weights are read from the installed `wordllama` wheel, by its files and not by its code: nothing is downloaded.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from digest.classify.bayes import OTHER
from digest.classify.words import lead
from digest.errors import ConfigError
from digest.models.story import Story
from digest.settings import Topic

WEIGHTS = ("weights", "l2_supercat_256.safetensors")
TOKENS = ("tokenizers", "l2_supercat_tokenizer_config.json")
NEEDED = ("numpy", "tokenizers", "wordllama")
MOST_TOKENS = 256
SHARPNESS = 0.05
USUAL = 0.04
NOTHING = 0.06


class Sense(Protocol):
    """Anything that says how near texts are to topics."""

    def nearness(self, topics: Mapping[str, Topic], texts: Sequence[str]) -> list[dict[str, float]]:
        """For each text the cosine with each topic that has phrases."""


class Embeddings:
    """Mean token embeddings of 256 dimensions. Made by `load`."""

    def __init__(self, tokenizer: Any, table: Any) -> None:
        self._tokenizer = tokenizer
        self._table = table

    def nearness(self, topics: Mapping[str, Topic], texts: Sequence[str]) -> list[dict[str, float]]:
        """For each text the cosine with the mean of each topic's phrases."""
        phrases = {
            name: [p.replace("*", "") for p in topic.match if not p.startswith("-")] for name, topic in topics.items()
        }
        names = [name for name in sorted(phrases) if phrases[name]]
        if not names or not texts:
            return [{} for _ in texts]
        means = [self._embed(phrases[name]).mean(axis=0) for name in names]
        centres = [mean / (float((mean * mean).sum()) ** 0.5 or 1.0) for mean in means]
        embedded = self._embed(texts)
        columns = [(embedded @ centre).tolist() for centre in centres]
        return [
            {name: round(float(value), 6) for name, value in zip(names, row, strict=True)}
            for row in zip(*columns, strict=True)
        ]

    def _embed(self, texts: Sequence[str]) -> Any:
        import numpy

        rows = numpy.zeros((len(texts), self._table.shape[1]), numpy.float32)
        for row, encoded in zip(
            rows, self._tokenizer.encode_batch(list(texts), add_special_tokens=False), strict=True
        ):
            if encoded.ids:
                row[:] = self._table[encoded.ids[:MOST_TOKENS]].astype(numpy.float32).mean(axis=0)
        lengths = numpy.linalg.norm(rows, axis=1, keepdims=True)
        lengths[lengths == 0] = 1.0
        return rows / lengths


def installed(needed: Sequence[str] = NEEDED) -> bool:
    """Whether the extra is there: every package that it needs."""
    return all(find_spec(name) is not None for name in needed)


def load(needed: Sequence[str] = NEEDED) -> Embeddings:
    """The embeddings of the installed wheel; about .4 s of one CPU and 20 MB.

    Raises:
        ConfigError: the extra is not installed, or its wheel holds other files than it did.
    """
    hint = "pip install 'digest[semantic]' adds it; topics work without it"
    if not installed(needed):
        raise ConfigError("the extra for topics by meaning is not installed", hint=hint)
    import numpy
    from tokenizers import Tokenizer

    spec = find_spec("wordllama")
    root = Path(str(spec.origin if spec else "")).parent
    weights, tokens = root.joinpath(*WEIGHTS), root.joinpath(*TOKENS)
    if not weights.is_file() or not tokens.is_file():
        raise ConfigError("the installed wordllama holds other files than expected", where=str(root), hint=hint)
    raw = weights.read_bytes()
    (length,) = struct.unpack("<Q", raw[:8])
    header = json.loads(raw[8 : 8 + length])["embedding.weight"]
    begin, end = header["data_offsets"]
    table = numpy.frombuffer(raw[8 + length + begin : 8 + length + end], dtype="<f2").reshape(header["shape"])
    return Embeddings(Tokenizer.from_file(str(tokens)), table)


def text_of(story: Story) -> str:
    """What of a story is embedded: title and lead."""
    return f"{story.title} {lead(story)[:600]}"


def blended(likely: Mapping[str, float] | None, near: Mapping[str, float]) -> dict[str, float]:
    """The model's shares and the nearness in meaning as one set of shares.

    Where no model was taught the nearness speaks alone, and `OTHER` stands for a story that is near to nothing.
    """
    if not near:
        return dict(likely or {})
    before = likely or dict.fromkeys(near, 1.0) | {OTHER: math.exp((NOTHING - USUAL) / SHARPNESS)}
    raw = {
        name: math.log(max(share, 1e-9)) + (0.0 if name == OTHER else (near.get(name, USUAL) - USUAL) / SHARPNESS)
        for name, share in before.items()
    }
    top = max(raw.values())
    shares = {name: math.exp(value - top) for name, value in raw.items()}
    total = math.fsum(shares.values())
    return {name: share / total for name, share in shares.items()}
