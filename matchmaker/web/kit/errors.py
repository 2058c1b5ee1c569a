"""The table from errors to pages: the problem, the field, the way out, and the id of the request.

A page of an error asks the database nothing: it may be the very trouble.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from flask import Flask, Response, current_app, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from matchmaker.domain import errors as domain
from matchmaker.domain.language import N_
from matchmaker.models.database import DatabaseError, present_work
from matchmaker.models.database_trouble import trouble_of
from matchmaker.services.files import sweeper
from matchmaker.web.kit import context, interrupted, labels

STATUS: Mapping[type[domain.MatchmakerError], int] = {
    domain.MatchmakerError: 400,
    domain.InvalidRecord: 422,
    domain.TextRefused: 400,
    domain.NotFound: 404,
    domain.Forbidden: 403,
    domain.ScopeMissing: 403,
    domain.KeyInAddress: 400,
    domain.NdaRequired: 403,
    domain.AlreadyThere: 409,
    domain.RevisionMissing: 428,
    domain.FilterUnknown: 400,
    domain.FilterRefused: 400,
    domain.PeriodInvalid: 400,
    domain.PeriodRunning: 409,
    domain.PeriodLocked: 409,
    domain.PeriodDamaged: 500,
    domain.RequestRepeated: 422,
    domain.RequestAtWork: 409,
    domain.StaleRevision: 409,
    domain.MoveNotAllowed: 409,
    domain.OrderUnderWay: 409,
    domain.OrderWritten: 409,
    domain.NotNow: 409,
    domain.NoQuotesTaken: 409,
    domain.NeedQuoted: 409,
    domain.SeatsTaken: 409,
    domain.UndoTooLate: 409,
    domain.UndoOver: 409,
    domain.UndoOvertaken: 409,
    domain.QuoteClosed: 409,
    domain.QuotesSealed: 409,
    domain.LinkSpent: 410,
    domain.TooManyAttempts: 429,
    domain.Busy: 503,
    domain.FileRefused: 422,
    domain.FileTooLarge: 413,
    domain.WrongFileKind: 415,
    domain.FileMissing: 410,
    domain.UnreadableFile: 422,
    domain.EngineUnavailable: 503,
    domain.IndexMissing: 503,
    domain.DatabaseAway: 503,
    domain.DatabaseBusy: 503,
    domain.ChangeOverrun: 503,
    domain.StorageFull: 503,
    domain.SiteEnds: 503,
    # Problems of the administrator, at the program's start or on the command line; no request causes them.
    domain.SettingInvalid: 500,
    domain.StartRefused: 500,
    domain.DatabaseBehind: 500,
    domain.DatabaseTooOld: 500,
    domain.DatabaseTooNew: 500,
    domain.ModelRefused: 500,
    domain.BackupRefused: 500,
}
# Only this module knows the parts of a request; a hint is left out where the error lacks its values.
_HINTS: Mapping[type[domain.MatchmakerError], str] = {
    domain.KeyInAddress: N_("Send it in the Authorization header."),
    domain.AlreadyThere: N_("Change it at %(address)s."),
    domain.RevisionMissing: N_("Name it in If-Match; reading the need tells it as its ETag."),
}
_TITLES = {
    400: N_("The request could not be understood"),
    401: N_("Please sign in"),
    403: N_("You may not do this"),
    404: N_("There is no such page"),
    405: N_("This cannot be done at this address"),
    409: N_("Somebody else was faster"),
    410: N_("This link has expired"),
    413: N_("This is too large"),
    415: N_("This kind of file is not accepted"),
    422: N_("Some fields need correcting"),
    429: N_("Please wait a little"),
    500: N_("Something went wrong on our side"),
    503: N_("The service is busy"),
}
_ADVICE = {
    400: N_("Go back, reload the page and send the form again; what you typed is still in it."),
    401: N_("Sign in and open the page again."),
    403: N_("If you think you should be allowed to, ask the centre's operator."),
    404: N_("It may have been removed, or the address is incomplete. Use the search, or go back."),
    405: N_("Go back and use the buttons of the page, or begin at the start page."),
    409: N_("Go back, compare with what is there now, and save again."),
    410: N_("Sign in to continue, or ask the centre for a new e-mail."),
    413: N_("Shorten the text or send a smaller file."),
    415: N_("Send the file in one of the kinds that the page names."),
    422: N_("Go back, correct what is named here, and send it again; what you typed is still in the form."),
    429: N_(
        "The limit protects everybody's accounts and the speed of the site. Nothing you wrote is lost: go back."
    ),
    500: N_("Nothing was saved. Try again; if it happens again, tell the centre the number below."),
    503: N_("Nothing was lost. Try again in a moment."),
}


# Of a page that was asked for with a wrong value; there is no form.
_OF_ADDRESS = N_(
    "A part of the address is wrong: it was changed by hand, cut short, or comes from an old link. Choose anew on the page."
)
# Of a mistake of the program that was met after something was committed.
_AFTER_SAVING = N_(
    "What you sent may have been saved before this happened: look first, and send it again only if it is missing."
)
# What a program is told where its error has no words of its own; else the title of the status.
_TOLD_PROGRAMS = {
    401: N_("Send a key that is in force: Authorization: Bearer mmk_…"),
    404: N_("There is nothing at this address, or nothing that the key may read."),
    415: N_("Send JSON in UTF-8 as application/json, and files as multipart/form-data."),
}
_KEPT = {429, 500, 503}  # where a form could not be taken, its values come back to be sent again


def register(app: Flask) -> None:
    app.register_error_handler(domain.MatchmakerError, _expected)
    app.register_error_handler(CSRFError, _expired_form)
    app.register_error_handler(domain.NdaRequired, _ask_to_sign)
    app.register_error_handler(domain.FileMissing, _missing)
    app.register_error_handler(SecurityError, _strange_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DatabaseError, _trouble)
    app.register_error_handler(OSError, _trouble)
    app.register_error_handler(Exception, _unexpected)


# Titles and advice of errors that say more than their status does.
_TITLES_BY_CODE = {
    domain.FileMissing.code: N_("The file is gone"),
    domain.NotNow.code: N_("Please wait a little"),
}
_ADVICE_BY_CODE = {
    domain.FileMissing.code: N_("If you have the file, send it again; else ask the centre to restore it."),
    domain.NotNow.code: N_("Go back: what you typed is still in the form."),
}


def _answer(status: int, detail: str, code: str, problems: Sequence[domain.Problem] = ()) -> Response:
    if request.path.startswith("/api/"):
        body = {
            "type": "about:blank",
            "status": status,
            "code": code,
            "detail": detail or gettext(_TOLD_PROGRAMS.get(status) or _title(status, code)),
            "request_id": g.get("request_id", ""),
        }
        if problems:
            body["problems"] = [
                {"field": one.path, "code": one.code, "value": one.value, "detail": _said(one)}
                for one in problems
            ]
        response = jsonify(body)
        response.mimetype = "application/problem+json"
        if status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
    elif (status in _KEPT or (status == 422 and "unstorable" in g)) and interrupted.can_be_kept():
        response = interrupted.page(status, lead=detail or gettext(_TITLES[status]))
    else:
        title = gettext(_title(status, code))
        asked_wrongly = status == 400 and request.method in {"GET", "HEAD"}
        advised = _OF_ADDRESS if asked_wrongly else _ADVICE_BY_CODE.get(code) or _ADVICE.get(status)
        work = present_work()
        if status == 500 and work is not None and work.saved:
            advised = _AFTER_SAVING
        page = render_template(
            "errors/error.html",
            status=status,
            title=title,
            detail=detail,
            advice=gettext(advised) if advised else "",
            plain=_plain_address() if asked_wrongly and request.args else "",
        )
        response = Response(page, mimetype="text/html")
    response.status_code = status
    if status in {429, 503}:
        response.headers["Retry-After"] = "5"
    return response


def _title(status: int, code: str) -> str:
    """The title of an error, in English."""
    return _TITLES_BY_CODE.get(code) or _TITLES.get(status, _TITLES[500 if status >= 500 else 400])


def _plain_address() -> str:
    """The address of the page without its query; empty where there is no such page."""
    return url_for(request.endpoint, **(request.view_args or {})) if request.endpoint else ""


def _said(problem: domain.Problem) -> str:
    return labels.filled(problem.message, problem.params)


def status_of(error: domain.MatchmakerError) -> int:
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _expected(error: domain.MatchmakerError) -> ResponseReturnValue:
    """The page of a product's error, in the reader's language. A hidden object looks the same as an absent
    one.
    """
    status = status_of(error)
    if status < 500:
        context.ask_only_who_reads()
    else:
        context.ask_nothing_more()
    if isinstance(error, domain.NotFound):
        return _answer(404, "", "not_found")
    detail = labels.filled(error.template, error.params)
    if hint := _HINTS.get(type(error)):
        with suppress(KeyError):
            detail += " " + gettext(hint) % error.params
    if isinstance(error, domain.InvalidRecord):
        detail += " " + "; ".join(f"{one.path}: {_said(one)}" for one in error.problems)
    problems = error.problems if isinstance(error, domain.InvalidRecord) else ()
    code = error.code
    if isinstance(error, domain.TextRefused):
        problems, code = (error.problem,), error.problem.code
    answer = _answer(status, detail, code, problems)
    if isinstance(error, domain.TooManyAttempts):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _ask_to_sign(error: domain.NdaRequired) -> ResponseReturnValue:
    if request.path.startswith("/api/"):
        return _expected(error)
    return render_template(
        "drawings/sign_first.html", key=error.params["key"], title=error.params["title"]
    ), 403


def _missing(error: domain.FileMissing) -> ResponseReturnValue:
    """The page of a file whose bytes are gone; the alarm stands on the workbench from now on."""
    with suppress(DatabaseError, OSError):
        sweeper.report_missing(context.product().sessions, str(error.params["key"]))
    context.ask_only_who_reads()
    return _answer(410, gettext(error.template), error.code)


def _expired_form(_error: CSRFError) -> ResponseReturnValue:
    if interrupted.can_be_pressed_again():
        for_anybody = request.blueprint in {"public", "answers"}
        return interrupted.page(400 if for_anybody or current_user.is_authenticated else 401)
    if (again := interrupted.form_again()) is not None:
        return again, 400
    return _answer(400, gettext("The form has expired."), "csrf.expired")


def _strange_host(_error: SecurityError) -> ResponseReturnValue:
    """The answer to a request for another host: it gets no page, since the page's links would name that host."""
    context.ask_nothing_more()
    words = gettext("The site does not answer at this address. Open it at the address that you were given.")
    if request.path.startswith("/api/"):
        return _answer(400, words, "host.unknown")
    told = f"{words}\n400 · {g.get('request_id', '')}\n"
    return Response(told, status=400, content_type="text/plain; charset=utf-8")


def _http(error: HTTPException) -> ResponseReturnValue:
    cause = getattr(error, "original_exception", None)  # of an error met while another one was answered
    if cause is not None and (found := trouble_of(cause)) is not None:
        return _expected(found)
    context.ask_only_who_reads()
    status = error.code or 500
    if 300 <= status < 400 or error.response is not None:
        return error
    answer = _answer(status, "", f"http.{status}")
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def _trouble(error: Exception) -> ResponseReturnValue:
    """The answer while database or disk cannot serve; any other error of theirs is a mistake of the program."""
    found = trouble_of(error)
    if found is None:
        return _unexpected(error)
    current_app.logger.warning("Request %s could not be served: %s", g.get("request_id", ""), found.code)
    return _expected(found)


def _unexpected(error: Exception) -> ResponseReturnValue:
    if current_app.testing and current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    current_app.logger.error("Request %s failed", g.get("request_id", ""), exc_info=error)
    context.ask_nothing_more()
    return _answer(InternalServerError.code, "", "internal")
