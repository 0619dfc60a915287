"""Freshness: triggers write the change log, followers read it by transaction snapshot, clocks and live streams are fed from it."""
