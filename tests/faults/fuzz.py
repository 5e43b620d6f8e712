"""Requests that nobody thought of, made from the URL map and the forms that the pages show.

Nothing here names a page or a field of the portal: what is added later is tried as well.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_from_bytes

from flask import Flask
from hypothesis import strategies as st
from werkzeug.exceptions import HTTPException
from werkzeug.test import EnvironBuilder

from tests.reading import Page
from tests.web.scene import routes

METHODS = ["GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get"]
ODD_BYTES = [
    b"",
    b"\x00",
    b"0",
    b"-1",
    b"999999999999999999999999999999",
    b"2147483648",
    b"9223372036854775808",
    b"1e309",
    b"nan",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x8c\xb3",
    b"\xe2\x80\xae\xd7\x90",
    b"\xd9\xa3",
    b"\xc2\xb2",
    b"..",
    b"../../etc/passwd",
    b"%",
    b"%00",
    b"%s%n",
    b"{{7*7}}",
    b"<script>alert(1)</script>",
    b"' OR 1=1 --",
    b"a\r\nSet-Cookie: b=c",
    b"x" * 5000,
    b"0001-01-01T00:00",
    b"9999-12-31T23:59",
    b"2026-02-30",
    b"2026-10-25T02:30",
    b"2026-03-29T02:30",
    b"data:image/png;base64,iVBORw0KGgo=",
    b"//evil.example",
    b"javascript:alert(1)",
    b"true",
    b"null",
    b"[]",
    b"\t\n\r",
    b"\xe2\x80\xa8",
    b"e\xcc\x81" * 200,
    b'AND OR NOT * " (',
    b"NEAR(a b)",
]
HEADERS = {
    "HX-Request": ["true", "false", "1"],
    "HX-Boosted": ["true"],
    "HX-History-Restore-Request": ["true"],
    "HX-Current-URL": ["http://localhost/", "\xff", "javascript:1", "//["],
    "HX-Target": ["main", "#", "\xe9" * 300],
    "HX-Trigger": ["{", "x"],
    "HX-Trigger-Name": ["words"],
    "HX-Prompt": ["\xe9"],
    "HX-PTag": ["0", "\xff", "x" * 3000],
    "HX-Request-Type": ["partial", "full", "?"],
    "If-None-Match": ['"0"', "*", "W/", '"'],
    "If-Modified-Since": ["never", "Thu, 01 Jan 1970 00:00:00 GMT"],
    "Range": ["bytes=0-0", "bytes=9-1,-1", "bytes=999999999999-"],
    "Accept-Language": ["nl", "en;q=0.1, nl", "*", "xx-\xff", ",;;q=9", "nl;q=nan", "-" * 500],
    "Accept": ["*/*", "application/json", ";q="],
    "Accept-Encoding": ["br", "gzip;q=0", "*;q=x"],
    "Referer": ["http://localhost/incidents", "http://[", "\xff", "//"],
    "Origin": ["null", "https://evil.example"],
    "Host": ["localhost", "a..b", "[::1", "x" * 300, "\xff", "localhost:99999", "", "evil.example/"],
    "X-Forwarded-For": ["127.0.0.1, ::1", "x"],
    "X-Forwarded-Host": ["evil.example"],
    "X-HTTP-Method-Override": ["DELETE"],
    "Content-Length": ["-1", "0", "9", "99999999999999", "x"],
    "Transfer-Encoding": ["chunked", "gzip"],
    "Authorization": ["Basic !", "Bearer x"],
}
COOKIES = [
    "language=en",
    "language=\xff",
    "rustpunt=x.y.z",
    "rustpunt=",
    "=;=;",
    "a" * 4000,
    "rustpunt=eyJhIjoxfQ.aaaa.bbbb",
]
TYPES = [
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/json",
    "text/plain",
    "multipart/form-data",
    "multipart/form-data; boundary=" + "b" * 300,
    "multipart/form-data; boundary=\xff",
    "image/png",
    "",
    "\xff",
]


@dataclass(frozen=True)
class Request:
    """One request, ready to be sent by whoever `who` names."""

    who: str
    method: str
    path: bytes
    query: bytes
    body: bytes
    headers: tuple[tuple[str, str], ...]
    signed: bool  # with the token against forged forms

    def environ(self, token: str) -> dict[str, Any]:
        builder = EnvironBuilder(path="/", method="POST", data=self.body)
        environ = builder.get_environ()
        builder.close()
        environ.update(REQUEST_METHOD=self.method, PATH_INFO=self.path.decode("latin-1"))
        environ["QUERY_STRING"] = self.query.decode("latin-1")
        for name, value in self.headers:
            plain = name.upper().replace("-", "_")
            environ[plain if plain in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{plain}"] = value
        if self.signed:
            environ["HTTP_X_CSRFTOKEN"] = token
        return environ


@dataclass
class Known:
    """What the portal shows: its routes, values for their arguments, and the fields of every form by endpoint."""

    app: Flask
    arguments: dict[str, set[bytes]] = field(default_factory=dict)
    fields: dict[str, dict[str, set[bytes]]] = field(default_factory=dict)

    def learn(self, page: str) -> None:
        """Remember the fields of the forms of a page, and the arguments of the addresses it links to."""
        seen = Page(page)
        for form in seen.forms:
            endpoint = self.follow(form.action, "POST")
            kept = self.fields.setdefault(endpoint, {})
            for name in form.names | set(form.data) | {name for name, _value in form.buttons}:
                values = [*form.data.get(name, []), *form.offered.get(name, [])]
                values += [value for button, value in form.buttons if button == name]
                kept.setdefault(name, set()).update(value.encode() for value in values[:6])
            kept.pop("csrf_token", None)
        for link in seen.links:
            self.follow(link, "GET")

    def follow(self, address: str, method: str) -> str:
        """The endpoint of an address; its arguments are kept."""
        try:
            endpoint, arguments = self.app.url_map.bind("localhost").match(address.partition("?")[0], method=method)
        except HTTPException:
            return ""
        for name, value in arguments.items():
            self.arguments.setdefault(name, set()).add(str(value).encode())
        return str(endpoint)

    def parts(self) -> Iterator[tuple[str, str, list[str]]]:
        """Endpoint, method, and the address cut into fixed text and `<arguments>`."""
        for rule, _access, method in routes(self.app):
            yield rule.endpoint, method, re.split(r"<(?:[^<>]*:)?(\w+)>", rule.rule)
        yield "static", "GET", ["/static/", "name", ""]


def odd() -> st.SearchStrategy[bytes]:
    return st.one_of(
        st.sampled_from(ODD_BYTES), st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass"))
    )


def mostly(sane: list[bytes]) -> st.SearchStrategy[bytes]:
    """A value that is right two times out of three."""
    return st.one_of(st.sampled_from(sane), st.sampled_from(sane), odd()) if sane else odd()


def pairs(known: dict[str, set[bytes]], names: list[str]) -> st.SearchStrategy[list[tuple[bytes, bytes]]]:
    """Fields with their own names: most of them, some twice, some of other forms, with any value."""
    own = [st.tuples(st.just(name.encode()), mostly(sorted(values))) for name, values in sorted(known.items())]
    foreign = st.tuples(st.one_of(st.sampled_from(names).map(str.encode), odd()), odd())
    several = st.lists(st.one_of(*own, foreign) if own else foreign, max_size=4)
    whole = st.tuples(*own).map(list) if own else st.just([])
    return st.one_of(st.tuples(whole, several).map(lambda both: both[0] + both[1]), several)


def encoded(fields: list[tuple[bytes, bytes]]) -> bytes:
    return b"&".join(
        quote_from_bytes(name).encode() + b"=" + quote_from_bytes(value).encode() for name, value in fields
    )


def multipart(fields: list[tuple[bytes, bytes]]) -> bytes:
    parts = [b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % pair for pair in fields]
    return b"".join(parts) + b"--b--\r\n"


def requests(known: Known, people: list[str]) -> st.SearchStrategy[Request]:
    """Any request to any route of the map, by anybody."""
    table = list(known.parts())
    names = sorted({name for fields in known.fields.values() for name in fields}) or ["x"]
    bodies = {endpoint: pairs(known.fields.get(endpoint, {}), names) for endpoint, _method, _parts in table}
    header = st.sampled_from(sorted(HEADERS)).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(HEADERS[name]))
    )

    @st.composite
    def draw_one(draw: Any) -> Request:
        endpoint, method, parts = draw(st.sampled_from(table))
        path = b"".join(
            part.encode() if number % 2 == 0 else draw(mostly(sorted(known.arguments.get(part, ()))))
            for number, part in enumerate(parts)
        )
        if draw(st.integers(0, 19)) == 0:
            method = draw(st.sampled_from(METHODS))
        if draw(st.integers(0, 29)) == 0:
            path += draw(odd())
        headers = draw(st.lists(header, max_size=3))
        if draw(st.integers(0, 9)) == 0:
            headers.append(("Cookie", draw(st.sampled_from(COOKIES))))
        fields = draw(bodies[endpoint])
        query = encoded(fields) if draw(st.integers(0, 3)) == 0 else b""
        body, kind = (b"", "") if method == "GET" else (encoded(fields), TYPES[0])
        shape = draw(st.integers(0, 9))
        if shape == 0:
            kind = draw(st.sampled_from(TYPES))
        elif shape == 1:
            body, kind = multipart(fields), "multipart/form-data; boundary=b"
        elif shape == 2:
            body = draw(odd())
        if kind:
            headers.insert(0, ("Content-Type", kind))
        who = draw(st.sampled_from(people))
        return Request(who, method, path, query, body, tuple(headers), draw(st.integers(0, 9)) > 0)

    return draw_one()
