"""Alerts: rules over layers, evaluated on change, acknowledged by people, escalated where nobody does (docs/alerts.md)."""
