import pytest

from impulscal.invitations.address import BadAddressError, ascii_address, key_of
from impulscal.language import translate


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("j.mueller@stadt.example", "j.mueller@stadt.example"),
        ("J.Mueller@Stadt.example", "J.Mueller@stadt.example"),
        ("post@münchen.example", "post@xn--mnchen-3ya.example"),
        ("post@straße.example", "post@xn--strae-oqa.example"),
        ("o'neill+reihe@stadt.example", "o'neill+reihe@stadt.example"),
        (f"{'a' * 64}@stadt.example", f"{'a' * 64}@stadt.example"),
    ],
)
def test_a_good_address_has_its_domain_in_ascii(address: str, expected: str) -> None:
    assert ascii_address(address) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "“” is no e-mail address: the @ is missing."),
        ("\x1b]0;x\x07\x9b2J\u202e", "“ ]0;x  2J ” is no e-mail address: the @ is missing."),
        ("a(\x1cat)b.de", "“a( at)b.de” is no e-mail address: write @ for “( at)”."),
        (
            "a@\x1b.local",
            "“a@ .local”: no mail can be sent to “ .local” from outside. Write the public address.",
        ),
        ("Jürgen", "“Jürgen” is no e-mail address: the @ is missing."),
        (
            "mueller(at)stadt.de",
            "“mueller(at)stadt.de” is no e-mail address: write @ for “(at)”.",
        ),
        (
            "mueller [ AT ] stadt.de",
            "“mueller [ AT ] stadt.de” is no e-mail address: write @ for “[ AT ]”.",
        ),
        ("j@x.de k@x.de", "“j@x.de k@x.de” is no e-mail address: there is a blank in it."),
        ("j@x@y.de", "“j@x@y.de” is no e-mail address: there is more than one @."),
        ("j..m@x.de", "“j..m@x.de” is no e-mail address."),
        ("@x.de", "“@x.de” is no e-mail address."),
        ("j@", "“j@” is no e-mail address."),
        ("j@[192.0.2.1]", "“j@[192.0.2.1]” is no e-mail address."),
        ("<j@x.de>", "“<j@x.de>” is no e-mail address."),
        (
            "jürgen@x.de",
            "“jürgen@x.de” has letters before the @ that mail servers do not take (ä, ö, ü, ß).",
        ),
        (
            "j@rathaus",
            "“j@rathaus”: no mail can be sent to “rathaus” from outside. Write the public address.",
        ),
        (
            "j@stadt.local",
            (
                "“j@stadt.local”: no mail can be sent to “stadt.local” from outside. "
                "Write the public address."
            ),
        ),
        (f"{'a' * 300}@x.de", f"“{'a' * 79}…” is too long for an e-mail address."),
        (f"{'a' * 65}@x.de", f"“{'a' * 65}@x.de” is too long for an e-mail address."),
    ],
)
def test_what_is_wrong_with_an_address_is_told(text: str, reason: str) -> None:
    with pytest.raises(BadAddressError) as raised:
        ascii_address(text)

    assert str(raised.value) == reason


@pytest.mark.parametrize("text", ["j@x.de\n", "j@x.de\r\nBcc: k@x.de", "j\0@x.de", "j@x.de\u202e"])
def test_an_address_holds_nothing_that_could_begin_a_header(text: str) -> None:
    with pytest.raises(BadAddressError):
        ascii_address(text)


def test_a_whole_book_is_refused_as_fast_as_a_word() -> None:
    with pytest.raises(BadAddressError) as raised:
        ascii_address("a@" + "b." * 10_000_000)

    assert translate(raised.value.message, "de") == (
        f"„a@{'b.' * 38}b…“ ist zu lang für eine E-Mail-Adresse."
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("J.Mueller@Stadt.example", "j.mueller@stadt.EXAMPLE"),
        ("post@münchen.example", "post@xn--mnchen-3ya.example"),
        ("post@MÜNCHEN.example", "post@mu\u0308nchen.example"),
    ],
)
def test_two_spellings_of_one_address_have_one_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


def test_addresses_of_two_people_have_two_keys() -> None:
    assert key_of("j@stadt.example") != key_of("j+reihe@stadt.example")
