"""The fields of a Tantivy index, the analysis of their text, and documents in Tantivy's form."""

import hashlib
from functools import lru_cache

import tantivy

from search.engines.schema import (
    TERM_FIELDS,
    IndexFields,
)

MAX_TERM = 2_000  # characters
FACETS = ("regions", "certification", "sectors", "languages", "centre")


@lru_cache(maxsize=1)
def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("number", fast=True)
    builder.add_unsigned_field("revision", stored=True, fast=True)
    builder.add_text_field("words", tokenizer_name="bilingual", index_option="freq")
    for name in TERM_FIELDS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=name in FACETS)
    builder.add_float_field("latitude", fast=True)
    builder.add_float_field("longitude", fast=True)
    builder.add_unsigned_field("updated", fast=True)
    return builder.build()


@lru_cache(maxsize=1)
def analyzer() -> tantivy.TextAnalyzer:
    """The analysis of text: lower case, Russian stems of Cyrillic words, English stems of Latin words; no
    stemmer changes the other's words.
    """
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(200),
        tantivy.Filter.lowercase(),
        tantivy.Filter.stopword("russian"),
        tantivy.Filter.stopword("english"),
        tantivy.Filter.stemmer("russian"),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()


def number_of(key: str) -> int:
    """A key as a 63-bit number, which is read from the index in bulk; reading the key itself would be slow."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest()) >> 1


def document_of(fields: IndexFields) -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("key", fields.key)
    document.add_unsigned("number", number_of(fields.key))
    document.add_unsigned("revision", fields.revision)
    document.add_text("words", fields.words)
    for name, terms in fields.terms.items():
        for term in terms:
            if len(term) <= MAX_TERM:
                document.add_text(name, term)
    if fields.latitude is not None and fields.longitude is not None:
        document.add_float("latitude", fields.latitude)
        document.add_float("longitude", fields.longitude)
    document.add_unsigned("updated", fields.updated)
    return document
