"""Mail: ``letters`` puts words and calendar entry into one message, ``mime`` builds its parts."""

from impulscal.invitations.mail.letters import Heads, SignInMail, compose, compose_sign_in

__all__ = ["Heads", "SignInMail", "compose", "compose_sign_in"]
