"""The policy studio: policies, their drafts, a preview, and publishing from there."""

from policies.admin.policy import PolicyAdmin
from policies.admin.version import PolicyVersionAdmin

__all__ = ["PolicyAdmin", "PolicyVersionAdmin"]
