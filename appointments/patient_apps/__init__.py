"""Apps that patients let into their account: registered by the house, allowed by each patient, ended at any time."""
