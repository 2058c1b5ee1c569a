"""The towns, regions and countries that a text means: names that are ordinary words, and names of several places."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from matchmaker.domain.taxonomy import Taxonomy, Town
from search.text.lexicon import WordPattern, whole_words
from search.text.naming import AMBIGUOUS_WEIGHT, PLACES
from search.text.recognition import Mention

_PLACED = WordPattern("places", r"\b@before_town\.?[ ]$")
_CAPITAL_WORD = re.compile(r"(?<![^\W\d_])[A-ZА-ЯЁ][a-zа-яё]{2}")
_AFTER_TOWN = re.compile(r"[^\W\d_](?:\.?,[ ]?|[ ])$")  # "Ashford, Kent"
# The letters of a region after its town, and after the town the code of the post: "Xenia, OH 45385".
_LETTERS = re.compile(r",?[ ]([A-Z]{2})(?!\w)")
_POSTAL = re.compile(
    r"(?<!\w)[A-Z][a-z]{2,15}(?:[ .-]{1,2}[A-Z][a-z]{1,15}){0,2},?[ ]([A-Z]{2})[ ]\d{5}(?!\d)"
)
_NO_PLACE_AFTER = re.compile(r"-[a-zа-яё\d]|\.\d")  # "Кол-во", "РТ-14"
_COUNTRY_AFTER = re.compile(r",?[ ]\(?[A-Z]{2}\)?(?![\w-])")
_APART_BEFORE, _APART_AFTER = re.compile(r"[\n,•(][ ]?$"), re.compile(r"[ ]?(?:[,.;)\n]|$)")
_TIME_BEFORE = re.compile(r"\d[:.]\d\d[ ]\(?$")  # "10:00 МСК"
_OTHER_MEANING = WordPattern("places", r"@other_meanings(?!\w)", re.NOFLAG)
_BETWEEN = re.compile(r"[ ]?,?[ ]?\(?")  # a town and its region: "Reading, Berkshire"


LETTERED = "region.letters"  # the basis of regions that are written by their letters


class Gazetteer:
    """The places of a taxonomy, by the code that a mention of a town has."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self.towns: Mapping[str, Town] = {
            f"{place.label.en}|{place.region}": place for place in taxonomy.places
        }

    def meant(self, text: str, mentions: Sequence[Mention], *, is_place: bool = False) -> list[Mention]:
        """The mentions with one town for each name, without names that are words here. `is_place`: the text is the
        name of a place, where every word counts.
        """
        small = not _CAPITAL_WORD.search(text)
        named = [
            mention
            for mention in mentions
            if mention.kind in PLACES
            and (_is_name(text, mention) or (small and self._is_told(text, mention)))
        ]
        lettered = list(self._lettered(text, [mention for mention in named if mention.kind == "town"]))
        letters = {mention.start for mention in lettered}  # "PA" of "Pittsburgh, PA" is no polyamide
        others = [m for m in mentions if m.kind not in PLACES and m.start not in letters]
        places = _Places(text, [*named, *lettered], self._taxonomy, self.towns)
        return [*others, *places.meant(is_place=is_place)]

    def _is_told(self, text: str, mention: Mention) -> bool:
        """Whether a name in small letters is a town, in a text that has no others: "near leicester"."""
        if mention.kind != "town" or self.towns[str(mention.code)].lesser:
            return False
        return bool(_PLACED.search(text, max(0, mention.start - 16), mention.start))

    def _lettered(self, text: str, towns: Sequence[Mention]) -> Iterator[Mention]:
        """The regions written by their letters after a town of their country."""
        found: dict[int, Mention] = {}
        regions = self._taxonomy.lettered_regions
        matches = [(town, _LETTERS.match(text, town.end)) for town in towns]
        for town, match in matches:
            region = regions.get(match[1]) if match else None
            if match and region and self._same_country(town, region):
                found[match.start(1)] = _region(region, match)
        for match in _POSTAL.finditer(text):
            if match[1] in regions:
                found[match.start(1)] = _region(regions[match[1]], match)
        yield from found.values()

    def _same_country(self, town: Mention, region: str) -> bool:
        country = self._taxonomy.regions[region].extra.get("country")
        return isinstance(country, str) and self._taxonomy.lies_in(self.towns[str(town.code)].region, country)


def _region(code: str, match: re.Match[str]) -> Mention:
    return Mention("region", match.start(1), match.end(1), code=code, sure=0.97, basis=LETTERED)


def _is_name(text: str, mention: Mention) -> bool:
    return (
        text[mention.start].isupper()
        and not _NO_PLACE_AFTER.match(text, mention.end)
        and not _OTHER_MEANING.match(text, mention.start)
        and not _TIME_BEFORE.search(text, max(0, mention.start - 6), mention.start)
    )


