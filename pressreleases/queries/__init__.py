"""Reads of this room: the digest, the checklist, the plan of deliveries, the newsroom, the desk."""

from pressreleases.queries.checks import Check, checks, missing
from pressreleases.queries.desk import (
    about_event,
    of_event,
    parts_before,
    sittings,
    waiting_count,
    whole,
    with_files,
)
from pressreleases.queries.digest import content_hash
from pressreleases.queries.newsroom import dateline, plain_text
from pressreleases.queries.planning import AccountPlan, Plan, plan
from pressreleases.queries.story import story

__all__ = [
    "AccountPlan",
    "Check",
    "Plan",
    "about_event",
    "checks",
    "content_hash",
    "dateline",
    "missing",
    "of_event",
    "parts_before",
    "plain_text",
    "plan",
    "sittings",
    "story",
    "waiting_count",
    "whole",
    "with_files",
]
