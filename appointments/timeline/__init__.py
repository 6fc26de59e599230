"""Everything on record about a booking, a patient, a refund or a policy version, in one order."""
