"""What every page knows of the office."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from commsoffice.office.queries import office
from commsoffice.ui.brand import version


def profile(request: HttpRequest) -> dict[str, object]:
    """Lazy: a page or a fragment that shows none of it pays no query."""
    current = SimpleLazyObject(office)
    return {"office": current, "brand_version": SimpleLazyObject(lambda: version(current.brand_color))}
