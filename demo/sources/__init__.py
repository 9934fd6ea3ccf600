"""The sources: one file each writes what that system would have recorded."""
