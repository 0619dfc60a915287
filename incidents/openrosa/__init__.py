"""OpenRosa (https://docs.getodk.org/openrosa/): ODK Collect and KoboCollect get the incident form here and send what they filled in."""
