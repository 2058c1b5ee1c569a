"""The application factory: extensions, headers, views."""

from datetime import timedelta
from urllib.parse import unquote_to_bytes

from flask import Flask, g, redirect, request, session, url_for
from flask_babel import gettext
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response as BaseResponse

from matchmaker import locale, resources
from matchmaker.settings import Settings
from matchmaker.web.acts import ladder_list, support_words
from matchmaker.web.acts.events import event_words
from matchmaker.web.edge import (
    access_log,
    headers,
    metrics,
    page_filters,
    request_limits,
    sent_values,
    static_files,
)
from matchmaker.web.edge.numbers import RowNumber
from matchmaker.web.edge.proxies import BehindProxies
from matchmaker.web.edge.second_try import PersistentSite
from matchmaker.web.kit import (
    addresses,
    after_answer,
    context,
    draining,
    errors,
    formats,
    forms,
    interrupted,
    journal_words,
    labels,
    navigation,
    terms,
    time_zones,
)
from matchmaker.web.kit.catalogues import Translator
from matchmaker.web.pages import need_access
from matchmaker.web.views import (
    account,
    api,
    chains,
    development,
    events,
    needs,
    network,
    public,
    supplier,
    work,
)
from matchmaker.wiring import Application

LARGEST_REQUEST = 2_000_000  # bytes; the longest form is a need's text
# Pages that take files, and the largest request to each, in bytes.
UPLOADS = {
    "certificates.scans_of": 11_000_000,
    "imports.send": 51_000_000,
    "ladders.add_paper": 11_000_000,
    "own_ladders.add_paper": 11_000_000,
    "drawings.add": 26_000_000,
    "drawings.agreement": 11_000_000,
    "filling.fill": 6_000_000,
    "drawings.replace": 26_000_000,
    "neighbours.take": 21_000_000,
    "bundle_doors.push": 21_000_000,
    "localisation.make": 26_000_000,
    "intake.take": 26_000_000,
    "posting.new": 52_000_000,
    "photos.own": 61_000_000,
    "quotes.own": 51_000_000,
    "letter_quotes.own": 51_000_000,
    "quotes.behalf": 51_000_000,
    "orders.add_report": 11_000_000,
    "letter_orders.add_report": 11_000_000,
    "api_localisation.send_rows": 26_000_000,
    "api_drawings.add": 26_000_000,
    "api_drawings.replace": 26_000_000,
    "api_rounds.add_paper": 11_000_000,
    "api_orders.add_report": 11_000_000,
    "api_certificates.add_scan": 11_000_000,
    "api_certificates.add_ladder_paper": 11_000_000,
    "api_certificates.add_photo": 21_000_000,
    "api_imports.send": 51_000_000,
}
DESKS = (public, account, needs, supplier, work, development, chains, events, network, api)


def create_app(application: Application) -> Flask:
    """The site over a wired product; a `Flask` object, since servers take one."""
    app = PersistentSite("matchmaker.web", template_folder=str(resources.folder("templates")))
    app.config["SECRET_KEY"] = application.secret_key
    _configure(app, application.settings)
    counts = metrics.SiteMetrics(application)
    access_log.register(app, counts.note)
    metrics.register(app, counts)
    app.wsgi_app = BehindProxies(app.wsgi_app, application.settings.proxies)  # type: ignore[method-assign]
    app.url_map.converters["int"] = RowNumber
    app.extensions["matchmaker"] = application
    _ = application.home  # of every page, of errors too: none waits until other parts are made
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    draining.register(app)
    app.before_request(_read_heads)
    app.before_request(_make_room)
    request_limits.register_programs(app, UPLOADS)
    app.before_request(_check_bytes)
    sent_values.register(app)
    page_filters.register(app)
    CSRFProtect(app)
    Translator(app, locale_selector=_locale, timezone_selector=time_zones.chosen)
    _login(app)
    headers.register(app)
    static_files.register(app)
    after_answer.register(app)
    app.teardown_appcontext(context.let_go)
    request_limits.register(app, UPLOADS)
    formats.register(app)
    forms.register(app)
    labels.register(app)
    terms.register(app)
    addresses.register(app)
    journal_words.register(app)
    navigation.register(app)
    errors.register(app)
    need_access.register(app)
    ladder_list.register(app)
    support_words.register(app)
    event_words.register(app)
    for desk in DESKS:
        for blueprint in desk.BLUEPRINTS:
            app.register_blueprint(blueprint)
    for blueprint in api.BLUEPRINTS:  # programs send a key with each request, and no cookie counts there
        app.extensions["csrf"].exempt(blueprint)
    # RFC 8058: a mail program presses this without having seen the page; the signed link allows it.
    app.extensions["csrf"].exempt(app.view_functions["answers.leave_letters"])
    for door in ("pull", "push"):  # of neighbours' programs, which sign what they send
        app.extensions["csrf"].exempt(app.view_functions[f"bundle_doors.{door}"])
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_REQUEST,
        TRUSTED_HOSTS=settings.host_names,
        # A browser takes the name with the prefix from this very site alone, over https.
        SESSION_COOKIE_NAME="__Host-matchmaker" if settings.https else "matchmaker",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies or settings.https,
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_TRANSLATION_DIRECTORIES=str(locale.FOLDER),
        BABEL_DEFAULT_LOCALE=settings.language,
    )


def _login(app: Flask) -> None:
    manager = LoginManager(app)
    manager.request_loader(lambda _request: context.load_person())
    manager.unauthorized_handler(_ask_to_sign_in)


def _ask_to_sign_in() -> BaseResponse:
    """Send a reader to the sign-in page; a form comes back with all typed values."""
    if interrupted.can_be_pressed_again():  # no sign-in leads back to it: its address answers no GET
        return interrupted.page(401)
    return redirect(url_for("account.login", next=request.full_path.rstrip("?")))


def _locale() -> str:
    """The language that a public address names, the one chosen on this machine, the person's, or the browser's; a program gets the one that it asks for."""
    asked = request.accept_languages.best_match(("ru", "en"))
    if asked and request.path.startswith(context.PROGRAMS) and "Authorization" in request.headers:
        return asked
    chosen = addresses.of_address() or request.cookies.get("language")
    if chosen in {"ru", "en"}:
        return chosen
    if current_user.is_authenticated:
        return str(current_user.language)
    if g.get("failed") and session.get(context.LANGUAGE) in {"ru", "en"}:
        return str(session[context.LANGUAGE])
    return asked or str(context.product().settings.language)


def _read_heads() -> None:
    """Let a view see HEAD as GET, so that no view takes it for a form; the server leaves the body out by the
    environment.
    """
    if request.method == "HEAD":
        request.method = "GET"


def _make_room() -> None:
    """Allow larger requests to pages that take files; called before anything reads the form."""
    request.max_content_length = UPLOADS.get(request.endpoint or "", LARGEST_REQUEST)


def _check_bytes() -> None:
    """Refuse bytes that are not text before any code reads them as text."""
    raw = unquote_to_bytes(request.query_string) + request.environ.get("PATH_INFO", "").encode(
        "latin-1", "replace"
    )
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError:
        whole = "\x00"
    if "\x00" in whole:
        raise BadRequest(gettext("The address has characters that are no text."))
