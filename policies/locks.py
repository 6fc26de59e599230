"""The only row locks of this app: the policy, under which versions are drafted and numbered, then the version."""

from policies.models import Policy, PolicyVersion


def lock_policy(*, policy_id: int) -> Policy:
    """Lock and return the policy until the transaction ends. Raises Policy.DoesNotExist."""
    return Policy.objects.select_for_update().get(pk=policy_id)


def lock_version(*, version_id: int) -> PolicyVersion:
    """Lock a version's policy and then the version itself, and return it as it is now, its policy loaded.

    No tier can be added or changed meanwhile: PostgreSQL's trigger waits for the version's row, SQLite has one writer.
    Raises PolicyVersion.DoesNotExist.
    """
    policy_id = PolicyVersion.objects.values_list("policy_id", flat=True).get(pk=version_id)
    policy = lock_policy(policy_id=policy_id)
    version = PolicyVersion.objects.select_for_update().get(pk=version_id)
    version.policy = policy
    return version
