"""What other modules may use: hand over how an account ends."""

from metatron.platform.personal_data.account import provide_account_end

__all__ = ["provide_account_end"]
