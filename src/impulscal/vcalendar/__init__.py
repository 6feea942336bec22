"""The only door to icalendar: zones, events, feeds and single files as bytes."""
