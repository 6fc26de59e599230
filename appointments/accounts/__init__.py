"""Accounts: signing in by password, code or passkey, and tying an account to its patient by proof."""
