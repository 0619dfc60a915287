"""What live sources and reporting units send: checked as a whole, written once, however often it arrives."""
