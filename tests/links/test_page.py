"""What who holds a link sees, and does with what is asked."""

from tests.links.conftest import Lent


def test_pages(lent: Lent) -> None:
    b = lent.visitor()
    for p in ("", "/about", "/print", "/download", "/join", f"/asks/{lent.ask.id}", "/asks/new", "/now"):
        r = b.get(lent.path + p)
        assert r.status_code in (200, 303), (p, r.text)
    assert b.get(lent.path + "/now", htmx=True).status_code == 200
    r = b.post(lent.path + f"/asks/{lent.ask.id}/done", {"words": "ok", "version": str(lent.ask.read_version)})
    assert r.status_code == 303, r.text
