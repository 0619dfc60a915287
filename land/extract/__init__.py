"""The cadastral extract (trích lục bản đồ địa chính) of a parcel as PDF: drawing, neighbours, corners, lengths, areas, QR code."""
