"""Webhooks to partners: told by rows, signed, sent to public addresses only, tried for three days."""
