"""What can go wrong with a policy. Each error keeps what its sentence needs."""

from collections.abc import Sequence
from datetime import datetime

from policies.lint import Problem


class PolicyError(Exception):
    """The base of all errors here."""


class PolicyInvalid(PolicyError):
    """A draft cannot be published: `problems` are the reasons, each an error, never empty."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems."""
        super().__init__("; ".join(problem.code for problem in problems))
        self.problems = tuple(problems)


class NotADraft(PolicyError):
    """The version was published before; published versions never change."""

    def __init__(self, version_id: int) -> None:
        """Keep which."""
        super().__init__(f"policy version {version_id} is published")
        self.version_id = version_id


class NoPolicyInForce(PolicyError):
    """No published version of the policy had taken effect at that moment."""

    def __init__(self, policy_id: int, now: datetime) -> None:
        """Keep which and when."""
        super().__init__(f"no version of policy {policy_id} is in force at {now.isoformat()}")
        self.policy_id = policy_id
        self.now = now
