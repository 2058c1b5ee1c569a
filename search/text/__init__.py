"""The understanding of Russian and English text: words become concepts, quantities and demands, with their
places in the text.

It may not decide their meaning for a need or a profile: `search.reading` does.
"""

from search.text.recogniser import Recogniser
from search.text.recognition import MAX_TEXT, Mention, Origin, Recognition
from search.text.segments import TextSource

__all__ = ["MAX_TEXT", "Mention", "Origin", "Recogniser", "Recognition", "TextSource"]
