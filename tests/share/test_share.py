"""The page with the blocks that other websites copy."""

import json
import re

import pytest
from flask.testing import FlaskClient

from share.reading import Page
from share.serving import Serve

BLOCKS = ("link", "mail", "button", "frame", "frame-script", "element", "html")


def codes(client: FlaskClient, query: str = "", address: str = "/reihe/share") -> dict[str, str]:
    """Return the code of each block as it would be copied."""
    answer = client.get(address + query)
    assert answer.status_code == 200, answer.text
    return dict(zip(BLOCKS, texts(answer.text, "textarea"), strict=True))


def texts(html: str, tag: str) -> list[str]:
    """Return the texts of the elements ``tag`` with their line breaks."""
    found = re.findall(f"<{tag}[^>]*>(.*?)</{tag}>", html, re.DOTALL)
    return [unescaped(text) for text in found]


def unescaped(text: str) -> str:
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'")):
        text = text.replace(entity, sign)
    return text.replace("&amp;", "&")


def test_blocks_come_in_order_after_the_options(client: FlaskClient) -> None:
    found = Page(client.get("/reihe/share").text)

    assert found.texts["h1"] == ["Termine auf Ihrer Website"]
    assert found.texts["h2"] == [
        "Was die Liste zeigt",
        "Einfacher Link",
        "Abo-Knopf",
        "Liste als Rahmen",
        "Liste als Element",
        "Nur HTML",
        "Für Ihre Datenschutzbeauftragten",
    ]


def test_link_leads_to_the_series_page_by_its_public_address(client: FlaskClient) -> None:
    assert codes(client)["link"] == (
        '<a href="https://termine.example/kalender/reihe/" lang="de" hreflang="de">'
        "Termine der Webinar-Reihe Reihe &#34;A&#34; &amp; B</a>"
    )


def test_text_for_mails_holds_no_html(client: FlaskClient) -> None:
    assert codes(client)["mail"] == (
        'Termine der Webinar-Reihe Reihe "A" & B: https://termine.example/kalender/reihe/'
    )


def test_button_leads_to_all_programs_and_needs_no_class_and_no_script(
    client: FlaskClient,
) -> None:
    button = Page(codes(client)["button"])

    assert button.tags == [
        (
            "a",
            {
                "href": "https://termine.example/kalender/reihe/#abonnieren",
                "lang": "de",
                "hreflang": "de",
                "style": "display:inline-block;padding:12px 20px;border:2px solid #ffffff;"
                "background-color:#00595e;color:#ffffff;font-weight:bold;text-decoration:none",
            },
        )
    ]
    assert button.texts["a"] == ['Termine von Reihe "A" & B abonnieren']


@pytest.mark.parametrize(
    ("query", "colours"),
    [
        ("?theme=dark", ("#6fe0db", "#071a1c")),
        ("?theme=dark&accent=ffff00", ("#ffff00", "#071a1c")),
        ("?accent=8c1330", ("#8c1330", "#ffffff")),
    ],
)
def test_button_takes_the_chosen_colours(
    client: FlaskClient, query: str, colours: tuple[str, str]
) -> None:
    button = codes(client, query)["button"]

    assert f"background-color:{colours[0]};color:{colours[1]};" in button


def test_frame_is_titled_lazy_and_has_a_height_without_script(client: FlaskClient) -> None:
    frame = Page(codes(client, "?limit=2&past=1&theme=dark&accent=6fe0db")["frame"])

    assert frame.tags == [
        (
            "iframe",
            {
                "src": "https://termine.example/kalender/reihe/embed"
                "?limit=2&past=1&theme=dark&accent=6fe0db",
                "title": 'Termine der Webinar-Reihe Reihe "A" & B',
                "lang": "de",
                "loading": "lazy",
                "width": "100%",
                "height": "406",
                "style": "border:0",
            },
        )
    ]


def test_script_stands_only_in_the_frame_that_says_so(client: FlaskClient) -> None:
    found = codes(client)

    assert found["frame-script"] == (
        found["frame"] + '\n<script src="https://termine.example/kalender/embed.js" async></script>'
    )
    assert [name for name in BLOCKS if "<script" in found[name]] == ["frame-script", "element"]


def test_element_has_the_options_as_attributes_and_a_link_inside(client: FlaskClient) -> None:
    found = codes(client, "?limit=3&past=1&lang=en&theme=dark&accent=6fe0db")

    assert found["element"] == (
        '<script src="https://termine.example/kalender/embed.js" async></script>\n'
        '<impulscal-sessions series="reihe" lang="en" heading="3" limit="3" theme="dark" '
        'accent="6fe0db" past>\n'
        '  <a href="https://termine.example/kalender/en/reihe/" lang="en" hreflang="en">'
        "Sessions of the webinar series Series &#34;A&#34; &amp; B</a>\n"
        "</impulscal-sessions>"
    )


def test_html_block_is_whole_says_its_date_and_nothing_that_ages(client: FlaskClient) -> None:
    found = Page(codes(client, "?past=1")["html"])

    assert found.unclosed == []
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in found.texts["li"]] == [
        (
            "Dienstag, 8. Juni 2021, 12:00–12:30 Uhr (MESZ) Gerechte Stadt "
            "Anmeldung bis Freitag, 4. Juni 2021"
        ),
        (
            "Dienstag, 13. Juli 2021, 12:00–12:30 Uhr (MESZ) <b>Fett</b> "
            "Anmeldung bis Freitag, 9. Juli 2021"
        ),
        (
            "Dienstag, 10. August 2021, 12:00–12:30 Uhr (MESZ) Fällt aus "
            "Abgesagt Dieser Termin findet nicht statt. Erkrankt."
        ),
        (
            "Dienstag, 14. September 2021, 12:00–12:30 Uhr (MESZ) Spater "
            "Einzelheiten folgen am Dienstag, 17. August 2021."
        ),
        "Dienstag, 11. Mai 2021, 12:00–12:30 Uhr (MESZ) Vorbei Hat stattgefunden",
    ]
    assert found.texts["p"] == ["Stand: Donnerstag, 20. Mai 2021. Aktuelle Termine und Abo"]


