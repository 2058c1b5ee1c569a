"""Where the nodes of Elasticsearch are, and how a cluster keeps an index."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

# One copy as soon as there is a second node, none before: an index of one node is whole without it.
_COPY_WHERE_POSSIBLE = "0-1"


@dataclass(frozen=True, slots=True)
class Cluster:
    """Addresses of nodes (scheme://host:port) and what is needed to be let in; `timeout` is seconds for an answer.

    An index has `shards` parts and `replicas` copies of each; None for one copy as soon as there is a second node. Both
    hold for indexes made from now on.
    """

    addresses: tuple[str, ...]
    timeout: float = 1.0
    api_key: str = ""
    ca_file: Path | None = None
    shards: int = 1
    replicas: int | None = None

    def client(self) -> Elasticsearch:
        """A client of all nodes: a question that finds one away is asked of the next; one that times out is not."""
        let_in: dict[str, Any] = {"api_key": self.api_key} if self.api_key else {}
        if self.ca_file is not None:
            let_in["ca_certs"] = str(self.ca_file)
        return Elasticsearch(
            list(self.addresses),
            request_timeout=self.timeout,
            max_retries=len(self.addresses) - 1,
            retry_on_timeout=False,
            retry_on_status=(),
            **let_in,
        )

    @property
    def index_settings(self) -> dict[str, Any]:
        """The shards and copies of an index, as Elasticsearch takes them."""
        copies = (
            {"auto_expand_replicas": _COPY_WHERE_POSSIBLE}
            if self.replicas is None
            else {"number_of_replicas": self.replicas}
        )
        return {"number_of_shards": self.shards, **copies}

    @property
    def search_type(self) -> str | None:
        """How words are weighed: over all shards, so that the same question has the same answer however many there are."""
        return "dfs_query_then_fetch" if self.shards > 1 else None
