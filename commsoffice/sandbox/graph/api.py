"""The addresses of the Graph API: a thing by its id, and the edges of a page."""

import json
import re
from collections.abc import Callable

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from commsoffice.sandbox import seed
from commsoffice.sandbox.graph import grants, photos, posts, videos
from commsoffice.sandbox.graph.access import Caller, describe_token, identify
from commsoffice.sandbox.graph.errors import GraphError, graph_response, invalid_parameter, no_such_object
from commsoffice.sandbox.graph.fields import DEFAULT_LIMIT, Node, page_of, parse_time, project
from commsoffice.sandbox.graph.login import exchange
from commsoffice.sandbox.store import Record, Store
from commsoffice.sandbox.web import network

graph = Blueprint("graph", __name__, url_prefix="/graph")

LATEST_VERSION = "v24.0"
CALLS_PER_HOUR = 4800

# edge → how it is posted to
Creator = Callable[[Store, str, dict[str, str]], Record]
CREATORS: dict[str, Creator] = {"feed": posts.create, "photos": photos.create, "videos": videos.create}
NodeMaker = Callable[[Store, Record, str], Node]
# edge → name of its nodes, fields that come unasked, how a node is made
LISTED: dict[str, tuple[str, str, NodeMaker]] = {
    "photos": ("Photo", "id,name,created_time", photos.node),
    "videos": ("Video", "id,description,updated_time", videos.node),
}
POST_EDGES = frozenset({"feed", "posts", "published_posts", "scheduled_posts"})


def _params() -> dict[str, str]:
    params = {**request.args.to_dict(), **request.form.to_dict()}
    body = request.get_json(silent=True) if request.is_json else None
    if isinstance(body, dict):
        params.update({key: value if isinstance(value, str) else json.dumps(value) for key, value in body.items()})
    return params


@graph.errorhandler(GraphError)
def _refused(error: GraphError) -> Response:
    return error.response()


@graph.errorhandler(HTTPException)
def _unreadable(error: HTTPException) -> Response:
    return GraphError(1, f"Invalid request: {error.name}", status=error.code or 400).response()


@graph.route("/", defaults={"path": ""}, methods=["GET", "POST", "DELETE"])
@graph.route("/<path:path>", methods=["GET", "POST", "DELETE"])
def call(path: str) -> Response:
    """Answer every call; which thing and which edge is meant stands in the path."""
    store = network().store
    segments = [segment for segment in path.split("/") if segment]
    version = segments.pop(0) if segments and re.fullmatch(r"v\d+\.\d+", segments[0]) else LATEST_VERSION
    params = _params()
    # Libraries without DELETE send it as a parameter.
    method = params.pop("method", request.method).upper()
    if segments == ["oauth", "access_token"]:
        return graph_response(exchange(store, params))
    caller = identify(store, params)
    match segments:
        case []:
            body = _several(store, caller, params)
        case ["debug_token"]:
            body = describe_token(store, params.get("input_token", ""))
        case [key, "permissions", *rest] if _resolve(caller, key) == seed.USER_ID:
            body = _permissions(store, caller, method, rest)
        case [key]:
            body = _node_call(store, caller, method, _resolve(caller, key), params)
        case [key, edge]:
            body = _edge_call(store, caller, method, (_resolve(caller, key), edge), params)
        case _:
            raise GraphError(2500, f"Unknown path components: /{'/'.join(segments[1:])}")
    response = graph_response(body)
    response.headers["facebook-api-version"] = version
    if caller.kind == "PAGE":
        response.headers["X-Business-Use-Case-Usage"] = json.dumps({caller.profile_id: [_usage(store)]})
    return response


