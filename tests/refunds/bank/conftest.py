import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

KEY = Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    """A house that can keep bank details, and one person who does everything unless a test says otherwise."""
    settings.BANK_DETAILS_KEYS = [KEY]
    settings.BANK_FOUR_EYES = False
