"""Worked cases as JSON: read one, decide it with the rules, write the answer. No Django, no database."""

from policies.cases.answer import answer_line
from policies.cases.reading import InvalidCaseError

__all__ = ["InvalidCaseError", "answer_line"]
