"""The texts that identity mails. Links carry their token in the fragment."""

from metatron.platform.notifications.interface import MailTemplate, register_templates

_FOOT = "\n\nIf this was not you, you can ignore this mail.\n"

register_templates(
    MailTemplate(
        "identity.sign_in_link",
        1,
        "Your sign-in link",
        "Hello,\n\nopen this link within 15 minutes, in the browser in which you asked for it, to"
        " sign in:\n\n{{ link }}\n\nIt works once." + _FOOT,
    ),
    MailTemplate(
        "identity.confirmation_code",
        1,
        "Your code: {{ code }}",
        "Hello {{ display_name }},\n\nenter this code within 10 minutes in the page that asked for"
        " it:\n\n{{ code }}\n\nIt confirms that it is you who is about to change how you sign in."
        " Nobody else needs it: do not pass it on.\n\nIf you did not ask for it, somebody may be at"
        " a device on which you are signed in. End that session here:\n\n{{ link }}\n",
    ),
    MailTemplate(
        "identity.verify_email",
        1,
        "Confirm your e-mail address",
        "Hello {{ display_name }},\n\nopen this link within two days to confirm your address:"
        "\n\n{{ link }}" + _FOOT,
    ),
    MailTemplate(
        "identity.already_registered",
        1,
        "You have an account already",
        "Hello {{ display_name }},\n\nsomebody asked for an account with this address, which has"
        " one already. Sign in here:\n\n{{ link }}" + _FOOT,
    ),
    MailTemplate(
        "identity.reset_password",
        1,
        "Set a new password",
        "Hello {{ display_name }},\n\nopen this link within 30 minutes to set a new password:"
        "\n\n{{ link }}\n\nIt works once." + _FOOT,
    ),
    MailTemplate(
        "identity.no_account",
        1,
        "There is no account with this address",
        "Hello,\n\nsomebody asked for a new password for this address, but there is no account"
        " with it. Perhaps you used another one. You can register here:\n\n{{ link }}" + _FOOT,
    ),
    MailTemplate(
        "identity.password_changed",
        1,
        "Your password was changed",
        "Hello {{ display_name }},\n\nyour password was changed and other devices were signed out."
        "\n\nIf this was not you, set a new one at once:\n\n{{ link }}\n",
    ),
    MailTemplate(
        "identity.mfa_changed",
        1,
        "Your two-step sign-in was changed",
        "Hello {{ display_name }},\n\n{{ change }} Other devices were signed out.\n\nIf this was"
        " not you, look at your account's security page at once:\n\n{{ link }}\n",
    ),
    MailTemplate(
        "identity.impersonated",
        1,
        "An operator is acting in your name",
        "Hello {{ display_name }},\n\nan operator of this platform is acting in your name for up to"
        " {{ minutes }} minutes, from {{ begins_at }}. The reason given:\n\n{{ reason }}\n\n"
        "Every action is recorded with both names. Passwords, two-step sign-in, the address and"
        " the account itself cannot be changed.\n",
    ),
)
