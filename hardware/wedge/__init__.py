"""Scanners that type like a keyboard: tells them from people and reads their keys. Pure: no window and no clock."""
