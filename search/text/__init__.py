"""Understanding free Russian and English text: words → concepts, quantities, demands, with their places."""

from search.text.recogniser import Recogniser
from search.text.recognition import MAX_TEXT, Mention, Recognition

__all__ = ["MAX_TEXT", "Mention", "Recogniser", "Recognition"]
