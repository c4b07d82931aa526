"""What a target says when it takes nothing; the texts are shown to people and hold no secret."""


class Refused(Exception):
    """It will not take it however often it is tried."""


class Away(Exception):
    """It cannot be reached, or not now: another try may do."""
