"""The hostile campaign: what was done to services of this kind elsewhere, done to ours (docs/security.md)."""
