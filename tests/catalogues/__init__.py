"""The translations under locale/: found in the code by `python -m tests.catalogues`, checked by the tests here."""
