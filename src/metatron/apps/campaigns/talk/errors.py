"""What a talk with members may be refused with."""

from metatron.kernel.errors import DomainError, NotFound


class QuestionNotFound(NotFound):
    """No question has this id."""

    code = "question_not_found"
    title = "There is no such question"


class QuestionClosed(DomainError):
    """A question is answered or hidden once."""

    code = "question_closed"
    title = "This question is closed"


class TooManyQuestions(DomainError):
    """One person's questions about one campaign wait for their answers."""

    code = "too_many_questions"
    title = "Please wait for the answers to your questions"
