"""What the preview page shows of a version, and publishing exactly what was shown."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext

from policies.errors import NotADraft, PolicyInvalid
from policies.lint import Problem, lint_terms
from policies.locks import lock_version
from policies.models import PolicyVersion
from policies.phrases import hours_left, percentage
from policies.publish import publish_version
from policies.queries import terms_of, timings_of
from policies.words import RefundPoint, describe_terms, refund_points

_STEP_WIDTH = 120
_PLOT_HEIGHT = 150
_TOP = 30


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the picture, in the units of its viewBox; `tick` says where the step ends."""

    x: int
    y: int
    width: int
    height: int
    percent: str
    tick: str

    @property
    def middle(self) -> int:
        """Where the percentage stands."""
        return self.x + self.width // 2

    @property
    def label_y(self) -> int:
        """The line of letters above the step."""
        return self.y - 8

    @property
    def end(self) -> int:
        """Where the step ends."""
        return self.x + self.width


@dataclass(frozen=True, slots=True)
class Picture:
    """Refund against time: steps one as wide as the other, the last one ending at the start."""

    steps: tuple[Step, ...]
    width: int
    height: int
    base: int


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything the page shows."""

    picture: Picture
    sentences: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def has_errors(self) -> bool:
        """Tell whether something stops publishing."""
        return any(problem.is_error for problem in self.problems)


@dataclass(frozen=True, slots=True)
class PublishOutcome:
    """The published version, or the reasons why nothing was done."""

    published: PolicyVersion | None
    reasons: tuple[str, ...] = ()


def preview_of(version: PolicyVersion) -> Preview:
    """Return what the page shows of a version, its policy loaded."""
    terms = terms_of(version)
    return Preview(
        picture=draw(refund_points(terms)),
        sentences=tuple(describe_terms(terms, currency=version.policy.currency)),
        problems=tuple(lint_terms(terms)),
    )


def draw(points: list[RefundPoint]) -> Picture:
    """Return the picture of the points."""
    base = _TOP + _PLOT_HEIGHT
    steps = []
    for position, point in enumerate(points):
        height = int(min(max(point.percent, Decimal(0)), Decimal(100)) * _PLOT_HEIGHT / 100)
        tick = hours_left(point.ends) if point.ends else gettext("start")
        steps.append(Step(position * _STEP_WIDTH, base - height, _STEP_WIDTH, height, percentage(point.percent), tick))
    return Picture(tuple(steps), len(points) * _STEP_WIDTH, base + _TOP, base)


def fingerprint(version: PolicyVersion) -> str:
    """Return a digest of everything a version says, so that nobody publishes what they have not seen."""
    return hashlib.sha256(repr((terms_of(version), timings_of(version))).encode()).hexdigest()


@transaction.atomic
def publish_as_seen(
    *, version_id: int, seen: str, actor: str, now: datetime, effective_from: datetime | None
) -> PublishOutcome:
    """Publish a draft if it still says what `seen` is the fingerprint of; otherwise change nothing and say why."""
    if fingerprint(lock_version(version_id=version_id)) != seen:
        return PublishOutcome(None, (gettext("The draft has changed since you looked at it. Check it again."),))
    try:
        published = publish_version(version_id=version_id, actor=actor, now=now, effective_from=effective_from)
    except PolicyInvalid as error:
        return PublishOutcome(None, tuple(problem.message for problem in error.problems))
    except NotADraft:
        return PublishOutcome(None, (gettext("It is published already."),))
    return PublishOutcome(published)
