"""A step on the way in."""

from typing import Any

from allauth.account import stages


class EmailVerificationStage(stages.EmailVerificationStage):  # type: ignore[misc]
    """Asks for a code by e-mail where the account has an address that nobody proved."""

    def handle(self) -> Any:
        """Pass accounts without an address on."""
        user = self.login.user  # None for a sign-up with an address that is taken: it must look like any other
        return (None, True) if user and not user.email else super().handle()
