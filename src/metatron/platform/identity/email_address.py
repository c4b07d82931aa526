"""One spelling for an e-mail address, so that nobody registers a look-alike of another's."""

import unicodedata
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

from metatron.kernel.errors import InvalidInput

LONGEST = 254
_GREEK_AND_CYRILLIC = "аеорсухіјѕԁһӏԛԝвнкмтαοριυνκτεηχγβζμѵґԍѡ"
_LATIN_TWINS = "aeopcyxijsdhlqwbhkmtaopiuvktenxybzuvrgw"
_TWINS = dict(zip(_GREEK_AND_CYRILLIC, _LATIN_TWINS, strict=True))


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """`shown` is written to; `key` tells people apart. Dots and plus signs stay."""

    shown: str
    key: str


def read_email(text: str, *, field: str = "body.email") -> EmailAddress:
    """Return the address in NFKC with its domain in lower-case ASCII.

    Raises:
        InvalidInput: not an address, control or format characters, or letters of several scripts
            or twins of Latin ones in the local part.
    """
    if len(text) > LONGEST or any(unicodedata.category(char)[0] in "CZ" for char in text):
        raise _wrong(field)
    plain = unicodedata.normalize("NFKC", text)
    try:
        parsed = validate_email(plain, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise _wrong(field) from error
    local, domain = parsed.local_part, parsed.ascii_domain.lower()
    if _is_confusable(local):
        raise _wrong(field)
    shown = f"{local}@{domain}"
    return EmailAddress(shown, shown.casefold())


def _is_confusable(local: str) -> bool:
    """Tell whether the local part could be read as another one: mixed scripts, Latin twins."""
    letters = [char for char in local.casefold() if char.isalpha()]
    if all(char.isascii() for char in letters):
        return False
    if len({unicodedata.name(char, "?").split()[0] for char in letters}) > 1:
        return True
    return all(char.isascii() or char in _TWINS for char in letters)


def _wrong(field: str) -> InvalidInput:
    return InvalidInput.field(field, "invalid_email", "Give an address such as name@example.com.")
