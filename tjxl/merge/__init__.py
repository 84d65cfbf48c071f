"""Accepted rows into the master: plan (pure), ledger, commit."""
