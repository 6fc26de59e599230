"""Decimal places of each currency's minor unit by ISO 4217. Two, where nothing else is said here."""

_PLACES = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}


def places_of(currency: str) -> int:
    """Return the decimal places of a currency, such as 0 for JPY and 3 for KWD."""
    return _PLACES.get(currency, 2)
