"""Files made to harm whoever opens them, each with its written answer: how the upload is answered, and what its page says.

Each file goes through one door of the site. `status` is the answer to the upload itself; where that is a redirect, `said`
stands on the page once the file was opened, and nothing of it may cost more than the child process is given.
"""

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TAKEN = 302
NO_PREVIEW = "no preview of this kind"
CROWDED = "too many lines"
TOO_MUCH = "too much time or memory"
DAMAGED = "damaged or is not what its name says"
NO_HEAD = "no row that names the columns"  # macros are not looked at, what the cells say is


@dataclass(frozen=True, slots=True)
class HostileFile:
    """A file, the name it is sent under, the door it is sent to, and its answer."""

    title: str
    door: str
    name: str
    make: Callable[[], bytes]
    status: int
    said: str


# Drawings


def dxf(entities: str, blocks: str = "") -> bytes:
    tags = f"0 SECTION 2 BLOCKS {blocks} 0 ENDSEC" if blocks else ""
    words = f"{tags} 0 SECTION 2 ENTITIES {entities} 0 ENDSEC 0 EOF".split()
    return ("\n".join(words) + "\n").encode()


def insert(name: str, rows: int = 1, columns: int = 1) -> str:
    return f"0 INSERT 8 0 2 {name} 10 0 20 0 70 {columns} 71 {rows} 44 1 45 1"


LINE = "0 LINE 8 0 10 0 20 0 11 9 21 9"


def block(name: str, inner: str) -> str:
    return f"0 BLOCK 8 0 2 {name} 70 0 10 0 20 0 {inner} 0 ENDBLK"


def dxf_array() -> bytes:
    """The 235 bytes that once held a thread for thirty seconds."""
    return dxf(insert("A", 30_000, 30_000), block("A", LINE))


def dxf_nested() -> bytes:
    blocks = [block("B0", LINE), *(block(f"B{n}", insert(f"B{n - 1}", 10, 10)) for n in range(1, 5))]
    return dxf(insert("B4"), " ".join(blocks))


def dxf_deep() -> bytes:
    blocks = [block("B0", LINE), *(block(f"B{n}", insert(f"B{n - 1}")) for n in range(1, 60))]
    return dxf(insert("B59"), " ".join(blocks))


def dxf_loop() -> bytes:
    return dxf(insert("A"), block("A", insert("B")) + " " + block("B", insert("A")))


def dxf_crowd() -> bytes:
    return dxf(" ".join([LINE] * 26_000))


def dxf_negative() -> bytes:
    return dxf(f"{LINE} {insert('A', -5, 2_000_000_000)}", block("A", LINE))


def dxf_far() -> bytes:
    return dxf("0 LINE 8 0 10 1e308 20 -1e308 11 -1e308 21 1e308")


# Models


def step(body: str) -> bytes:
    head = "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\nFILE_NAME('','',(''),(''),'','','');\nFILE_SCHEMA(('AUTOMOTIVE_DESIGN'));\nENDSEC;\nDATA;\n"
    return f"{head}{body}\nENDSEC;\nEND-ISO-10303-21;\n".encode()


def step_loop() -> bytes:
    return step("#1=PRODUCT_DEFINITION_SHAPE('','',#2);\n#2=PRODUCT_DEFINITION_SHAPE('','',#1);")


def step_crowd() -> bytes:
    return step("\n".join(f"#{n}=CARTESIAN_POINT('',(0.,0.,0.));" for n in range(1, 70_000)))


def stl_without_numbers() -> bytes:
    one = struct.pack("<12fH", *[float("nan")] * 12, 0)
    return bytes(80) + struct.pack("<I", 4) + one * 4


def stl_infinite() -> bytes:
    one = struct.pack("<12fH", 0, 0, 1, 0, 0, 0, 3e38, 0, 0, 0, 3e38, 0, 0)
    return bytes(80) + struct.pack("<I", 2) + one * 2


def stl_crowd() -> bytes:
    return bytes(80) + struct.pack("<I", 401_000) + bytes(50 * 401_000)


