"""The media that people send: one small sample of each kind, made here.

Where they are announced is in `samples`. There is no video: its address answers as Vonage's do
after 48 hours (https://developer.vonage.com/en/messages/concepts/secure-inbound-media).
"""

import io
import math
import struct
import wave
import zlib

from smsdesk.simulator.wire import Reply, problem

PATH = "/v3/media/"
_IDS = {
    "image": "1b456509-974c-458b-aafa-45fc48a4d976",
    "sticker": "1b456509-974c-458b-aafa-45fc48a4d977",
    "audio": "1b456509-974c-458b-aafa-45fc48a4d978",
    "video": "1b456509-974c-458b-aafa-45fc48a4d979",
    "file": "1b456509-974c-458b-aafa-45fc48a4d980",
    "vcard": "1b456509-974c-458b-aafa-45fc48a4d981",
}
_CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bob Smith\r\nTEL:+447700900999\r\nEND:VCARD\r\n"
_SIZE = 160
_RATE = 8000


def path_of(kind: str) -> str:
    """Where the sample of a kind is fetched."""
    return PATH + _IDS[kind]


def answer(path: str) -> Reply:
    """Answer a request below `/v3/media/`."""
    kind = next((kind for kind in _IDS if path == path_of(kind)), "")
    match kind:
        case "image":
            return Reply(200, _picture(), "image/png")
        case "sticker":
            return Reply(200, _picture(has_ground=False), "image/png")
        case "audio":
            return Reply(200, _sound(), "audio/wav")
        case "file":
            return Reply(200, _document(), "application/pdf")
        case "vcard":
            return Reply(200, _CARD, "text/vcard")
        case "video":
            return problem(410, "Gone", detail="The file is kept no longer.")
    return problem(404, "Not Found", detail="No such file.", anchor="#not-found")


def _picture(*, has_ground: bool = True) -> bytes:
    """A sun over a field, as a PNG; without a ground, the sun alone."""
    rows = bytearray()
    for y in range(_SIZE):
        rows.append(0)
        for x in range(_SIZE):
            rows += _pixel(x, y, has_ground=has_ground)
    head = struct.pack(">IIBBBBB", _SIZE, _SIZE, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _pixel(x: int, y: int, *, has_ground: bool) -> bytes:
    if math.hypot(x - _SIZE / 2, y - _SIZE * 0.4) < _SIZE * 0.25:
        return bytes((255, 204, 51, 255))
    if not has_ground:
        return bytes(4)
    return bytes((86, 166, 75, 255)) if y > _SIZE * 0.7 else bytes((124, 190, 240, 255))


def _chunk(name: bytes, data: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + data))
    return struct.pack(">I", len(data)) + name + data + check


def _sound() -> bytes:
    """A second of a quiet A."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(_RATE)
        sound.writeframes(
            bytes(int(128 + 40 * math.sin(2 * math.pi * 440 * t / _RATE)) for t in range(_RATE))
        )
    return file.getvalue()


def _document() -> bytes:
    """One page that says what it is."""
    text = b"BT /F1 24 Tf 60 700 Td (A sample invoice) Tj ET"
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    file = bytearray(b"%PDF-1.4\n")
    places = []
    for number, part in enumerate(parts, start=1):
        places.append(len(file))
        file += b"%d 0 obj%s\nendobj\n" % (number, part)
    table = len(file)
    file += b"xref\n0 6\n0000000000 65535 f \n"
    file += b"".join(b"%010d 00000 n \n" % place for place in places)
    file += b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % table
    return bytes(file)
