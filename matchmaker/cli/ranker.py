"""`matchmaker ranker`: learn from decisions, measure, promote, roll back, show."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from matchmaker.cli.common import application

if TYPE_CHECKING:
    from matchmaker.services.matching.matching import Matching
    from matchmaker.wiring import Application


def _folder(app: "Application") -> Path:
    from matchmaker.services.matching import promoted_ranker

    return app.data / promoted_ranker.FOLDER


def _parts(app: "Application") -> "Matching":
    app.index.catch_up()
    return app.matching()


@click.group("ranker")
def ranker_command() -> None:
    """The order of matches: a stated prior until there are decisions to learn from."""


@ranker_command.command("train")
def train() -> None:
    """Learn from all decisions and say whether it would be better; nothing changes until it is promoted."""
    from matchmaker.services.matching import training

    with application() as app, app.sessions() as session:
        trained = training.train_ranker(session, _parts(app), _folder(app))
    measured = trained.comparison
    click.echo(f"Saved {trained.model.name}, learned from {trained.model.data['needs']} needs.")
    for reason, count in trained.model.data["dropped"].items():
        click.echo(f"Left out {count}: {reason}.", err=True)
    click.echo(f"nDCG@10 on unseen needs: {measured.candidate:.3f}, present ranker {measured.present:.3f}.")
    better = f"It is better. Let it rank with: matchmaker ranker promote {trained.model.name}"
    click.echo(better if measured.better else "It is not surely better; the present ranker stays.")


@ranker_command.command("evaluate")
def evaluate() -> None:
    """Measure the prior and every saved model, each on needs that it did not learn from."""
    from matchmaker.services.matching import training

    with application() as app, app.sessions() as session:
        evaluation = training.evaluate(session, _parts(app), _folder(app))
    if evaluation.prior.ndcg10 is None:
        click.echo("There are no needs with decisions to compare yet.", err=True)
    else:
        click.echo(f"{'prior':<28} nDCG@10 {evaluation.prior.ndcg10:.3f} on {evaluation.prior.needs} needs")
    for name, (model, later) in evaluation.since.items():
        metrics, count = model.metrics, model.data["needs"]
        click.echo(
            f"{name:<28} nDCG@10 {metrics['unseen_ndcg10']:.3f} on {count} needs, each ranked by coefficients "
            f"learned without it ({metrics['present']} {metrics['present_ndcg10']:.3f})"
        )
        since = "no others are decided yet"
        if later.ndcg10 is not None:
            since = f"nDCG@10 {later.ndcg10:.3f} on {later.needs} needs decided since (prior {later.prior_ndcg10:.3f})"
        click.echo(f"{'':<28} {since}")
    for error in evaluation.refused.values():
        click.echo(str(error), err=True)


@ranker_command.command("promote")
@click.argument("name", required=False)
@click.option("--back", is_flag=True, help="Return to the ranker before the present one.")
def promote(name: str | None, back: bool) -> None:
    """Let the model NAME rank, if it was better on unseen needs."""
    from matchmaker.services.matching import promoted_ranker, training
    from search.ranking import artifact

    if (name is not None) == back:
        raise click.UsageError("Say which: a model's name, or --back.")
    with application() as app, app.sessions.begin() as session:
        if name is None:
            present = artifact.roll_back(_folder(app)) or promoted_ranker.PRIOR
        else:
            present = training.promote(_folder(app), name).name
        promoted_ranker.note(session, present, centre=app.settings.centre)
    click.echo(f"Now ranking: {present}")


@ranker_command.command("show")
@click.argument("name", required=False)
def show(name: str | None) -> None:
    """Print the card of the present ranker, or of the model NAME: data, date, measures, features."""
    from matchmaker.services.matching import training
    from search.ranking.prior import prior
    from search.ranking.train import card

    with application() as app:
        model = training.model(_folder(app), name)
        saved = training.names(_folder(app))
    if model is not None:
        click.echo(card(model), nl=False)
    else:
        click.echo("# prior\nThe stated weights, in logits from worst to best value:")
        for feature, weight in prior().coefficients.items():
            click.echo(f"- {feature}: {weight:.3f}")
    click.echo("\nSaved models: " + (", ".join(saved) or "none"))
