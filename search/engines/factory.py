"""The engine that the setting names; only its client is imported."""

from pathlib import Path
from typing import TYPE_CHECKING

from matchmaker.domain.taxonomy import Taxonomy
from search.engines.protocol import Engine
from search.engines.surveys import Surveyor

if TYPE_CHECKING:
    from search.engines.elastic.cluster import Cluster


def make_engine(
    taxonomy: Taxonomy, *, folder: Path, cluster: "Cluster | None" = None, prefix: str = "matchmaker"
) -> Engine:
    """Open Elasticsearch in a cluster, where names of indexes begin with a prefix, or Tantivy in a folder without one."""
    if cluster is not None:
        from search.engines.elastic.elastic_engine import ElasticEngine

        return ElasticEngine(cluster, prefix, taxonomy)
    from search.engines.embedded.embedded_engine import EmbeddedEngine

    return EmbeddedEngine(folder, taxonomy)


def make_surveyor(taxonomy: Taxonomy, cluster: "Cluster", prefix: str = "matchmaker") -> Surveyor:
    """Open Elasticsearch in a cluster as an engine that judges everybody itself."""
    from search.engines.elastic.fact_engine import FactEngine

    return FactEngine(cluster, prefix, taxonomy)
