"""Whose money a desk may see. This app knows no centres: whoever does gives the rule."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q

Scope = Callable[[AbstractBaseUser | AnonymousUser], Q]
"""For one user: the condition on `Payment` rows, such as `Q(source__in=…)`."""

_rules: list[Scope] = []


def scope_by(rule: Scope) -> None:
    """Narrow every page of the desk by `rule`. Several rules narrow together; the same one counts once."""
    if rule not in _rules:
        _rules.append(rule)


def visible_to(user: AbstractBaseUser | AnonymousUser, *, through: str = "") -> Q:
    """The condition on rows that reach their payment `through` a path ("payment__"; empty for payments themselves)."""
    condition = Q()
    for rule in _rules:
        condition &= _prefixed(rule(user), through=through)
    return condition


def _prefixed(condition: Q, *, through: str) -> Q:
    """The same condition, asked through another row."""
    children: list[Any] = []
    for child in condition.children:
        if isinstance(child, Q):
            children.append(_prefixed(child, through=through))
        else:
            path, value = cast("tuple[str, Any]", child)
            children.append((f"{through}{path}", value))
    return Q(*children, _connector=condition.connector, _negated=condition.negated)
