"""A line above every page of the office, for what nobody may overlook."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Banner:
    """``kind`` as in components/alert.html; without ``url`` there is no link."""

    kind: str
    title: str
    text: str
    url: str = ""
    label: str = ""
