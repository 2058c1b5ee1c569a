"""`matchmaker demo`: the demo centre, loaded on first use and served."""

import click

from matchmaker.cli.common import application, settings
from matchmaker.cli.serve import serve
from matchmaker.models import Session
from matchmaker.resources import folder, read_yaml
from matchmaker.wiring import Application

# One login for each role. Known to everybody, so `demo` makes them only in a centre that it fills itself.
PASSWORD = "demo-centre-2026"  # noqa: S105
PEOPLE = (
    ("supplier@demo-centre.example", "supplier_editor", "Supplier", "Поставщик"),
    ("buyer@demo-centre.example", "contractor_buyer", "Buyer", "Закупщик"),
    ("operator@demo-centre.example", "operator", "Operator", "Оператор"),
    ("centre@demo-centre.example", "centre_administrator", "Centre administrator", "Администратор центра"),
    ("network@demo-centre.example", "network_administrator", "Network administrator", "Администратор сети"),
)


# Who writes the history down: the operator, and the shop that asks for help itself.
_PLAYERS = ("operator@demo-centre.example", "supplier@demo-centre.example")


@click.command("demo")
@click.option("--no-serve", is_flag=True, help="Load the demo centre and stop.")
def demo_command(no_serve: bool) -> None:
    """Load a demo centre on first use (about 300 invented suppliers, 40 needs, orders and ladders), print the logins, serve the site."""
    from matchmaker.cli import demo_history
    from matchmaker.services.profiles import suppliers

    with application() as app:
        with app.sessions() as session:
            empty = suppliers.count(session) == 0
        if empty:
            click.echo("Loading the demo centre …", err=True)
            load(app)
            demo_history.play(app, *_PLAYERS)
    click.echo("Sign in with any of these and the password " + PASSWORD)
    for email, _, english, _ in PEOPLE:
        click.echo(f"  {english:<22} {email}")
    if not no_serve:
        serve(settings().model_copy(update={"design": True}))


def load(app: Application) -> None:
    """Fill an empty centre: suppliers, needs, outcomes, and a login for each role."""
    from matchmaker.services.core.record_origin import RecordOrigin
    from matchmaker.services.imports import demo
    from matchmaker.services.needs import need_bulk, needs
    from matchmaker.services.profiles import suppliers
    from matchmaker.services.shortlist import outcomes

    centre_data = demo.generate(
        read_yaml(folder("config") / "demo" / "shops.yaml"), app.taxonomy, app.today()
    )
    with app.sessions.begin() as session:
        centre = needs.centre_of(session, app.settings.centre)
        centre.name_ru, centre.name_en = (
            "Центр субконтрактации «Лукоморье» (пример)",
            "Lukomorye Subcontracting Centre (demo)",
        )
        suppliers.save_many(
            session, centre_data.suppliers, app.recogniser, RecordOrigin(centre, "demo", "demo")
        )
        need_bulk.save_many(session, centre_data.needs, app.recogniser, RecordOrigin(centre, "demo", "demo"))
        outcomes.save_many(session, centre_data.outcomes, RecordOrigin(centre, "demo", "demo"))
        _people(session, app)
    app.index.catch_up()


def _people(session: Session, app: Application) -> None:
    from matchmaker.services.needs import needs
    from matchmaker.services.people import accounts
    from matchmaker.services.profiles import suppliers

    centre = needs.centre_of(session, app.settings.centre)
    supplier = suppliers.by_external_id(session, centre, "demo-s-1").organisation
    contractor = needs.by_external_id(session, centre, "demo-n-1").contractor
    places = {
        "supplier_editor": {"organisation": supplier},
        "contractor_buyer": {"organisation": contractor},
        "network_administrator": {},
    }
    for email, role, english, russian in PEOPLE:
        name = russian if app.settings.language == "ru" else english
        person = accounts.AccountDetails(email, name, PASSWORD, app.settings.language, confirmed=True)
        user = accounts.create_user(session, person, by="demo")
        held = accounts.grant(session, user, role, by="demo", **places.get(role, {"centre": centre}))  # type: ignore[arg-type]
        held.chief = held.organisation is not None
