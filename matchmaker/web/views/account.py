"""Signing in and out, registering, one's own sessions."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import login_required

from matchmaker.domain.errors import InvalidRecord
from matchmaker.services import accounts
from matchmaker.web.context import TOKEN, database, language, person, product
from matchmaker.web.views.public import local_address

blueprint = Blueprint("account", __name__)


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    target = local_address(request.values.get("next"))
    if request.method == "GET":
        return render_template("account/login.html", next=target, email="", wrong=False)
    email, password = request.form.get("email", ""), request.form.get("password", "")
    with product().sessions.begin() as writing:
        user = accounts.authenticate(writing, email[:300], password[:1000])
        if user is None:
            page = render_template("account/login.html", next=target, email=email[:300], wrong=True)
            return page, 401
        remember = bool(request.form.get("remember"))
        token = accounts.start_session(
            writing,
            user,
            remember=remember,
            address=request.remote_addr or "",
            agent=request.user_agent.string,
        )
    draft = session.get("draft")
    session.clear()  # A session that was planted before signing in ends here.
    session.permanent = remember
    session[TOKEN] = token
    if draft:
        session["draft"] = draft
    return redirect(target)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    token = session.get(TOKEN)
    if isinstance(token, str):
        with product().sessions.begin() as writing:
            accounts.end_session(writing, token)
    session.clear()
    return redirect(url_for("public.home"))


@blueprint.route("/register", methods=["GET", "POST"])
def register() -> ResponseReturnValue:
    if product().settings.registration != "open":
        return render_template("account/closed.html"), 403
    if request.method == "GET":
        return render_template("account/register.html", form={}, problems={})
    form = {name: request.form.get(name, "") for name in ("email", "name", "password")}
    problems = {} if form["name"].strip() else {"name": gettext("Give your name.")}
    if not problems:
        try:
            with product().sessions.begin() as writing:
                made = accounts.Person(
                    form["email"], form["name"].strip()[:300], form["password"], language()
                )
                user = accounts.create_user(writing, made, by="registration")
                token = accounts.start_session(writing, user)
        except InvalidRecord as error:
            problems = {
                p.path: gettext(p.message) % p.params if p.params else gettext(p.message)
                for p in error.problems
            }
        else:
            session[TOKEN] = token
            return redirect(url_for("account.show"))
    return render_template("account/register.html", form=form, problems=problems), 422


@blueprint.get("/account")
@login_required
def show() -> ResponseReturnValue:
    who = person()
    assert who is not None
    return render_template("account/show.html", who=who, sessions=accounts.sessions_of(database(), who.user))


@blueprint.post("/account/end/<int:number>")
@login_required
def end_one(number: int) -> ResponseReturnValue:
    """End one of one's own sessions; a number of somebody else's ends nothing."""
    who = person()
    assert who is not None
    with product().sessions.begin() as writing:
        accounts.end_one(writing, accounts.by_email(writing, who.email), number)
    flash(gettext("The session has ended."))
    return redirect(url_for("account.show"))


@blueprint.post("/account/end-all")
@login_required
def end_all() -> ResponseReturnValue:
    """End every session, this one too."""
    who = person()
    assert who is not None
    with product().sessions.begin() as writing:
        accounts.end_all(writing, accounts.by_email(writing, who.email))
    session.clear()
    flash(gettext("All sessions have ended. Sign in again."))
    return redirect(url_for("account.login"))