def test_html_block_marks_titles_in_another_language(client: FlaskClient) -> None:
    found = Page(codes(client, "?lang=en")["html"])

    assert found.of("div", "lang") == ["en"]
    assert found.of("a", "lang") == [None, "de", "de", "de", None]
    assert found.of("span", "lang") == ["de"]


def test_page_and_blocks_may_be_in_different_languages(client: FlaskClient) -> None:
    answer = client.get("/en/reihe/share?lang=de")

    assert Page(answer.text).texts["h1"] == ["Sessions on your website"]
    assert codes(client, "?lang=de", "/en/reihe/share") == codes(client)


def test_every_address_in_a_block_is_absolute(client: FlaskClient) -> None:
    found = codes(client)

    addresses = re.findall(r'(?:href|src)="([^"]*)"', "".join(found.values()))
    assert {address.startswith("https://termine.example/kalender/") for address in addresses} == {
        True
    }


def test_previews_show_what_the_code_gives(client: FlaskClient) -> None:
    answer = client.get("/reihe/share?limit=2&accent=8c1330")

    found = Page(answer.text)
    assert found.of("iframe", "src") == ["/kalender/reihe/embed?limit=2&accent=8c1330"]
    assert unescaped(codes(client, "?limit=2&accent=8c1330")["html"]) in unescaped(answer.text)
    assert found.of("impulscal-sessions", "limit") == ["2"]


def test_page_holds_no_inline_style_and_no_inline_script(client: FlaskClient) -> None:
    answer = client.get("/reihe/share?accent=8c1330")

    found = Page(answer.text)
    assert [name for name, of in found.tags if "style" in of or name == "style"] == []
    assert None not in found.of("script", "src")
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_what_is_shown_stands_in_words_with_a_way_back(client: FlaskClient) -> None:
    found = Page(client.get("/reihe/share?limit=3&past=1&lang=en&theme=dark").text)

    said = next(text for text in found.texts["p"] if text.startswith("Die Bausteine"))
    assert said.replace("\N{NO-BREAK SPACE}", " ") == (
        "Die Bausteine zeigen: höchstens 3 Termine, auch bisherige, Sprache: English, "
        "Farben: dunkel. Auswahl zurücksetzen"
    )


def test_data_protection_officers_find_their_line(client: FlaskClient) -> None:
    found = Page(client.get("/reihe/share").text)

    assert (
        "Der Rahmen und das Element laden Daten von termine.example. Dabei wird wie bei jedem "
        "Aufruf die IP-Adresse übertragen. Keine Cookies, keine Speicherung auf dem Gerät."
    ) in found.texts["p"]


def test_bad_options_are_told_and_the_form_keeps_what_was_typed(client: FlaskClient) -> None:
    answer = client.get("/reihe/share?limit=500&accent=ffff00&lang=fr&past=1")

    found = Page(answer.text)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (400, "no-store")
    assert found.texts["title"][0].startswith("Diese Auswahl ist nicht möglich.")
    problems = [
        "Falscher Wert für „limit“: „500“. Erlaubt: 1 bis 100.",
        (
            "Text auf #ffff00 erreicht einen Kontrast von 1,07:1, nötig ist 4,5:1. "
            "Nehmen Sie eine dunklere Farbe."
        ),
        "Falscher Wert für „lang“: „fr“. Erlaubt: de, en.",
    ]
    assert [text for text in found.texts["li"] if text in problems] == problems
    assert [found.with_id(name)["value"] for name in ("limit", "accent")] == ["500", "ffff00"]
    assert found.with_id("limit")["aria-describedby"] == "wrong-limit"
    assert found.with_id("past").get("checked", "no") is None
    assert "textarea" not in found.texts


def test_hostile_options_do_not_leave_their_place(client: FlaskClient) -> None:
    answer = client.get('/reihe/share?accent="><script>alert(1)</script>&limit=<b>&lang=<i>')

    assert answer.status_code == 400
    assert [sign for sign in ("<script>alert", "<b>", "<i>") if sign in answer.text] == []


def test_hostile_titles_do_not_leave_their_place(serve: Serve) -> None:
    title = json.dumps('"></textarea></iframe><script>alert(1)</script>')
    schedule = (
        f"series: {{id: reihe, domain: example.org, title: {title}, start: 12:00, "
        f"duration: 30 min}}\nsessions: [{{id: 1, date: 2021-06-11, title: {title}}}]\n"
    )

    answer = serve(schedule).test_client().get("/reihe/share")

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    found = Page(answer.text)
    assert (len(found.texts["textarea"]), len(found.texts["iframe"])) == (len(BLOCKS), 1)


def test_same_choice_gives_the_same_bytes_and_is_not_sent_again(client: FlaskClient) -> None:
    address = "/reihe/share?accent=8c1330&limit=3"
    first = client.get(address)

    again = client.get("/reihe/share?limit=3&accent=8C1330&x=y")
    known = client.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert again.data == first.data
    assert known.status_code == 304
