"""Russian and English text understood: words become concepts, quantities and demands, with their places in the text.

What a need or a profile makes of them is decided in `search.reading`.
"""

from search.text.recogniser import Recogniser
from search.text.recognition import MAX_TEXT, Mention, Recognition

__all__ = ["MAX_TEXT", "Mention", "Recogniser", "Recognition"]
