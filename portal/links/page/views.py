"""The page of who came in by a shared link."""

from typing import Any

from flask import Blueprint, g

from portal.links import queries
from portal.web.access import shared
from portal.web.fragments import answer

bp = Blueprint("shared_page", __name__, url_prefix="/p/<token>")


@bp.get("")
@shared("read")
def page() -> Any:
    return answer("links/partner/page.html", link=g.link, shared=queries.content(g.link))
