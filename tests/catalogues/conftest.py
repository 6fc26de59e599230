"""What the tests here read once: the texts of the code and the file of each language."""

import pytest

from tests.catalogues.extract import Found, find_texts


@pytest.fixture(scope="session")
def texts() -> list[Found]:
    """Every text of the project."""
    return list(find_texts())
