"""Pages of A4 from the templates of templates/reports."""

import json
from typing import Any

from matchmaker import resources


def pdf(template: str, data: Any) -> bytes:
    """A template, by its name without ending, filled in with data of JSON, as a PDF. Only the bundled typefaces are used."""
    import typst

    path = resources.folder("templates") / "reports" / f"{template}.typ"
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    pages = typst.compile(str(path), format="pdf", sys_inputs=inputs, ignore_system_fonts=True)
    assert isinstance(pages, bytes)
    return pages
