"""`matchmaker taxonomy`: show the taxonomy, find a text's concepts, check the files."""

import sys

import click

from matchmaker.cli.common import settings
from matchmaker.domain.errors import NotFound
from matchmaker.domain.taxonomy import Concept, Tree
from matchmaker.domain.taxonomy_check import problems
from matchmaker.domain.taxonomy_keys import Flag
from matchmaker.wiring import load_recogniser, load_taxonomy


def _trees() -> dict[str, Tree]:
    return load_taxonomy().all_trees()


@click.group("taxonomy")
def taxonomy_command() -> None:
    """Processes, materials, standards and the rest, in both languages."""


def _branch(tree: Tree, concept: Concept, depth: int = 0) -> None:
    click.echo(f"{'  ' * depth}{concept.code:<{40 - 2 * depth}} {concept.label.ru} / {concept.label.en}")
    for code in tree.children(concept.code):
        _branch(tree, tree[code], depth + 1)


def _details(tree: Tree, concept: Concept) -> None:
    click.echo(f"{concept.kind} {concept.code}: {concept.label.ru} / {concept.label.en}")
    if concept.parent:
        click.echo(f"  above: {' < '.join(tree.ancestors(concept.code))}")
    for language, names in concept.names.items():
        click.echo(f"  {language or 'designations'}: {', '.join(names)}")
    flags = tuple(flag for flag in Flag if concept.code in tree.flagged(flag))
    for name, values in (("near", concept.near), ("flags", flags), ("below", tree.children(concept.code))):
        if values:
            click.echo(f"  {name}: {', '.join(values)}")
    for name, value in concept.extra.items():
        if name != "designations":
            click.echo(f"  {name}: {', '.join(map(str, value)) if isinstance(value, tuple) else value}")


@taxonomy_command.command("show")
@click.argument("name", required=False)
def show(name: str | None) -> None:
    """Count everything, or show a kind (process, material, …) as a tree, or one code with all its names."""
    trees = _trees()
    if name is None:
        for kind, tree in trees.items():
            click.echo(f"{kind:<10} {len(tree)}")
        click.echo(f"{'place':<10} {len(load_taxonomy().places)}")
        return
    if name in trees:
        for concept in trees[name]:
            if concept.parent is None:
                _branch(trees[name], concept)
        return
    found = [(tree, tree[name]) for tree in trees.values() if name in tree]
    if not found:
        raise NotFound(what="code", key=name)
    for tree, concept in found:
        _details(tree, concept)


_SCOPE = (
    ("negated", "ruled out"),
    ("demand", "a must"),
    ("wish", "a wish"),
    ("own", "done by the writer"),
    ("done", "done before"),
    ("partner", "done by others"),
    ("planned", "not yet so"),
    ("aside", "no work"),
)


@taxonomy_command.command("find")
@click.argument("text", nargs=-1, required=True)
def find(text: tuple[str, ...]) -> None:
    """Recognise a text as a need or a profile would be, and print what it was understood to mean."""
    taxonomy, language = load_taxonomy(), settings().language
    sentence = " ".join(text)
    recognition = load_recogniser().recognise(sentence)
    trees = taxonomy.trees()
    for mention in recognition.mentions:
        known = mention.code is not None and mention.kind in trees and mention.code in trees[mention.kind]
        label = taxonomy.label(mention.kind, str(mention.code), language) if known else mention.value
        told = [words for name, words in _SCOPE if getattr(mention, name)]
        scope = f" ({', '.join(told)})" if told else ""
        click.echo(
            f"{sentence[mention.start : mention.end]!r:<40} {mention.kind:<12} {mention.code or ''} {label}{scope}"
        )
    if not recognition.mentions:
        click.echo("Nothing recognised.", err=True)
        sys.exit(1)


@taxonomy_command.command("check")
def check() -> None:
    """Check that the files hold together and the words of the language can be read; what is wrong is named, the exit status is 1."""
    from search.text import lexicon

    found = problems(load_taxonomy())
    for problem in found:
        click.echo(f"{problem.path}: {problem} {problem.value}".rstrip(), err=True)
    try:
        lexicon.check()
    except lexicon.WordsUnreadable as error:
        click.echo(error, err=True)
        sys.exit(1)
    if found:
        sys.exit(1)
    click.echo("The taxonomy holds together.")
