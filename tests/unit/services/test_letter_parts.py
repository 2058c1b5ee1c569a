"""The parts of letters: words, files and signs; a letter with any fault is read as far as it can be."""

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.services.core.site import SiteIdentity
from matchmaker.services.incoming import letter_parts
from matchmaker.services.mail import thread_addresses
from tests.support.letters_in import letter

_HEADERS = st.lists(
    st.tuples(
        st.sampled_from(("From", "To", "Subject", "Content-Type", "Message-ID", "Content-Disposition", "Cc")),
        st.text(st.characters(codec="utf-8"), max_size=60),
    ),
    max_size=8,
)


@given(_HEADERS, st.binary(max_size=400))
def test_no_letter_is_too_broken_to_be_read(headers: list[tuple[str, str]], body: bytes) -> None:
    head = "\r\n".join(f"{name}: {value}" for name, value in headers)
    read = letter_parts.read(head.encode("utf-8", "replace") + b"\r\n\r\n" + body)
    assert read.text == read.text.replace("\x00", "")
    assert len(read.subject) <= 300


@given(st.sampled_from("mn"), st.binary(min_size=8, max_size=8), st.emails(), st.emails())
def test_a_thread_knows_its_reader_alone(kind: str, key: bytes, reader: str, other: str) -> None:
    site = SiteIdentity(key="secret", mail_in="needs@centre.example")
    to = thread_addresses.address(site, kind, key.hex(), reader)
    found = thread_addresses.thread_of(site, ["x@y.example", to.upper()], reader.upper())
    assert found is not None
    assert (found.kind, found.key, found.is_own) == (kind, key.hex(), True)
    foreign = thread_addresses.thread_of(site, [to], other)
    assert foreign is not None
    assert foreign.is_own == (other.casefold() == reader.casefold())
    assert (
        thread_addresses.thread_of(SiteIdentity(key="secret", mail_in="a@else.example"), [to], reader) is None
    )
    assert thread_addresses.address(SiteIdentity(key="secret"), kind, key.hex(), reader) == ""


def test_words_files_and_quotes() -> None:
    raw = letter(
        '"Ivan" <Ivan@Plant.example>',
        "Сделаем за 10 дней.\n\nOn Mon, 30 Nov 2026, Centre wrote:\n> Can you do it?\n> Yes or no\n",
        files={"../../etc/offer.pdf": b"%PDF-1.7 x"},
    )
    read = letter_parts.read(raw)
    assert read.sender == "ivan@plant.example"
    assert read.answer == "Сделаем за 10 дней."
    assert [(one.name, one.is_pdf) for one in read.files] == [("offer.pdf", True)]
    html = raw.replace(b"text/plain", b"text/html")
    assert "Сделаем" in letter_parts.read(html).text


def test_programs_are_told_from_people() -> None:
    signs = (
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<list.example>"},
        {"Return_Path": "<>"},
    )
    for sign in signs:
        assert letter_parts.read(letter("a@b.example", "Out of office", **sign)).is_automatic
    assert letter_parts.read(letter("mailer-daemon@b.example", "Failed")).is_automatic
    assert not letter_parts.read(letter("a@b.example", "Good day", Auto_Submitted="no")).is_automatic
