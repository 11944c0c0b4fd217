"""The Graph API's way to ask for fields, times and pages of a list."""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from commsoffice.sandbox.graph.errors import GraphError, invalid_parameter
from commsoffice.sandbox.store import Record

DEFAULT_LIMIT = 25
MAXIMUM_LIMIT = 100

Node = dict[str, Callable[[], Any]]


def parse_fields(text: str) -> dict[str, str]:
    """Read "id,attachments{media,target}.limit(3)" as {"id": "", "attachments": "media,target"}."""
    fields: dict[str, str] = {}
    depth = 0
    start = 0
    for position, letter in enumerate(text + ","):
        if letter in "{(":
            depth += 1
        elif letter in "})":
            depth -= 1
        elif letter == "," and depth == 0:
            item = text[start:position].strip()
            start = position + 1
            if item:
                name = re.match(r"\w+", item)
                nested = re.search(r"\{(.*)\}", item, re.DOTALL)
                if name is None:
                    raise GraphError(2500, f'Syntax error "Expected name." at character {start}: {item}')
                fields[name[0]] = nested[1] if nested else ""
    if depth != 0:
        raise GraphError(2500, "Syntax error \"Expected end of string instead of '{'.\"")
    return fields


def project(node: Node, kind: str, text: str, default: str) -> Record:
    """Return the fields asked for; `id` always comes, a field without a value is left out."""
    result: Record = {}
    for name, nested in parse_fields(text or default).items():
        if name not in node:
            raise invalid_parameter(f"Tried accessing nonexisting field ({name}) on node type ({kind})")
        value = node[name]()
        if value is not None:
            result[name] = _nested(value, nested) if nested else value
    result["id"] = node["id"]()
    return result


def _nested(value: Any, text: str) -> Any:
    if isinstance(value, list):
        return [_nested(item, text) for item in value]
    if isinstance(value, dict):
        if isinstance(value.get("data"), list):
            return {**value, "data": _nested(value["data"], text)}
        return {
            name: _nested(value[name], nested) if nested else value[name]
            for name, nested in parse_fields(text).items()
            if name in value
        }
    return value


def graph_time(unix: float) -> str:
    """Write a moment as Graph does: 2026-10-15T17:00:00+0000."""
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def parse_time(name: str, text: str) -> int:
    """Read unix seconds or ISO 8601. Raises GraphError for anything else."""
    if re.fullmatch(r"\d{1,11}", text):
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise invalid_parameter(f"param {name} must be a valid ISO 8601-formatted date/time or timestamp") from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())


def parse_boolean(name: str, text: str) -> bool:
    """Read true, false, 1, 0 in any case. Raises GraphError for anything else."""
    known = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in known:
        raise invalid_parameter(f"Param {name} must be a boolean")
    return known[text.lower()]


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _position(keys: list[str], cursor: str) -> int:
    try:
        key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        return keys.index(key)
    except (binascii.Error, ValueError):
        raise invalid_parameter("Invalid cursor", 1) from None


def page_of(records: list[Record], params: Mapping[str, str], url: str) -> tuple[list[Record], Record | None]:
    """Cut a list, newest first, as limit, after and before ask; return the rows and the `paging` object."""
    text = params.get("limit", str(DEFAULT_LIMIT))
    if not re.fullmatch(r"\d{1,4}", text) or int(text) < 1:
        raise invalid_parameter("Param limit must be a positive number")
    if int(text) > MAXIMUM_LIMIT:
        raise invalid_parameter(f"The limit parameter should not exceed {MAXIMUM_LIMIT}")
    limit = int(text)
    keys = [str(record["id"]) for record in records]
    start = 0
    if params.get("after"):
        start = _position(keys, params["after"]) + 1
    elif params.get("before"):
        start = max(0, _position(keys, params["before"]) - limit)
    rows = records[start : start + limit]
    if not rows:
        return [], None
    first, last = _cursor(str(rows[0]["id"])), _cursor(str(rows[-1]["id"]))
    paging: Record = {"cursors": {"before": first, "after": last}}
    kept = {name: value for name, value in params.items() if name not in {"after", "before"}}
    if start + limit < len(records):
        paging["next"] = f"{url}?{urlencode({**kept, 'after': last})}"
    if start > 0:
        paging["previous"] = f"{url}?{urlencode({**kept, 'before': first})}"
    return rows, paging
