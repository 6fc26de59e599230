"""The rules, pure: what cancelling gives back and what moving costs.

Standard library only; no Django, no database, no clock. Amounts are integers in the currency's minor unit, instants are
aware datetimes (kept in UTC), percentages are exact decimals.
"""
