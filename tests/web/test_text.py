"""Rule 1: no imagery, ever; and no characters that make a text read as something it is not."""

import pytest

from portal.web.text import holds_imagery, odd_characters, tidy

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
JPEG = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJ"
GIF = "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7AAAAAAAAAAAAAAAA"
WEBP = "UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAwA0JaQAA3AA/vuUAAAAAAAAAAA"
MP4 = "AAAAIGZ0eXBpc29tAAACAGlzb21pc28yYXZjMW1wNDEAAAAIZnJlZQAAAAAAAAAAAAA"


REFUSED = [
    f"data:image/png;base64,{PNG}",
    "data:image/jpeg;base64,/9j/4AAQ",
    "DATA:IMAGE/PNG;BASE64,AAAA",
    "data:image/svg+xml;utf8,<svg/>",
    "data:image/png;charset=utf-8;base64,iVBOR",
    "data:application/octet-stream;base64,AAAA",
    "data:video/mp4;base64,AAAA",
    "data:;base64,AAAA",
    "data:,hello",
    "ze stuurde data:image/gif;base64,R0lGOD",
    PNG,
    JPEG,
    GIF,
    f"hier: {WEBP}",
    "blob:https://school.nl/0f1e",
    "https://x.nl/a.jpg",
    "http://x.nl/a.JPG?size=2",
    "https://x.nl/a.png#top",
    "https://x.nl/a.jpeg&download=1",
    "https://x.nl/show?name=a.jpg&x=1",
    "(https://x.nl/a.jpg)",
    "Kijk op https://x.nl/a.webp.",
    "https://x.nl/a%2Ejpg",
    "https://x.nl/%61.%6a%70%67",
    "https://x.nl/foto.jp\u200bg",
    "https://x.nl/foto\u00ad.jpg",
    "ht\u2060tps://x.nl/foto.jpg",
    "ｈｔｔｐｓ：／／x.nl／a．jpg",
    "https://x.nl/ａ．ｐｎｇ",
    "hxxps://x.nl/a.mp4",
    "hXXp://x.nl/a.webm",
    "ftp://x.nl/a.mov",
    "file:///home/noor/a.jpg",
    "www.x.nl/a.gif",
    "x.nl/a.webp",
    "cdn.x.nl:8080/a.heic",
    "https://bücher.nl/a.jpg",
    "https://1.2.3.4/a.jpg",
    "https://x.nl/stream.m3u8",
    "![foto](https://x.nl/a.png)",
    "<img src=x>",
    "<IMG SRC='a'>",
    "<img\nclass=b\nsrc=x>",
    "<video src=a></video>",
    "<video><source src=a></video>",
    "<picture><source srcset=a></picture>",
    "https://youtu.be/abc123",
    "https://www.youtube.com/watch?v=1",
    "youtube.com/shorts/abc",
    "https://vimeo.com/12345",
    "https://www.tiktok.com/@x/video/1",
    "https://vm.tiktok.com/Zab",
    "https://www.instagram.com/reel/abc",
    "instagram.com/p/abc",
    "https://imgur.com/a/abc",
    "https://streamable.com/ab",
    "https://x.com/u/status/1/photo/1",
    "https://cdn.discordapp.com/attachments/1/2/x",
    MP4,
    "data:image/png ; base64 , AAAA",
    "https://x.nl/a%252Ejpg",
    "![](x.nl/a)",
    "1.2.3.4/a.jpg",
    "hxxps[:]//x[.]nl/a.jpg",
    "https://player.vimeo.com/video/123",
    "https://www.facebook.com/photo?fbid=1",
    "https://fb.watch/abc",
    "https://v.redd.it/abc",
    "https://photos.google.com/share/abc",
    "https://telegra.ph/file/abc",
]

