"""Who could do a need together, where no supplier does it alone."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from matchmaker.services.matching import joint_work
from matchmaker.web.kit import context
from matchmaker.web.kit.context import database
from matchmaker.web.pages import joint
from matchmaker.web.pages.need_access import authorised

blueprint = Blueprint("joint", __name__, url_prefix="/needs")


@blueprint.get("/<key>/together")
@login_required
def together(key: str) -> ResponseReturnValue:
    """The teams and splits for a need or one of its positions: by name for its centre, by place for others."""
    found = authorised(database(), key, "need.edit")
    asked = request.args.get("position", "")
    work = joint_work.joint_work(database(), found.need, context.matching(), asked)
    return render_template(
        "needs/together.html",
        need=found.need,
        title=found.title,
        work=joint.view(work),
        position=work.position,
        named=found.may_curate,
    )
