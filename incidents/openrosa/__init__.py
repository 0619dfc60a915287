"""OpenRosa 1.0 (the protocol of ODK's clients): ODK Collect and KoboCollect get the incident form here and send what they filled in."""
