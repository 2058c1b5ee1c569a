"""The parts of a STEP assembly (ISO 10303-21), and how many of each go into one; the structure is read, and no shape.

Runs only in the process that opens strangers' files, see `matchmaker.sandbox.child_process`.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from importers.cells import one_line
from importers.readers.encodings import decoded
from matchmaker.domain.errors import UnreadableFile
from matchmaker.domain.language import N_

LARGEST = 25_000_000  # bytes
SUFFIXES = frozenset({".step", ".stp"})
MOST_PIECES = 1_000_000_000
LONGEST_NAME, LONGEST_NUMBER = 120, 60  # characters

# A statement up to its semicolon; strings and comments may hold further ones.
_STATEMENT = re.compile(rb"((?:[^';/]++|'[^']*+'|/\*(?:[^*]++|\*(?!/))*+\*/|/)*+);")
_COMMENT = re.compile(rb"('[^']*+')|/\*.*?\*/", re.DOTALL)
_INSTANCE = re.compile(rb"\s*+#(\d{1,18})\s*+=\s*+(.*)", re.DOTALL)
_OF_STRUCTURE = re.compile(rb"PRODUCT|NEXT_ASSEMBLY_USAGE_OCCURRENCE|COUNT_MEASURE")
_TOKEN = re.compile(rb"'((?:[^']|'')*+)'|#(\d{1,18})|([()])|([^\s'#(),]++)")
_COUNT = re.compile(rb"COUNT_MEASURE\s*\(\s*([0-9]{1,20})(?:\.0*)?\s*\)")
_ESCAPE = re.compile(
    r"""\\X2\\ ((?:[0-9A-F]{4})*) \\X0\\
    | \\X4\\ ((?:[0-9A-F]{8})*) \\X0\\
    | \\X\\ ([0-9A-F]{2})
    | \\P ([A-I]) \\ | \\S\\ (.) | \\ ([NF]) \\ | (\\\\|'')
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NO_NAMES = frozenset({"", "NONE", "UNKNOWN", "UNNAMED"})
_USAGE = "NEXT_ASSEMBLY_USAGE_OCCURRENCE"

Value = (
    bytes | int | str | tuple[int, ...]
)  # a string, a reference, a word or number, the references of a list


@dataclass(frozen=True, slots=True)
class AssemblyPart:
    """A part that goes into an assembly: its name, its number where that is another word, its pieces."""

    name: str
    number: str
    pieces: int


def parts(name: str, content: bytes, most: int) -> list[AssemblyPart]:
    """The parts of an assembly that are none themselves, at most so many, in the order of the file. Products of one number and one name
    are one part. Raises UnreadableFile.
    """
    found = _Structure(name)
    for number, statement in _instances(name, content):
        found.add(number, statement)
    names, pieces = found.names(), Counter[tuple[str, str]]()
    for product, many in found.pieces(names).items():
        pieces[names[product]] += many
    if len(pieces) > most:
        message = N_(
            "The assembly %(file)s has %(parts)s different parts; at most %(most)s are taken: send one of its subassemblies."
        )
        raise UnreadableFile(message, file=name, parts=len(pieces), most=most)
    return [AssemblyPart(*named, many) for named, many in pieces.items()]


def _instances(name: str, content: bytes) -> Iterator[tuple[int, bytes]]:
    """The entities that may be of the structure, by their numbers. Raises UnreadableFile for a file without its end."""
    at = 0
    while statement := _STATEMENT.match(content, at):
        at, said = statement.end(), statement[1]
        if b"END-ISO-10303-21" in said:
            return
        if not _OF_STRUCTURE.search(said):
            continue
        if b"/*" in said:
            said = _COMMENT.sub(lambda one: one[1] or b" ", said)
        if found := _INSTANCE.fullmatch(said):
            yield int(found[1]), found[2]
    raise UnreadableFile(file=name, reason=N_("it is not whole: its end is missing"))


def _records(statement: bytes) -> dict[str, list[Value]]:
    """The values of an entity by its type; of one with several types, by each of them."""
    found: dict[str, list[Value]] = {}
    depth = base = int(statement.startswith(b"("))
    values: list[Value] = []
    keyword, level = "", 0
    for string, reference, bracket, word in _TOKEN.findall(statement):
        if bracket:
            level += 1 if bracket == b"(" else -1
            if bracket == b"(" and level == depth + 1 and keyword:
                values = found.setdefault(keyword, [])
            elif bracket == b"(" and level == depth + 2:
                values.append(())
        elif level == base and word:
            keyword = word.decode("ascii", "replace")
        elif level == depth + 1:
            values.append(int(reference) if reference else word.decode("ascii", "replace") or string)
        elif level == depth + 2 and reference and values and isinstance(values[-1], tuple):
            values[-1] = (*values[-1], int(reference))
    return found


