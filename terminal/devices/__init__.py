"""From the settings to a device that is served; what a device says goes into sinks that only hand over."""
