"""The alphabet of text messages (GSM 03.38): 160 of its letters fit into one part, of any other letters only 70."""

import unicodedata

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TWICE = "^{}\\[~]|€"  # each takes two places
_PLAIN = {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "`": "'"}


def folded(text: str, *, currency: str) -> str:
    """Return the text in the alphabet of text messages, as far as its letters have a place there or look like one.

    A currency's sign becomes its code: ₹100.00 is INR 100.00. Letters of other scripts stay.
    """
    return "".join(letter if letter in _BASIC or letter in _TWICE else _nearest(letter, currency) for letter in text)


def _nearest(letter: str, currency: str) -> str:
    if unicodedata.category(letter) == "Sc":
        return f"{currency} "
    if letter in _PLAIN:
        return _PLAIN[letter]
    parts = unicodedata.normalize("NFKD", letter)
    kept = "".join(part for part in parts if not unicodedata.combining(part))
    return kept if all(part in _BASIC for part in kept) else letter


def parts(text: str) -> int:
    """Return how many parts a text takes, which is what it costs."""
    if all(letter in _BASIC or letter in _TWICE for letter in text):
        places, alone, each = sum(2 if letter in _TWICE else 1 for letter in text), 160, 153
    else:
        places, alone, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if places <= alone else -(-places // each)