@dataclass(slots=True)
class _Structure:
    """The products of a file, and which definition of one goes into which of another, how often."""

    file: str
    products: dict[int, tuple[bytes, bytes]] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)  # to their product
    definitions: dict[int, int] = field(default_factory=dict)  # to their version
    documents: set[int] = field(default_factory=set)
    usages: list[tuple[int, int, int]] = field(
        default_factory=list
    )  # the whole, the part, the measure of how often
    measures: dict[int, int] = field(default_factory=dict)

    def add(self, number: int, statement: bytes) -> None:
        """Take an entity, where it is of the structure."""
        if counted := _COUNT.search(statement):
            self.measures[number] = int(counted[1])
        found = _records(statement)
        for keyword, values in found.items():
            match keyword, values:
                case "PRODUCT", [bytes(key), bytes(name), *_]:
                    self.products[number] = key, name
                case (
                    "PRODUCT_DEFINITION_FORMATION" | "PRODUCT_DEFINITION_FORMATION_WITH_SPECIFIED_SOURCE",
                    [_, _, int(product), *_],
                ):
                    self.versions[number] = product
                case (
                    "PRODUCT_DEFINITION" | "PRODUCT_DEFINITION_WITH_ASSOCIATED_DOCUMENTS",
                    [_, _, int(version), *_],
                ):
                    self.definitions[number] = version
                case "PRODUCT_RELATED_PRODUCT_CATEGORY", [b"document", _, tuple(products), *_]:
                    self.documents.update(products)
                case "NEXT_ASSEMBLY_USAGE_OCCURRENCE" | "PRODUCT_DEFINITION_RELATIONSHIP", [
                    _,
                    _,
                    _,
                    int(whole),
                    int(part),
                    *_,
                ] if _USAGE in found:
                    measure = found.get("QUANTIFIED_ASSEMBLY_COMPONENT_USAGE", [])
                    self.usages.append(
                        (whole, part, next((one for one in measure if isinstance(one, int)), 0))
                    )

    def names(self) -> dict[int, tuple[str, str]]:
        """The name of each product, and its number where that says something else."""
        raw = [one.translate(None, b"\r\n") for named in self.products.values() for one in named]
        lines = iter((decoded(b"\n".join(raw)) or "").split("\n"))
        return {one: _named(one, next(lines, ""), next(lines, "")) for one in self.products}

    def pieces(self, names: Mapping[int, tuple[str, str]]) -> Counter[int]:
        """The pieces of each product that is no assembly. Raises UnreadableFile."""
        inside: dict[int, Counter[int]] = defaultdict(Counter)
        for whole, part, measure in self.usages:
            inside[whole][part] += self._times(measure)
        waits = Counter(part for within in inside.values() for part in within)
        used = {self._product(one) for one in (*inside, *waits)}
        products = {one: self._product(one) for one in self.definitions}
        counts = Counter(
            one
            for one, product in products.items()
            if one in inside or product not in used | self.documents
            if not waits[one]
        )
        ready = deque(counts)
        while ready:
            whole = ready.popleft()
            if counts[whole] > MOST_PIECES:
                message = N_(
                    "The assembly %(file)s holds “%(part)s” more than %(most)s times; that is no number of pieces."
                )
                raise UnreadableFile(
                    message, file=self.file, part=names[products[whole]][0], most=MOST_PIECES
                )
            for part, times in inside.get(whole, {}).items():
                counts[part] += counts[whole] * times
                waits[part] -= 1
                if not waits[part]:
                    ready.append(part)
        if round_ := next((one for one in waits if waits[one]), 0):
            message = N_("In the assembly %(file)s “%(part)s” contains itself.")
            raise UnreadableFile(message, file=self.file, part=names[products[round_]][0])
        found = Counter[int]()
        for one, product in products.items():
            if counts[one] and one not in inside:
                found[product] += counts[one]
        if not found:
            raise UnreadableFile(file=self.file, reason=N_("it names no product"))
        return found

    def _times(self, measure: int) -> int:
        """How often a usage puts its part in: once, where it has no measure. Raises UnreadableFile."""
        times = self.measures.get(measure, 0) if measure else 1
        if not times:
            message = N_(
                "In the assembly %(file)s a part stands with a quantity that is no whole number (entity #%(entity)s)."
            )
            raise UnreadableFile(message, file=self.file, entity=measure)
        return times

    def _product(self, definition: int) -> int:
        """The product of a definition. Raises UnreadableFile where the file does not hold it."""
        product = self.versions.get(self.definitions.get(definition, 0), 0)
        if product not in self.products:
            message = N_("The file %(file)s is damaged: its entity #%(entity)s leads to no product.")
            raise UnreadableFile(message, file=self.file, entity=definition)
        return product


def _named(product: int, key: str, name: str) -> tuple[str, str]:
    number, title = _worded(key), _worded(name)
    title = title or number or f"#{product}"
    return _cut(title, LONGEST_NAME), "" if number in {"", title} else _cut(number, LONGEST_NUMBER)


def _cut(words: str, longest: int) -> str:
    return words if len(words) <= longest else words[: longest - 1] + "…"


def _worded(raw: str) -> str:
    """A string of the file as words, "" for one that names nothing."""
    page = "iso8859-1"

    def letter(found: re.Match[str]) -> str:
        nonlocal page
        two, four, one, alphabet, shifted, _space, doubled = found.groups()
        if two is not None:
            return bytes.fromhex(two).decode("utf-16-be", "replace")
        if four is not None:
            return bytes.fromhex(four).decode("utf-32-be", "replace")
        if one is not None:
            return bytes.fromhex(one).decode("iso8859-1")
        if alphabet is not None:
            page = f"iso8859-{ord(alphabet.upper()) - ord('A') + 1}"
            return ""
        if shifted is not None:
            return bytes([ord(shifted) % 128 + 128]).decode(page, "replace")
        return doubled[0] if doubled else " "

    words = _ESCAPE.sub(letter, raw)
    words = one_line("".join(sign if sign.isprintable() else " " for sign in words))
    return "" if words.upper() in _NO_NAMES else words
