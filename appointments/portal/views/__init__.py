"""The patient's pages, one file a journey. Each view reads the clock once and makes one call for a change."""
