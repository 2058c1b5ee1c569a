"""Guides, checklists and model agreements: files of config/guides, one a version, each in both languages.

A version that was published is never written over: who agreed by it finds it again. A new one is the next number beside it, with
what is new in it. `places` of the newest version say where it is offered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from matchmaker import resources
from matchmaker.domain.errors import NotFound, SettingInvalid
from matchmaker.domain.language import N_
from matchmaker.domain.lifecycle import CertificationStage
from matchmaker.services.core import typesetting

SETTING = "MATCHMAKER_GUIDES"
# Where a guide can be offered: a page, or a moment of one; a stage of the ladder as "ladder-" and its code.
PLACES = frozenset(
    (
        *("need", "quote", "team", "award", "sample", "claim", "certificate", "rejected"),
        *(f"ladder-{stage}" for stage in CertificationStage),
    )
)
MEDIA = {"pdf": "application/pdf", "txt": "text/plain; charset=utf-8"}


class GuideKind(StrEnum):
    """What a guide is, in the order in which lists show them."""

    CHECKLIST = "checklist"
    GUIDE = "guide"
    MODEL = "model"


KIND_LABELS: Mapping[GuideKind, str] = {
    GuideKind.CHECKLIST: N_("Checklists"),
    GuideKind.GUIDE: N_("Guides"),
    GuideKind.MODEL: N_("Model agreements"),
}
# What stands on every page of each kind.
NOTICES: Mapping[GuideKind, str] = {
    GuideKind.CHECKLIST: N_("A help to remember; it replaces neither the standard nor the contract."),
    GuideKind.GUIDE: N_("General words, no advice for a particular case."),
    GuideKind.MODEL: N_(
        "A model, no legal advice: check it, fill in the blanks and agree on it before you sign."
    ),
}
_Words = Annotated[str, Field(min_length=1, max_length=2_000)]


class GuideSection(BaseModel):
    """A section: its heading, paragraphs, and points, which a checklist prints with a box each."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    heading: _Words
    paragraphs: tuple[_Words, ...] = ()
    points: tuple[_Words, ...] = ()


class GuideText(BaseModel):
    """A guide in one language; `news`: what is new against the version before, nothing in the first one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: _Words
    about: _Words
    news: str = ""
    sections: Annotated[tuple[GuideSection, ...], Field(min_length=1)]


class _GuideFile(BaseModel):
    """A file of config/guides."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: GuideKind
    day: date
    places: frozenset[str]
    ru: GuideText
    en: GuideText

    @model_validator(mode="after")
    def _agrees(self) -> "_GuideFile":
        if unknown := sorted(self.places - PLACES):
            raise ValueError(f"unknown places: {', '.join(unknown)}")
        if _shape(self.ru) != _shape(self.en):
            raise ValueError("the languages differ in their sections, paragraphs or points")
        return self


def _shape(text: GuideText) -> list[tuple[int, int]]:
    return [(len(one.paragraphs), len(one.points)) for one in text.sections]


@dataclass(frozen=True, slots=True)
class Guide:
    """A version of a guide; `code` names its folder."""

    code: str
    version: int
    kind: GuideKind
    day: date
    places: frozenset[str]
    texts: Mapping[str, GuideText]

    def text(self, language: str) -> GuideText:
        return self.texts[language]


@dataclass(frozen=True, slots=True)
class GuideShelf:
    """All guides: the versions of each by its code, the newest first."""

    versions: Mapping[str, tuple[Guide, ...]]

    def newest(self) -> list[Guide]:
        """The newest version of each guide: checklists, guides, models."""
        order = tuple(GuideKind)
        found = [versions[0] for versions in self.versions.values()]
        return sorted(found, key=lambda one: (order.index(one.kind), one.code))

    def of_place(self, place: str) -> list[Guide]:
        """The guides that are offered at a place of PLACES."""
        if place not in PLACES:
            raise ValueError(place)
        return [one for one in self.newest() if place in one.places]

    def guide(self, code: str, version: int | None = None) -> Guide:
        """A guide, in its newest version or in this one. Raises NotFound."""
        for one in self.versions.get(code, ()):
            if version in {None, one.version}:
                return one
        raise NotFound(what="guide", key=code if version is None else f"{code}, {version}")


def shelf(own: Path | None) -> GuideShelf:
    """The guides that ship, and those of a centre's own folder of the same form: a version there counts beside those that ship, and
    in place of one with its number. Raises SettingInvalid, which says what is wrong in which file.
    """
    found = {(one.code, one.version): one for one in _in_folder(resources.folder("config") / "guides")}
    if own is not None:
        if not own.is_dir():
            raise SettingInvalid(name=SETTING, reason=f"{own}: no such folder")
        found |= {(one.code, one.version): one for one in _in_folder(own)}
    versions: dict[str, tuple[Guide, ...]] = {}
    for _, one in sorted(found.items(), reverse=True):
        versions[one.code] = (*versions.get(one.code, ()), one)
    return GuideShelf(versions)


def _in_folder(folder: Path) -> Sequence[Guide]:
    return [_guide(path) for path in sorted(folder.glob("*/*.yaml"))]


def _guide(path: Path) -> Guide:
    try:
        version = int(path.stem)
        given: Any = resources.read_yaml(path)
        read = _GuideFile.model_validate(given)
    except ValidationError as error:
        wrong = error.errors()[0]
        where = ".".join(map(str, wrong["loc"]))
        raise SettingInvalid(name=SETTING, reason=f"{path}: {where} {wrong['msg']}".strip()) from error
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise SettingInvalid(name=SETTING, reason=f"{path}: {error}") from error
    texts = {"ru": read.ru, "en": read.en}
    return Guide(path.parent.name, version, read.kind, read.day, read.places, texts)


@dataclass(frozen=True, slots=True)
class GuideSheet:
    """What stands around a guide on paper, in the reader's language."""

    language: str
    centre: str
    version: str
    notice: str


def pdf(guide: Guide, sheet: GuideSheet) -> bytes:
    """A guide as pages of A4: a checklist with boxes to tick, a model with room to fill in."""
    return typesetting.pdf(
        "guide",
        {
            **guide.text(sheet.language).model_dump(mode="json"),
            "boxes": guide.kind is GuideKind.CHECKLIST,
            "language": sheet.language,
            "centre": sheet.centre,
            "version": sheet.version,
            "notice": sheet.notice,
        },
    )


def plain(guide: Guide, sheet: GuideSheet) -> str:
    """A guide as text, to go on with in a word processor."""
    words = guide.text(sheet.language)
    mark = "[ ] " if guide.kind is GuideKind.CHECKLIST else "– "
    parts = [words.title, f"{sheet.version}. {sheet.notice}", words.about]
    for one in words.sections:
        parts += [one.heading, *one.paragraphs]
        if one.points:
            parts.append("\n".join(f"{mark}{point}" for point in one.points))
    return "\n\n".join(parts) + "\n"