# Documents


def pdf(objects: list[str], root: int = 1, trailer: str = "") -> bytes:
    made, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    at = len(made)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    made += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    made += (
        f"trailer\n<</Size {len(objects) + 1}/Root {root} 0 R{trailer}>>\nstartxref\n{at}\n%%EOF\n".encode()
    )
    return bytes(made)


_PAGE = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>"


def pdf_pages(count: int) -> bytes:
    kids = " ".join(f"{number} 0 R" for number in range(3, count + 3))
    tree = f"<</Type/Pages/Count {count}/Kids[{kids}]>>"
    return pdf(["<</Type/Catalog/Pages 2 0 R>>", tree, *[_PAGE] * count])


def pdf_loop() -> bytes:
    """A tree of pages that leads back to itself."""
    tree = "<</Type/Pages/Count 9/Kids[3 0 R 2 0 R]/Parent 3 0 R>>"
    return pdf(
        ["<</Type/Catalog/Pages 2 0 R>>", tree, "<</Type/Pages/Count 9/Kids[2 0 R 3 0 R]/Parent 2 0 R>>"]
    )


def pdf_bomb() -> bytes:
    """A page whose content unpacks to 600 MB, through two filters."""
    once = zlib.compress(b"0 0 m 9 9 l S\n" * 2_000_000, 9)
    packed = zlib.compress(once * 20, 9).decode("latin-1")
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>"
    content = f"<</Length {len(packed)}/Filter[/FlateDecode/FlateDecode]>>\nstream\n{packed}\nendstream"
    return pdf(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", page, content])


def pdf_giant() -> bytes:
    """A page of 200,000 inches."""
    page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 14400000 14400000]/UserUnit 75000>>"
    return pdf(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", page])


def pdf_script() -> bytes:
    act = "<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>"
    return pdf([act, "<</Type/Pages/Count 1/Kids[3 0 R]>>", _PAGE])


def pdf_locked() -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer, made = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_pages(1)))), io.BytesIO()
    writer.encrypt("secret")
    writer.write(made)
    return made.getvalue()


# Pictures


def png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    parts = chunks or ((b"IDAT", zlib.compress(bytes((width * 3 + 1) * min(height, 10)))),)
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunk(*one) for one in parts) + chunk(b"IEND", b"")


def png_flood() -> bytes:
    return png(50_000, 50_000)


@cache
def png_text() -> bytes:
    """A note that unpacks to 200 MB."""
    return png(10, 10, (b"zTXt", b"note\0\0" + zlib.compress(bytes(200_000_000), 9)))


def jpg_flood() -> bytes:
    frame = struct.pack(">HBHHB", 17, 8, 65_000, 65_000, 3) + b"\x01\x11\x00\x02\x11\x00\x03\x11\x00"
    return (
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xc0" + frame + b"\xff\xd9"
    )


def heic_flood() -> bytes:
    """A telephone's photo that says it has 3,600 million pixels."""
    photo = (Path(__file__).parents[1] / "files" / "photo.heic").read_bytes()
    before, sides, after = photo.partition(b"ispe\0\0\0\0")
    return before + sides + struct.pack(">II", 60_000, 60_000) + after[8:]


# Workbooks

_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
_BOOK = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/worksheets/sheet1.xml": _SHEET.format(""),
}


