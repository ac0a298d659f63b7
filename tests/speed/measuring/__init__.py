"""The rooms of `compare`."""
