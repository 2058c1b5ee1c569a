"""The page of an order by the link of a letter: a firm without an account says what it sent or received, and answers."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from matchmaker.web.acts import order_acts
from matchmaker.web.acts.order_access import LettersDoor
from matchmaker.web.kit import downloads
from matchmaker.web.views.needs import order_page

blueprint = Blueprint("letter_orders", __name__, url_prefix="/answers/order")


@blueprint.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    return order_page.page(LettersDoor(token))


@blueprint.post("/<token>/entries")
def say(token: str) -> ResponseReturnValue:
    """Say what happened: a delivery, a first article, a new day, a cancellation."""
    return order_page.say(LettersDoor(token))


@blueprint.post("/<token>/reports")
def add_report(token: str) -> ResponseReturnValue:
    """Add an inspection report with its file."""
    return order_page.add_report(LettersDoor(token))


@blueprint.get("/<token>/reports/<key>")
def report(token: str, key: str) -> Response:
    """An inspection report of the order, always as a download."""
    stored, content = order_acts.paper_by_letter(LettersDoor(token), key)
    return downloads.attachment(content, stored)


@blueprint.post("/<token>/entries/<entry>/answer")
def answer(token: str, entry: str) -> ResponseReturnValue:
    """Confirm what the other side said, or disagree with it."""
    return order_page.answer(LettersDoor(token), entry)


@blueprint.post("/<token>/entries/<entry>")
def revise(token: str, entry: str) -> ResponseReturnValue:
    """Say an entry otherwise, or take back one's own."""
    return order_page.revise(LettersDoor(token), entry)


@blueprint.post("/<token>/claims")
def claim(token: str) -> ResponseReturnValue:
    """Make a claim about delivered pieces."""
    return order_page.claim(LettersDoor(token))


@blueprint.post("/<token>/claims/<claim>")
def answer_claim(token: str, claim: str) -> ResponseReturnValue:
    """Say the cause, the remedy and the day of a claim."""
    return order_page.answer_claim(LettersDoor(token), claim)


@blueprint.post("/<token>/claims/<claim>/close")
def close_claim(token: str, claim: str) -> ResponseReturnValue:
    """Say that a claim is settled for one's own side."""
    return order_page.close_claim(LettersDoor(token), claim)
