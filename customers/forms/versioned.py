"""The base of every form about a stored row; the admin's forms share it."""

from wealthai.versioned import VersionedForm

__all__ = ["VersionedForm"]