ALLOWED = [
    "",
    "IMG_1234.jpg",
    "foto.png in de app",
    "Hij noemde het bestand IMG_1234.jpg, en later VID_0007.mp4.",
    "mail aan a@b.nl over foto.jpg",
    "www.school.nl en foto.jpg",
    "Zie https://school.nl (foto.jpg)",
    "https://school.nl/nieuws",
    "https://www.school.nl/",
    "school.nl/contact",
    "https://school.nl/nieuws?id=3#boven",
    "https://school.nl/beleid.pdf",
    "om 10.42 uur",
    "10:42",
    "tussen 10.30 en 11.00/11.15",
    "j.smit@school.nl",
    "j.smit+zorg@mail.school.nl",
    "zie www.politie.nl",
    "www.helpwanted.nl",
    "https://www.meldknop.nl/",
    "https://www.slachtofferhulp.nl/",
    "vimeo",
    "op youtube gezien",
    "snapchat.com",
    "het account @noor.v op Instagram",
    "https://www.instagram.com/noor.v/",
    "https://www.tiktok.com/@noor",
    "https://x.com/noor",
    "imgur of een andere site",
    "data: 3 leerlingen, 2 klassen",
    "data: 12 maart, 14 maart",
    "database: rood, wit",
    "metadata: wie, wat",
    "gegevens: naam, klas",
    "3B, 4HV1",
    "klas 3b/4a",
    "en/of, e.d./etc.",
    "t.a.v. dhr. De Vries",
    "tel. 06-55501001",
    "<3",
    "a < b en c > d",
    "<script>alert(1)</script>",
    "image, img, png of gif?",
    "R0lGODlh",
    "mp4.nl",
    "De link die rondgaat noem ik hier niet.",
    "Data: maandag, dinsdag",
    "data:12,13",
    "foto.jpg/filmpje.mp4",
]


@pytest.mark.parametrize("text", REFUSED)
def test_imagery_is_refused(text: str) -> None:
    assert holds_imagery(text)


@pytest.mark.parametrize("text", ALLOWED)
def test_a_text_is_allowed(text: str) -> None:
    assert not holds_imagery(text)


LONGEST = 20_000  # what a draft may hold
NASTY = {
    "schemes": "http://",
    "one tag": "<img ",
    "tags with half of what is looked for": "<img data ",
    "letters and dots": "a.",
    "hosts": "aa.",
    "numbers and dots": "1.",
    "one letter": "a",
    "dashes": "a-",
    "begins of base64": f"{PNG[:10]}. ",
    "paths": "a.bb/",
    "pictures of Markdown": "![",
    "ends of pictures": "![]",
    "an encoded sign": "%25252541",
}


@pytest.mark.parametrize("end", ["", "%25252541"], ids=["as it is", "encoded"])
@pytest.mark.parametrize("part", NASTY.values(), ids=NASTY)
def test_the_longest_text_is_looked_through(part: str, end: str) -> None:
    """No watch is held to it: were the time quadratic again, these would take minutes."""
    text = (part * LONGEST)[: LONGEST - len(end)] + end
    assert not holds_imagery(text)
    assert holds_imagery(text[:-30] + " https://x.nl/a.jpg")


@pytest.mark.parametrize("between", ["x " * 9000, "<b", "![", "< "])
def test_nothing_put_between_hides_it(between: str) -> None:
    assert holds_imagery(f"<img alt='{between}' src=x>")
    assert holds_imagery(f"![{between}](x.nl/a)")


ODD = {
    "a nul": "a\x00b",
    "a bell": "a\x07b",
    "delete": "a\x7fb",
    "a control character beyond ASCII": "a\x85b",
    "an escape": "\x1b[31mred",
    "reading direction turned round": "a\u202eb",
    "reading direction embedded": "a\u202bb",
    "an isolate": "a\u2067b",
    "a left-to-right mark": "a\u200eb",
    "an Arabic letter mark": "a\u061cb",
    "half a character": "a\ud800b",
    "for private use": "a\ue000b",
    "a pile of marks": "a" + "\u0301\u0316" * 16,
    "a pile of marks that are two": "a" + "\u0f73" * 31,
}
FINE = {
    "letters": "Noor, 3B: één, Ünal, Šimić, Łukasz",
    "letters with a mark of their own": "e\u0301",
    "many letters with marks": "e\u0301\u0316" * 40,
    "Arabic": "نور",
    "Hebrew": "נועה",
    "Chinese": "小明",
    "a family": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "a flag": "\U0001f3f3\ufe0f\u200d\U0001f308",
    "signs": "<script> & 'quotes' \" … – €",
}


@pytest.mark.parametrize("lines", [True, False])
@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_characters_are_refused(text: str, lines: bool) -> None:
    assert odd_characters(text, lines=lines)


@pytest.mark.parametrize("lines", [True, False])
@pytest.mark.parametrize("text", FINE.values(), ids=FINE)
def test_what_people_write_is_allowed(text: str, lines: bool) -> None:
    assert not odd_characters(text, lines=lines)


@pytest.mark.parametrize("text", ["a\nb", "a\tb"])
def test_several_lines_only_where_they_belong(text: str) -> None:
    assert not odd_characters(text, lines=True)
    assert odd_characters(text, lines=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(None, ""), ("", ""), ("  a ", "a"), ("a\r\nb\rc\n", "a\nb\nc"), ("\u00a0a\u2003", "a"), ("a  b", "a  b")],
)
def test_a_text_is_tidied(text: str | None, expected: str) -> None:
    assert tidy(text) == expected
