"""The verbs of a release, in the order of its life."""

from pressreleases.actions.publishing import publish, withdraw
from pressreleases.actions.refusals import NotReady, OldVersion, OwnText, ReasonMissing, SealBroken
from pressreleases.actions.reviewing import approve, return_to_writer, stop, submit, take_back
from pressreleases.actions.writing import FileChoice, Text, choose_files, draft, save

__all__ = [
    "FileChoice",
    "NotReady",
    "OldVersion",
    "OwnText",
    "ReasonMissing",
    "SealBroken",
    "Text",
    "approve",
    "choose_files",
    "draft",
    "publish",
    "return_to_writer",
    "save",
    "stop",
    "submit",
    "take_back",
    "withdraw",
]
