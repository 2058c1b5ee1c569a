"""Outlines of regions as SVG paths, projected once: a plain conic of the whole country, without a tile server."""

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matchmaker import resources

WIDTH = 1000.0
# Albers' equal-area conic with the parallels and the meridian that maps of Russia use.
_SOUTH, _NORTH, _MIDDLE = math.radians(52), math.radians(64), math.radians(100)


@dataclass(frozen=True, slots=True)
class Outlines:
    """The paths by the ISO code of the region, in a picture `WIDTH` wide and `height` high."""

    paths: dict[str, str]
    height: float


def _project(longitude: float, latitude: float) -> tuple[float, float]:
    """The projection of J. P. Snyder, Map Projections: A Working Manual (1987), section 14, on a sphere."""
    n = (math.sin(_SOUTH) + math.sin(_NORTH)) / 2
    c = math.cos(_SOUTH) ** 2 + 2 * n * math.sin(_SOUTH)
    east = longitude + 360 if longitude < 0 else longitude  # Chukotka crosses 180°
    radius = math.sqrt(max(c - 2 * n * math.sin(math.radians(latitude)), 0.0)) / n
    angle = n * (math.radians(east) - _MIDDLE)
    return radius * math.sin(angle), radius * math.cos(angle)


@cache
def of(path: Path | None = None) -> Outlines:
    """The outlines of a GeoJSON file with the property `iso`, by default of the file that ships with the
    product.
    """
    file = path or resources.folder("config") / "places" / "regions.geojson"
    shapes: dict[str, list[list[tuple[float, float]]]] = {}
    for feature in json.loads(file.read_text(encoding="utf-8"))["features"]:
        geometry = feature["geometry"]
        polygons = (
            geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        )
        rings = [[_project(*point[:2]) for point in ring] for polygon in polygons for ring in polygon]
        shapes.setdefault(feature["properties"]["iso"], []).extend(rings)
    points = [point for rings in shapes.values() for ring in rings for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    scale = WIDTH / (east - west)
    drawn = {
        code: "".join(
            "M" + "L".join(f"{(x - west) * scale:.1f} {(y - top) * scale:.1f}" for x, y in ring) + "Z"
            for ring in rings
        )
        for code, rings in shapes.items()
    }
    return Outlines(drawn, round((bottom - top) * scale, 1))
