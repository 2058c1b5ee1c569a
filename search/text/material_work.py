"""The work that a word means for a material: "закалка" of glass is tempering, of steel it is hardening."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from matchmaker.domain.taxonomy import Taxonomy
from matchmaker.domain.taxonomy_keys import Flag
from search.text.recognition import Mention


class MaterialWork:
    """The processes that the same words name for other materials than metal."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._meant = taxonomy.of_material
        self._metals = taxonomy.materials.flagged(Flag.METAL)
        self._lineage = taxonomy.materials.closure

    def settled(self, mentions: list[Mention]) -> list[Mention]:
        """The mentions, with each word of work as the work on the text's materials, where those agree and are no metal."""
        materials = {str(mention.code) for mention in mentions if mention.kind == "material"}
        if not materials or not self._metals.isdisjoint(materials):
            return mentions
        lineages = [self._lineage(material) for material in materials]
        return [
            replace(mention, code=_of(self._meant[mention.code], lineages) or mention.code)
            if mention.kind == "process" and mention.code in self._meant
            else mention
            for mention in mentions
        ]


def _of(meant: Mapping[str, str], lineages: Iterable[tuple[str, ...]]) -> str | None:
    """The one process that the materials give, None where they give none or several."""
    nearest = (next((code for code in lineage if code in meant), None) for lineage in lineages)
    found = {meant[code] for code in nearest if code is not None}
    return found.pop() if len(found) == 1 else None
