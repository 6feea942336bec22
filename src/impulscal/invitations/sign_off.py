"""The signed address at which one guest signs off, without an account."""

from itsdangerous import BadSignature, URLSafeSerializer

__all__ = ["handle_of", "sign_off_token"]

# One key serves several ends; a token of one is none of another.
_SALT = "impulscal.sign-off"


def sign_off_token(secret_key: str, handle: str) -> str:
    """Return what stands in the sign-off address of the guest with ``handle``."""
    token = URLSafeSerializer(secret_key, salt=_SALT).dumps(handle)
    return token if isinstance(token, str) else token.decode()


def handle_of(secret_key: str, token: str) -> str | None:
    """Return the handle that ``token`` names; None where we did not sign it."""
    try:
        handle = URLSafeSerializer(secret_key, salt=_SALT).loads(token)
    except BadSignature:
        return None
    return handle if isinstance(handle, str) else None
