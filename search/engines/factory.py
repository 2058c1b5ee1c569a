"""The engine that the setting names; only its client is imported."""

from pathlib import Path

from matchmaker.domain.taxonomy import Taxonomy
from search.engines.protocol import Engine


def make_engine(
    kind: str,
    taxonomy: Taxonomy,
    *,
    folder: Path,
    url: str = "",
    prefix: str = "matchmaker",
    timeout: float = 1.0,
) -> Engine:
    """Open an engine: "tantivy" in a folder, or "elasticsearch" at an address with a prefix and a timeout in seconds."""
    if kind == "elasticsearch":
        from search.engines.elastic.elastic_engine import ElasticEngine

        return ElasticEngine(url, prefix, taxonomy, timeout)
    from search.engines.embedded.embedded_engine import EmbeddedEngine

    return EmbeddedEngine(folder, taxonomy)