class _Places:
    """The places named in one text."""

    def __init__(
        self, text: str, named: Sequence[Mention], taxonomy: Taxonomy, towns: Mapping[str, Town]
    ) -> None:
        self._text, self._taxonomy, self._towns = text, taxonomy, towns
        self._by_place: dict[tuple[int, int], list[Mention]] = {}
        for mention in named:
            self._by_place.setdefault((mention.start, mention.end), []).append(mention)
        self._starts = {start: (start, end) for start, end in self._by_place}
        # The regions that a town before them confirms, by their place.
        self._confirmed: dict[tuple[int, int], Mention] = {}

    def meant(self, *, is_place: bool) -> Iterator[Mention]:
        for place in sorted(self._by_place):
            yield from self._at(place, is_place=is_place)

    def _at(self, place: tuple[int, int], *, is_place: bool) -> Iterator[Mention]:
        if place in self._confirmed:
            yield self._confirmed[place]
            return
        mentions = self._by_place[place]
        towns = [mention for mention in mentions if mention.kind == "town"]
        wider = [mention for mention in mentions if mention.kind != "town"]
        after = self._after(place)
        if not (is_place or after or self._is_placed(mentions)):
            return
        if (
            not (is_place or after)
            and self._are_lesser(towns)
            and not wider
            and not self._stands_as_place(place)
        ):
            return
        sure = [mention for mention in wider if mention.sure > AMBIGUOUS_WEIGHT]
        if sure and not after and self._are_lesser(towns):
            towns = []  # "Ontario" is the province, not a lesser town of its name
        town = self._town(towns, after)
        if town is not None:
            yield town
        yield from _settled(self._around(town, wider if town is None else sure))

    def _after(self, place: tuple[int, int]) -> list[Mention]:
        """The regions and countries named right after a place."""
        between = _BETWEEN.match(self._text, place[1])
        following = self._starts.get(between.end()) if between and between.end() > place[1] else None
        found = self._by_place[following] if following else []
        return [mention for mention in found if mention.kind in {"region", "country"}]

    def _town(self, towns: Sequence[Mention], after: Sequence[Mention]) -> Mention | None:
        """The largest town of a name; where a region or country stands after it, the largest one there."""
        for wider in after:
            inside = [town for town in towns if self._lies_in(town, wider)]
            if inside:
                self._confirmed[wider.start, wider.end] = replace(wider, sure=max(wider.sure, 0.97))
                return max(inside, key=self._population)
        if any(wider.kind == "region" and self._is_elsewhere(wider) for wider in after):
            return None
        return max(towns, key=self._population, default=None)

    def _around(self, town: Mention | None, wider: Sequence[Mention]) -> list[Mention]:
        """The regions and countries of a town's name in which the town lies; all where no town is meant."""
        return [mention for mention in wider if town is None or self._lies_in(town, mention)]

    def _lies_in(self, town: Mention, wider: Mention) -> bool:
        place = self._towns[str(town.code)]
        inside = self._taxonomy.lies_in(place.region, str(wider.code))
        # Of lesser towns often only the country is known.
        return inside or (place.lesser and self._taxonomy.lies_in(str(wider.code), place.region))

    def _is_elsewhere(self, region: Mention) -> bool:
        """Whether a region is of a country whose towns are told apart by their region: "Springfield, Ohio"."""
        return region.code in self._taxonomy.lettered_regions.values()

    def _population(self, town: Mention) -> int:
        return self._towns[str(town.code)].population

    def _is_placed(self, mentions: Sequence[Mention]) -> bool:
        """Whether a name is no ordinary word, or the text shows that a place is meant."""
        first = mentions[0]
        written = self._text[first.start : first.end].lower().replace("ё", "е")
        towns = [self._towns[str(mention.code)] for mention in mentions if mention.kind == "town"]
        labels = {name.lower() for town in towns for name in (town.label.ru, town.label.en)}
        if (labels | {written}).isdisjoint(whole_words("places", "ordinary_places")):
            return True
        if any(mention.kind == "region" for mention in mentions) and self._stands_after_a_town(first):
            return True
        return bool(_PLACED.search(self._text, max(0, first.start - 12), first.start))

    def _are_lesser(self, towns: Sequence[Mention]) -> bool:
        return all(self._towns[str(town.code)].lesser for town in towns)

    def _stands_as_place(self, place: tuple[int, int]) -> bool:
        """Whether words or signs around a name show that a place is meant: "in Gävle", "Hagen (DE)", "Jihlava CZ"."""
        start, end = place
        if _PLACED.search(self._text, max(0, start - 16), start) or _COUNTRY_AFTER.match(self._text, end):
            return True
        apart = _APART_BEFORE.search(self._text, max(0, start - 3), start) or start == 0
        return bool(apart and _APART_AFTER.match(self._text, end))

    def _stands_after_a_town(self, region: Mention) -> bool:
        before = _AFTER_TOWN.search(self._text, max(0, region.start - 4), region.start)
        return before is not None and ("," in before[0] or self._ends_town(before.start() + 1))

    def _ends_town(self, position: int) -> bool:
        return any(end == position for _, end in self._by_place)


def _settled(wider: Sequence[Mention]) -> Iterator[Mention]:
    """The surest regions and countries of a name: "Georgia" is the state only beside a town of it."""
    sure = max((mention.sure for mention in wider), default=0.0)
    yield from (mention for mention in wider if mention.sure == sure)
