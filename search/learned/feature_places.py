"""The places of the features of the learned models: a hash instead of a list of words, so that a model is numbers alone."""

from functools import lru_cache
from zlib import crc32

BUCKETS = 1 << 17


@lru_cache(maxsize=50_000)
def place(feature: str) -> int:
    """The place of a feature among the weights, from 0 to BUCKETS."""
    return crc32(feature.encode()) % BUCKETS
