"""Reads of this room: the digest, the checklist, the plan of deliveries, the newsroom, the desk."""

from pressreleases.queries.checks import Check, checks, missing
from pressreleases.queries.desk import (
    about_event,
    as_corrected,
    being_corrected,
    issued_corrections,
    of_event,
    parts_before,
    sittings,
    waiting_count,
    whole,
    with_files,
)
from pressreleases.queries.digest import content_hash
from pressreleases.queries.holders import Holders, holders
from pressreleases.queries.holding import pause_over
from pressreleases.queries.newsroom import dateline, plain_text
from pressreleases.queries.planning import AccountPlan, Plan, plan
from pressreleases.queries.receipts import Notice, notices, posts_to_mend
from pressreleases.queries.story import story

__all__ = [
    "AccountPlan",
    "Check",
    "Holders",
    "Notice",
    "Plan",
    "about_event",
    "as_corrected",
    "being_corrected",
    "checks",
    "content_hash",
    "dateline",
    "holders",
    "issued_corrections",
    "missing",
    "notices",
    "of_event",
    "parts_before",
    "pause_over",
    "plain_text",
    "plan",
    "posts_to_mend",
    "sittings",
    "story",
    "waiting_count",
    "whole",
    "with_files",
]