def packed(**parts: bytes | str) -> bytes:
    """A workbook with other parts beside its own, or in their place."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**_BOOK, **parts}.items():
            archive.writestr(name, content)
    return made.getvalue()


def sheet(cells: str, before: str = "") -> bytes:
    return packed(**{"xl/worksheets/sheet1.xml": before + _SHEET.format(cells)})


def cell(place: str, row: int) -> str:
    return f'<row r="{row}"><c r="{place}" t="inlineStr"><is><t>x</t></is></c></row>'


@cache
def xlsx_bomb() -> bytes:
    return packed(**{"xl/media/image1.bmp": bytes(200_000_000)})


@cache
def xlsx_lying() -> bytes:
    """A part that says 1,000 bytes in the directory and unpacks to 100 MB."""
    made = bytearray(packed(**{"xl/worksheets/sheet1.xml": _SHEET.format(" " * 100_000_000)}))
    size = struct.pack("<I", len(_SHEET.format(" " * 100_000_000)))
    return bytes(made.replace(size, struct.pack("<I", 1_000)))


def xlsx_overlapping() -> bytes:
    """Two entries of the directory that name the same bytes."""
    made = bytearray(packed(**{"xl/a.xml": "a" * 500, "xl/b.xml": "a" * 500}))
    with zipfile.ZipFile(io.BytesIO(bytes(made))) as archive:
        first, second = (archive.getinfo(name).header_offset for name in ("xl/a.xml", "xl/b.xml"))
    at = made.rindex(b"PK\x01\x02")
    assert struct.unpack_from("<I", made, at + 42) == (second,)
    struct.pack_into("<I", made, at + 42, first)
    made[at + 46 : at + 54] = b"xl/a.xml"
    return bytes(made)


def xlsx_many() -> bytes:
    return packed(**{f"xl/{number}.xml": "" for number in range(2_100)})


def xlsx_locked() -> bytes:
    made = bytearray(packed())
    at = made.index(b"PK\x01\x02")
    struct.pack_into("<H", made, at + 8, 1)
    struct.pack_into("<H", made, 6, 1)
    return bytes(made)


def xlsx_link() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in _BOOK.items():
            archive.writestr(name, content)
        link = zipfile.ZipInfo("xl/media/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return made.getvalue()


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {one} "{"&" + before + ";" * 1}{("&" + before + ";") * 9}">'
        for before, one in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
_ENTITY = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def ods_bomb() -> bytes:
    """A cell that says it stands in every column of a million rows."""
    content = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
        '<office:body><office:spreadsheet><table:table table:name="A"><table:table-row table:number-rows-repeated="1048576">'
        '<table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return made.getvalue()


# Texts


@cache
def gzip_bomb() -> bytes:
    """Some 200 KB that unpack to 10 GB, piece after piece."""
    return gzip.compress(b"\n" * 50_000_000, 9) * 200


def noise() -> bytes:
    return random.Random(7).randbytes(1_000_000)


@cache
def zip_bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(100_000_000))
    return made.getvalue()


SCRIPT = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<html><body><script>alert(document.cookie)</script></body></html>"
PLAIN = pdf_script


def corpus() -> Iterator[HostileFile]:
    """All files."""
    yield from (HostileFile(*one) for one in _DRAWINGS + _NAMES + _LISTS + _OTHERS)


_DRAWINGS: list[tuple[str, str, str, Callable[[], bytes], int, str]] = [
    ("an array of 30,000 × 30,000", "drawing", "a.dxf", dxf_array, TAKEN, CROWDED),
    ("blocks of blocks of blocks", "drawing", "b.dxf", dxf_nested, TAKEN, CROWDED),
    ("blocks sixty deep", "drawing", "c.dxf", dxf_deep, TAKEN, CROWDED),
    ("a block within itself", "drawing", "d.dxf", dxf_loop, TAKEN, "stays attached without a preview"),
    ("26,000 lines", "drawing", "e.dxf", dxf_crowd, TAKEN, CROWDED),
    ("a negative array", "drawing", "f.dxf", dxf_negative, TAKEN, CROWDED),
    ("a line beyond all numbers", "drawing", "g.dxf", dxf_far, TAKEN, "stays attached without a preview"),
    ("a model that needs itself", "drawing", "h.step", step_loop, TAKEN, "The model is empty or damaged"),
    ("70,000 points", "drawing", "i.stp", step_crowd, TAKEN, "too finely divided"),
    (
        "triangles without numbers",
        "drawing",
        "j.stl",
        stl_without_numbers,
        TAKEN,
        "stays attached without a preview",
    ),
    ("triangles without end", "drawing", "k.stl", stl_infinite, TAKEN, "stays attached without a preview"),
    ("401,000 triangles", "drawing", "l.stl", stl_crowd, TAKEN, "too finely divided"),
    ("a PDF of 10,000 pages", "drawing", "m.pdf", lambda: pdf_pages(10_000), TAKEN, "10000 pages"),
    ("a PDF of 600 pages", "drawing", "n.pdf", lambda: pdf_pages(600), TAKEN, "at most 500 pages"),
    (
        "a tree of pages in a circle",
        "drawing",
        "o.pdf",
        pdf_loop,
        TAKEN,
        "Suppliers cannot download this file",
    ),
    ("a page of 560 MB", "drawing", "p.pdf", pdf_bomb, TAKEN, TOO_MUCH),
    ("a page as large as a town", "drawing", "q.pdf", pdf_giant, TAKEN, "1 page"),
    ("a PDF with a program", "drawing", "r.pdf", pdf_script, TAKEN, "1 page"),
    ("a locked PDF", "drawing", "s.pdf", pdf_locked, TAKEN, "protected by a password"),
    ("2,500 million pixels", "drawing", "t.png", png_flood, TAKEN, "50000 × 50000 pixels"),
    ("a JPEG of 65,000 × 65,000", "drawing", "u.jpg", jpg_flood, TAKEN, "65000 × 65000 pixels"),
    ("a note of 200 MB in a picture", "drawing", "v.png", png_text, TAKEN, DAMAGED),
    ("a picture cut short", "drawing", "w.png", lambda: png(900, 900)[:90], TAKEN, DAMAGED),
    ("a page of HTML named PDF", "drawing", "x.pdf", lambda: HTML, 415, "ends like PDF"),
    ("a program named JPEG", "drawing", "y.jpg", lambda: b"MZ" + bytes(300), 415, "ends like JPG"),
    ("a drawing with a script", "drawing", "z.svg", lambda: SCRIPT, TAKEN, NO_PREVIEW),
    ("an archive of 100 MB in 100 KB", "drawing", "a.zip", zip_bomb, TAKEN, NO_PREVIEW),
    ("nothing at all", "drawing", "b.pdf", lambda: b"", 422, "The file is empty"),
    ("26 MB", "drawing", "c.pdf", lambda: b"%PDF-1.7" + bytes(25_400_000), 413, "larger than 25 MB"),
]
_NAMES: list[tuple[str, str, str, Callable[[], bytes], int, str]] = [
    (
        "a name that leads elsewhere",
        "drawing",
        "../../etc/passwd.pdf",
        lambda: PLAIN() + b"1",
        TAKEN,
        "passwd.pdf",
    ),
    ("a name of a device", "drawing", "CON.dwg", lambda: b"AC1032" + bytes(99), TAKEN, "CON.dwg"),
    ("a name of 300 letters", "drawing", "ч" * 300 + ".pdf", lambda: PLAIN() + b"2", TAKEN, "ч" * 250),
    ("a name read from the right", "drawing", "draw\u202egpj.pdf", lambda: PLAIN() + b"3", TAKEN, "gpj.pdf"),
    ("a name with a nought", "drawing", "a\0b.pdf", lambda: PLAIN() + b"4", TAKEN, "b.pdf"),
    ("a name of two lines", "drawing", "a\r\nSet-Cookie: x.pdf", lambda: PLAIN() + b"5", TAKEN, "x.pdf"),
    (
        "a name that is a tag",
        "drawing",
        "<img src=x onerror=alert(1)>.pdf",
        lambda: PLAIN() + b"6",
        TAKEN,
        "&lt;img",
    ),
]
_LISTS: list[tuple[str, str, str, Callable[[], bytes], int, str]] = [
    ("200 MB in 200 KB", "import", "a.xlsx", xlsx_bomb, TAKEN, "more than 50 MB"),
    ("a directory that lies", "import", "b.xlsx", xlsx_lying, TAKEN, "damaged|more than 50 MB|mislead"),
    ("parts over each other", "import", "c.xlsx", xlsx_overlapping, TAKEN, "mislead"),
    ("2,100 parts", "import", "d.xlsx", xlsx_many, TAKEN, "more than 2000 parts"),
    ("a locked workbook", "import", "e.xlsx", xlsx_locked, TAKEN, "protected by a password"),
    ("a way out", "import", "f.xlsx", lambda: packed(**{"../../x": "x"}), TAKEN, "mislead"),
    ("a link", "import", "g.xlsx", xlsx_link, TAKEN, "mislead"),
    ("macros", "import", "h.xlsx", lambda: packed(**{"xl/vbaProject.bin": "x"}), TAKEN, NO_HEAD),
    (
        "macros by name",
        "import",
        "h.xlsm",
        lambda: packed(**{"xl/vbaProject.bin": "x"}),
        TAKEN,
        NO_HEAD,
    ),
    (
        "a cell at the end of the world",
        "import",
        "i.xlsx",
        lambda: sheet(cell("A1", 1) + cell("XFD1048576", 1048576)),
        TAKEN,
        "reaches to row 1048576",
    ),
    ("a billion laughs", "import", "j.xlsx", lambda: sheet("", LAUGHS), TAKEN, "DTD"),
    ("a file of the server", "import", "k.xlsx", lambda: sheet("", _ENTITY), TAKEN, "DTD"),
    ("a repeated cell", "import", "l.ods", ods_bomb, TAKEN, f"{TOO_MUCH}|{DAMAGED}"),
    ("an old workbook of noise", "import", "m.xls", lambda: b"\xd0\xcf\x11\xe0" + noise(), TAKEN, DAMAGED),
    (
        "a cell of 200,000 letters",
        "import",
        "n.csv",
        lambda: b"Name;Work\n" + b"x" * 200_000 + b";y\n",
        TAKEN,
        "field",
    ),
    ("noughts in a text", "import", "o.csv", lambda: b"Name;Work\nA\0;b\n", TAKEN, "neither a workbook nor"),
    ("10 GB in 10 MB", "import", "p.jsonl.gz", gzip_bomb, TAKEN, f"{TOO_MUCH}|larger than 4 GB"),
    ("brackets without end", "import", "q.json", lambda: b"[" * 200_000, TAKEN, "nested too deeply"),
    ("half a letter", "import", "r.jsonl", lambda: b'{"kind": "supplier", "id": "\xd0', TAKEN, "not UTF-8"),
]
_OTHERS: list[tuple[str, str, str, Callable[[], bytes], int, str]] = [
    ("a PDF of 61 pages as a list", "fill", "a.pdf", lambda: pdf_pages(61), TAKEN, "more than 60 pages"),
    ("noise as a text", "fill", "b.txt", noise, TAKEN, "neither a workbook, a PDF nor a text"),
    ("a bomb as a list", "fill", "c.xlsx", xlsx_bomb, TAKEN, "more than 50 MB"),
    ("a bomb as a list of parts", "parts", "d.xlsx", xlsx_bomb, TAKEN, "more than 50 MB"),
    (
        "a far cell in a list of parts",
        "parts",
        "e.xlsx",
        lambda: sheet(cell("A1", 1) + cell("XFD9", 9)),
        TAKEN,
        "reaches to row 9",
    ),
    ("a PDF named as a photo", "photo", "f.jpg", PLAIN, 415, "none of: PNG, JPEG"),
    ("a photo of 2,500 million pixels", "photo", "g.png", png_flood, TAKEN, "50000 × 50000 pixels"),
    ("a HEIC photo of 3,600 million pixels", "photo", "j.heic", heic_flood, TAKEN, "60000 × 60000 pixels"),
    ("a HEIC photo cut short", "photo", "k.heic", lambda: heic_flood()[:500], TAKEN, DAMAGED),
    ("a program as a scan", "scan", "h.pdf", lambda: b"MZ" + bytes(300), 415, "This file is none of"),
    ("a page of HTML as a scan", "scan", "i.pdf", lambda: HTML, 415, "This file is none of"),
]
