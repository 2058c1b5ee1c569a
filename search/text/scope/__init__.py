"""The scope of each mention: ruled out, welcome, a must, done by the writer or by others, not yet so, or no work at all.

It reads nothing by itself: it marks mentions that others found. Who asks for what follows in `search.reading`.
"""

from search.text.scope.demands import WISH
from search.text.scope.groups import clause
from search.text.scope.products import belongs
from search.text.scope.scoping import apply

__all__ = ["WISH", "apply", "belongs", "clause"]
