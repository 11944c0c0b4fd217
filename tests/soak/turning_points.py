"""Where a worker dies while people turn things round: a pause, a connection, a correction, mail that comes back."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from commsoffice.sandbox.seed import PAGE_GOVERNMENT_ID
from tests.soak.point import Act, Hitch, Moment, Point, Story

_AT = {Moment.LOST: "before", Moment.LATE: "before", Moment.HALF: "during", Moment.DONE: "after"}
_SMTP_AT = {Moment.LOST: "dot", Moment.LATE: "dot", Moment.DONE: "kept", Moment.ANSWERED: "kept"}

_LOST, _LATE, _DONE, _ANSWERED = Moment.LOST, Moment.LATE, Moment.DONE, Moment.ANSWERED
_CHANGES = (_LOST, _LATE, _DONE, _ANSWERED)
# What changes nothing: whether it arrives is all one.
_READS = (_DONE, _ANSWERED)

_FEED = {"method": "^POST$", "path": "/feed$"}
# Of the one page whose token dies.
_ITS_FEED = {"method": "^POST$", "path": f"/{PAGE_GOVERNMENT_ID}/feed$"}
_PHOTOS = {"method": "^POST$", "path": "/photos$"}
_POST = {"method": "^GET$", "path": r"/\d+_\d+$"}
_DELETE = {"method": "^DELETE$", "path": r"/\d+_\d+$"}
_WAITING = {"method": "^GET$", "path": "/scheduled_posts$"}
_CHUNK = {"method": "^PUT$", "path": "/upload/", "header.Content-Range": r"^bytes \d"}
_ASK = {"method": "^PUT$", "path": "/upload/", "header.Content-Range": r"^bytes \*"}
_STATUS = {"method": "^GET$", "path": "/youtube/v3/videos$"}
_SET = {"method": "^PUT$", "path": "/youtube/v3/videos$"}
_TOKEN = {"method": "^POST$", "path": "/google/token$"}
_DOT: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class _Turn:
    """A call of a story, and at which of its moments the worker dies."""

    channel: str
    call: str
    content: str
    service: str
    match: dict[str, str]
    moments: tuple[Moment, ...]
    skip: int = 0
    after: Act | None = None
    during: Act | None = None
    before: tuple[Hitch, ...] = field(default=())


_TURNS: dict[Story, tuple[_Turn, ...]] = {
    Story.CRISIS: (
        _Turn(
            "facebook",
            "scheduled feed as the pause begins",
            "scheduled post",
            "graph",
            _FEED,
            _CHANGES,
            0,
            None,
            Act.PAUSE,
        ),
        _Turn(
            "facebook", "feed as the pause begins", "post", "graph", _FEED, (_LOST, _LATE, _DONE), 0, None, Act.PAUSE
        ),
        _Turn(
            "youtube",
            "last chunk as the pause begins",
            "scheduled video",
            "youtube",
            _CHUNK,
            (_LATE, _DONE),
            0,
            None,
            Act.PAUSE,
        ),
        _Turn("email", "final dot as the pause begins", "many mails", "smtp", _DOT, (_LATE, _DONE), 7, None, Act.PAUSE),
        _Turn("facebook", "pull: what is there", "scheduled post", "graph", _POST, _READS, 0, Act.PAUSE),
        _Turn("facebook", "pull: taking it down", "scheduled post", "graph", _DELETE, _CHANGES, 0, Act.PAUSE),
        _Turn("facebook", "pull: what is left", "scheduled post", "graph", _POST, (_ANSWERED,), 1, Act.PAUSE),
        _Turn("facebook", "pull: the list", "scheduled post", "graph", _WAITING, (_ANSWERED,), 0, Act.PAUSE),
        _Turn("youtube", "pull: what is there", "scheduled video", "youtube", _STATUS, _READS, 0, Act.PAUSE),
        _Turn("youtube", "pull: taking its hour away", "scheduled video", "youtube", _SET, _CHANGES, 0, Act.PAUSE),
        _Turn("youtube", "pull: what is left", "scheduled video", "youtube", _STATUS, (_ANSWERED,), 1, Act.PAUSE),
        _Turn("facebook", "feed after the pause", "scheduled post", "graph", _FEED, _CHANGES, 0, Act.RESUME),
        _Turn("youtube", "its hour after the pause", "scheduled video", "youtube", _SET, _CHANGES, 0, Act.RESUME),
    ),
    Story.DEAD_TOKEN: (
        _Turn("facebook", "feed as the token dies", "post", "graph", _ITS_FEED, _CHANGES, 1, None, Act.REVOKE),
        _Turn("facebook", "photo 2 as the token dies", "photos", "graph", _PHOTOS, (_DONE,), 1, None, Act.REVOKE),
        _Turn(
            "youtube", "chunk 2 of 3 as the grant dies", "long video", "youtube", _CHUNK, _CHANGES, 1, None, Act.REVOKE
        ),
        _Turn("youtube", "token as the grant dies", "video", "token", _TOKEN, (_LATE, _ANSWERED), 0, None, Act.REVOKE),
        _Turn(
            "facebook", "feed once connected again", "post", "graph", _ITS_FEED, (_LOST, _LATE, _DONE), 0, Act.RECONNECT
        ),
        _Turn(
            "youtube",
            "going on once connected again",
            "long video",
            "youtube",
            _ASK,
            _READS,
            after=Act.RECONNECT,
            # Half of it is there when the grant dies.
            before=(Hitch("youtube", "http_500", _CHUNK, skip=1),),
        ),
    ),
    Story.RETURNS: (
        _Turn("mailbox", "LOGIN", "mail", "imap", {"method": "^LOGIN$"}, (_DONE,)),
        _Turn("mailbox", "SELECT", "mail", "imap", {"method": "^SELECT$"}, (_DONE,)),
        _Turn("mailbox", "SEARCH", "mail", "imap", {"method": "SEARCH$"}, (_DONE,)),
        _Turn("mailbox", "FETCH", "mail", "imap", {"method": "FETCH$"}, (_DONE, _ANSWERED)),
        _Turn("mailbox", "second FETCH", "mail", "imap", {"method": "FETCH$"}, (_ANSWERED,), 1),
        _Turn("mailbox", "STORE", "mail", "imap", {"method": "STORE$"}, (_LATE, _DONE)),
        _Turn("mailbox", "MOVE", "mail", "imap", {"method": "MOVE$"}, (_LATE, _DONE), 1),
        _Turn("mailbox", "CREATE", "mail", "imap", {"method": "CREATE$"}, (_DONE,)),
    ),
    Story.CORRECTED: (
        _Turn("email", "final dot as it is corrected", "release", "smtp", _DOT, _CHANGES, 5, None, Act.CORRECT),
        _Turn("facebook", "feed as it is corrected", "release", "graph", _FEED, _CHANGES, 0, None, Act.CORRECT),
        _Turn("email", "final dot of the correction", "release", "smtp", _DOT, (_LOST, _LATE, _DONE), 5, Act.CORRECT),
        _Turn("facebook", "feed of the correction", "release", "graph", _FEED, (_LOST, _LATE, _DONE), 0, Act.CORRECT),
    ),
    Story.WITHDRAWN: (
        _Turn(
            "email",
            "final dot as it is withdrawn",
            "release",
            "smtp",
            _DOT,
            (_LOST, _LATE, _DONE),
            5,
            None,
            Act.WITHDRAW,
        ),
        _Turn("email", "final dot of the withdrawal", "release", "smtp", _DOT, (_LATE, _DONE), 5, Act.WITHDRAW),
    ),
}
# story → the verb whose person's process dies, with what it needs.
_PRESSED = (
    (Story.CRISIS, Act.PAUSE, "scheduled post"),
    (Story.CRISIS, Act.RESUME, "scheduled video"),
    (Story.CRISIS, Act.WORD, "scheduled post"),
    (Story.DEAD_TOKEN, Act.RECONNECT, "post"),
    (Story.DEAD_TOKEN, Act.RECONNECT, "video"),
    (Story.CORRECTED, Act.CORRECT, "release"),
    (Story.WITHDRAWN, Act.WITHDRAW, "release"),
)


def turning_points() -> Iterator[Point]:
    """Every point of the stories, always in the same order."""
    for story, act, content in _PRESSED:
        yield Point("people", f"{act}, {content}", Moment.PRESSED, content, story=story, pressed=act)
    for story, turns in _TURNS.items():
        for turn in turns:
            for moment in turn.moments:
                yield Point(
                    turn.channel,
                    turn.call,
                    moment,
                    turn.content,
                    _stall(turn, moment),
                    turn.before,
                    story,
                    turn.after,
                    turn.during,
                )


def _stall(turn: _Turn, moment: Moment) -> Hitch:
    if turn.service == "smtp":
        return Hitch("smtp", "stall", {"moment": f"^{_SMTP_AT[moment]}$"}, turn.skip)
    return Hitch(turn.service, "stall", dict(turn.match), turn.skip, params={"at": _AT.get(moment, "after")})
