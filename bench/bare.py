"""What the portal is held against: a Flask page that does nothing, and one of as many bytes."""

from flask import Flask, Response

app = Flask(__name__)


@app.get("/")
def bare() -> Response:
    return Response("ok", mimetype="text/html")


@app.get("/bytes/<int:number>")
def bytes_of(number: int) -> Response:
    return Response("x" * number, mimetype="text/html")
