"""STEP files of assemblies: products and who goes into whom, without any shape."""

from collections.abc import Sequence

Usage = tuple[str, str, int]


def step(usages: Sequence[Usage], products: Sequence[str] = (), *, measured: bool = False) -> bytes:
    """A file with the products of the usages, each once. A usage stands as often as its pieces or, `measured`, once with the number."""
    names = list(dict.fromkeys((*products, *(name for whole, part, _ in usages for name in (whole, part)))))
    places = {name: 10 + 3 * at for at, name in enumerate(names)}
    lines = []
    for name, first in places.items():
        lines += [
            f"#{first}=PRODUCT('{name}','{name}','',(#2));",
            f"#{first + 1}=PRODUCT_DEFINITION_FORMATION('','',#{first});",
            f"#{first + 2}=PRODUCT_DEFINITION('design','',#{first + 1},#3);",
        ]
    free = 10 + 3 * len(names)
    for whole, part, pieces in usages:
        ends = f"#{places[whole] + 2},#{places[part] + 2}"
        if measured:
            related = f"PRODUCT_DEFINITION_RELATIONSHIP('','',$,{ends}) PRODUCT_DEFINITION_USAGE()"
            kinds = f"ASSEMBLY_COMPONENT_USAGE($) NEXT_ASSEMBLY_USAGE_OCCURRENCE() {related}"
            lines += [
                f"#{free}=MEASURE_WITH_UNIT(COUNT_MEASURE({pieces}.),#4);",
                f"#{free + 1}=({kinds} QUANTIFIED_ASSEMBLY_COMPONENT_USAGE(#{free}));",
            ]
            free += 2
        else:
            lines += [
                f"#{free + one}=NEXT_ASSEMBLY_USAGE_OCCURRENCE('','','',{ends},$);" for one in range(pieces)
            ]
            free += pieces
    body = "\n".join(lines)
    head = "ISO-10303-21;\nHEADER;\nFILE_SCHEMA(('AUTOMOTIVE_DESIGN'));\nENDSEC;\nDATA;\n"
    return f"{head}{body}\nENDSEC;\nEND-ISO-10303-21;\n".encode()
