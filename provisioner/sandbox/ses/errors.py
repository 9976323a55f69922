"""SES v2's errors; the HTTP status of each comes from botocore's model of the service."""

from moto.core.exceptions import ServiceException


class SesError(ServiceException):
    """An error of SES v2: moto takes its model from the request, because the class is not one of moto's."""


def not_found(what: str) -> SesError:
    """Return a 404 for something named in full, e.g. `Email identity example.com`."""
    return SesError("NotFoundException", f"{what} does not exist.")


def already_exists(what: str) -> SesError:
    """Return a 400 for something that can exist only once."""
    return SesError("AlreadyExistsException", f"{what} already exist.")


def bad_request(message: str) -> SesError:
    """Return a 400 for a value that SES does not accept."""
    return SesError("BadRequestException", message)


def conflict(message: str) -> SesError:
    """Return a 409."""
    return SesError("ConflictException", message)
