"""The prose editor under a strict Content-Security-Policy, and in the language of the page."""

from django.forms import Media
from django.templatetags.static import static
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    """What the editor says on its buttons and dialogs; the package ships no Spanish."""
    return {
        "paragraph": _("Paragraph"),
        "Paragraph": _("Paragraph"),
        "Heading 2": _("Heading"),
        "Heading 3": _("Small heading"),
        "Heading 4": _("Smaller heading"),
        "unordered list": _("Bulleted list"),
        "ordered list": _("Numbered list"),
        "blockquote": _("Quotation"),
        "bold": _("Bold"),
        "italic": _("Italic"),
        "underline": _("Underlined"),
        "strike": _("Struck out"),
        "insert link": _("Put a link"),
        "remove link": _("Take the link away"),
        "horizontal rule": _("Rule"),
        "undo": _("Undo"),
        "redo": _("Redo"),
        "edit HTML": _("Edit the HTML"),
        "Edit HTML": _("Edit the HTML"),
        "Edit Link": _("Link"),
        "URL": _("Address"),
        "Title": _("Title"),
        "Open in new window": _("Open in a new window"),
        "Update": _("Save"),
        "Insert": _("Insert"),
        "Cancel": _("Cancel"),
        "List properties": _("Kind of list"),
        "List type": _("Kind of list"),
        "Start at": _("Begin at"),
        "Bullets": _("Bullets"),
        "Decimal numbers": _("Numbers"),
        "Lowercase letters": _("Small letters"),
        "Uppercase letters": _("Capital letters"),
        "Lowercase Roman numerals": _("Small Roman numerals"),
        "Uppercase Roman numerals": _("Roman numerals"),
    }


def media(form_media: Media, nonce: str) -> SafeString:
    """A form's media with the page's nonce on every script.

    The editor writes its base style into the page unless a `style[data-tiptap-style]` is there:
    an empty one with the nonce keeps the policy whole; its rules stand in `prose.css`.
    """
    scripts = str(form_media).replace("<script", f'<script nonce="{nonce}"')
    return format_html(
        '<style data-tiptap-style nonce="{nonce}"></style>{words}'
        '<script src="{before}" nonce="{nonce}"></script>{media}'
        '<link rel="stylesheet" href="{css}">',
        nonce=nonce,
        words=json_script(words(), "prose-words"),
        before=static("js/prose.js"),
        media=mark_safe(scripts),  # noqa: S308  the media of our own forms
        css=static("css/prose.css"),
    )
