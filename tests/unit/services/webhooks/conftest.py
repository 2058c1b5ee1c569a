"""The small network of the access tests, in which people of every kind stand to the same need."""

from tests.support.routes import network_product, world

__all__ = ["network_product", "world"]
