"""Contact details in words that only their owner recognises whole."""

from django.utils.translation import gettext as _

from appointments.models import ContactChange


def mask_email(address: str) -> str:
    """Return an e-mail address of which only its owner recognises the whole, such as m•••@example.org."""
    name, _at, host = address.partition("@")
    return f"{name[:1]}•••@{host}" if host else ""


def mask_phone(number: str) -> str:
    """Return a phone number of which only the last three figures are shown, such as •••• 101."""
    return f"•••• {number[-3:]}" if number else ""


def mask_address(address: str) -> str:
    """Return an e-mail address or a phone number, masked."""
    return mask_email(address) if "@" in address else mask_phone(address)


def describe_change(change: ContactChange) -> list[str]:
    """Return one line for each thing that was changed: what, from, to."""
    words = {
        "name": _("Entered at the desk"),
        "email": _("E-mail address"),
        "phone": _("Phone number"),
        "account": _("Account that sees the appointments"),
        "login_email": _("E-mail address to sign in with"),
        "login_phone": _("Phone number to sign in with"),
    }
    return [
        _("%(what)s: from %(before)s to %(after)s")
        % {
            "what": words[name],
            "before": _shown(name, change.before.get(name, "")),
            "after": _shown(name, change.after.get(name, "")),
        }
        for name in words
        if name in change.after
    ]


def _shown(name: str, value: str) -> str:
    if not value:
        return _("none")
    if name == "name":
        return value
    if name == "account":
        return _("account %(number)s") % {"number": value}
    return mask_address(value)
