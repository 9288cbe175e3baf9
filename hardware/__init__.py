"""The world of bytes: scanners, printers and displays."""
