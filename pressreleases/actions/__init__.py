"""The verbs of a release, in the order of its life."""

from pressreleases.actions.correcting import (
    Notes,
    discard_correction,
    issue_correction,
    return_correction,
    submit_correction,
    take_back_correction,
    write_correction,
)
from pressreleases.actions.publishing import publish, withdraw
from pressreleases.actions.refusals import NotReady, OldCorrection, OldVersion, OwnText, ReasonMissing, SealBroken
from pressreleases.actions.reviewing import approve, return_to_writer, stop, submit, take_back
from pressreleases.actions.taking_down import post_taken_down
from pressreleases.actions.writing import FileChoice, Text, choose_files, draft, save

__all__ = [
    "FileChoice",
    "NotReady",
    "Notes",
    "OldCorrection",
    "OldVersion",
    "OwnText",
    "ReasonMissing",
    "SealBroken",
    "Text",
    "approve",
    "choose_files",
    "discard_correction",
    "draft",
    "issue_correction",
    "post_taken_down",
    "publish",
    "return_correction",
    "return_to_writer",
    "save",
    "stop",
    "submit",
    "submit_correction",
    "take_back",
    "take_back_correction",
    "withdraw",
    "write_correction",
]
