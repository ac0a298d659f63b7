"""The rooms of `measure`."""
