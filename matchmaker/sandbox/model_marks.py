"""Marks in models and DXF drawings: words that their formats leave to whoever writes the file, so that no line and no
triangle changes.

A mark tells from whom a copy came as long as nobody removes it: it is one line of text, and a program that saves the file
anew may leave it out.
"""

import shutil
from pathlib import Path

from matchmaker.domain.errors import FileRefused
from matchmaker.domain.language import N_

_BINARY_DXF = b"AutoCAD Binary DXF"
_BOM = b"\xef\xbb\xbf"
_STEP = b"ISO-10303-21;"
_STL_HEADER = 80  # bytes of a binary STL before the number of its triangles
_HEAD = 4096  # bytes in which the beginning of a file is looked for
_LINE = 200  # characters of a comment in DXF, which older programs read up to 255
_MOST_LINES = 3
# Words in a header of a binary STL that programs read.
_READ_BY_PROGRAMS = (b"COLOR=", b"MATERIAL=", b"UNITS=")


def mark(path: Path, kind: str, words: str, target: Path) -> None:
    """Write a copy of a DXF, STEP or STL with the words in it. Raises FileRefused."""
    with path.open("rb") as source, target.open("wb") as copy:
        head = source.read(_HEAD)
        begin = {"dxf": _dxf, "step": _step, "stl": _stl}[kind]
        copy.write(begin(head, words, path))
        shutil.copyfileobj(source, copy)


def _dxf(head: bytes, words: str, _path: Path) -> bytes:
    """A comment (group code 999) before the first section."""
    if head.startswith(_BINARY_DXF):
        raise FileRefused(
            N_("A binary DXF cannot be marked, so suppliers cannot open it. Save it as a DXF of text.")
        )
    bom = _BOM if head.startswith(_BOM) else b""
    end = b"\r\n" if b"\r\n" in head else b"\n"
    plain = "".join(one if one.isascii() else f"\\U+{ord(one):04X}" for one in _first(words))
    lines = [plain[start : start + _LINE] for start in range(0, len(plain), _LINE)][:_MOST_LINES]
    comment = b"".join(b"999" + end + line.encode("ascii") + end for line in lines)
    return bom + comment + head[len(bom) :]


def _step(head: bytes, words: str, _path: Path) -> bytes:
    """A comment before the header."""
    at = head.find(_STEP)
    if at < 0:
        raise FileRefused(N_("This file does not begin as a STEP file does; save it anew."))
    end = at + len(_STEP)
    return head[:end] + b"\n/* " + _spelled(words).encode("ascii") + b" */" + head[end:]


def _spelled(words: str) -> str:
    """Words in the characters that STEP allows; others as STEP spells them."""
    spelled = []
    for one in words.replace("*/", "* /").replace("\\", "/"):
        units = one.encode("utf-16-be").hex().upper()
        spelled.append(one if " " <= one <= "~" else f"\\X2\\{units}\\X0\\" if len(units) == 4 else "?")
    return "".join(spelled).replace("\\X0\\\\X2\\", "")


def _stl(head: bytes, words: str, path: Path) -> bytes:
    """The name of the solid, or the header of a binary file, as far as programs read nothing in it."""
    short = _first(words)
    triangles = int.from_bytes(head[_STL_HEADER : _STL_HEADER + 4], "little")
    if path.stat().st_size != _STL_HEADER + 4 + 50 * triangles:
        _, end, rest = head.partition(b"\n")
        name = short.encode("ascii", "backslashreplace").replace(b"facet", b"face")
        return b"solid " + name + (b"\r" if head.split(b"\n", 1)[0].endswith(b"\r") else b"") + end + rest
    kept = head[:_STL_HEADER]
    used = next((kept.find(word) for word in _READ_BY_PROGRAMS if word in kept), _STL_HEADER)
    if used < _STL_HEADER:
        kept = kept[used:].rstrip(b"\0 ")
        return _cut(short, _STL_HEADER - len(kept)) + kept + head[_STL_HEADER:]
    return _cut(short, _STL_HEADER) + head[_STL_HEADER:]


def _first(words: str) -> str:
    """The words with what is most needed to trace a copy first, the need and the day, since room is short."""
    return " · ".join(reversed(words.split(" · ")))


def _cut(words: str, size: int) -> bytes:
    """Words in so many bytes, filled up with spaces."""
    return words.encode()[:size].decode(errors="ignore").encode().ljust(size)
