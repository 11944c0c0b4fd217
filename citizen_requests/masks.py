"""Personal data as those see it who may not: enough to know that there is some."""

import re


def mask_name(name: str) -> str:
    """«J…» of «Juana Xalpan»."""
    return f"{name[0]}…" if name else ""


def mask_email(email: str) -> str:
    """«j…@…» of any address."""
    return f"{email[0]}…@…" if email else ""


def mask_phone(phone: str) -> str:
    """«…41»: its last two digits."""
    digits = re.sub(r"\D", "", phone)
    return f"…{digits[-2:]}" if digits else ""
