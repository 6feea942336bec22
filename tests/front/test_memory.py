"""What is given from memory, and what is asked for."""

from front.conftest import ADDRESS, House


def test_an_answer_is_asked_for_once(house: House) -> None:
    answers = [house.get(), house.get(), house.head()]

    assert [(answer.status, answer.data) for answer in answers] == [
        ("200 OK", house.body),
        ("200 OK", house.body),
        ("200 OK", b""),
    ]
    assert len(house.asked) == 1


def test_the_answer_from_memory_has_the_same_headers(house: House) -> None:
    first, second = house.get(), house.get()

    assert list(second.headers) == list(first.headers)


def test_another_version_is_asked_for_again(house: House) -> None:
    house.get()
    house.version, house.body = object(), b"other"

    answer = house.get()

    assert answer.data == b"other"


def test_a_head_or_a_condition_first_fills_the_memory_too(house: House) -> None:
    house.head(If_None_Match='"one"')

    answer = house.get()

    assert (answer.data, len(house.asked)) == (house.body, 1)


def test_what_the_application_does_not_declare_is_not_kept(house: House) -> None:
    house.query = None

    answers = [house.get(), house.get()]

    assert [answer.data for answer in answers] == [house.body] * 2
    assert (len(house.asked), house.front.memory.bytes) == (2, 0)


def test_what_has_no_validator_is_not_kept(house: House) -> None:
    house.headers = {"Content-Type": "text/html"}

    house.get()

    assert house.front.memory.bytes == 0


def test_an_error_is_not_kept(house: House) -> None:
    house.status = "404 NOT FOUND"

    statuses = [house.get().status_code, house.get().status_code]

    assert (statuses, len(house.asked)) == ([404, 404], 2)


def test_a_query_that_is_not_canonical_is_asked_for_and_kept_under_the_canonical_one(
    house: House,
) -> None:
    house.query = "alarm=30"
    house.get(f"{ADDRESS}?utm_source=letter&alarm=30")

    answer = house.get(f"{ADDRESS}?alarm=30")

    assert (answer.data, len(house.asked)) == (house.body, 1)


def test_junk_in_queries_does_not_fill_the_memory(house: House) -> None:
    for number in range(100):
        house.get(f"{ADDRESS}?junk={number}")

    assert house.front.memory.bytes == len(house.body)


def test_the_least_recently_used_goes_first() -> None:
    house = House(body=b"x" * 10, most_bytes=25)
    for address in ("/1", "/2", "/1", "/3"):
        house.get(address)
    house.asked.clear()

    for address in ("/1", "/3", "/2"):
        house.get(address)

    assert [environ["PATH_INFO"] for environ in house.asked] == ["/2"]
    assert house.front.memory.bytes == 20


def test_one_answer_is_kept_however_large_it_is() -> None:
    house = House(body=b"x" * 100, most_bytes=25)

    house.get()
    house.get()

    assert len(house.asked) == 1


def test_a_new_version_takes_the_place_of_the_old_one(house: House) -> None:
    house.get()
    house.version = object()

    house.get()

    assert house.front.memory.bytes == len(house.body)


def test_what_worked_goes_on_where_the_application_fails(house: House) -> None:
    worked = house.get()
    house.version, house.status, house.body = object(), "500 INTERNAL SERVER ERROR", b"sorry"

    answer = house.get()

    assert (answer.status_code, answer.data) == (200, worked.data)


def test_what_never_worked_fails(house: House) -> None:
    house.status, house.body = "503 SERVICE UNAVAILABLE", b"sorry"

    answer = house.get()

    assert (answer.status_code, answer.data) == (503, b"sorry")


def test_an_address_that_is_gone_is_gone(house: House) -> None:
    house.get()
    house.version, house.status, house.body = object(), "404 NOT FOUND", b"gone"

    answer = house.get()

    assert (answer.status_code, answer.data) == (404, b"gone")


def test_what_was_modified_in_the_future_is_asked_for_again(house: House) -> None:
    house.get()
    house.is_ahead = True

    house.get()

    assert len(house.asked) == 2


def test_other_methods_reach_the_application_as_they_are(house: House) -> None:
    house.status = "405 METHOD NOT ALLOWED"

    answer = house.client.post(ADDRESS, headers={"If-None-Match": '"one"'})

    assert answer.status_code == 405
    assert house.asked[0]["REQUEST_METHOD"] == "POST"
    assert house.asked[0]["HTTP_IF_NONE_MATCH"] == '"one"'


def test_the_head_of_what_is_not_kept_has_no_body(house: House) -> None:
    house.headers = {"Content-Type": "text/html"}

    answer = house.head()

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(house.body))


def test_a_server_that_changes_its_list_of_headers_changes_no_later_answer(house: House) -> None:
    lists = []

    def start_response(_status: str, headers: list[tuple[str, str]], *_rest: object) -> None:
        lists.append(list(headers))
        headers.clear()

    for _time in range(3):
        house.front({"REQUEST_METHOD": "GET", "PATH_INFO": ADDRESS}, start_response)  # type: ignore[arg-type]

    assert lists[0] == lists[1] == lists[2]