def _usage(store: Store) -> Record:
    calls = store.count("call", since=store.now() - 3600)
    percent = min(100, calls * 100 // CALLS_PER_HOUR)
    times = {"call_count": percent, "total_cputime": percent, "total_time": percent}
    return {"type": "pages", **times, "estimated_time_to_regain_access": 0}


def _resolve(caller: Caller, key: str) -> str:
    return caller.profile_id if key == "me" else key


def _base() -> str:
    return request.host_url


def _several(store: Store, caller: Caller, params: dict[str, str]) -> Record:
    ids = [key for key in params.get("ids", "").split(",") if key]
    if not ids:
        raise GraphError(2500, "Cannot specify an empty identifier")
    return {key: _node_call(store, caller, "GET", _resolve(caller, key), params) for key in ids}


def _node_call(store: Store, caller: Caller, method: str, key: str, params: dict[str, str]) -> Record:
    if method == "GET":
        return _read(store, caller, key, params)
    for kind in ("post", "photo", "video"):
        record = store.get(kind, key)
        if record is not None:
            caller.require_page(record["page"])
            if method == "DELETE":
                return _delete(store, kind, record)
            if kind == "post":
                return posts.update(store, record, params)
    raise no_such_object(method, key)


def _delete(store: Store, kind: str, record: Record) -> Record:
    post = record if kind == "post" else store.get("post", record["post"] or "")
    if post is None:
        return photos.delete(store, record)
    if kind == "photo" and len(post["photos"]) > 1:
        kept = [key for key in post["photos"] if key != record["id"]]
        store.put("post", post["id"], {**post, "photos": kept})
        return photos.delete(store, record)
    # A post goes with its only photo or its video.
    return posts.delete(store, post)


def _read(store: Store, caller: Caller, key: str, params: dict[str, str]) -> Record:
    fields = params.get("fields", "")
    page = store.get("page", key)
    if page is not None:
        return project(_page_node(store, caller, page), "Page", fields, "id,name")
    if key == seed.USER_ID and caller.profile_id == key:
        return project({"id": lambda: key, "name": lambda: seed.USER_NAME}, "User", fields, "id,name")
    post = store.get("post", key)
    if post is not None:
        caller.require_reader(post["page"])
        return project(posts.node(store, post, _base()), "Post", fields, "id,message,created_time")
    photo = store.get("photo", key)
    if photo is not None:
        caller.require_reader(photo["page"])
        return project(photos.node(store, photo, _base()), "Photo", fields, "id,name,created_time")
    video = store.get("video", key)
    if video is not None:
        caller.require_reader(video["page"])
        return project(videos.node(store, video, _base()), "Video", fields, "id,description,updated_time")
    session = videos.session_of_video(store, key)
    if session is not None:
        caller.require_reader(session["page"])
        return project(videos.unfinished_node(store, session), "Video", fields, "id")
    raise no_such_object("GET", key)


def _page_node(store: Store, caller: Caller, page: Record) -> Node:
    own = caller.profile_id == page["id"]
    if caller.kind == "USER":
        own = page["id"] in grants.grant_of(store)["pages"]

    def token() -> str | None:
        if not own:
            return None
        return caller.token if caller.kind == "PAGE" else grants.page_token(store, caller.token, page["id"])

    return {
        "id": lambda: page["id"],
        "name": lambda: page["name"],
        "link": lambda: f"{_base()}facebook/{page['id']}/",
        "category": lambda: "Government Organization",
        "access_token": token,
        "tasks": lambda: grants.tasks_of(store) if own else None,
        "fan_count": lambda: 0,
        "followers_count": lambda: 0,
        "is_published": lambda: True,
        "can_post": lambda: own,
    }


def _accounts(store: Store, caller: Caller, fields: str) -> Record:
    default = "access_token,category,name,id,tasks"
    managed = grants.grant_of(store)["pages"] if "pages_show_list" in caller.scopes else []
    hidden = [] if "business_management" in caller.scopes else grants.grant_of(store).get("business", [])
    pages = [page for page in store.all("page") if page["id"] in managed and page["id"] not in hidden]
    return {"data": [project(_page_node(store, caller, page), "Page", fields, default) for page in pages]}


def _permissions(store: Store, caller: Caller, method: str, rest: list[str]) -> Record:
    """/me/permissions: look at what is granted, or take it back."""
    if caller.kind != "USER":
        raise no_such_object(method, caller.profile_id)
    grant = grants.grant_of(store)
    if method == "DELETE" and not rest:
        grants.revoke(store, "app_removed")
        return {"success": True}
    if method == "DELETE":
        grants.set_grant(
            store,
            scopes=[scope for scope in grant["scopes"] if scope not in rest],
            declined=[*grant["declined"], *rest],
        )
        return {"success": True}
    named = [(scope, "granted") for scope in grant["scopes"]] + [(scope, "declined") for scope in grant["declined"]]
    return {"data": [{"permission": scope, "status": status} for scope, status in named]}


def _edge_call(store: Store, caller: Caller, method: str, path: tuple[str, str], params: dict[str, str]) -> Record:
    key, edge = path
    if key == seed.USER_ID and edge == "accounts" and method == "GET" and caller.profile_id == key:
        return _accounts(store, caller, params.get("fields", ""))
    if store.get("page", key) is None:
        raise no_such_object(method, key)
    if method == "POST" and edge in CREATORS:
        caller.require_page(key)
        if edge == "videos" and not request.path.startswith("/graph-video/"):
            raise invalid_parameter(
                "Videos must be published to graph-video.facebook.com instead of graph.facebook.com"
            )
        return CREATORS[edge](store, key, params)
    if method == "GET" and edge in {*POST_EDGES, "photos", "videos"}:
        caller.require_reader(key)
        return _list(store, key, edge, params)
    raise invalid_parameter(f"Tried accessing nonexisting field ({edge}) on node type (Page)")


def _list(store: Store, page_id: str, edge: str, params: dict[str, str]) -> Record:
    now = store.now()
    if edge in POST_EDGES:
        known = posts.posts_of(store, page_id, now)
        rows = [post for post in known if post.get("listed", 0) <= now and _belongs(post, edge, now)]
        entries = [(posts.created_at(post, now), post) for post in rows]
    else:
        rows = [row for row in reversed(store.all(edge.removesuffix("s"))) if row["page"] == page_id and row["post"]]
        entries = [(int(row["created"]), row) for row in rows]
    if params.get("since"):
        since = parse_time("since", params["since"])
        entries = [entry for entry in entries if entry[0] >= since]
    if params.get("until"):
        until = parse_time("until", params["until"])
        entries = [entry for entry in entries if entry[0] <= until]
    _refuse_too_much(page_id, edge, params)
    kind, default, node = LISTED.get(edge, ("Post", "id,message,created_time", posts.node))
    found, paging = page_of([row for _, row in entries], params, request.base_url)
    data = [project(node(store, row, _base()), kind, params.get("fields", ""), default) for row in found]
    return {"data": data, "paging": paging} if paging else {"data": data}


def _refuse_too_much(page_id: str, edge: str, params: dict[str, str]) -> None:
    """Raise the error of a list with more rows and fields than can be put together in time."""
    facts = {"method": "GET", "path": f"/{page_id}/{edge}"}
    faults = network().faults
    asked = int(params.get("limit", DEFAULT_LIMIT))
    for fault in faults.all():
        if fault.fault == "too_much_data" and asked > int(fault.params.get("most", DEFAULT_LIMIT)):
            if faults.take("graph", facts, only=frozenset({"too_much_data"})) is not None:
                message = "Please reduce the amount of data you're asking for, then retry your request"
                raise GraphError(1, message, status=500)
            return


def _belongs(post: Record, edge: str, now: float) -> bool:
    if edge == "scheduled_posts":
        return not posts.is_live(post, now) and post["scheduled"] is not None
    return posts.is_live(post, now)
