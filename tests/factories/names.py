"""Names that no other name contains: "Patient 9" is found where somebody looks for a reference with a 9, and in "Patient 94"."""

_SYLLABLES = [consonant + vowel for consonant in "hjklmnprstvz" for vowel in "aeiou"]
_COUNT = 3  # 60³ names; all of one length, and with vowels, which references do not have


def spoken(number: int) -> str:
    """Return a word for this number, such as "Hahaja" for 5; the same word comes back after 216,000."""
    word = ""
    for _ in range(_COUNT):
        number, place = divmod(number, len(_SYLLABLES))
        word = _SYLLABLES[place] + word
    return word.capitalize()
