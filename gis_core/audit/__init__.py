"""The audit log: who did or read what, append-only, sealed into a signed chain (docs/security.md, docs/adr/0031)."""
