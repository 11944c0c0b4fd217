"""Where a worker is killed: every call of every channel, and how far the call had come."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.soak.point import Hitch, Moment, Point
from tests.soak.turning_points import turning_points


@dataclass(frozen=True, slots=True)
class _Call:
    channel: str
    name: str
    content: str
    service: str
    match: dict[str, str]
    skip: int = 0
    before: tuple[Hitch, ...] = ()


_ALL = tuple(moment for moment in Moment if moment not in {Moment.CLAIMED, Moment.PRESSED})
# Where the request has no body worth the name.
_SHORT = (Moment.LOST, Moment.LATE, Moment.DONE, Moment.ANSWERED)
_AT = {Moment.LOST: "before", Moment.LATE: "before", Moment.HALF: "during", Moment.DONE: "after"}

_POST, _GET, _PUT = {"method": "^POST$"}, {"method": "^GET$"}, {"method": "^PUT$"}
_FEED = {**_POST, "path": "/feed$"}
_PHOTOS = {**_POST, "path": "/photos$"}
_VIDEOS = {**_POST, "path": "/videos$"}
_SESSION = {**_POST, "path": "/upload/youtube/v3/videos$"}
_CHUNK = {**_PUT, "path": "/upload/", "header.Content-Range": r"^bytes \d"}
_ASK = {**_PUT, "path": "/upload/", "header.Content-Range": r"^bytes \*"}

_WITH_BODY = (
    *(_Call("facebook", f"photo {n}", "photos", "graph", _PHOTOS, skip=n - 1) for n in (1, 2, 3)),
    _Call("facebook", "feed with photos", "photos", "graph", _FEED),
    _Call("facebook", "feed", "post", "graph", _FEED),
    _Call("facebook", "the only photo", "photo", "graph", _PHOTOS),
    _Call("facebook", "scheduled feed", "scheduled post", "graph", _FEED),
    # Told apart by their order: to look at the fields the sandbox would have to read the whole body first.
    _Call("facebook", "video start", "page video", "graph", _VIDEOS),
    _Call("facebook", "video chunk 1 of 3", "page video", "graph", _VIDEOS, skip=1),
    _Call("facebook", "video chunk 2 of 3", "page video", "graph", _VIDEOS, skip=2),
    _Call("facebook", "video last chunk of 3", "page video", "graph", _VIDEOS, skip=3),
    _Call("facebook", "video finish", "page video", "graph", _VIDEOS, skip=4),
    _Call("youtube", "session", "video", "youtube", _SESSION),
    _Call("youtube", "the only chunk", "video", "youtube", _CHUNK),
    _Call("youtube", "chunk 1 of 3", "long video", "youtube", _CHUNK),
    _Call("youtube", "chunk 2 of 3", "long video", "youtube", _CHUNK, skip=1),
    _Call("youtube", "last chunk of 3", "long video", "youtube", _CHUNK, skip=2),
    _Call("youtube", "thumbnail", "video", "youtube", {**_POST, "path": "/thumbnails/set$"}),
    _Call("youtube", "scheduled session", "scheduled video", "youtube", _SESSION),
    _Call("youtube", "scheduled last chunk", "scheduled video", "youtube", _CHUNK),
)
_WITHOUT_BODY = (
    _Call("facebook", "permalink", "post", "graph", {**_GET, "path": r"/\d+_\d+$"}),
    _Call(
        "facebook",
        "asking after a lost answer",
        "post",
        "graph",
        {**_GET, "path": "/published_posts$"},
        before=(Hitch("graph", "accept_then_drop", _FEED),),
    ),
    _Call(
        "facebook",
        "asking after a cut",
        "post",
        "graph",
        {**_GET, "path": "/feed$"},
        before=(Hitch("graph", "drop_during", _FEED),),
    ),
    _Call("facebook", "looking after the hour", "scheduled post", "graph", _GET, skip=1),
    _Call("youtube", "token", "video", "token", {**_POST, "path": "/google/token$"}),
    _Call("youtube", "reading back", "video", "youtube", {**_GET, "path": "/youtube/v3/videos$"}),
    _Call(
        "youtube",
        "asking the session to go on",
        "long video",
        "youtube",
        _ASK,
        before=(Hitch("youtube", "drop_during", _CHUNK, skip=1),),
    ),
    _Call(
        "youtube",
        "asking after a lost answer",
        "video",
        "youtube",
        _ASK,
        before=(Hitch("youtube", "accept_then_drop", _CHUNK),),
    ),
    _Call("youtube", "looking after the hour", "scheduled video", "youtube", {**_GET, "path": "/videos$"}, skip=1),
)
# moment of the sandbox → what it is called, what it means, and what has to be sent for it
_SMTP = (
    ("connect", "greeting", Moment.DONE, "mail"),
    ("mail", "MAIL", Moment.DONE, "mail"),
    ("rcpt", "RCPT", Moment.DONE, "mail"),
    ("data", "DATA", Moment.DONE, "mail"),
    ("body", "body", Moment.HALF, "big mail"),
    ("dot", "final dot", Moment.LOST, "mail"),
    ("dot", "final dot", Moment.LATE, "mail"),
    ("kept", "final dot", Moment.DONE, "mail"),
    ("kept", "final dot", Moment.ANSWERED, "mail"),
    ("rcpt", "RCPT among many", Moment.DONE, "many mails"),
    ("dot", "final dot among many", Moment.LOST, "many mails"),
    ("dot", "final dot among many", Moment.LATE, "many mails"),
    ("kept", "final dot among many", Moment.DONE, "many mails"),
    ("kept", "final dot among many", Moment.ANSWERED, "many mails"),
)


def points(contents: frozenset[str]) -> list[Point]:
    """Every point that can be reached by sending these contents, always in the same order."""
    return [point for point in (*_points(), *turning_points()) if point.content in contents]


def _points() -> Iterator[Point]:
    for content, channel in (("mail", "email"), ("post", "facebook"), ("video", "youtube")):
        yield Point(channel, "before any call", Moment.CLAIMED, content)
    for number, (at, name, moment, content) in enumerate(_SMTP):
        # Not the first mail of the connection: what was sent before it must stay sent.
        skip = 0 if at in {"connect", "body"} else 11 if content == "many mails" else 1 + number % 2
        yield Point("email", name, moment, content, Hitch("smtp", "stall", {"moment": f"^{at}$"}, skip))
    for calls, moments in ((_WITH_BODY, _ALL), (_WITHOUT_BODY, _SHORT)):
        for call in calls:
            for moment in moments:
                # An answer is held back until the row is locked; then it comes and can't be written down.
                at = _AT.get(moment, "after")
                hitch = Hitch(call.service, "stall", dict(call.match), call.skip, params={"at": at})
                yield Point(call.channel, call.name, moment, call.content, hitch, call.before)
