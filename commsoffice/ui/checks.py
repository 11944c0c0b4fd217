"""System checks: a section of the navigation must lead somewhere."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from commsoffice.ui.navigation import offered


@register("urls")
def sections_lead_somewhere(
    app_configs: Sequence[AppConfig] | None = None,
    **kwargs: Any,
) -> list[CheckMessage]:
    """Each section has an address, and its count can be imported."""
    errors: list[CheckMessage] = []
    for section in (*offered("staff_sections"), *offered("public_sections")):
        try:
            reverse(section.url_name)
        except NoReverseMatch:
            errors.append(Error(f"The section «{section.label}» has no address.", obj=section, id="ui.E001"))
        if section.count:
            try:
                import_string(section.count)
            except ImportError:
                errors.append(
                    Error(
                        f"The count of the section «{section.label}» is not there.",
                        obj=section,
                        id="ui.E002",
                    )
                )
    return errors
