"""A refusal to start, told in one line: what is wrong and how to mend it."""


class ProcessError(Exception):
    """Something outside our control keeps a process from starting or running."""

    def __init__(self, cause: str, remedy: str) -> None:
        self.cause = " ".join(cause.split())
        self.remedy = " ".join(remedy.split())
        super().__init__(f"cause: {self.cause}; remedy: {self.remedy}")
