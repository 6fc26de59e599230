"""`make messages`: bring the files under locale/ up to the code, and tell what still wants a translation."""

import sys

from tests.catalogues.files import LANGUAGES, forms_of, renewed, texts_in, write


def main() -> None:
    """Write the file of each language."""
    for language in LANGUAGES:
        catalogue = renewed(language)
        path = write(catalogue)
        entries = texts_in(catalogue)
        waiting = sum(not all(forms_of(entry)) for entry in entries)
        sys.stdout.write(f"{path.parts[-3]}: {len(entries)} texts, {waiting} without a translation\n")


if __name__ == "__main__":
    main()
