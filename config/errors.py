"""Refusals to start; each carries the sentence the person at the keyboard will read."""


class ConfigurationError(Exception):
    """A variable is missing or cannot be used as it is."""


class ServiceError(Exception):
    """An embedded service could not be started or reached."""
